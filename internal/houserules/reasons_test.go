package houserules

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/tack-dev/tack/resource"
)

// A reason is a constant of package resource, which says in docs/conditions.md what it
// means. A reason in quotes would be one that nobody explains.
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
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Reason" && quoted(n.Value) != "" {
					t.Errorf("%s: Reason: %q: use a constant of resource/reasons.go", s.path, quoted(n.Value))
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && (f.Name == "waitFor" || f.Name == "blocked") && quoted(n.Args[0]) != "" {
					t.Errorf("%s: %s(%q, …): use a constant of resource/reasons.go", s.path, f.Name, quoted(n.Args[0]))
				}
			case *ast.AssignStmt:
				for _, value := range n.Rhs {
					if known[quoted(value)] {
						t.Errorf("%s: the reason %q in quotes: use the constant of resource/reasons.go", s.path, quoted(value))
					}
				}
			}
			return true
		})
	}
}

// quoted is the text of a string literal, or nothing.
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
