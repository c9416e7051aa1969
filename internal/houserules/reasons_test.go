package houserules

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/tack-dev/tack/resource"
)

// Every reason is a constant of package resource, which documents it in docs/conditions.md. A
// reason in quotes would stay undocumented.
func TestReasonsAreConstants(t *testing.T) {
	known := map[string]bool{}
	for _, r := range resource.Reasons() {
		known[r.Name] = true
	}
	for _, s := range goFiles(t) {
		product := strings.HasPrefix(s.path, "activities/") || strings.HasPrefix(s.path, "workflows/") || strings.HasPrefix(s.path, "k8sbridge/")
		if !product || s.test() {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if name := inQuotes(n, known); name != "" {
				t.Errorf("%s: the reason %q is in quotes: use a constant of resource/reasons.go", s.path, name)
			}
			return true
		})
	}
}

// inQuotes returns the reason that a node gives as a string literal, or nothing.
func inQuotes(n ast.Node, known map[string]bool) string {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Reason" {
			return quoted(n.Value)
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && (f.Name == "waitFor" || f.Name == "blocked") {
			return quoted(n.Args[0])
		}
	case *ast.AssignStmt:
		for _, value := range n.Rhs {
			if name := quoted(value); known[name] {
				return name
			}
		}
	}
	return ""
}

// quoted returns the text of a string literal, or nothing.
func quoted(e ast.Expr) string {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(l.Value)
	if err != nil {
		return ""
	}
	return text
}
