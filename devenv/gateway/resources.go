package gateway

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// namedResources returns the resources that a request names, its subject first.
func (c *call) namedResources() []string {
	var out []string
	add := func(params ...string) {
		for _, param := range params {
			if v := c.form.Get(param); v != "" {
				out = append(out, v)
			}
			out = append(out, c.list(param)...)
		}
	}
	if c.service == serviceIAM {
		for _, k := range kinds {
			if v := c.form.Get(k.name); v != "" {
				out = append(out, byName(k.name, v))
			}
		}
	}
	for _, k := range kinds {
		add(k.links[c.action]...)
	}
	for _, k := range kinds {
		add(k.params...)
	}
	return append(out, c.filteredResources()...)
}

// filteredResources returns the ids in filters such as group-id. It leaves out a
// VPC, which limits the search but is not its subject.
func (c *call) filteredResources() []string {
	var out []string
	for param, values := range c.form {
		if !strings.HasPrefix(param, "Filter.") || !strings.HasSuffix(param, ".Name") {
			continue
		}
		if name := values[0]; strings.HasSuffix(name, "-id") && !isScope(name) {
			out = append(out, c.list(strings.TrimSuffix(param, "Name")+"Value")...)
		}
	}
	return out
}

// isScope reports whether a filter limits a search.
func isScope(filter string) bool {
	return kindWhere(func(k *kind) bool { return k.scope && k.filter == filter }) != nil
}

// createdResources returns the ids of the resources that an accepted create made,
// without other ids in the answer.
func createdResources(c *call, a *answer) []string {
	k := kindMadeBy(c.action)
	if k == nil {
		return nil
	}
	found := elements(a.body, k.idElement())
	if !k.several && len(found) > 1 {
		found = found[:1]
	}
	return found
}

// namesMade returns the created ids as later calls name them, if IAM chose the name itself, as it does
// for a service-linked role.
func namesMade(c *call, created []string) (named []string) {
	k := kindMadeBy(c.action)
	if k == nil || k.service != serviceIAM || k.id != k.called {
		return nil
	}
	for _, id := range created {
		named = append(named, byName(k.called, id))
	}
	return named
}

// partsMade returns the ids that an accepted call gave to parts of the resource.
func partsMade(c *call, a *answer) (ids []string) {
	for _, k := range kinds {
		if element := k.parts[c.action]; element != "" {
			ids = append(ids, elements(a.body, element)...)
		}
	}
	return ids
}

// byName returns a name of IAM as the journal writes it: role/admin for the parameter RoleName.
func byName(param, name string) string {
	return strings.ToLower(strings.TrimSuffix(param, "Name")) + "/" + name
}

// elements returns the texts of all elements with a name, or with a parent and a
// name if the path has a ">".
func elements(body []byte, path string) []string {
	parent, name, nested := strings.Cut(path, ">")
	if !nested {
		parent, name = "", path
	}
	var out, stack []string
	text := ""
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if err != nil {
			return out
		}
		switch t := token.(type) {
		case xml.StartElement:
			stack, text = append(stack, t.Name.Local), ""
		case xml.CharData:
			text += string(t)
		case xml.EndElement:
			inside := len(stack) > 1 && stack[len(stack)-2] == parent
			if t.Name.Local == name && (!nested || inside) && strings.TrimSpace(text) != "" {
				out = append(out, strings.TrimSpace(text))
			}
			stack, text = stack[:len(stack)-1], ""
		}
	}
}
