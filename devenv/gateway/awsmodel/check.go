package awsmodel

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Refusal is AWS's refusal of a request.
type Refusal struct{ Code, Message string }

// Check compares a request in the Query protocol with the service's model. It
// returns nil for a request that is valid.
func Check(service, action string, form url.Values) (*Refusal, error) {
	load, ok := models[service]
	if !ok {
		return nil, fmt.Errorf("checking %s: there is no model of service %q", action, service)
	}
	m, err := load()
	if err != nil {
		return nil, err
	}
	op, ok := m.Operations[action]
	if !ok {
		if service == ec2 {
			return &Refusal{"InvalidAction", fmt.Sprintf("The action %s is not valid for this web service.", action)}, nil
		}
		return &Refusal{"InvalidAction", fmt.Sprintf("Could not find operation %s for version %s", action, m.Version)}, nil
	}
	c := &check{model: m, operation: op, query: service != ec2}
	c.value(op.Input, "", parse(form))
	return c.refusal(), nil
}

// check is one comparison, with its findings.
type check struct {
	*model
	operation operation
	// query means that lists have the format of IAM and STS, Tags.member.1.Key. EC2
	// has a different format, Tag.1.Key.
	query bool
	found []finding
}

// value compares a value with its shape. path is its name in the request.
func (c *check) value(name, path string, n *node) {
	s := c.Shapes[name]
	if s == nil {
		s = &shape{Type: "structure"} // the action has no parameters
	}
	switch s.Type {
	case "structure":
		c.structure(s, path, n)
	case "list":
		c.list(s, path, n)
	case "map":
		// No action of these services has a parameter of this type.
	default:
		c.scalar(s, path, n)
	}
}

func (c *check) structure(s *shape, path string, n *node) {
	if n.value != "" {
		c.unknown(path)
	}
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		member, ok := s.Members[name]
		if !ok {
			c.unknown(n.children[name].example(join(path, name)))
			continue
		}
		c.value(member, join(path, name), n.children[name])
	}
	for _, name := range s.Required {
		if n.children[name] == nil {
			c.missing(join(path, name))
		}
	}
}

func (c *check) list(s *shape, path string, n *node) {
	if n.value != "" {
		c.unknown(path)
	}
	if c.query && len(n.children) > 0 {
		member := n.children["member"]
		if member == nil || len(n.children) > 1 {
			c.unknown(n.example(path))
			return
		}
		n = member
	}
	c.size(s, path, len(n.children), "")
	for _, index := range slices.SortedFunc(maps.Keys(n.children), byNumber) {
		item := n.children[index]
		at := join(path, index)
		if i, err := strconv.Atoi(index); err != nil || i < 1 {
			c.unknown(item.example(at))
			continue
		}
		if c.query {
			at += ".member" // as in AWS's messages
		}
		if s.Item == "Filter" && !c.query {
			c.filter(at, item)
		}
		c.value(s.Item, at, item)
	}
}

// mostValues is EC2's limit of values in one filter:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
const mostValues = 200

// filter compares the name of a filter with those that AWS documents. It does not check the names of
// an action without documented filters, such as those of IPAM.
func (c *check) filter(path string, n *node) {
	name := n.children["Name"]
	if values := n.children["Value"]; values != nil && len(values.children) > mostValues {
		c.found = append(c.found, finding{code: "FilterLimitExceeded",
			message: fmt.Sprintf("The maximum number of filter values specified on a single call is %d", mostValues)})
	}
	for _, member := range []string{"Name", "Value"} {
		if n.children[member] == nil {
			c.missing(join(path, member))
		}
	}
	if name == nil || len(c.operation.Filters) == 0 {
		return
	}
	if c.operation.has(name.value) {
		return
	}
	c.found = append(c.found, finding{code: invalidValue, message: fmt.Sprintf("The filter '%s' is invalid", name.value)})
}

// has reports whether AWS documents a filter of that name.
func (o operation) has(name string) bool {
	return slices.ContainsFunc(o.Filters, func(known string) bool {
		return name == known || strings.HasSuffix(known, ":") && len(name) > len(known) && strings.HasPrefix(name, known)
	})
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func byNumber(a, b string) int {
	i, _ := strconv.Atoi(a)
	j, _ := strconv.Atoi(b)
	return cmp.Or(cmp.Compare(i, j), cmp.Compare(a, b))
}

// node is a parameter, or a group of parameters whose names begin alike.
type node struct {
	value    string
	set      bool
	children map[string]*node
}

// parse returns the tree of the parameters, without those that every request has.
func parse(form url.Values) *node {
	root := &node{}
	for key, values := range form {
		if key == "Action" || key == "Version" {
			continue
		}
		n := root
		for part := range strings.SplitSeq(key, ".") {
			if n.children == nil {
				n.children = map[string]*node{}
			}
			if n.children[part] == nil {
				n.children[part] = &node{}
			}
			n = n.children[part]
		}
		n.set = true
		if len(values) > 0 {
			n.value = values[0]
		}
	}
	return root
}

// example returns the full name of one parameter below path in the request.
func (n *node) example(path string) string {
	for !n.set && len(n.children) > 0 {
		first := slices.MinFunc(slices.Collect(maps.Keys(n.children)), byNumber)
		path, n = join(path, first), n.children[first]
	}
	return path
}

// Takes reports whether requests of an action have a parameter of that name.
func Takes(service, action, param string) bool {
	load, ok := models[service]
	if !ok {
		return false
	}
	m, err := load()
	if err != nil {
		return false
	}
	input := m.Shapes[m.Operations[action].Input]
	return input != nil && input.Members[param] != ""
}

// HasFilter reports whether AWS documents a filter of that name for an action.
func HasFilter(service, action, name string) (bool, error) {
	load, ok := models[service]
	if !ok {
		return false, fmt.Errorf("looking up filters of %s: there is no model of service %q", action, service)
	}
	m, err := load()
	if err != nil {
		return false, err
	}
	return m.Operations[action].has(name), nil
}
