package houserules

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tack-dev/tack/apis"
)

// engineCode limits the code that serves every kind, in lines without blank lines and comments:
// people must be able to read it in one sitting.
const engineCode = 800

func TestTheEngineIsSmall(t *testing.T) {
	total := 0
	for _, s := range goFiles(t) {
		if s.folder() == "activities/kind" && !s.test() {
			total += codeLines(s.text)
		}
	}
	if total > engineCode {
		t.Errorf("the engine has %d lines of code, at most %d are allowed: move code that only one kind needs into that kind", total, engineCode)
	}
}

// codeLines counts the lines that are neither blank nor comments.
func codeLines(text string) (n int) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}

// Code that serves every kind names no single kind: a new kind needs no change there.
func TestNoKindIsNamedWhereAllAreServed(t *testing.T) {
	all := []string{"workflows", "activities/kind", "activities/kube", "activities/kubeapi", "activities/level", "resource", "worker", "k8sbridge", "k8sbridge/export"}
	for _, s := range goFiles(t) {
		if !slices.Contains(all, s.folder()) || s.test() {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, kind := range apis.Kinds() {
				if text == kind.Kind || strings.Contains(text, kind.Name()) {
					t.Errorf("%s names %s: move code that is specific to a kind into the kind's own file", s.path, kind.Name())
				}
			}
			return true
		})
	}
}
