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

// engineCode bounds what serves every kind, in lines without blank ones and
// comments: people read it in one sitting.
const engineCode = 700

func TestTheEngineIsSmall(t *testing.T) {
	total := 0
	for _, s := range goFiles(t) {
		if s.folder() == "activities" && !s.test() {
			total += codeLines(s.text)
		}
	}
	if total > engineCode {
		t.Errorf("the engine has %d lines of code, at most %d are allowed: what one kind alone needs belongs to the kind", total, engineCode)
	}
}

// codeLines counts the lines that say something to the compiler.
func codeLines(text string) (n int) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}

// What serves every kind names none: another kind needs no change there.
func TestNoKindIsNamedWhereAllAreServed(t *testing.T) {
	all := []string{"workflows", "activities", "activities/kube", "resource", "worker", "k8sbridge"}
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
					t.Errorf("%s names %s: what is particular to a kind belongs to its own file", s.path, kind.Name())
				}
			}
			return true
		})
	}
}
