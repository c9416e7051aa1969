package shape

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Comparison compares nested values of a type of the API.
type Comparison struct {
	filled map[string]any
	form   func(field, value string) string
}

// Comparing ignores what AWS fills in where the spec leaves a field out: filled has these values, in
// JSON. What it says of a list applies to all items. form brings a value of a field into one form,
// where AWS may write it in another way.
func Comparing(filled string, form func(field, value string) string) Comparison {
	return Comparison{filled: fieldsOf([]byte(filled)), form: form}
}

// Differences names the fields below a path, such as "data.ebs.iops", in which a value of AWS differs
// from a spec. Only AWS has the surplus: it left the spec, or AWS filled it in.
func (c Comparison) Differences(path string, want, got any) (other, surplus []string) {
	d := differences{Comparison: c}
	d.compare(path, "", jsonOf(want), jsonOf(got), c.filled)
	return d.other, d.surplus
}

func jsonOf(v any) map[string]any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encoding a %T: %v", v, err)) // types of the API are plain data
	}
	return fieldsOf(raw)
}

func fieldsOf(raw []byte) (fields map[string]any) {
	if err := json.Unmarshal(raw, &fields); err != nil {
		panic(fmt.Sprintf("reading fields: %v", err)) // they are a constant, or were just encoded
	}
	return fields
}

type differences struct {
	Comparison
	other, surplus []string
}

func (d *differences) compare(path, field string, want, got, filled any) {
	list, isList := want.([]any)
	wanted, isStruct := want.(map[string]any)
	shown, showsStruct := got.(map[string]any)
	switch {
	case isList:
		if items, _ := got.([]any); !d.sameItems(path, field, list, items, filled) {
			d.other = append(d.other, path)
		}
	case isStruct || showsStruct:
		fills, _ := filled.(map[string]any)
		names := slices.AppendSeq(slices.Collect(maps.Keys(wanted)), maps.Keys(shown))
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			d.compare(path+"."+name, name, wanted[name], shown[name], fills[name])
		}
	case unset(want):
		if !unset(got) && !reflect.DeepEqual(got, filled) {
			d.surplus = append(d.surplus, path)
		}
	case d.form(field, fmt.Sprint(want)) != d.form(field, fmt.Sprint(got)):
		d.other = append(d.other, path)
	}
}

// sameItems compares lists in any order: an item names its device or its address, and ids have no order.
func (d *differences) sameItems(path, field string, want, got []any, filled any) bool {
	for _, item := range want {
		i := slices.IndexFunc(got, func(shown any) bool {
			one := differences{Comparison: d.Comparison}
			one.compare(path, field, item, shown, filled)
			return len(one.other)+len(one.surplus) == 0
		})
		if i < 0 {
			return false
		}
		got = slices.Delete(slices.Clone(got), i, i+1)
	}
	return len(got) == 0
}

// unset reports whether a value is left out. An empty text counts as unset, as in a copy.
func unset(v any) bool { return v == nil || v == "" }
