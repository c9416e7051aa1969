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

// A finding is made by finding.New alone, which asks what AWS answers: users match its
// codes, and a literal forgets them.
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
				t.Errorf("%s: a finding is made by finding.New, its answer by finding.Says or finding.Silent", files.Position(n.Pos()))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
