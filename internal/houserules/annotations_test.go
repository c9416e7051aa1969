package houserules

import (
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	annotationRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.+) \\| (ACK|Tack) \\| (.+) \\| (\\[.+\\]\\(.+\\)) \\| (unreleased|v[0-9]+\\.[0-9]+\\.[0-9]+) \\|$")
	annotationKey = regexp.MustCompile(`(?:[a-z0-9]+\.)?services\.k8s\.aws/[a-z][a-z-]+[a-z]`)
)

// Each annotation of the code has one row in docs/annotations.md, and each row names one of the code. A row
// says since when Tack knows the annotation.
func TestAnnotationsAreDocumented(t *testing.T) {
	rows := map[string]int{}
	for _, hit := range annotationRow.FindAllStringSubmatch(document(t, "docs", "annotations.md"), -1) {
		rows[hit[1]]++
	}
	known := annotationsInCode(t)
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if rows[key] != 1 {
			t.Errorf("docs/annotations.md has %d rows for %s of %s, want one", rows[key], key, known[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		if known[key] == "" {
			t.Errorf("docs/annotations.md has a row for %s, which no constant names", key)
		}
	}
	for _, s := range productFiles(t) {
		for _, key := range annotationsNamed(s.ast) {
			if rows[key] == 0 {
				t.Errorf("%s names the annotation %s, for which docs/annotations.md has no row", s.path, key)
			}
		}
	}
}

// A page without a row of the table, or with a row in another form, has no row for the test.
func TestAnnotationRows(t *testing.T) {
	page := "| annotation | values | whose | what it does | more | since |\n|---|---|---|---|---|---|\n" +
		"| `a/whole` | `x` | ACK | says | [page](page.md) | unreleased |\n| `a/unlinked` | `x` | ACK | says | page | unreleased |\n" +
		"| `a/unowned` | `x` | | says | [page](page.md) | unreleased |\n| `a/undated` | `x` | ACK | says | [page](page.md) |\n| `a/empty` | `x` | ACK | says | [page](page.md) | |\n" +
		"| `a/released` | `x` | Tack | says | [page](page.md) | v1.2.0 |\n"
	hits := annotationRow.FindAllStringSubmatch(page, -1)
	if len(hits) != 2 || hits[0][1] != "a/whole" || hits[1][1] != "a/released" {
		t.Errorf("the rows are %q, want one for a/whole and one for a/released", hits)
	}
}

// productFiles returns the sources of the programs, without tests and without the local environment.
func productFiles(t *testing.T) []source {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(goFiles(t)), func(s source) bool {
		family, _, _ := strings.Cut(s.path, "/")
		return s.test() || slices.Contains([]string{"test", "devenv", "internal"}, family)
	})
}

// annotationsInCode returns the keys of all annotation constants, with the file of each.
func annotationsInCode(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{corev1alpha1.NamespaceDeletionPolicy("<service>"): "apis/core/v1alpha1/annotation.go"}
	for _, s := range productFiles(t) {
		ast.Inspect(s.ast, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != len(spec.Names) {
				return true
			}
			for i, name := range spec.Names {
				if key := keyOf(spec.Values[i]); key != "" && strings.HasPrefix(strings.ToLower(name.Name), "annotation") {
					found[key] = s.path
				}
			}
			return true
		})
	}
	if len(found) < 2 {
		t.Fatal("the code has no annotation constants")
	}
	return found
}

// keyOf returns the annotation key that a constant is: a text, or the group with a text.
func keyOf(value ast.Expr) string {
	prefix := ""
	if sum, ok := value.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		prefix, value = corev1alpha1.GroupName, sum.Y
	}
	text, ok := value.(*ast.BasicLit)
	if !ok || text.Kind != token.STRING {
		return ""
	}
	key, _ := strconv.Unquote(text.Value) // the parser accepted it
	return prefix + key
}

// annotationsNamed returns the annotations that the texts of a file name. Tags begin like them.
func annotationsNamed(file *ast.File) (keys []string) {
	tags := []string{resource.TagOwner, resource.TagUID, resource.TagIncarnation, resource.TagControllerVersion, resource.TagNamespace}
	ast.Inspect(file, func(n ast.Node) bool {
		text, ok := n.(*ast.BasicLit)
		if !ok || text.Kind != token.STRING {
			return true
		}
		for _, key := range annotationKey.FindAllString(text.Value, -1) {
			if !slices.Contains(tags, key) {
				keys = append(keys, key)
			}
		}
		return true
	})
	return keys
}
