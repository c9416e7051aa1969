package permissions

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
)

// service is a package of kinds and the client for its AWS calls.
type service struct {
	name   string
	client reflect.Type
}

var services = []service{
	{"ec2", reflect.TypeFor[*awsec2.Client]()},
	{"iam", reflect.TypeFor[*awsiam.Client]()},
}

// callsOf returns, by kind, the operations that a service's kinds may call. An operation counts if
// the kind's definition function, or a function reachable from it, uses it. A paginator counts as
// its operation.
func (s service) callsOf(t *testing.T) map[string][]string {
	t.Helper()
	own := s.parse(t)
	graph := map[types.Object]*uses{}
	roots := map[string]types.Object{}
	for _, part := range own.parts {
		for _, file := range part.files {
			for _, decl := range file.Decls {
				s.note(decl, part.info, own, graph, roots)
			}
		}
	}
	calls := map[string][]string{}
	for kind, root := range roots {
		seen := map[types.Object]bool{}
		reach(root, graph, seen)
		for object := range seen {
			calls[kind] = append(calls[kind], graph[object].calls...)
		}
		slices.Sort(calls[kind])
		calls[kind] = slices.Compact(calls[kind])
	}
	return calls
}

// uses lists what one declaration uses: other declarations of the service, and AWS operations.
type uses struct {
	objects []types.Object
	calls   []string
}

// part is a package of a service: its kinds, or pieces that they share.
type part struct {
	files []*ast.File
	info  *types.Info
	pkg   *types.Package
}

// packages imports the packages below activities/<service>. Other imports are empty: their names
// stay unknown, and the declarations of the service are still resolved.
type packages struct {
	t     *testing.T
	path  string // of the service's package
	parts map[string]part
}

func (s service) parse(t *testing.T) *packages {
	t.Helper()
	own := &packages{t: t, path: "github.com/tack-dev/tack/activities/" + s.name, parts: map[string]part{}}
	if _, err := own.Import(own.path); err != nil || len(own.parts[own.path].files) == 0 {
		t.Fatalf("no sources of %s: %v", s.name, err)
	}
	return own
}

// Import type-checks a package of the service, and returns an empty one for any other.
func (own *packages) Import(path string) (*types.Package, error) {
	below, inside := strings.CutPrefix(path, own.path)
	if !inside {
		pkg := types.NewPackage(path, filepath.Base(path))
		pkg.MarkComplete()
		return pkg, nil
	}
	if known, ok := own.parts[path]; ok {
		return known.pkg, nil
	}
	paths, err := filepath.Glob(filepath.Join("..", "..", "activities", filepath.Base(own.path), below, "*.go"))
	if err != nil {
		return nil, err
	}
	fset, one := token.NewFileSet(), part{info: &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			own.t.Fatal(err)
		}
		one.files = append(one.files, file)
	}
	config := types.Config{Importer: own, Error: func(error) {}}
	one.pkg, _ = config.Check(path, fset, one.files, one.info)
	one.pkg.MarkComplete()
	own.parts[path] = one
	return one.pkg, nil
}

// has reports whether a package belongs to the service.
func (own *packages) has(pkg *types.Package) bool {
	return pkg != nil && own.parts[pkg.Path()].pkg == pkg
}

func (s service) note(decl ast.Decl, info *types.Info, own *packages, graph map[types.Object]*uses, roots map[string]types.Object) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		object := info.Defs[d.Name]
		graph[object] = s.usesOf(d, info, own)
		if kind := s.kindIn(d); kind != "" {
			roots[kind] = object
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if value, ok := spec.(*ast.ValueSpec); ok {
				for _, name := range value.Names {
					graph[info.Defs[name]] = s.usesOf(value, info, own)
				}
			}
		}
	}
}

func (s service) usesOf(node ast.Node, info *types.Info, own *packages) *uses {
	u := &uses{}
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			name := strings.TrimSuffix(strings.TrimPrefix(n.Sel.Name, "New"), "Paginator")
			if of, ok := n.X.(*ast.Ident); ok {
				if pkg, ok := info.Uses[of].(*types.PkgName); ok && pkg.Imported().Path() != s.client.Elem().PkgPath() {
					return true // another package's function of that name
				}
			}
			if _, ok := s.client.MethodByName(name); ok && name != "Options" {
				u.calls = append(u.calls, name)
			}
		case *ast.Ident:
			if object := info.Uses[n]; object != nil && own.has(object.Pkg()) {
				u.objects = append(u.objects, object)
			}
		}
		return true
	})
	return u
}

// kindIn returns the kind that a function defines: the value of the field Kind.
func (s service) kindIn(f *ast.FuncDecl) (kind string) {
	ast.Inspect(f, func(n ast.Node) bool {
		pair, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		key, isField := pair.Key.(*ast.Ident)
		value, isText := pair.Value.(*ast.BasicLit)
		if isField && isText && key.Name == "Kind" && value.Kind == token.STRING {
			kind, _ = strconv.Unquote(value.Value) // the parser has checked it
		}
		return true
	})
	return kind
}

func reach(object types.Object, graph map[types.Object]*uses, seen map[types.Object]bool) {
	if graph[object] == nil || seen[object] {
		return
	}
	seen[object] = true
	for _, next := range graph[object].objects {
		reach(next, graph, seen)
	}
}
