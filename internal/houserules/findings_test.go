package houserules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Findings are made only by finding.New, which requires AWS's answer. Users match the codes in it,
// and a literal can omit them.
func TestFindingsSayWhatAWSAnswers(t *testing.T) {
	err := filepath.WalkDir(filepath.Join("..", "..", "activities"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if name, ok := literal.Type.(*ast.SelectorExpr); ok && slices.Contains([]string{"Finding", "Invalid", "Answer"}, name.Sel.Name) {
				t.Errorf("%s: make findings with finding.New, and their answers with finding.Says or finding.Silent", files.Position(n.Pos()))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
