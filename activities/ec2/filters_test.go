package ec2

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tack-dev/tack/devenv/gateway/awsmodel"
)

// AWS documents every filter name of every read for that action. This includes second reads, which
// no unit test carries out.
func TestFiltersAreThoseOfAWS(t *testing.T) {
	lists := map[string]string{} // the actions of the lists of package describe
	checked := 0
	check := func(where, action, name string) {
		checked++
		known, err := awsmodel.HasFilter("ec2", action, name)
		if err != nil {
			t.Fatal(err)
		}
		if !known {
			t.Errorf("%s filters %s by %q, which AWS does not have", where, action, name)
		}
	}
	described := sources(t, "describe")
	for _, f := range described {
		for name, list := range listsIn(f) {
			lists[name] = actionIn(list)
			if id := idFilter(list); id != "" {
				check(name, lists[name], id)
			}
		}
	}
	if len(lists) < len(Kinds()) {
		t.Errorf("found %d lists, want at least %d: this test has lost sight of them", len(lists), len(Kinds()))
	}
	all := append(sources(t, "."), described...)
	ids := checked
	for _, function := range functionsIn(all) {
		ast.Inspect(function.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if list := listOf(call, function); lists[list] != "" {
				for _, name := range namesIn(call, function, all) {
					check(function.Name.Name, lists[list], name)
				}
			}
			return true
		})
	}
	// Holders, route tables, peers: each is found by its own filter.
	if second := checked - ids; second < 15 {
		t.Errorf("found %d filters of second reads, want at least 15: this test has lost sight of them", second)
	}
}

// sources parses the product's files of a folder.
func sources(t *testing.T, folder string) (parsed []*ast.File) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	return parsed
}

// functionsIn returns the functions with a body.
func functionsIn(files []*ast.File) (functions []*ast.FuncDecl) {
	for _, f := range files {
		for _, decl := range f.Decls {
			if function, ok := decl.(*ast.FuncDecl); ok && function.Body != nil {
				functions = append(functions, function)
			}
		}
	}
	return functions
}

// listsIn returns the lists that a file declares: var Subnets = List[types.Subnet]{…}.
func listsIn(f *ast.File) map[string]*ast.CompositeLit {
	found := map[string]*ast.CompositeLit{}
	for _, decl := range f.Decls {
		vars, ok := decl.(*ast.GenDecl)
		if !ok || vars.Tok != token.VAR {
			continue
		}
		for _, spec := range vars.Specs {
			value := spec.(*ast.ValueSpec)
			if literal, ok := value.Values[0].(*ast.CompositeLit); ok {
				if of, ok := literal.Type.(*ast.IndexExpr); ok && nameOf(of.X) == "List" {
					found[value.Names[0].Name] = literal
				}
			}
		}
	}
	return found
}

// actionIn returns the action of the request in a list: DescribeVpcsInput{…}.
func actionIn(list *ast.CompositeLit) (action string) {
	ast.Inspect(list, func(n ast.Node) bool {
		if literal, ok := n.(*ast.CompositeLit); ok && action == "" {
			if name := nameOf(literal.Type); strings.HasPrefix(name, "Describe") && strings.HasSuffix(name, "Input") {
				action = strings.TrimSuffix(name, "Input")
			}
		}
		return action == ""
	})
	return action
}

// idFilter returns the name of the filter by id of a list.
func idFilter(list *ast.CompositeLit) string {
	for _, element := range list.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok && nameOf(pair.Key) == "ID" {
			return textIn(pair.Value)
		}
	}
	return ""
}

// listOf returns the list that a call reads: describe.Subnets.By(…), or a copy of it.
func listOf(call *ast.CallExpr, function *ast.FuncDecl) string {
	read, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"By", "IDs", "IDsOf", "Names"}, read.Sel.Name) {
		return ""
	}
	if copied := assigned(function, nameOf(read.X)); copied != nil {
		return nameOf(copied)
	}
	return nameOf(read.X)
}

// namesIn returns the names of the filters that a read receives. For a parameter of the function,
// it searches the function's callers.
func namesIn(read *ast.CallExpr, function *ast.FuncDecl, all []*ast.File) (names []string) {
	for _, arg := range read.Args {
		if made := assigned(function, nameOf(arg)); made != nil {
			arg = made
		}
		made, ok := arg.(*ast.CallExpr)
		if !ok || !slices.Contains([]string{"Filter", "InState"}, nameOf(made.Fun)) {
			continue
		}
		if text := textIn(made.Args[0]); text != "" {
			names = append(names, text)
		} else {
			names = append(names, givenFor(function, nameOf(made.Args[0]), all)...)
		}
	}
	return names
}

// nameOf returns the last part of a name: describe.Subnets.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func textIn(e ast.Expr) string {
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	text, _ := strconv.Unquote(literal.Value) // the parser accepted it
	return text
}

// givenFor returns the literals that callers pass for a parameter of a function.
func givenFor(function *ast.FuncDecl, parameter string, all []*ast.File) (names []string) {
	position, i := -1, 0
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == parameter {
				position = i
			}
			i++
		}
	}
	for _, f := range all {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || nameOf(call.Fun) != function.Name.Name || position < 0 || len(call.Args) <= position {
				return true
			}
			if text := textIn(call.Args[position]); text != "" {
				names = append(names, text)
			}
			return true
		})
	}
	return names
}

// assigned returns what a function first assigns to a variable of that name.
func assigned(function *ast.FuncDecl, name string) (value ast.Expr) {
	ast.Inspect(function.Body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 || name == "" {
			return true
		}
		if nameOf(assign.Lhs[0]) == name && value == nil {
			value = assign.Rhs[0]
		}
		return true
	})
	return value
}
