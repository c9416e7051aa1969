package houserules

import (
	"go/ast"
	"slices"
	"testing"
)

// Findings are made only by finding.New, which requires AWS's answer. Users match the codes in it,
// and a literal can omit them.
func TestFindingsSayWhatAWSAnswers(t *testing.T) {
	for _, s := range activityFiles(t) {
		ast.Inspect(s.ast, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if name, ok := literal.Type.(*ast.SelectorExpr); ok && slices.Contains([]string{"Finding", "Invalid", "Answer"}, name.Sel.Name) {
				t.Errorf("%s: make findings with finding.New, and their answers with finding.Says or finding.Silent", s.at(n))
			}
			return true
		})
	}
}
