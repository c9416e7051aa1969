package e2e

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/tack-dev/tack/devenv/stack"
)

// The two halves of the tests. Tests that stop a part, or need a quiet environment, run one after
// another and leave the processors idle. The other tests run meanwhile, in an environment of their own.
const (
	alone    = "alone"
	together = "together"
)

var half = flag.String("half", "", "run only the tests that run "+alone+", or those that run "+together+" (default: both halves at once, each with its own environment)")

// whole reports whether the command asks for all tests, with an environment of their own.
func whole() bool {
	given := false
	flag.Visit(func(f *flag.Flag) {
		given = given || slices.Contains([]string{"half", "test.run", "test.skip", "test.list", "test.bench"}, f.Name) || strings.HasPrefix(f.Name, "crash.")
	})
	return !given && os.Getenv("TACK_ENVIRONMENT") == ""
}

// runHalves runs both halves as processes of this program. The output of the second half follows
// that of the first.
func runHalves() error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	var errs [2]error
	var outputs [2]strings.Builder
	var both sync.WaitGroup
	for i, name := range []string{alone, together} {
		if err := os.Remove(grantsOf(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		both.Go(func() {
			var out io.Writer = os.Stdout
			if i > 0 {
				out = &outputs[i]
			}
			cmd := exec.Command(program, append(forwarded(os.Args[1:]), "-half="+name)...)
			cmd.Stdout, cmd.Stderr = out, out
			if err := cmd.Run(); err != nil {
				errs[i] = fmt.Errorf("running the tests that run %s: %w", name, err)
			}
		})
	}
	both.Wait()
	for i := range outputs {
		fmt.Print(outputs[i].String())
	}
	return errors.Join(errs[0], errs[1])
}

// forwarded returns the arguments for a half: all but the files that go test itself reads.
func forwarded(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return strings.HasPrefix(arg, "-test.testlogfile") })
}

// selectHalf makes the testing package run only the tests of a half.
func selectHalf(name string) error {
	if name != alone && name != together {
		return fmt.Errorf("reading -half: got %q, want %s or %s", name, alone, together)
	}
	tests, err := testsOf(name)
	if err != nil {
		return err
	}
	return flag.Set("test.run", "^("+strings.Join(tests, "|")+")$")
}

// testsOf returns the names of a half's tests. A test runs together with others if one of its
// statements, or the function of this package that it begins with, calls t.Parallel.
func testsOf(half string) (names []string, err error) {
	paths, err := filepath.Glob("*_test.go")
	if err != nil {
		return nil, err
	}
	bodies := map[string]*ast.BlockStmt{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("reading the tests: %w", err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil {
				bodies[f.Name.Name] = f.Body
			}
		}
	}
	for name, body := range bodies {
		isTest := strings.HasPrefix(name, "Test") && name != "TestMain"
		if isTest && isParallel(body, bodies) == (half == together) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no test runs %s", half)
	}
	slices.Sort(names)
	return names, nil
}

// isParallel reports whether a statement of a body calls t.Parallel, itself or by a function of the
// package.
func isParallel(body *ast.BlockStmt, bodies map[string]*ast.BlockStmt) bool {
	return slices.ContainsFunc(body.List, func(s ast.Stmt) bool {
		expr, _ := s.(*ast.ExprStmt)
		if expr == nil {
			return false
		}
		call, _ := expr.X.(*ast.CallExpr)
		if call == nil {
			return false
		}
		switch f := call.Fun.(type) {
		case *ast.SelectorExpr:
			on, _ := f.X.(*ast.Ident)
			return on != nil && on.Name == "t" && f.Sel.Name == "Parallel"
		case *ast.Ident:
			called := bodies[f.Name]
			return called != nil && isParallel(called, bodies)
		}
		return false
	})
}

// grantsOf is the file of the grants that a half has used.
func grantsOf(half string) string {
	root, err := stack.Root()
	if err != nil {
		root = "." // stack.Up reports it
	}
	return filepath.Join(root, ".tack", "grants-"+half+".json")
}
