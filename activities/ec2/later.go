package ec2

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Some changes need several rounds: AWS makes one after another, or shows only then what a step names.
// Each function here foresees the later rounds, for people who ask for a plan. It carries the steps out
// on the resource as AWS showed it, and plans again with the kind's own planner.

// standIn stands for an id that AWS gives or shows only during the changes.
func standIn(of string) *string { return aws.String(resource.StandInMark + of) }

// laterDHCPOptions foresees the VPCs of a new set, unless they use the options of another object.
func laterDHCPOptions(want ec2v1alpha1.DHCPOptionsSpec, got *dhcpOptions, c kind.Case) []resource.Step {
	if got != nil {
		return nil
	}
	return planDHCPOptions(want, &dhcpOptions{}, c).Steps
}

// laterACL foresees the subnets of a new ACL, unless they use the ACL of another object.
func laterACL(want ec2v1alpha1.NetworkACLSpec, got *networkACL, c kind.Case) []resource.Step {
	if got != nil {
		return nil
	}
	made := networkACL{elsewhere: map[string]string{}}
	for _, subnet := range wantedSubnets(want) {
		made.elsewhere[subnet] = *standIn("ACL association of " + subnet)
	}
	steps, _ := made.enter(want, c.ID)
	return steps
}

// laterPeering foresees the acceptance of a connection and then the options of both sides, where both
// VPCs are in one account and Region.
func laterPeering(want peeringSpec, got *peering, c kind.Case) []resource.Step {
	var now peering
	if got != nil {
		now = *got
	}
	pending := got == nil || describe.PeeringState(*got) == types.VpcPeeringConnectionStateReasonCodePendingAcceptance
	if peer := peeringPeer(want, &now, c.Target); !pending || !peer.SamePlace(c.Target) || !accepts(want, peer, c.Target) {
		return nil
	}
	var draft kind.Draft
	if got == nil {
		planAcceptance(&draft, want, &now, c)
	}
	planPeeringOptions(&draft, want, &now, c)
	return draft.Steps
}

// laterAttachment foresees each change after the next: AWS makes one at a time.
func laterAttachment(want attachmentSpec, got *vpcAttachment, c kind.Case) (later []resource.Step) {
	if got == nil {
		return nil
	}
	now := *got
	for round := 0; ; round++ {
		next := planVPCAttachment(want, &now, c).Steps
		if len(next) == 0 || now.State == types.TransitGatewayAttachmentStatePendingAcceptance {
			return later
		}
		if round > 0 {
			later = append(later, inRound(round, next)...)
		}
		switch add, remove := attachmentSubnets(want, &now); next[0].Verb {
		case string(modifyVPCAttachment.Verb):
			want.Options = nil // they are as wanted
		case string(addAttachmentSubnets.Verb):
			now.SubnetIds = slices.Concat(now.SubnetIds, add)
		default:
			now.SubnetIds = without(now.SubnetIds, remove)
		}
	}
}

// laterTransitGateway foresees the call for the number, which follows all other changes.
func laterTransitGateway(want ec2v1alpha1.TransitGatewaySpec, got *types.TransitGateway, c kind.Case) []resource.Step {
	if got == nil || len(changeTransitGateway(want, got, c.ID)) == 0 {
		return nil
	}
	return inRound(1, renumberTransitGateway(want, got, c.ID))
}

// laterPrefixList foresees each change after the next: AWS makes one at a time.
func laterPrefixList(want ec2v1alpha1.ManagedPrefixListSpec, got *prefixList, c kind.Case) (later []resource.Step) {
	var now prefixList
	round := 0
	if got == nil { // the create takes the first entries
		in, _ := requestPrefixList(want)
		now.PrefixListId, now.PrefixListName, now.MaxEntries, now.Version = aws.String(c.ID), in.PrefixListName, in.MaxEntries, aws.Int64(1)
		now.add(in.Entries)
		round++
	} else {
		now = *got
	}
	for ; ; round++ {
		in, _, _ := nextChange(want, &now)
		next := planPrefixList(want, &now, c).Steps
		if len(next) == 0 {
			return later
		}
		if round > 0 {
			later = append(later, inRound(round, next)...)
		}
		if in.MaxEntries != nil {
			now.MaxEntries = in.MaxEntries
		}
		if in.PrefixListName != nil {
			now.PrefixListName = in.PrefixListName
		}
		now.remove(in.RemoveEntries)
		now.add(in.AddEntries)
		if in.CurrentVersion != nil {
			now.Version = aws.Int64(*in.CurrentVersion + 1)
		}
	}
}

func (p *prefixList) add(entries []types.AddPrefixListEntry) {
	p.Entries = slices.Clone(p.Entries)
	for _, e := range entries {
		p.Entries = append(p.Entries, types.PrefixListEntry{Cidr: e.Cidr, Description: e.Description})
	}
}

func (p *prefixList) remove(entries []types.RemovePrefixListEntry) {
	p.Entries = slices.DeleteFunc(slices.Clone(p.Entries), func(is types.PrefixListEntry) bool {
		return slices.ContainsFunc(entries, func(e types.RemovePrefixListEntry) bool { return aws.ToString(e.Cidr) == aws.ToString(is.Cidr) })
	})
}

// inRound puts the steps of a round after those of earlier ones.
func inRound(round int, steps []resource.Step) []resource.Step {
	for i := range steps {
		steps[i].Stage += 100 * round
	}
	return steps
}

// laterSubnet foresees the new IPv6 block, and what needs it, after the old one is gone.
func laterSubnet(want ec2v1alpha1.SubnetSpec, got *subnet, c kind.Case) (later []resource.Step) {
	if got == nil || !got.losesBlock(want) {
		return nil
	}
	planned := planSubnet(want, got, c).Steps
	now := *got
	now.Ipv6CidrBlockAssociationSet = nil
	for _, step := range planSubnet(want, &now, c).Steps {
		if !slices.ContainsFunc(planned, step.Same) {
			later = append(later, step)
		}
	}
	return later
}

// laterVPC foresees the rules that AWS gives the default group of a new VPC:
// https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
func laterVPC(want ec2v1alpha1.VPCSpec, got *vpc, _ kind.Case) (later []resource.Step) {
	if got != nil || !aws.ToBool(want.DisallowSecurityGroupDefaultRules) {
		return nil
	}
	id, all := standIn("default security group"), aws.String("-1")
	group := securityGroup{SecurityGroup: types.SecurityGroup{GroupId: id,
		IpPermissions:       []types.IpPermission{{IpProtocol: all, UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: id}}}},
		IpPermissionsEgress: []types.IpPermission{{IpProtocol: all, IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}},
	}}
	return revokeDefaults(&group)
}

// laterInstance foresees what a launch cannot set.
func laterInstance(want ec2v1alpha1.InstanceSpec, got *instance, c kind.Case) []resource.Step {
	if got != nil {
		return nil
	}
	plan := &instancePlan{
		want: ec2v1alpha1.InstanceSpec{SourceDestCheckEnabled: want.SourceDestCheckEnabled},
		got:  &instance{Instance: types.Instance{InstanceId: aws.String(c.ID), SourceDestCheck: aws.Bool(true)}}, // AWS's default
	}
	plan.attributes()
	return plan.steps
}
