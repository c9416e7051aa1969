package gateway

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strconv"
)

// rulesResponse is the answer of several actions, whose root differs.
type rulesResponse struct {
	XMLName xml.Name
	ID      string               `xml:"requestId"`
	Return  *bool                `xml:"return"`
	Rules   []*securityGroupRule `xml:"securityGroupRuleSet>item"`
}

func (x *exchange) answerRules(rules []*securityGroupRule) *answer {
	yes := true
	r := rulesResponse{XMLName: x.root(), ID: requestID(), Return: &yes, Rules: rules}
	return &answer{status: 200, body: encode(r)}
}

// rulesKey is where a group's rules of one direction are remembered.
func (x *exchange) rulesKey(group string, egress bool) string {
	return fmt.Sprintf("%s egress=%t", x.scoped(group), egress)
}

// forgetRules makes the next rulesOf ask moto again.
func (x *exchange) forgetRules(group string) {
	delete(x.moto.rules, x.rulesKey(group, false))
	delete(x.moto.rules, x.rulesKey(group, true))
}

// rulesOf gives a group's rules of one direction. They are remembered, because
// moto goes through all rules of the account for each question (13 ms for 200
// groups); all changes pass through here.
func (x *exchange) rulesOf(group string, egress bool) ([]*securityGroupRule, *answer) {
	if rules, ok := x.moto.rules[x.rulesKey(group, egress)]; ok {
		return rules, nil
	}
	a := x.ask("DescribeSecurityGroupRules", url.Values{"Filter.1.Name": {"group-id"}, "Filter.1.Value.1": {group}})
	if !a.ok() {
		return nil, a
	}
	rules, err := x.decodeRules(a.body)
	if err != nil {
		return nil, x.broken(err)
	}
	byDirection := map[bool][]*securityGroupRule{}
	for _, r := range rules {
		byDirection[r.IsEgress] = append(byDirection[r.IsEgress], r)
	}
	for _, direction := range []bool{false, true} {
		x.moto.rules[x.rulesKey(group, direction)] = byDirection[direction]
	}
	return byDirection[egress], nil
}

// decodeRules also adds what moto leaves out of each rule.
func (x *exchange) decodeRules(body []byte) ([]*securityGroupRule, error) {
	var r rulesResponse
	if err := xml.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("decoding moto's rules: %w", err)
	}
	for _, rule := range r.Rules {
		rule.GroupOwnerID = x.identity.account()
		rule.ARN = fmt.Sprintf("arn:aws:ec2:%s:%s:security-group-rule/%s", x.region, x.identity.account(), rule.ID)
		// AWS shows -1 for rules without ports.
		from, to := port(rule.FromPort), port(rule.ToPort)
		rule.FromPort, rule.ToPort = &from, &to
	}
	return r.Rules, nil
}

// authorize checks a whole batch before moto sees it: AWS applies all of it or
// nothing, moto applies the permissions before the one that it refuses.
func authorize(egress bool) correction {
	return correction{
		before: func(x *exchange) *answer {
			if x.form.Get("GroupId") == "" {
				return x.badRequest("MissingParameter", "The request must contain the parameter groupId")
			}
			rules, err := readPermissions(x.call, egress)
			if err != nil {
				return x.refusePermission(err)
			}
			if a := x.checkPeers(rules); a != nil {
				return a
			}
			return x.checkNew(rules, egress)
		},
		after: func(x *exchange, a *answer) *answer { return x.added(a, egress) },
	}
}

func (x *exchange) checkPeers(rules []*securityGroupRule) *answer {
	checked := map[string]bool{}
	for _, r := range rules {
		var a *answer
		switch {
		case r.Peer != nil && !checked[r.Peer.GroupID]:
			checked[r.Peer.GroupID] = true
			_, a = x.group(r.Peer.GroupID)
		case r.PrefixListID != "" && !checked[r.PrefixListID]:
			checked[r.PrefixListID] = true
			// Moto takes any prefix list.
			a = x.ask("DescribeManagedPrefixLists", url.Values{"PrefixListId.1": {r.PrefixListID}})
			if a.ok() && !slices.Contains(elements(a.body, "prefixListId"), r.PrefixListID) {
				return x.badRequest("InvalidPrefixListID.NotFound", "The prefix list ID '%s' does not exist", r.PrefixListID)
			}
		}
		if a != nil && !a.ok() {
			return a
		}
	}
	return nil
}

func (x *exchange) checkNew(rules []*securityGroupRule, egress bool) *answer {
	existing, refusal := x.rulesOf(x.form.Get("GroupId"), egress)
	if refusal != nil {
		return refusal
	}
	seen := map[string]bool{}
	for _, r := range existing {
		seen[r.key()] = true
	}
	batch := map[string]bool{}
	for _, r := range rules {
		if batch[r.key()] {
			// Twice in one request is another error than twice in the group.
			return x.badRequest("InvalidParameterValue", "The same permission must not appear multiple times")
		}
		batch[r.key()] = true
		if seen[r.key()] {
			return x.badRequest("InvalidPermission.Duplicate", "the specified rule %q already exists", r.key())
		}
	}
	if len(existing)+len(rules) > x.moto.maxRules(x.identity.account()) {
		return x.badRequest("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.")
	}
	return nil
}

// added answers with all new rules and their ids. Moto shows only those of the
// last permission, and drops descriptions of groups and prefix lists.
func (x *exchange) added(a *answer, egress bool) *answer {
	group := x.form.Get("GroupId")
	// They were read without an error before the call.
	wanted, _ := readPermissions(x.call, egress)
	fresh, refusal := x.freshRules(a, group, egress)
	if refusal != nil {
		return refusal
	}
	descriptions := map[string]string{}
	for _, r := range wanted {
		descriptions[r.key()] = r.Description
	}
	var described []*securityGroupRule
	for _, r := range fresh {
		if d := descriptions[r.key()]; d != r.Description {
			r.Description = d
			described = append(described, r)
		}
	}
	if refusal := x.describe(group, described); refusal != nil {
		return refusal
	}
	return x.answerRules(fresh)
}

// freshRules finds the rules that moto has just made.
func (x *exchange) freshRules(a *answer, group string, egress bool) ([]*securityGroupRule, *answer) {
	key := x.rulesKey(group, egress)
	before := x.moto.rules[key]
	if !hasPrefix(x.form, "IpPermissions.2.") {
		fresh, err := x.decodeRules(a.body)
		if err != nil {
			return nil, x.broken(err)
		}
		x.moto.rules[key] = slices.Concat(before, fresh)
		return fresh, nil
	}
	known := map[string]bool{}
	for _, r := range before {
		known[r.key()] = true
	}
	x.forgetRules(group)
	after, refusal := x.rulesOf(group, egress)
	if refusal != nil {
		return nil, refusal
	}
	fresh := slices.DeleteFunc(slices.Clone(after), func(r *securityGroupRule) bool { return known[r.key()] })
	return fresh, nil
}

// describe stores descriptions in moto, by the one of its actions that takes
// them for every type of rule.
func (x *exchange) describe(group string, rules []*securityGroupRule) *answer {
	if len(rules) == 0 {
		return nil
	}
	form := url.Values{"GroupId": {group}}
	for i, r := range rules {
		prefix := fmt.Sprintf("SecurityGroupRule.%d.", i+1)
		form.Set(prefix+"SecurityGroupRuleId", r.ID)
		in := prefix + "SecurityGroupRule."
		form.Set(in+"IpProtocol", r.Protocol)
		form.Set(in+"FromPort", strconv.Itoa(port(r.FromPort)))
		form.Set(in+"ToPort", strconv.Itoa(port(r.ToPort)))
		form.Set(in+"Description", r.Description)
		switch {
		case r.CIDRv4 != "":
			form.Set(in+"CidrIpv4", r.CIDRv4)
		case r.CIDRv6 != "":
			form.Set(in+"CidrIpv6", r.CIDRv6)
		case r.PrefixListID != "":
			form.Set(in+"PrefixListId", r.PrefixListID)
		case r.Peer != nil:
			form.Set(in+"ReferencedGroupId", r.Peer.GroupID)
		}
	}
	if a := x.ask("ModifySecurityGroupRules", form); !a.ok() {
		x.forgetRules(group)
		return a
	}
	return nil
}

// showRules completes moto's answer to DescribeSecurityGroupRules.
func showRules(x *exchange, a *answer) *answer {
	rules, err := x.decodeRules(a.body)
	if err != nil {
		return x.broken(err)
	}
	r := rulesResponse{XMLName: x.root(), ID: requestID(), Rules: rules}
	return &answer{status: 200, body: encode(r)}
}
