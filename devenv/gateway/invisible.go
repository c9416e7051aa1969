package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// hiding is a resource that some calls do not find yet.
type hiding struct {
	lag
	service, account, region string
	// name is the id in EC2, or the name in IAM. arn is set in IAM only.
	name, arn string
	kind      *kind
	// turns counts the reads during a flapping delay, by the way of the call.
	turns map[By]int
}

// newHidings describes the resources that an accepted create made. It leaves out resources of
// kinds that have no row in kinds.
func newHidings(c *call, a *answer) []*hiding {
	var out []*hiding
	for _, id := range createdResources(c, a) {
		h := &hiding{service: c.service, account: c.identity.account(), region: c.region, name: id, turns: map[By]int{}}
		if c.service == serviceEC2 {
			h.kind = kindOf(id)
		} else if h.kind = kindMadeBy(c.action); h.kind != nil {
			h.arn = id
			if name := c.form.Get(h.kind.called); name != "" {
				h.name = name
			}
		}
		if h.kind != nil {
			out = append(out, h)
		}
	}
	return out
}

// from reports whether a call of this way does not find the resource. During a flapping delay the
// resource is absent and present by turns, and from counts them.
func (h *hiding) from(by By) bool {
	if h.over() || (len(h.rule.spec.By) > 0 && !slices.Contains(h.rule.spec.By, by)) {
		return false
	}
	if !h.rule.spec.Flapping {
		return true
	}
	h.turns[by]++
	return h.turns[by]%2 == 1
}

// near reports whether the call reaches the account and Region of the resource. IAM has no Regions.
func (h *hiding) near(c *call) bool {
	return h.account == c.identity.account() && (h.service == serviceIAM || h.region == c.region)
}

// refuse refuses a call that names a resource and cannot find it yet.
func (s *sight) refuse(c *call) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.hidden {
		if a := h.refuse(c); a != nil {
			return a
		}
	}
	return nil
}

func (h *hiding) refuse(c *call) *answer {
	by := ByID
	if c.mutates() {
		by = ByReference
	}
	switch {
	case h.principalOf(c):
		if h.from(ByReference) {
			return c.badRequest("MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"%s\"", h.arn)
		}
	case !h.near(c):
	case h.service == serviceIAM && c.service == serviceEC2:
		return h.refuseInEC2(c)
	case h.service != c.service:
	case h.service == serviceIAM:
		if h.namedToIAM(c) && h.from(by) {
			return c.refuse(http.StatusNotFound, "NoSuchEntity", fmt.Sprintf("The %s %s cannot be found.", h.kind.called, h.name))
		}
	case c.names(h.name) && h.from(by):
		return c.badRequest(h.kind.missingCode(c), "The ID '%s' does not exist", h.name)
	}
	return nil
}

// namedToIAM reports whether a call to IAM names the resource. In a create, the
// name is that of the new resource, so only an ARN names an existing one.
func (h *hiding) namedToIAM(c *call) bool {
	return c.names(h.arn) || (c.form.Get(h.kind.called) == h.name && kindMadeBy(c.action) == nil)
}

// principalOf reports whether the call writes a trust policy that names the role
// or the user. The policy may belong to another account.
func (h *hiding) principalOf(c *call) bool {
	trusts := kindWhere(func(k *kind) bool { return slices.Contains(k.trusts, c.action) }) != nil
	document := c.form.Get("AssumeRolePolicyDocument") + c.form.Get("PolicyDocument")
	return trusts && h.arn != "" && strings.Contains(document, `"`+h.arn+`"`)
}

// refuseInEC2 returns EC2's answer to an unknown resource of IAM.
func (h *hiding) refuseInEC2(c *call) *answer {
	for param, what := range map[string]string{"Name": "name", "Arn": "ARN"} {
		value := c.form.Get(h.kind.inEC2 + "." + param)
		if h.kind.inEC2 == "" || value == "" || (value != h.name && value != h.arn) || !h.from(ByReference) {
			continue
		}
		shown := strings.ToLower(h.kind.inEC2[:1]) + h.kind.inEC2[1:]
		return c.badRequest("InvalidParameterValue", "Value (%s) for parameter %s.%s is invalid. Invalid IAM Instance Profile %s",
			value, shown, strings.ToLower(what), what)
	}
	return nil
}

// names reports whether a parameter that is not a filter has the id as its value.
func (c *call) names(id string) bool {
	for param, values := range c.form {
		if !strings.HasPrefix(param, "Filter.") && slices.Contains(values, id) {
			return true
		}
	}
	return false
}

// filtersBy reports whether the filter of that name contains the id.
func (c *call) filtersBy(filter, id string) bool {
	for param, values := range c.form {
		if strings.HasPrefix(param, "Filter.") && strings.HasSuffix(param, ".Name") && values[0] == filter {
			return slices.Contains(c.list(strings.TrimSuffix(param, "Name")+"Value"), id)
		}
	}
	return false
}

// withoutHidden removes the rows of resources that the read does not find yet.
func (s *sight) withoutHidden(c *call, a *answer) *answer {
	if !a.ok() {
		return a
	}
	for _, h := range s.hidden {
		path, by := h.listedIn(c)
		if path == "" || !h.near(c) || h.service != c.service {
			continue
		}
		names := []string{h.name, h.arn}
		is := func(r row) bool {
			return slices.ContainsFunc(names, func(name string) bool { return name != "" && r.has(path, name) })
		}
		if !slices.ContainsFunc(rowsOf(a.body), is) || !h.from(by) {
			continue
		}
		a = replaceRows(a, func(r row) []byte {
			if is(r) {
				return []byte{}
			}
			return nil
		})
	}
	return a
}

// listedIn returns the path of the id in the rows of a read, and the way of the
// read. The path is empty if the read does not list resources of this kind.
func (h *hiding) listedIn(c *call) (path string, by By) {
	switch {
	case c.action == "DescribeTags":
		return "resourceId", ByTags
	case h.service == serviceIAM && (h.kind.lists[c.action] != "" || c.action == "GetAccountAuthorizationDetails"):
		return "Arn", ByFilter
	case c.names(h.name):
		return "", ByID // refuse decided about it
	case h.service == serviceEC2 && h.kind.filter != "" && c.filtersBy(h.kind.filter, h.name):
		return h.kind.lists[c.action], ByID
	}
	return h.kind.lists[c.action], ByFilter
}
