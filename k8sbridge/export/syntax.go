package export

import (
	"errors"
	"fmt"
	"slices"

	"github.com/itchyny/gojq"
)

// functions are the functions of jq that a path may call, with the number of their arguments. Each
// one selects or shortens a value. None can loop or make a value grow, so every path ends soon on
// an object of the size that the API server accepts.
var functions = map[string][]int{
	"select": {1}, "first": {0, 1}, "last": {0}, "map": {1}, "any": {0, 1}, "all": {0, 1}, "not": {0}, "has": {1}, "length": {0},
	"startswith": {1}, "endswith": {1}, "ltrimstr": {1}, "rtrimstr": {1}, "split": {1}, "ascii_downcase": {0}, "ascii_upcase": {0},
}

// operators are the operators of jq that a path may use.
var operators = []gojq.Operator{
	gojq.OpPipe, gojq.OpAlt, gojq.OpEq, gojq.OpNe, gojq.OpGt, gojq.OpLt, gojq.OpGe, gojq.OpLe, gojq.OpAnd, gojq.OpOr,
}

// checkQuery refuses the parts of jq that could take the bridge's time or memory: everybody who may
// create a FieldExport chooses its path.
func checkQuery(q *gojq.Query) error {
	if q == nil {
		return nil
	}
	if q.Meta != nil || len(q.Imports) > 0 || len(q.FuncDefs) > 0 || len(q.Patterns) > 0 {
		return fmt.Errorf("%q defines a name, which a path cannot do", q)
	}
	if q.Term != nil {
		return checkTerm(q.Term)
	}
	if q.Left == nil || q.Right == nil {
		return errors.New("the path is empty")
	}
	if !slices.Contains(operators, q.Op) {
		return fmt.Errorf("a path cannot use the operator %q", q.Op)
	}
	if err := checkQuery(q.Left); err != nil {
		return err
	}
	return checkQuery(q.Right)
}

func checkTerm(t *gojq.Term) error {
	if err := checkCore(t); err != nil {
		return err
	}
	for _, s := range t.SuffixList {
		if err := checkIndex(s.Index); err != nil {
			return err
		}
	}
	return nil
}

// checkCore checks a term without its suffixes.
func checkCore(t *gojq.Term) error {
	switch t.Type {
	case gojq.TermTypeIdentity, gojq.TermTypeNull, gojq.TermTypeTrue, gojq.TermTypeFalse, gojq.TermTypeNumber:
		return nil
	case gojq.TermTypeIndex:
		return checkIndex(t.Index)
	case gojq.TermTypeString:
		return checkText(t.Str)
	case gojq.TermTypeQuery:
		return checkQuery(t.Query)
	case gojq.TermTypeUnary: // as in .[-1]
		return checkTerm(t.Unary.Term)
	case gojq.TermTypeFunc:
		return checkCall(t.Func)
	default:
		return fmt.Errorf("a path cannot contain %q", t)
	}
}

func checkCall(f *gojq.Func) error {
	if !slices.Contains(functions[f.Name], len(f.Args)) {
		return fmt.Errorf("a path cannot call %q", f)
	}
	for _, arg := range f.Args {
		if err := checkQuery(arg); err != nil {
			return err
		}
	}
	return nil
}

func checkIndex(i *gojq.Index) error {
	if i == nil {
		return nil
	}
	if err := checkText(i.Str); err != nil {
		return err
	}
	if err := checkQuery(i.Start); err != nil {
		return err
	}
	return checkQuery(i.End)
}

// checkText refuses a text that contains queries.
func checkText(s *gojq.String) error {
	if s != nil && len(s.Queries) > 0 {
		return fmt.Errorf("a path cannot build the text %q", s)
	}
	return nil
}

// root returns the field with which a path begins, or nothing if it begins otherwise.
func root(q *gojq.Query) string {
	for q.Term == nil {
		q = q.Left
	}
	t := q.Term
	switch {
	case t.Type == gojq.TermTypeQuery:
		return root(t.Query)
	case t.Type == gojq.TermTypeIndex:
		return nameOf(t.Index)
	case t.Type == gojq.TermTypeIdentity && len(t.SuffixList) > 0 && t.SuffixList[0].Index != nil:
		return nameOf(t.SuffixList[0].Index)
	}
	return ""
}

func nameOf(i *gojq.Index) string {
	switch {
	case i.Str != nil:
		return i.Str.Str
	case i.Start != nil && i.Start.Term != nil && i.Start.Term.Str != nil: // .["spec"]
		return i.Start.Term.Str.Str
	}
	return i.Name
}
