package gateway

import (
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// refusePermission answers with what is wrong about a permission.
func (x *exchange) refusePermission(err error) *answer {
	if refused, ok := errors.AsType[*refusedPermission](err); ok {
		return x.badRequest(refused.code, "%s", refused.message)
	}
	return x.broken(err)
}

// named finds the rules of a group that a request names, by id or as
// permissions. AWS doesn't compare descriptions; moto does, so that it wouldn't
// find a rule for a group again that was given one.
func (x *exchange) named(egress bool) ([]*securityGroupRule, *answer) {
	group := x.form.Get("GroupId")
	if !x.remembers(group) {
		if _, refusal := x.group(group); refusal != nil {
			return nil, refusal
		}
	}
	existing, refusal := x.rulesOf(group, egress)
	if refusal != nil {
		return nil, refusal
	}
	byKey, byID := map[string]*securityGroupRule{}, map[string]*securityGroupRule{}
	for _, r := range existing {
		byKey[r.key()], byID[r.ID] = r, r
	}
	var out []*securityGroupRule
	for _, id := range x.list("SecurityGroupRuleId") {
		if byID[id] == nil {
			return nil, x.badRequest("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id)
		}
		out = append(out, byID[id])
	}
	if len(out) > 0 {
		return out, nil
	}
	wanted, err := readPermissions(x.call, egress)
	if err != nil {
		return nil, x.refusePermission(err)
	}
	for _, w := range wanted {
		if byKey[w.key()] == nil {
			return nil, x.badRequest("InvalidPermission.NotFound", "The specified rule %q does not exist in this security group.", w.key())
		}
		out = append(out, byKey[w.key()])
	}
	return out, nil
}

// remembers says whether the group is known to be there: its rules are forgotten
// with it.
func (x *exchange) remembers(group string) bool {
	for _, egress := range []bool{false, true} {
		if _, ok := x.moto.rules[x.rulesKey(group, egress)]; ok {
			return true
		}
	}
	return false
}

// revoke asks moto by rule ids only: with permissions it revokes those before
// the one that it doesn't find, where AWS revokes all or none.
func revoke(egress bool) correction {
	return correction{
		before: func(x *exchange) *answer {
			rules, refusal := x.named(egress)
			if refusal != nil {
				return refusal
			}
			x.revoking = rules
			keep := url.Values{}
			for _, param := range []string{"Action", "Version", "GroupId", "DryRun"} {
				if x.form.Has(param) {
					keep.Set(param, x.form.Get(param))
				}
			}
			for i, r := range rules {
				keep.Set(fmt.Sprintf("SecurityGroupRuleId.%d", i+1), r.ID)
			}
			x.form = keep
			return nil
		},
		after: func(x *exchange, _ *answer) *answer { return x.removed(x.revoking, egress) },
	}
}

type revokedRule struct {
	ID           string `xml:"securityGroupRuleId"`
	GroupID      string `xml:"groupId"`
	IsEgress     bool   `xml:"isEgress"`
	Protocol     string `xml:"ipProtocol"`
	FromPort     int    `xml:"fromPort"`
	ToPort       int    `xml:"toPort"`
	CIDRv4       string `xml:"cidrIpv4,omitempty"`
	CIDRv6       string `xml:"cidrIpv6,omitempty"`
	PrefixListID string `xml:"prefixListId,omitempty"`
	PeerID       string `xml:"referencedGroupId,omitempty"`
	Description  string `xml:"description,omitempty"`
}

type revokeResponse struct {
	XMLName xml.Name
	ID      string        `xml:"requestId"`
	Return  bool          `xml:"return"`
	Rules   []revokedRule `xml:"revokedSecurityGroupRuleSet>item"`
}

// removed forgets the rules and names them in the answer, which moto doesn't.
func (x *exchange) removed(rules []*securityGroupRule, egress bool) *answer {
	key := x.rulesKey(x.form.Get("GroupId"), egress)
	x.moto.rules[key] = slices.DeleteFunc(slices.Clone(x.moto.rules[key]), func(r *securityGroupRule) bool {
		return slices.Contains(rules, r)
	})
	resp := revokeResponse{XMLName: x.root(), ID: requestID(), Return: true}
	for _, r := range rules {
		out := revokedRule{
			ID: r.ID, GroupID: r.GroupID, IsEgress: r.IsEgress, Protocol: r.Protocol, FromPort: port(r.FromPort), ToPort: port(r.ToPort),
			CIDRv4: r.CIDRv4, CIDRv6: r.CIDRv6, PrefixListID: r.PrefixListID, Description: r.Description,
		}
		if r.Peer != nil {
			out.PeerID = r.Peer.GroupID
		}
		resp.Rules = append(resp.Rules, out)
	}
	return &answer{status: 200, body: encode(resp)}
}

// updateDescriptions does what moto does for CIDRs only, and without an answer.
func updateDescriptions(egress bool) correction {
	return correction{before: func(x *exchange) *answer {
		useRuleIDs(x.form)
		rules, refusal := x.named(egress)
		if refusal != nil {
			return refusal
		}
		wanted := x.descriptions(egress)
		changed := make([]*securityGroupRule, len(rules))
		for i, r := range rules {
			rule := *r
			rule.Description = wanted[i]
			if err := checkRuleDescription(rule.Description); err != nil {
				return x.refusePermission(err)
			}
			changed[i] = &rule
		}
		if x.dryRun() {
			return nil
		}
		group := x.form.Get("GroupId")
		if refusal := x.describe(group, changed); refusal != nil {
			return refusal
		}
		x.forgetRules(group)
		return x.answerTrue()
	}}
}

// useRuleIDs names the rules of SecurityGroupRuleDescription.N as a revoke
// does, so that both are found in one way.
func useRuleIDs(form url.Values) {
	for key, values := range maps.Clone(form) {
		rest, ok := strings.CutPrefix(key, "SecurityGroupRuleDescription.")
		if number, isID := strings.CutSuffix(rest, ".SecurityGroupRuleId"); ok && isID {
			form["SecurityGroupRuleId."+number] = values
		}
	}
}

// descriptions gives the new ones, in the order of the rules named.
func (x *exchange) descriptions(egress bool) []string {
	var out []string
	for i := range x.list("SecurityGroupRuleId") {
		out = append(out, x.form.Get(fmt.Sprintf("SecurityGroupRuleDescription.%d.Description", i+1)))
	}
	if len(out) > 0 {
		return out
	}
	// They were read without an error when the rules were found.
	rules, _ := readPermissions(x.call, egress)
	for _, r := range rules {
		out = append(out, r.Description)
	}
	return out
}

// modifyRules refuses what moto would silently ignore, and forgets the rules.
var modifyRules = correction{
	before: func(x *exchange) *answer {
		for key := range x.form {
			for _, ignored := range []string{".CidrIpv6", ".PrefixListId", ".ReferencedGroupId"} {
				if strings.HasSuffix(key, ignored) {
					return x.refuse(http.StatusNotImplemented, "NotImplemented", "moto's ModifySecurityGroupRules changes IPv4 rules only")
				}
			}
		}
		return nil
	},
	after: func(x *exchange, a *answer) *answer {
		x.forgetRules(x.form.Get("GroupId"))
		return a
	},
}
