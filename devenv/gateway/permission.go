package gateway

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// securityGroupRule is one rule, as DescribeSecurityGroupRules shows it.
type securityGroupRule struct {
	ID           string           `xml:"securityGroupRuleId"`
	ARN          string           `xml:"securityGroupRuleArn,omitempty"`
	GroupID      string           `xml:"groupId"`
	GroupOwnerID string           `xml:"groupOwnerId"`
	IsEgress     bool             `xml:"isEgress"`
	Protocol     string           `xml:"ipProtocol"`
	FromPort     *int             `xml:"fromPort"`
	ToPort       *int             `xml:"toPort"`
	CIDRv4       string           `xml:"cidrIpv4,omitempty"`
	CIDRv6       string           `xml:"cidrIpv6,omitempty"`
	PrefixListID string           `xml:"prefixListId,omitempty"`
	Peer         *referencedGroup `xml:"referencedGroupInfo"`
	Description  string           `xml:"description,omitempty"`
	Tags         []ec2Tag         `xml:"tagSet>item"`
}

type referencedGroup struct {
	GroupID string `xml:"groupId"`
	UserID  string `xml:"userId"`
}

type ec2Tag struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

// key is what makes a rule the same rule for AWS: not its description.
func (r *securityGroupRule) key() string {
	peer, direction := r.CIDRv4+r.CIDRv6+r.PrefixListID, "ingress"
	if r.Peer != nil {
		peer = r.Peer.GroupID
	}
	if r.IsEgress {
		direction = "egress"
	}
	return fmt.Sprintf("%s %s %d-%d %s", direction, r.Protocol, port(r.FromPort), port(r.ToPort), peer)
}

// port is -1 where AWS shows none.
func port(p *int) int {
	if p == nil {
		return -1
	}
	return *p
}

// protocolNames are how AWS shows a protocol that was given as a number.
var protocolNames = map[string]string{"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}

// refusedPermission is why AWS would refuse a permission.
type refusedPermission struct{ code, message string }

func (r *refusedPermission) Error() string { return r.code + ": " + r.message }

func invalid(format string, args ...any) error {
	return &refusedPermission{"InvalidParameterValue", fmt.Sprintf(format, args...)}
}

// readPermissions reads IpPermissions.N of a call as single rules, and writes
// the canonical form of protocols, ports and CIDRs back into the call's form,
// because AWS stores that and moto what it was given.
func readPermissions(c *call, egress bool) ([]*securityGroupRule, error) {
	if c.form.Has("IpProtocol") {
		useIPPermissions(c.form)
	}
	var out []*securityGroupRule
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("IpPermissions.%d.", i)
		if !hasPrefix(c.form, prefix) {
			break
		}
		base := securityGroupRule{GroupID: c.form.Get("GroupId"), GroupOwnerID: c.identity.account(), IsEgress: egress}
		if err := readProtocol(c.form, prefix, &base); err != nil {
			return nil, err
		}
		rules, err := readPeers(c, prefix, base)
		if err != nil {
			return nil, err
		}
		if len(rules) == 0 {
			return nil, &refusedPermission{"MissingParameter", "a permission needs a CIDR, a prefix list or a group"}
		}
		out = append(out, rules...)
	}
	if len(out) == 0 {
		return nil, &refusedPermission{"MissingParameter", "the request must contain IpPermissions"}
	}
	return out, nil
}

// useIPPermissions turns the short form for one rule into the long one.
func useIPPermissions(form url.Values) {
	for from, to := range map[string]string{
		"IpProtocol": "IpProtocol", "FromPort": "FromPort", "ToPort": "ToPort", "CidrIp": "IpRanges.1.CidrIp",
	} {
		if form.Has(from) {
			form.Set("IpPermissions.1."+to, form.Get(from))
			form.Del(from)
		}
	}
}

func hasPrefix(form url.Values, prefix string) bool {
	for key := range form {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func readProtocol(form url.Values, prefix string, r *securityGroupRule) error {
	protocol := strings.ToLower(form.Get(prefix + "IpProtocol"))
	if name, ok := protocolNames[protocol]; ok {
		protocol = name
	}
	r.Protocol = protocol
	form.Set(prefix+"IpProtocol", protocol)
	from, to, err := readPorts(form, prefix)
	if err != nil {
		return err
	}
	switch protocol {
	case "tcp", "udp":
		err = checkPortRange(protocol, from, to)
	case "icmp", "icmpv6":
		err = checkICMP(protocol, from, to)
	default:
		n, convErr := strconv.Atoi(protocol)
		if convErr != nil || n < -1 || n > 255 {
			return invalid("Invalid value '%s' for IP protocol. Unknown protocol.", protocol)
		}
		// AWS ignores ports where the protocol has none. Moto crashes
		// without them, unless the protocol is -1.
		from, to = nil, nil
		form.Set(prefix+"FromPort", "-1")
		form.Set(prefix+"ToPort", "-1")
	}
	if err != nil {
		return err
	}
	low, high := port(from), port(to)
	r.FromPort, r.ToPort = &low, &high
	form.Set(prefix+"FromPort", strconv.Itoa(low))
	form.Set(prefix+"ToPort", strconv.Itoa(high))
	return nil
}

func readPorts(form url.Values, prefix string) (from, to *int, err error) {
	read := func(name string) *int {
		v := form.Get(prefix + name)
		if v == "" {
			return nil
		}
		n, convErr := strconv.Atoi(v)
		if convErr != nil {
			err = invalid("Invalid value '%s' for %s", v, name)
			return nil
		}
		return &n
	}
	from, to = read("FromPort"), read("ToPort")
	return from, to, err
}

func checkPortRange(protocol string, from, to *int) error {
	if from == nil || to == nil {
		return invalid("Invalid value for portRange. Must specify both from and to ports with TCP/UDP.")
	}
	for _, p := range []int{*from, *to} {
		if p < 0 || p > 65535 {
			return invalid("%s port (%d) out of range", strings.ToUpper(protocol), p)
		}
	}
	if *from > *to {
		return invalid("Invalid %s port range (%d:%d)", strings.ToUpper(protocol), *from, *to)
	}
	return nil
}

// checkICMP knows that the "ports" are type and code, of which -1 means all.
// Only icmpv6 may leave them out.
func checkICMP(protocol string, from, to *int) error {
	if protocol == "icmp" && (from == nil || to == nil) {
		return invalid("Invalid value for portRange. Must specify both type and code with ICMP.")
	}
	kind, code := port(from), port(to)
	if kind < -1 || kind > 255 || code < -1 || code > 255 {
		return invalid("ICMP type (%d) or code (%d) out of range", kind, code)
	}
	if kind == -1 && code != -1 {
		return invalid("ICMP code (%d) must be -1 when all types are meant", code)
	}
	return nil
}
