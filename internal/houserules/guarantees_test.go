package houserules

import (
	"go/ast"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tack-dev/tack/apis"
)

// Every kind declares how a second resource is prevented: by AWS itself, or by a list of all
// resources that the object owns, for the sweep. The documentation for operators says the same.
func TestASecondResourceIsKeptAwayOrSwept(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "guarantees.md"))
	if err != nil {
		t.Fatal(err)
	}
	swept := map[string]bool{} // by kind
	for _, s := range goFiles(t) {
		if s.test() {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if kind, fields := definition(n); kind != "" {
				swept[kind] = fields["Owned"]
				if fields["Owned"] == fields["NaturalKey"] {
					t.Errorf("%s: %s needs NaturalKey or Owned", s.path, kind)
				}
			}
			return true
		})
	}
	for _, kind := range apis.Kinds() {
		if _, defined := swept[kind.Name()]; !defined {
			t.Errorf("no definition of %s was found: is its Kind still a literal?", kind.Name())
		}
		row := rowOf(string(page), strings.ToUpper(kind.Service)+" "+kind.Kind)
		if row == "" {
			t.Errorf("docs/guarantees.md has no row for %s", kind.Name())
		}
		if says := strings.Contains(row, "sweep"); says != swept[kind.Name()] {
			t.Errorf("docs/guarantees.md says %[2]q about %[1]s; whether it is swept: %[3]t", kind.Name(), row, swept[kind.Name()])
		}
	}
}

// definition is the kind that a composite literal defines, and the fields that the literal sets.
func definition(n ast.Node) (kind string, fields map[string]bool) {
	literal, ok := n.(*ast.CompositeLit)
	if !ok {
		return "", nil
	}
	generic, ok := literal.Type.(*ast.IndexListExpr)
	if !ok {
		return "", nil
	}
	if name, ok := generic.X.(*ast.SelectorExpr); !ok || name.Sel.Name != "Definition" {
		return "", nil
	}
	fields = map[string]bool{}
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, ok := pair.Key.(*ast.Ident)
		if !ok {
			continue
		}
		fields[key.Name] = true
		if text, ok := pair.Value.(*ast.BasicLit); ok && key.Name == "Kind" {
			kind, _ = strconv.Unquote(text.Value) // the parser has checked it
		}
	}
	return kind, fields
}

// rowOf returns the table row that begins with a word.
func rowOf(page, word string) string {
	for line := range strings.SplitSeq(page, "\n") {
		if strings.HasPrefix(line, "| "+word+" |") {
			return line
		}
	}
	return ""
}
