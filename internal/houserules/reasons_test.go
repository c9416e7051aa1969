package houserules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/tack-dev/tack/resource"
)

// Every reason of a condition or event is a constant of package resource, which documents it in
// docs/conditions.md. A reason in quotes would stay undocumented.
func TestReasonsAreConstants(t *testing.T) {
	known := map[string]bool{}
	for _, r := range resource.Reasons() {
		known[r.Name] = true
	}
	for _, r := range resource.FixedReasons() {
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
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Reason" || quoted(n.Key) == "reason" {
			return quoted(n.Value)
		}
	case *ast.CallExpr:
		return inCall(n)
	case *ast.CompositeLit:
		return inLiteral(n, known)
	case *ast.ValueSpec:
		for i, value := range n.Values {
			if name := quoted(value); known[name] || strings.HasPrefix(strings.ToLower(n.Names[i].Name), "reason") {
				return name
			}
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

// inCall returns the reason that a call gives as a string literal, or nothing.
func inCall(n *ast.CallExpr) string {
	switch f := n.Fun.(type) {
	case *ast.Ident:
		if len(n.Args) > 0 && (f.Name == "waitFor" || f.Name == "blocked") {
			return quoted(n.Args[0])
		}
	case *ast.SelectorExpr: // of an EventRecorder: object, type, reason, message
		if len(n.Args) > 2 && (f.Sel.Name == "Event" || f.Sel.Name == "Eventf") {
			return quoted(n.Args[2])
		}
	}
	return ""
}

// reasonAt is the position of the reason in a struct literal without field names.
var reasonAt = map[string]int{"Wait": 0, "Advice": 0, "Problem": 1}

// inLiteral returns the reason that a struct literal without field names gives as a string literal,
// or nothing. A list of texts is no struct.
func inLiteral(n *ast.CompositeLit, known map[string]bool) string {
	at := -1
	switch of := n.Type.(type) {
	case nil: // an element of a list or map
	case *ast.Ident:
		at = positionIn(of.Name)
	case *ast.SelectorExpr:
		at = positionIn(of.Sel.Name)
	default:
		return ""
	}
	for i, value := range n.Elts {
		if name := quoted(value); known[name] || i == at && name != "" {
			return name
		}
	}
	return ""
}

// positionIn returns the position of the reason in a type, or -1 if the type has none.
func positionIn(name string) int {
	if at, ok := reasonAt[name]; ok {
		return at
	}
	return -1
}

// The rule sees each form of a reason in quotes.
func TestReasonsInQuotesAreFound(t *testing.T) {
	for code, want := range map[string]string{
		`resource.Wait{Reason: "Odd"}`:                       "Odd",
		`condition{"status": "True", "reason": "Odd"}`:       "Odd",
		`a.events.Event(o.u, corev1.Normal, "Odd", message)`: "Odd",
		`a.events.Eventf(u, kind, "Odd", "%s", id)`:          "Odd",
		`func() { what := "Created" }`:                       "Created",
		`func() { const what = "Created" }`:                  "Created",
		`func() { const reasonOdd = "Odd" }`:                 "Odd",
		`waitFor("Odd", message)`:                            "Odd",
		`resource.Wait{"Odd", message}`:                      "Odd",
		`&resource.Problem{state, "Odd", message}`:           "Odd",
		`[]resource.Advice{{"Created", message}}`:            "Created",
		`row{"x", "Created"}`:                                "Created",
		`[]string{"Created"}`:                                "",
		`resource.Wait{resource.ReasonPending, "Odd"}`:       "",
		`condition{"status": "True", "reason": r.Reason}`:    "",
		`func() { const what = "Odd" }`:                      "",
	} {
		e, err := parser.ParseExpr(code)
		if err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		got := ""
		ast.Inspect(e, func(n ast.Node) bool {
			got += inQuotes(n, map[string]bool{resource.EventCreated: true})
			return true
		})
		if got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
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
