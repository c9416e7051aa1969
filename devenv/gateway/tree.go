package gateway

import (
	"encoding/xml"
	"slices"
	"strings"
)

// element is an element of moto's answer with all that is in it, for answers of
// which little is corrected and much is kept.
type element struct {
	XMLName  xml.Name
	Text     string     `xml:",chardata"`
	Children []*element `xml:",any"`
}

// child is the first child of that name, or nil.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.Children {
		if c.XMLName.Local == name {
			return c
		}
	}
	return nil
}

// at is the element at a path below e, such as "placement/tenancy", or nil.
func (e *element) at(path string) *element {
	for name := range strings.SplitSeq(path, "/") {
		e = e.child(name)
	}
	return e
}

// text is that of the element at a path, empty when there is none.
func (e *element) text(path string) string {
	if at := e.at(path); at != nil {
		return strings.TrimSpace(at.Text)
	}
	return ""
}

// set sets the text at a path, and makes the elements on the way.
func (e *element) set(path, text string) {
	for name := range strings.SplitSeq(path, "/") {
		next := e.child(name)
		if next == nil {
			next = &element{XMLName: xml.Name{Local: name}}
			e.Children = append(e.Children, next)
		}
		e = next
	}
	e.Text = text
}

// remove takes the children with the names away.
func (e *element) remove(names ...string) {
	var kept []*element
	for _, c := range e.Children {
		if !slices.Contains(names, c.XMLName.Local) {
			kept = append(kept, c)
		}
	}
	e.Children = kept
}

// items are the items of the list at a path.
func (e *element) items(path string) []*element {
	list := e.at(path)
	if list == nil {
		return nil
	}
	return list.Children
}

// plain drops the namespaces of what is in e: they are that of the root.
func (e *element) plain() {
	for _, c := range e.Children {
		c.XMLName.Space = ""
		c.plain()
	}
}
