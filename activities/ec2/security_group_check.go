package ec2

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// groupText matches the characters that AWS accepts in names and descriptions of groups, and in
// descriptions of rules.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
var groupText = regexp.MustCompile(`^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*$`)

const maxGroupText = 255

// AWS's answers to a text or a block that it does not accept.
const (
	badText        = "Invalid %s. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
	notASCII       = "Value (%s) for parameter %s is invalid. Character sets beyond ASCII are not supported."
	likeAnID       = "Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*."
	malformedBlock = "CIDR block %s is malformed"
)

// The texts that are checked, as AWS's answers name them.
const (
	ofRule    = "rule description"
	ofGroup   = "security group description"
	groupName = "GroupName" // AWS has a separate message for non-ASCII names
)

// checkText checks such a text of a rule or group.
func (f *findings) checkText(path, what, s string) {
	switch n := utf8.RuneCountInString(s); {
	case n > maxGroupText:
		f.Add(path, textAnswer(what, s), "has %d characters, AWS allows %d", n, maxGroupText)
	case !groupText.MatchString(s):
		f.Add(path, textAnswer(what, s), "%q has characters other than letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*", s)
	}
}

func textAnswer(what, s string) finding.Answer {
	ascii := strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
	switch {
	case what == groupName && !ascii:
		return refusal.Says(refusal.BadValue, notASCII, s, groupName)
	case what == ofGroup && !ascii:
		return refusal.Says(refusal.BadValue, notASCII, s, "GroupDescription")
	case what == groupName:
		return refusal.Says(refusal.BadValue, refusal.ValueSaid)
	}
	return refusal.Says(refusal.BadValue, badText, what)
}

func checkGroup(want ec2v1alpha1.SecurityGroupSpec) []kind.Invalid {
	var f findings
	name := aws.ToString(want.Name)
	switch {
	case name == "":
		f.Add("spec.name", refusal.Says(refusal.Missing, refusal.Lacks, "groupName"), "a security group needs a name")
	case strings.HasPrefix(name, "sg-"): // documented only in lower case
		f.Add("spec.name", refusal.Says(refusal.BadValue, likeAnID, name), "%q: AWS reserves names that begin with sg- for ids", name)
	case name == "default":
		f.Add("spec.name", refusal.Says("InvalidGroup.Reserved", "The name 'default' is reserved, and cannot be used to create a new security group."), "AWS reserves the name %q for the default group of a VPC", name)
	default:
		f.checkText("spec.name", groupName, name)
	}
	if aws.ToString(want.Description) == "" {
		f.Add("spec.description", refusal.Says(refusal.Missing, refusal.Lacks, "groupDescription"), "a security group needs a description")
	} else {
		f.checkText("spec.description", ofGroup, *want.Description)
	}
	for i, p := range want.IngressRules {
		f.checkRule(fmt.Sprintf("spec.ingressRules[%d]", i), p)
	}
	for i, p := range want.EgressRules {
		f.checkRule(fmt.Sprintf("spec.egressRules[%d]", i), p)
	}
	return f.All
}

func (f *findings) checkRule(path string, p *ec2v1alpha1.IPPermission) {
	if p == nil {
		f.Add(path, refusal.Says(refusal.BadValue, refusal.ValueSaid), "is empty")
		return
	}
	f.checkTraffic(path, p)
	if len(p.IPRanges)+len(p.IPv6Ranges)+len(p.PrefixListIDs)+len(p.UserIDGroupPairs) == 0 {
		// "You must specify exactly one of the following sources":
		// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
		f.Add(path, refusal.Says(refusal.Missing, refusal.MissingSaid), "names no peer: set ipRanges, ipv6Ranges, prefixListIDs or userIDGroupPairs")
	}
	for i, peer := range p.IPRanges {
		at := fmt.Sprintf("%s.ipRanges[%d]", path, i)
		f.CIDR(at+".cidrIP", peer.CIDRIP, "IPv4", malformedBlock)
		f.checkText(at+".description", ofRule, aws.ToString(peer.Description))
	}
	for i, peer := range p.IPv6Ranges {
		at := fmt.Sprintf("%s.ipv6Ranges[%d]", path, i)
		f.CIDR(at+".cidrIPv6", peer.CIDRIPv6, "IPv6", malformedBlock)
		f.checkText(at+".description", ofRule, aws.ToString(peer.Description))
	}
	for i, peer := range p.PrefixListIDs {
		at := fmt.Sprintf("%s.prefixListIDs[%d]", path, i)
		if aws.ToString(peer.PrefixListID) == "" {
			f.Add(at+".prefixListID", refusal.Says(refusal.Missing, refusal.MissingSaid), "is empty")
		}
		f.checkText(at+".description", ofRule, aws.ToString(peer.Description))
	}
	for i, peer := range p.UserIDGroupPairs {
		at := fmt.Sprintf("%s.userIDGroupPairs[%d]", path, i)
		f.checkText(at+".description", ofRule, aws.ToString(peer.Description))
	}
}

// checkTraffic checks protocol and ports. AWS knows four protocols by name:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
func (f *findings) checkTraffic(path string, p *ec2v1alpha1.IPPermission) {
	protocol := protocolName(aws.ToString(p.IPProtocol))
	switch protocol {
	case "":
		f.Add(path+".ipProtocol", refusal.Says(refusal.BadValue, "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly."), "is empty: set tcp, udp, icmp, icmpv6, a protocol number, or -1 for all")
	case "tcp", "udp":
		f.checkPorts(path, protocol, p)
	case "icmp", "icmpv6":
		f.checkICMP(path, p)
	case "-1":
	default:
		if n, err := strconv.Atoi(protocol); err != nil || n < 0 || n > 255 {
			f.Add(path+".ipProtocol", refusal.Says(refusal.BadValue, "Invalid value '%s' for IP protocol. Unknown protocol.", aws.ToString(p.IPProtocol)), "%q is not a protocol: set tcp, udp, icmp, icmpv6, a number from 0 to 255, or -1 for all", aws.ToString(p.IPProtocol))
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
			f.Add(path+"."+port.field, refusal.Says(refusal.BadValue, "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."), "%s needs a port", protocol)
			good = false
		case *port.value < 0 || *port.value > 65535:
			f.Add(path+"."+port.field, refusal.Says(refusal.BadValue, "TCP/UDP port (%d) out of range", *port.value), "%d is not a port: ports are 0 to 65535", *port.value)
			good = false
		}
	}
	if good && *p.FromPort > *p.ToPort {
		f.Add(path+".fromPort", refusal.Says(refusal.BadValue, "Invalid TCP/UDP port range (%d:%d)", *p.FromPort, *p.ToPort), "%d is greater than toPort %d", *p.FromPort, *p.ToPort)
	}
}

// checkICMP checks type and code, which AWS expects in the fields for ports. "If you specify all
// ICMP types, you must specify all ICMP codes":
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
func (f *findings) checkICMP(path string, p *ec2v1alpha1.IPPermission) {
	for _, field := range []struct {
		name, what string
		value      *int64
	}{{"fromPort", "type", p.FromPort}, {"toPort", "code", p.ToPort}} {
		if v := field.value; v != nil && (*v < -1 || *v > 255) {
			f.Add(path+"."+field.name, refusal.Says(refusal.BadValue, refusal.ValueSaid), "%d is not an ICMP %s: use 0 to 255, or -1 for all", *v, field.what)
		}
	}
	if p.FromPort != nil && *p.FromPort == -1 && p.ToPort != nil && *p.ToPort != -1 {
		f.Add(path+".toPort", refusal.Says(refusal.BadValue, "If you specify all ICMP types, you must specify all ICMP codes."), "an ICMP code needs an ICMP type in fromPort")
	}
}
