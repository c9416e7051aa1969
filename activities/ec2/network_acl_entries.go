package ec2

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/room"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// lastEntry is the highest number of an entry. AWS denies the rest by entries of its own above it, one
// for IPv4 and one for IPv6.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
const lastEntry = 32766

// aclEntry is an entry in canonical form: AWS shows actions in lower case, protocols as numbers, and
// blocks without host bits.
type aclEntry struct {
	number int32
	action types.RuleAction
	grant  // for ICMP, the ports are type and code
}

// slot identifies an entry: AWS keeps one of each number and direction.
type slot struct {
	egress bool
	number int32
}

func (e aclEntry) slot() slot { return slot{e.egress, e.number} }

var shownEntry = shape.Request[types.NetworkAclEntry, ec2v1alpha1.NetworkACLEntry]()

var aclDescribed = shape.Spec[ec2v1alpha1.NetworkACLSpec, networkACL](shape.Out("associations.networkACLAssociationID", "associations.networkACLID"))

// describedACL names protocols, and leaves out the entries with which AWS denies the rest.
func describedACL(got *networkACL) ec2v1alpha1.NetworkACLSpec {
	spec := aclDescribed(got)
	spec.Entries = slices.DeleteFunc(spec.Entries, func(e *ec2v1alpha1.NetworkACLEntry) bool { return aws.ToInt64(e.RuleNumber) > lastEntry })
	for _, e := range spec.Entries {
		e.Protocol = aws.String(protocolName(aws.ToString(e.Protocol)))
	}
	return spec
}

func entryOf(e types.NetworkAclEntry) aclEntry {
	out := aclEntry{number: aws.ToInt32(e.RuleNumber), action: types.RuleAction(strings.ToLower(string(e.RuleAction))), grant: grant{
		egress: aws.ToBool(e.Egress), protocol: protocolName(aws.ToString(e.Protocol)), from: allPorts, to: allPorts,
		cidr: cidr.Network(cmp.Or(aws.ToString(e.CidrBlock), aws.ToString(e.Ipv6CidrBlock))),
	}}
	switch { // for other traffic, AWS ignores what a request says of ports and types
	case out.hasPorts() && e.PortRange != nil:
		out.from, out.to = anyPort(e.PortRange.From), anyPort(e.PortRange.To)
	case out.hasType() && e.IcmpTypeCode != nil:
		out.from, out.to = anyPort(e.IcmpTypeCode.Type), anyPort(e.IcmpTypeCode.Code)
	}
	return out
}

func (e aclEntry) hasPorts() bool { return e.protocol == "tcp" || e.protocol == "udp" }

func (e aclEntry) hasType() bool {
	return e.protocol == "icmp" || e.protocol == "icmpv6" && e.family() == "IPv6"
}

func (e aclEntry) words() string { return string(e.action) + " " + e.grant.words("") }

// protocolNumbers are the protocols that AWS shows as numbers here, and by name in security groups.
var protocolNumbers = map[string]string{"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}

func (e aclEntry) request(acl string) awsec2.CreateNetworkAclEntryInput {
	in := awsec2.CreateNetworkAclEntryInput{
		NetworkAclId: aws.String(acl), Egress: aws.Bool(e.egress), RuleNumber: aws.Int32(e.number), RuleAction: e.action,
		Protocol: aws.String(cmp.Or(protocolNumbers[e.protocol], e.protocol)),
	}
	if e.family() == "IPv6" {
		in.Ipv6CidrBlock = aws.String(e.cidr)
	} else {
		in.CidrBlock = aws.String(e.cidr)
	}
	switch {
	case e.hasPorts():
		in.PortRange = &types.PortRange{From: aws.Int32(e.from), To: aws.Int32(e.to)}
	case e.hasType():
		in.IcmpTypeCode = &types.IcmpTypeCode{Type: aws.Int32(e.from), Code: aws.Int32(e.to)}
	}
	return in
}

// aclDiff is how the entries of an ACL differ from a spec.
type aclDiff struct {
	changes          []resource.Step // the additions and replacements
	missing, surplus []aclEntry
}

// compareACL compares entries by number and direction. Each change is a step of its own.
func compareACL(want []*ec2v1alpha1.NetworkACLEntry, got []types.NetworkAclEntry, id string) (diff aclDiff) {
	there, wanted := map[slot]aclEntry{}, map[slot]bool{}
	for _, e := range got {
		there[entryOf(e).slot()] = entryOf(e)
	}
	for i, w := range want {
		e := entryOf(shownEntry(*w))
		wanted[e.slot()] = true
		old, exists := there[e.slot()]
		if e.number > lastEntry || exists && old == e {
			continue
		}
		in := e.request(id)
		step := createEntry.Step(fmt.Sprintf("add entry %d: %s", e.number, e.words()), in)
		if exists {
			step = replaceEntry.Step(fmt.Sprintf("replace entry %d: %s, instead of %s", e.number, e.words(), old.words()), awsec2.ReplaceNetworkAclEntryInput(in))
		} else {
			diff.missing = append(diff.missing, e)
		}
		diff.changes = append(diff.changes, steps.For(0, fmt.Sprintf("spec.entries[%d]", i), step))
	}
	for _, e := range got {
		if e := entryOf(e); e.number <= lastEntry && !wanted[e.slot()] {
			diff.surplus = append(diff.surplus, e)
		}
	}
	return diff
}

// removals removes the entries that are not wanted.
func (d aclDiff) removals(id string) (removals []resource.Step) {
	for _, e := range d.surplus {
		removals = append(removals, deleteEntry.Step(fmt.Sprintf("remove entry %d: %s", e.number, e.words()),
			awsec2.DeleteNetworkAclEntryInput{NetworkAclId: aws.String(id), Egress: aws.Bool(e.egress), RuleNumber: aws.Int32(e.number)}))
	}
	return removals
}

// makeRoom removes entries from a full ACL. AWS counts them for each direction and IP family.
// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls
func (d aclDiff) makeRoom(c kind.Case) []resource.Step {
	beside := aclDiff{}
	for _, e := range d.surplus {
		if slices.ContainsFunc(d.missing, func(m aclEntry) bool { return m.egress == e.egress && m.family() == e.family() }) {
			beside.surplus = append(beside.surplus, e)
		}
	}
	return room.Make(c, d.changes, room.First(steps.About("spec.entries", beside.removals(c.ID)...)), string(deleteEntry.Verb))
}
