package main

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// shape is a struct of the SDK, with the name and the fields that the CRDs use. All kinds of a
// group share it.
type shape struct {
	sdk    reflect.Type
	props  []*node
	values map[string][]string // of enumerations, by path
}

// shapes holds the structs behind the objects of all kinds of one group.
type shapes struct {
	named    map[string]*shape
	reserved map[string]bool // names of the types of kinds
}

// findShapes finds the struct for every object and names it. It includes the kinds without
// generated code, so that no name changes when a kind is added.
func findShapes(all []kind) (*shapes, error) {
	s := &shapes{named: map[string]*shape{}, reserved: map[string]bool{}}
	for _, k := range all {
		for _, suffix := range []string{"", "List", "Spec", "Status"} {
			s.reserved[k.name+suffix] = true
		}
	}
	for i := range all {
		k := &all[i]
		for _, part := range k.facts.root.props {
			if err := s.walk(k, part, k.parents(part.name)); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// parents returns the SDK types that may contain the fields of spec or status, the most likely
// first.
func (k *kind) parents(part string) []reflect.Type {
	if part == "status" {
		return []reflect.Type{k.output, k.input}
	}
	return []reflect.Type{k.input, k.output}
}

// walk names the shapes below n. The fields of n are fields of one of the parents.
func (s *shapes) walk(k *kind, n *node, parents []reflect.Type) error {
	for _, p := range n.props {
		obj := p
		for obj.elem != nil {
			obj = obj.elem
		}
		sdk := k.sdkType(p, parents)
		if sdk != nil && sdk.Kind() == reflect.String {
			k.values[p.path] = enumValues(sdk)
		}
		if obj.props == nil || shared(p.name, obj) != "" {
			continue
		}
		if sdk == nil || sdk.Kind() != reflect.Struct {
			return fmt.Errorf("naming %s %s: no field of this name in %v; add its type to the kind's table", k.name, p.path, parents)
		}
		if err := s.walk(k, obj, []reflect.Type{sdk}); err != nil {
			return err
		}
		if err := s.name(k, sdk, obj); err != nil {
			return err
		}
	}
	return nil
}

// sdkType returns the type of the field of a parent that matches the name of p except for case,
// without pointers and slices.
func (k *kind) sdkType(p *node, parents []reflect.Type) reflect.Type {
	if t, ok := k.types[p.path]; ok {
		return t
	}
	for _, parent := range parents {
		f, ok := parent.FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, p.name) })
		if !ok {
			continue
		}
		t := f.Type
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t != reflect.TypeFor[time.Time]() {
			return t
		}
	}
	return nil
}

// name gives n the SDK's name for its shape.
func (s *shapes) name(k *kind, sdk reflect.Type, n *node) error {
	name := shapeName(sdk.Name())
	if s.reserved[name] {
		return fmt.Errorf("naming %s %s: %s is the name of a kind", k.name, n.path, name)
	}
	known := s.named[name]
	if known == nil {
		known = &shape{sdk: sdk, props: n.props, values: k.values}
		s.named[name] = known
	}
	if signature(known.props) != signature(n.props) {
		return fmt.Errorf("naming %s %s: %s has different fields elsewhere", k.name, n.path, name)
	}
	n.shape = name
	return nil
}

// signature is equal for two objects that can share one Go struct.
func signature(props []*node) string {
	var out strings.Builder
	for _, p := range props {
		fmt.Fprintf(&out, "%s %s %v;", p.name, fieldType(p), p.flags)
	}
	return out.String()
}

// shared returns the type in apis/core for an object that all groups share, or "".
func shared(name string, obj *node) string {
	switch {
	case name == "ackResourceMetadata":
		return "ResourceMetadata"
	case name == "conditions":
		return "Condition"
	case len(obj.props) == 1 && obj.props[0].name == "from":
		return "AWSResourceReferenceWrapper"
	}
	return ""
}

// enumValues lists the values of an enumeration in the SDK.
func enumValues(t reflect.Type) []string {
	values := reflect.New(t).Elem().MethodByName("Values")
	if !values.IsValid() {
		return nil
	}
	list := values.Call(nil)[0]
	var out []string
	for i := range list.Len() {
		out = append(out, list.Index(i).String())
	}
	return out
}
