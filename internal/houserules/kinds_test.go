package houserules

import (
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/test/golden"
)

// Each kind is in every list that tests or documents it; docs/adding-a-kind.md names the lists.
// Without this test, a kind that is missing from a list would stay untested and unnoticed.
func TestAKindIsInEveryList(t *testing.T) {
	samples, full := registered(t, "kind"), registered(t, "full")
	costs := lines(t, filepath.Join("test", "e2e", "testdata", "golden.txt"))
	for _, kind := range apis.Kinds() {
		name := kind.Name()
		if n := count(samples, name); n != 1 {
			t.Errorf("%s: test/e2e registers %d samples of it, want one", name, n)
		}
		if !slices.Contains(full, name) {
			t.Errorf("%s: its sample in test/e2e has no full spec", name)
		}
		for _, op := range []string{"create", "no-op", "update", "delete"} {
			if n := count(costs, name+" "+op); n != 1 {
				t.Errorf("%s: the golden table of costs has %d rows of its %s, want one: run go test ./test/e2e -run 'TestGoldenCosts/^%s$' -update", name, n, op, name)
			}
		}
		if !fieldTested(t, kind.Service, kind.Kind+"Spec") {
			t.Errorf("%s: no fieldtest.Spec checks the fields of its spec", name)
		}
		if stored, err := filepath.Glob(filepath.Join(root, "workflows", "testdata", "*", "*_"+name+"_*.json.gz")); err != nil || len(stored) == 0 {
			t.Errorf("%s: it has no stored history in workflows/testdata (%v)", name, err)
		}
	}
	for _, name := range samples {
		if _, ok := apis.ByName(name); !ok {
			t.Errorf("test/e2e has a sample of %q, which is not a kind", name)
		}
	}
}

// README lists the kinds of each service, in their order in apis.
func TestREADMEListsTheKinds(t *testing.T) {
	readme := lines(t, "README.md")
	for _, service := range []string{"ec2", "iam"} {
		var served []string
		for _, kind := range apis.Kinds() {
			if kind.Service == service {
				served = append(served, kind.Kind)
			}
		}
		start := "| " + strings.ToUpper(service) + " |"
		at := slices.IndexFunc(readme, func(line string) bool { return strings.HasPrefix(line, start) })
		if at < 0 {
			t.Fatalf("README.md has no row with the kinds of %s", service)
		}
		readme[at] = start + " " + strings.Join(served, ", ") + " |"
	}
	golden.Check(t, filepath.Join(root, "README.md"), strings.Join(readme, "\n"))
}

func count(in []string, one string) (n int) {
	for _, s := range in {
		if s == one {
			n++
		}
	}
	return n
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(raw), "\n")
}

// registered returns the kinds of the samples that test/e2e registers and that have a field.
func registered(t *testing.T, field string) (kinds []string) {
	t.Helper()
	for _, s := range goFiles(t) {
		if s.folder() != "test/e2e" {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			name, ok := call.Fun.(*ast.Ident)
			if literal, made := call.Args[0].(*ast.CompositeLit); ok && made && name.Name == "register" && fieldOf(literal, field) != nil {
				kinds = append(kinds, kindOf(literal))
			}
			return true
		})
	}
	return kinds
}

// kindOf returns the field kind of a literal: sample{kind: "ec2.VPC"}.
func kindOf(literal *ast.CompositeLit) string {
	value, isText := fieldOf(literal, "kind").(*ast.BasicLit)
	if !isText {
		return ""
	}
	text, _ := strconv.Unquote(value.Value) // the parser has checked it
	return text
}

// fieldOf returns the value of a field of a literal, or nil.
func fieldOf(literal *ast.CompositeLit, name string) ast.Expr {
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, isName := pair.Key.(*ast.Ident); isName && key.Name == name {
				return pair.Value
			}
		}
	}
	return nil
}

// fieldTested reports whether a test of the service makes a fieldtest.Spec of a type.
func fieldTested(t *testing.T, service, spec string) (found bool) {
	t.Helper()
	for _, s := range goFiles(t) {
		if s.folder() != "activities/"+service || !s.test() {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if index, ok := n.(*ast.IndexListExpr); ok && selects(index.X, "fieldtest", "Spec") {
				of, ok := index.Indices[1].(*ast.SelectorExpr) // the client, the spec, the resource
				found = found || ok && of.Sel.Name == spec
			}
			return true
		})
	}
	return found
}

func selects(e ast.Expr, pkg, name string) bool {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != name {
		return false
	}
	of, ok := selector.X.(*ast.Ident)
	return ok && of.Name == pkg
}
