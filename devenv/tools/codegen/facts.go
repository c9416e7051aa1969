package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// node is one field of a kind's schema, as the facts describe it.
type node struct {
	name  string // JSON name; "" for the elements of a list or map
	path  string // dotted, without marks for lists and maps: spec.tags.key
	typ   string // OpenAPI type
	flags []string
	props []*node // of an object
	elem  *node   // of an array, or of an object that is a map
	shape string  // Go name of the struct of an object with props; set by shapes
}

func (n *node) has(flag string) bool { return slices.Contains(n.flags, flag) }

func (n *node) prop(name string) *node {
	for _, p := range n.props {
		if p.name == name {
			return p
		}
	}
	return nil
}

// facts is the data about one kind.
type facts struct {
	group, kind, plural, scope string
	columns                    []column
	root                       node // props: spec and status
}

type column struct {
	name, jsonPath string
	wide           bool // shown only by kubectl get -o wide
}

// loadFacts reads the tables of the kinds, in their order, and of their fields.
func loadFacts(names string, fields ...string) ([]*facts, error) {
	var all []*facts
	byKind := map[string]*facts{}
	err := eachRow(names, 5, func(row []string) error {
		f := &facts{group: row[0], kind: row[1], plural: row[2], scope: row[3]}
		for _, pair := range strings.Split(row[4], ";") {
			if name, path, ok := strings.Cut(pair, "="); ok {
				f.columns = append(f.columns, column{name: name, jsonPath: path})
			}
		}
		byKind[f.group+"/"+f.kind] = f
		all = append(all, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, table := range fields {
		err = errors.Join(err, eachRow(table, 6, func(row []string) error {
			f := byKind[row[0]+"/"+row[2]]
			if f == nil {
				return fmt.Errorf("kind %s is not in %s", row[2], names)
			}
			n := &node{typ: row[4]}
			if row[5] != "" {
				n.flags = strings.Split(row[5], ",")
			}
			return f.root.insert(row[3], n)
		}))
	}
	return all, err
}

// insert adds n below root; its parents were inserted before.
func (root *node) insert(path string, n *node) error {
	at := root
	parts := strings.Split(path, ".")
	for i, part := range parts {
		name := strings.TrimRight(part, "[]{}")
		last := i == len(parts)-1
		child := at.prop(name)
		if child == nil {
			if !last || name != part {
				return fmt.Errorf("field %s precedes its parent", path)
			}
			n.name = name
			n.path = strings.TrimPrefix(at.path+"."+name, ".")
			at.props = append(at.props, n)
			return nil
		}
		for range strings.Count(part, "[]") + strings.Count(part, "{}") {
			if child.elem == nil {
				n.path = child.path
				child.elem = n
				return nil
			}
			child = child.elem
		}
		at = child
	}
	return fmt.Errorf("field %s is listed twice", path)
}

// eachRow calls f with the columns of each line that is not a comment.
func eachRow(file string, columns int, f func([]string) error) error {
	r, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("opening facts: %w", err)
	}
	defer func() { _ = r.Close() }()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		row := strings.Split(lines.Text(), "\t")
		if len(row) != columns {
			return fmt.Errorf("reading %s: want %d columns: %q", file, columns, lines.Text())
		}
		if err := f(row); err != nil {
			return fmt.Errorf("reading %s: %w", file, err)
		}
	}
	return lines.Err()
}
