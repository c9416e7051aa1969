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
	// name is the id in EC2, or the name in IAM's calls; arn is IAM's.
	name, arn string
	kind      *kind
	// turns counts the reads during a flapping delay.
	turns map[By]int
}

// newHidings describes what an accepted create made, as far as it is known how calls name it.
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

// from reports whether the call does not find it, and counts the turn of a flapping one: absent,
// present, absent, ...
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

// near reports whether the call is about the place of the resource. IAM has no Regions, and EC2
// names instance profiles.
func (h *hiding) near(c *call) bool {
	return h.account == c.identity.account() && (h.service == serviceIAM || h.region == c.region)
}

// refuse answers a call that names a resource that it cannot find yet.
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
		return h.refuseProfile(c)
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

// namedToIAM says whether a call of IAM names it. A create names what it makes
// by the name, and others by their ARN.
func (h *hiding) namedToIAM(c *call) bool {
	return c.names(h.arn) || (c.form.Get(h.kind.called) == h.name && !makesResource(c.action))
}

// principalOf says whether the call writes a trust policy that names the role
// or the user, of whatever account.
func (h *hiding) principalOf(c *call) bool {
	if c.action != "CreateRole" && c.action != "UpdateAssumeRolePolicy" {
		return false
	}
	document := c.form.Get("AssumeRolePolicyDocument") + c.form.Get("PolicyDocument")
	return h.arn != "" && strings.Contains(document, `"`+h.arn+`"`)
}

// refuseProfile is how EC2 answers to an instance profile that it doesn't know.
func (h *hiding) refuseProfile(c *call) *answer {
	for param, what := range map[string]string{"Name": "name", "Arn": "ARN"} {
		value := c.form.Get("IamInstanceProfile." + param)
		if h.kind.name != "InstanceProfileName" || value == "" || (value != h.name && value != h.arn) || !h.from(ByReference) {
			continue
		}
		return c.badRequest("InvalidParameterValue", "Value (%s) for parameter iamInstanceProfile.%s is invalid. Invalid IAM Instance Profile %s",
			value, strings.ToLower(what), what)
	}
	return nil
}

// names says whether a parameter has the id as its value.
func (c *call) names(id string) bool {
	for param, values := range c.form {
		if !strings.HasPrefix(param, "Filter.") && slices.Contains(values, id) {
			return true
		}
	}
	return false
}

// filtersBy says whether a filter of that name has the id among its values.
func (c *call) filtersBy(filter, id string) bool {
	for param, values := range c.form {
		if strings.HasPrefix(param, "Filter.") && strings.HasSuffix(param, ".Name") && values[0] == filter {
			return slices.Contains(c.list(strings.TrimSuffix(param, "Name")+"Value"), id)
		}
	}
	return false
}

// withoutHidden leaves out the rows of what the read doesn't come upon yet.
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

// listedIn says where the rows of a read have the id, empty if the read has no
// rows of it, and how the read comes upon it.
func (h *hiding) listedIn(c *call) (path string, by By) {
	switch {
	case c.action == "DescribeTags":
		return "resourceId", ByTags
	case h.service == serviceIAM && (h.kind.lists[c.action] != "" || c.action == "GetAccountAuthorizationDetails"):
		return "Arn", ByFilter
	case c.names(h.name):
		return "", ByID // which refuse has let pass
	case h.service == serviceEC2 && h.kind.filter != "" && c.filtersBy(h.kind.filter, h.name):
		return h.kind.lists[c.action], ByID
	}
	return h.kind.lists[c.action], ByFilter
}
