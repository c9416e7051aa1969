package ec2

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// checkACL foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
func checkACL(want ec2v1alpha1.NetworkACLSpec) []kind.Invalid {
	var f findings
	f.Needs("a network ACL", "a VPC", "vpcID", want.VPCID, want.VPCRef)
	first := map[slot]int{}
	for i, e := range want.Entries {
		path := fmt.Sprintf("spec.entries[%d]", i)
		if e == nil {
			f.Add(path, refusal.Says(refusal.Missing, refusal.MissingSaid), "is empty")
			continue
		}
		f.checkEntry(path, e)
		if e.RuleNumber == nil || e.Egress == nil {
			continue
		}
		at := entryOf(shownEntry(*e)).slot()
		if other, twice := first[at]; twice {
			f.Add(path+".ruleNumber", refusal.Says("NetworkAclEntryAlreadyExists", "The network acl entry identified by %d already exists.", at.number), "spec.entries[%d] has the number %d in the same direction", other, at.number)
		} else {
			first[at] = i
		}
	}
	for i, a := range want.Associations {
		if a == nil || aws.ToString(a.SubnetID) == "" && a.SubnetRef == nil {
			f.Add(fmt.Sprintf("spec.associations[%d].subnetID", i), refusal.Says(refusal.Missing, refusal.Lacks, "associationId"), "names no subnet: set subnetID or subnetRef")
		}
	}
	return f.All
}

func (f *findings) checkEntry(path string, e *ec2v1alpha1.NetworkACLEntry) {
	for _, field := range []struct {
		name    string
		missing bool
	}{
		{"ruleNumber", e.RuleNumber == nil}, {"egress", e.Egress == nil},
		{"ruleAction", !optional.Given(e.RuleAction)}, {"protocol", !optional.Given(e.Protocol)},
	} {
		if field.missing {
			f.Add(path+"."+field.name, refusal.Says(refusal.Missing, refusal.Lacks, field.name), "is not set")
		}
	}
	before := len(f.All)
	f.checkEntryBlock(path, e)
	if n, err := strconv.Atoi(protocolName(aws.ToString(e.Protocol))); optional.Given(e.Protocol) && protocolNumbers[protocolName(*e.Protocol)] == "" && (err != nil || n < -1 || n > 255) {
		f.Add(path+".protocol", refusal.Says(refusal.BadValue, "Invalid value '%s' for IP protocol. Unknown protocol.", *e.Protocol), "%q is not a protocol: set tcp, udp, icmp, icmpv6, a number from 0 to 255, or -1 for all", *e.Protocol)
	}
	if action := aws.ToString(e.RuleAction); action != "" && !strings.EqualFold(action, "allow") && !strings.EqualFold(action, "deny") {
		f.Add(path+".ruleAction", refusal.Says(refusal.BadValue, refusal.ValueSaid), "%q: AWS allows allow and deny", action)
	}
	if len(f.All) == before {
		f.checkEntryTraffic(path, e)
	}
}

// checkEntryBlock checks the block and the number. It accepts the entries that AWS keeps itself, as ACK
// does.
func (f *findings) checkEntryBlock(path string, e *ec2v1alpha1.NetworkACLEntry) {
	switch optional.Count(e.CIDRBlock, e.IPv6CIDRBlock) {
	case 0:
		f.Add(path+".cidrBlock", refusal.Says(refusal.Missing, refusal.Lacks, "cidrBlock or ipv6CidrBlock"), "names no block: set cidrBlock or ipv6CIDRBlock")
	case 1:
		if optional.Given(e.CIDRBlock) {
			f.CIDR(path+".cidrBlock", e.CIDRBlock, "IPv4", refusal.NotCIDR("cidrBlock"))
		} else {
			f.CIDR(path+".ipv6CIDRBlock", e.IPv6CIDRBlock, "IPv6", refusal.NotCIDR("ipv6CidrBlock"))
		}
	default:
		f.Add(path+".ipv6CIDRBlock", refusal.Says(refusal.BadCombination, refusal.CombinationSaid), "an entry has one block: write an entry for each")
	}
	if n := e.RuleNumber; n != nil && (*n < 1 || *n > lastEntry) && !denialOfAWS(e) {
		f.Add(path+".ruleNumber", refusal.Says(refusal.BadValue, refusal.ValueSaid), "%d: AWS allows 1 to %d", *n, lastEntry)
	}
}

// denialOfAWS reports whether an entry is one with which AWS denies the rest.
func denialOfAWS(e *ec2v1alpha1.NetworkACLEntry) bool {
	is := entryOf(shownEntry(*e))
	return is.action == "deny" && is.protocol == "-1" &&
		(is.number == lastEntry+1 && is.cidr == "0.0.0.0/0" || is.number == lastEntry+2 && is.cidr == "::/0")
}

// checkEntryTraffic checks what AWS requires of ports and ICMP types, for each protocol.
func (f *findings) checkEntryTraffic(path string, e *ec2v1alpha1.NetworkACLEntry) {
	switch is := entryOf(shownEntry(*e)); {
	case is.hasPorts() && (e.PortRange == nil || lacking(e.PortRange.From, e.PortRange.To)):
		f.Add(path+".portRange", refusal.Says(refusal.Missing, refusal.Lacks, "portRange"), "%s needs from and to", is.protocol)
	case is.hasPorts() && (is.from < 0 || is.to > 65535 || is.from > is.to):
		f.Add(path+".portRange", refusal.Says(refusal.BadValue, "Invalid TCP/UDP port range (%d:%d)", is.from, is.to), "%d to %d: ports are 0 to 65535, the lower one first", is.from, is.to)
	case is.hasType() && (e.ICMPTypeCode == nil || lacking(e.ICMPTypeCode.Type_, e.ICMPTypeCode.Code)):
		f.Add(path+".icmpTypeCode", refusal.Says(refusal.Missing, refusal.Lacks, "icmpTypeCode"), "%s needs type_ and code; -1 means all", is.protocol)
	case is.hasType() && (min(is.from, is.to) < -1 || max(is.from, is.to) > 255):
		f.Add(path+".icmpTypeCode", refusal.Says(refusal.BadValue, refusal.ValueSaid), "type %d with code %d: each is 0 to 255, or -1 for all", is.from, is.to)
	}
}

func lacking(a, b *int64) bool { return a == nil || b == nil }

// adviseACL names the entries that let more pass than they seem to: AWS ignores ports for other
// protocols than TCP and UDP.
func adviseACL(want ec2v1alpha1.NetworkACLSpec) (advice []resource.Advice) {
	for i, e := range want.Entries {
		if e == nil || e.PortRange == nil || entryOf(shownEntry(*e)).hasPorts() {
			continue
		}
		if from, to := aws.ToInt64(e.PortRange.From), aws.ToInt64(e.PortRange.To); from > 0 || to > 0 && to != 65535 {
			advice = append(advice, resource.Advice{Reason: resource.ReasonPortsIgnored, Message: fmt.Sprintf(
				"spec.entries[%d]: AWS ignores portRange for protocol %q: the entry is about all ports. Set protocol to tcp or udp, or remove portRange",
				i, aws.ToString(e.Protocol))})
		}
	}
	return advice
}
