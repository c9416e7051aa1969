package ec2

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tack-dev/tack/devenv/gateway/awsmodel"
)

// AWS documents every filter name of every read for that action. This includes second reads, which
// no unit test carries out.
func TestFiltersAreThoseOfAWS(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var parsed []*ast.File
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
	checked := 0
	for _, f := range parsed {
		for _, decl := range f.Decls {
			function, ok := decl.(*ast.FuncDecl)
			if !ok || function.Body == nil {
				continue
			}
			for action, names := range filtersIn(function, parsed) {
				for _, name := range names {
					checked++
					known, err := awsmodel.HasFilter("ec2", action, name)
					if err != nil {
						t.Fatal(err)
					}
					if !known {
						t.Errorf("%s filters %s by %q, which AWS does not have", function.Name.Name, action, name)
					}
				}
			}
		}
	}
	// Each kind reads its own resource by its id.
	if want := len(Kinds()); checked < want {
		t.Errorf("found %d names of filters, want at least %d: this test has lost sight of them", checked, want)
	}
}

// filtersIn returns the names of filters in requests that a function creates, by action.
func filtersIn(function *ast.FuncDecl, all []*ast.File) map[string][]string {
	found := map[string][]string{}
	ast.Inspect(function.Body, func(n ast.Node) bool {
		action := actionOf(n, all)
		if action == "" {
			return true
		}
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				found[action] = append(found[action], namesIn(n, function, all)...)
			case *ast.Ident: // by := sought(q, "vpc-id")
				if made := assigned(function, n.Name); made != nil {
					found[action] = append(found[action], namesIn(made, function, all)...)
				}
			}
			return true
		})
		return false
	})
	return found
}

// actionOf returns the action of a request. The request is the literal DescribeVpcsInput{…}, or the
// call of a function that adds filters to one, such as allVPCs.
func actionOf(n ast.Node, all []*ast.File) string {
	switch n := n.(type) {
	case *ast.CompositeLit:
		of, ok := n.Type.(*ast.SelectorExpr)
		if ok && strings.HasPrefix(of.Sel.Name, "Describe") && strings.HasSuffix(of.Sel.Name, "Input") {
			return strings.TrimSuffix(of.Sel.Name, "Input")
		}
	case *ast.CallExpr:
		name, ok := n.Fun.(*ast.Ident)
		if !ok {
			return ""
		}
		for _, f := range all {
			for _, decl := range f.Decls {
				if function, ok := decl.(*ast.FuncDecl); ok && function.Name.Name == name.Name && takesFilters(function) {
					return actionIn(function)
				}
			}
		}
	}
	return ""
}

// takesFilters reports whether the last parameter of a function is ...types.Filter.
func takesFilters(function *ast.FuncDecl) bool {
	parameters := function.Type.Params.List
	if len(parameters) == 0 {
		return false
	}
	many, ok := parameters[len(parameters)-1].Type.(*ast.Ellipsis)
	if !ok {
		return false
	}
	of, ok := many.Elt.(*ast.SelectorExpr)
	return ok && of.Sel.Name == "Filter"
}

// actionIn returns the action of the first request that a function creates.
func actionIn(function *ast.FuncDecl) (action string) {
	ast.Inspect(function.Body, func(n ast.Node) bool {
		if literal, ok := n.(*ast.CompositeLit); ok && action == "" {
			action = actionOf(literal, nil)
		}
		return action == ""
	})
	return action
}

// namesIn returns the names that a call of filter or sought receives. For a parameter of the
// function, it searches the function's callers.
func namesIn(call *ast.CallExpr, function *ast.FuncDecl, all []*ast.File) (names []string) {
	name, ok := call.Fun.(*ast.Ident)
	at := map[string]int{"filter": 0, "sought": 1}
	position, isFilter := -1, false
	if ok {
		position, isFilter = at[name.Name], name.Name == "filter" || name.Name == "sought"
	}
	if !isFilter || len(call.Args) <= position {
		return nil
	}
	switch arg := call.Args[position].(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(arg.Value) // the parser accepted it
		return []string{text}
	case *ast.Ident:
		return givenFor(function, arg.Name, all)
	}
	return nil
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
			if !ok {
				return true
			}
			if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != function.Name.Name || position < 0 || len(call.Args) <= position {
				return true
			}
			if literal, ok := call.Args[position].(*ast.BasicLit); ok {
				text, _ := strconv.Unquote(literal.Value) // the parser accepted it
				names = append(names, text)
			}
			return true
		})
	}
	return names
}

// assigned returns the call whose result a function assigns to a variable of that name.
func assigned(function *ast.FuncDecl, name string) (call *ast.CallExpr) {
	ast.Inspect(function.Body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 {
			return true
		}
		if left, ok := assign.Lhs[0].(*ast.Ident); ok && left.Name == name && call == nil {
			call, _ = assign.Rhs[0].(*ast.CallExpr)
		}
		return true
	})
	return call
}
