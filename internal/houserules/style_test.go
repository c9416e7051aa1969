package houserules

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// maxLines limits the files that people write; most have fewer than 250 lines.
const maxLines = 400

func TestFilesAreSmall(t *testing.T) {
	for _, s := range goFiles(t) {
		if lines := strings.Count(s.text, "\n"); lines > maxLines && !s.generated() {
			t.Errorf("%s has %d lines, at most %d are allowed: split it by subject", s.path, lines, maxLines)
		}
	}
}

func TestNamesSayWhatIsInside(t *testing.T) {
	empty := []string{"util", "utils", "common", "helper", "helpers", "manager", "misc", "shared", "base"}
	for _, s := range goFiles(t) {
		parts := append(strings.Split(strings.TrimSuffix(s.path, ".go"), "/"), s.ast.Name.Name)
		for _, part := range parts {
			for word := range strings.SplitSeq(part, "_") {
				if slices.Contains(empty, word) {
					t.Errorf("%s: the name %q does not describe the content: use a specific one", s.path, part)
				}
			}
		}
	}
}

func TestPackagesHaveOneComment(t *testing.T) {
	comments := map[string][]string{} // by folder
	for _, s := range goFiles(t) {
		if s.test() {
			continue
		}
		files := comments[s.folder()]
		if s.ast.Doc != nil {
			files = append(files, s.path)
		}
		comments[s.folder()] = files
	}
	for folder, files := range comments {
		if len(files) != 1 {
			t.Errorf("package %s has %d package comments %v, want one", folder, len(files), files)
		}
	}
}

func TestNothingHappensAtInit(t *testing.T) {
	for _, s := range goFiles(t) {
		for _, decl := range s.ast.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Recv == nil && f.Name.Name == "init" && !s.generated() {
				t.Errorf("%s has a func init: call it from main", s.path)
			}
		}
	}
}

func TestNothingNamesTheMachineItWasBuiltOn(t *testing.T) {
	// Assembled here, so that this file does not contain the names itself.
	folders := []string{"/" + "work/", "/" + "root/", "/" + "home/", "/" + "Users/"}
	err := walk(func(path string, text []byte) error {
		if path == "Dockerfile" || path == ".git" {
			return nil // the folders of the image; the repository of a linked worktree
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			for _, folder := range folders {
				if i := strings.Index(line, folder); i >= 0 && (i == 0 || strings.ContainsAny(line[i-1:i], " \t\"'`=(:")) {
					t.Errorf("%s names a folder of one machine: %s", path, strings.TrimSpace(line))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("reading the files: %v", err)
	}
}
