package houserules

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"reflect"
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
)

// paged returns the SDK's operations whose answers have pages.
func paged() map[string]bool {
	operations := map[string]bool{}
	for _, client := range []reflect.Type{reflect.TypeFor[*awsec2.Client](), reflect.TypeFor[*awsiam.Client]()} {
		for method := range client.Methods() {
			if method.Type.NumOut() == 0 || method.Type.Out(0).Kind() != reflect.Pointer {
				continue
			}
			out := method.Type.Out(0).Elem()
			for _, field := range []string{"NextToken", "Marker"} {
				if _, has := out.FieldByName(field); has {
					operations[method.Name] = true
				}
			}
		}
	}
	return operations
}

// A paged operation is called only through its paginator, and one place follows the pages. A list
// that ends after its first page would report an existing resource as gone.
func TestListsAreReadToTheLastPage(t *testing.T) {
	operations := paged()
	if !operations["DescribeVpcs"] || !operations["ListRolePolicies"] || operations["DescribeAddresses"] {
		t.Fatalf("%d operations have pages: this test reads the SDK wrongly", len(operations))
	}
	delete(operations, "ListServiceSpecificCredentials") // the SDK has no paginator: reads.All follows our own
	following := 0
	visit := func(path string, at token.Position, name string) {
		switch {
		case operations[name]:
			t.Errorf("%s: %s has pages: read it with its paginator and reads.All", at, name)
		case name == "NextPage" && filepath.Base(path) != "reads.go":
			t.Errorf("%s: only reads.All follows pages", at)
		case name == "NextPage":
			following++
		}
	}
	for _, s := range activityFiles(t) {
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				visit(s.path, s.at(n), selector.Sel.Name)
			}
			return true
		})
	}
	if following != 1 {
		t.Errorf("pages are followed in %d places, want one", following)
	}
}
