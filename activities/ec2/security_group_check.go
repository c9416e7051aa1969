package ec2

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// findings gathers what AWS would refuse for certain.
type findings []activities.Invalid

func (f *findings) add(path, format string, args ...any) {
	*f = append(*f, activities.Invalid{Path: path, Message: fmt.Sprintf(format, args...)})
}

// groupText are the characters that AWS takes in names and descriptions of
// groups, and in descriptions of rules.
var groupText = regexp.MustCompile(`^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*$`)

const maxGroupText = 255

func (f *findings) checkText(path, s string) {
	switch n := utf8.RuneCountInString(s); {
	case n > maxGroupText:
		f.add(path, "has %d characters, AWS takes %d", n, maxGroupText)
	case !groupText.MatchString(s):
		f.add(path, "%q has characters other than letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*", s)
	}
}

func checkGroup(want ec2v1alpha1.SecurityGroupSpec) []activities.Invalid {
	var f findings
	name := aws.ToString(want.Name)
	switch {
	case name == "":
		f.add("spec.name", "a security group needs a name")
	case strings.HasPrefix(strings.ToLower(name), "sg-"):
		f.add("spec.name", "%q: AWS keeps names that begin with sg- for ids", name)
	case strings.EqualFold(name, "default"):
		f.add("spec.name", "AWS keeps the name %q for the group that every VPC has", name)
	default:
		f.checkText("spec.name", name)
	}
	if aws.ToString(want.Description) == "" {
		f.add("spec.description", "a security group needs a description")
	} else {
		f.checkText("spec.description", *want.Description)
	}
	for i, p := range want.IngressRules {
		f.checkRule(fmt.Sprintf("spec.ingressRules[%d]", i), p)
	}
	for i, p := range want.EgressRules {
		f.checkRule(fmt.Sprintf("spec.egressRules[%d]", i), p)
	}
	return f
}

func (f *findings) checkRule(path string, p *ec2v1alpha1.IPPermission) {
	if p == nil {
		f.add(path, "is empty")
		return
	}
	f.checkTraffic(path, p)
	if len(p.IPRanges)+len(p.IPv6Ranges)+len(p.PrefixListIDs)+len(p.UserIDGroupPairs) == 0 {
		f.add(path, "names no peer: set ipRanges, ipv6Ranges, prefixListIDs or userIDGroupPairs")
	}
	for i, peer := range p.IPRanges {
		at := fmt.Sprintf("%s.ipRanges[%d]", path, i)
		f.checkCIDR(at+".cidrIP", peer.CIDRIP, "IPv4")
		f.checkText(at+".description", aws.ToString(peer.Description))
	}
	for i, peer := range p.IPv6Ranges {
		at := fmt.Sprintf("%s.ipv6Ranges[%d]", path, i)
		f.checkCIDR(at+".cidrIPv6", peer.CIDRIPv6, "IPv6")
		f.checkText(at+".description", aws.ToString(peer.Description))
	}
	for i, peer := range p.PrefixListIDs {
		at := fmt.Sprintf("%s.prefixListIDs[%d]", path, i)
		if aws.ToString(peer.PrefixListID) == "" {
			f.add(at+".prefixListID", "is empty")
		}
		f.checkText(at+".description", aws.ToString(peer.Description))
	}
	for i, peer := range p.UserIDGroupPairs {
		at := fmt.Sprintf("%s.userIDGroupPairs[%d]", path, i)
		f.checkText(at+".description", aws.ToString(peer.Description))
	}
}

// checkTraffic checks protocol and ports.
func (f *findings) checkTraffic(path string, p *ec2v1alpha1.IPPermission) {
	protocol := protocolName(aws.ToString(p.IPProtocol))
	switch protocol {
	case "":
		f.add(path+".ipProtocol", "is empty: set tcp, udp, icmp, icmpv6, a protocol number, or -1 for all")
	case "tcp", "udp":
		f.checkPorts(path, protocol, p)
	case "icmp", "icmpv6":
		f.checkICMP(path, p)
	case "-1":
	default:
		if n, err := strconv.Atoi(protocol); err != nil || n < 0 || n > 255 {
			f.add(path+".ipProtocol", "%q is no protocol: set tcp, udp, icmp, icmpv6, a number from 0 to 255, or -1 for all", aws.ToString(p.IPProtocol))
		}
	}
}

func (f *findings) checkPorts(path, protocol string, p *ec2v1alpha1.IPPermission) {
	good := true
	for _, port := range []struct {
		field string
		value *int64
	}{{"fromPort", p.FromPort}, {"toPort", p.ToPort}} {
		switch {
		case port.value == nil:
			f.add(path+"."+port.field, "%s needs a port", protocol)
			good = false
		case *port.value < 0 || *port.value > 65535:
			f.add(path+"."+port.field, "%d is no port: they go from 0 to 65535", *port.value)
			good = false
		}
	}
	if good && *p.FromPort > *p.ToPort {
		f.add(path+".fromPort", "%d is greater than toPort %d", *p.FromPort, *p.ToPort)
	}
}

// checkICMP checks type and code, which AWS takes in the places of the ports.
func (f *findings) checkICMP(path string, p *ec2v1alpha1.IPPermission) {
	for _, field := range []struct {
		name, what string
		value      *int64
	}{{"fromPort", "type", p.FromPort}, {"toPort", "code", p.ToPort}} {
		if v := field.value; v != nil && (*v < -1 || *v > 255) {
			f.add(path+"."+field.name, "%d is no ICMP %s: they go from 0 to 255, -1 stands for all", *v, field.what)
		}
	}
	if (p.FromPort == nil || *p.FromPort == -1) && p.ToPort != nil && *p.ToPort != -1 {
		f.add(path+".toPort", "an ICMP code needs an ICMP type in fromPort")
	}
}

// checkCIDR takes host bits: AWS masks them off.
func (f *findings) checkCIDR(path string, cidr *string, family string) {
	p, err := netip.ParsePrefix(aws.ToString(cidr))
	switch {
	case aws.ToString(cidr) == "":
		f.add(path, "is empty")
	case err != nil:
		f.add(path, "%q is no CIDR block", *cidr)
	case p.Addr().Is4() != (family == "IPv4"):
		f.add(path, "%q is no %s block", *cidr, family)
	}
}
