package houserules

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// root is the folder of the repository, seen from this package.
var root = filepath.Join("..", "..")

// pkg is a package as go list reports it.
type pkg struct {
	ImportPath string
	Name       string
	Doc        string
	Imports    []string
	Deps       []string
	Standard   bool
}

const module = "github.com/tack-dev/tack/"

// short returns the import path within the repository: "activities/ec2".
func (p pkg) short() string { return strings.TrimPrefix(p.ImportPath, module) }

// packages returns the packages of the main module.
var packages = sync.OnceValues(func() ([]pkg, error) {
	list := exec.Command("go", "list", "-json=ImportPath,Name,Doc,Imports,Deps,Standard", "./...")
	list.Dir = root
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	var found []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		found = append(found, p)
	}
})

func listed(t *testing.T) []pkg {
	t.Helper()
	found, err := packages()
	if err != nil {
		t.Fatalf("listing the packages: %v", err)
	}
	return found
}

// source is a Go file of the repository, nested modules included.
type source struct {
	path string // from the root, with slashes
	text string
	ast  *ast.File
	set  *token.FileSet
}

// at returns the place of a node in the source.
func (s source) at(n ast.Node) token.Position { return s.set.Position(n.Pos()) }

func (s source) generated() bool { return ast.IsGenerated(s.ast) }

func (s source) folder() string { return filepath.ToSlash(filepath.Dir(s.path)) }

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

var sources = sync.OnceValues(func() (found []source, err error) {
	err = walk(func(path string, text []byte) error {
		if filepath.Ext(path) != ".go" {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		found = append(found, source{path: path, text: string(text), ast: file, set: set})
		return nil
	})
	return found, err
})

// activityFiles returns the sources of the activities, without tests.
func activityFiles(t *testing.T) []source {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(goFiles(t)), func(s source) bool { return s.test() || !strings.HasPrefix(s.path, "activities/") })
}

func goFiles(t *testing.T) []source {
	t.Helper()
	found, err := sources()
	if err != nil {
		t.Fatalf("reading the sources: %v", err)
	}
	return found
}

// walk calls do for every file of the repository except build outputs and git's own files.
func walk(do func(path string, text []byte) error) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); name == ".git" || name == ".tack" {
				return filepath.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() || entry.Name() == ".git" { // a file in a linked worktree
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		short, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return do(filepath.ToSlash(short), text)
	})
}
