package ec2

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createACL    = defaults.Creates(describe.NetworkACLs, (*awsec2.Client).CreateNetworkAcl)
	deleteACL    = call.Delete((*awsec2.Client).DeleteNetworkAcl).HeldBy(aclHolders, aclInUse).AtOnce()
	createEntry  = call.To("CreateEntry", (*awsec2.Client).CreateNetworkAclEntry)
	replaceEntry = call.To("ReplaceEntry", (*awsec2.Client).ReplaceNetworkAclEntry)
	deleteEntry  = call.To("DeleteEntry", (*awsec2.Client).DeleteNetworkAclEntry)
	replaceACL   = call.To("ReplaceAssociation", (*awsec2.Client).ReplaceNetworkAclAssociation)
)

// networkACL is a network ACL as AWS shows it. Each subnet has one ACL at any time, so the ACL takes a
// subnet from another one, and gives it back to the default ACL of the VPC.
type networkACL struct {
	types.NetworkAcl
	elsewhere  map[string]string // associations of the spec's subnets with other ACLs, by subnet
	claimed    claimed           // the subnets of the spec that other objects have
	defaultACL *string           // of the VPC; read where a subnet leaves
}

// NetworkACL manages a network ACL with exactly the entries and subnets of its spec.
func NetworkACL() kind.Kind {
	type spec = ec2v1alpha1.NetworkACLSpec
	return defaults.Of(describe.NetworkACLs, createACL, deleteACL, defaults.Definition[spec, networkACL]{
		Kind:   "ec2.NetworkACL",
		Check:  checkACL,
		Advise: adviseACL,
		Find:   describe.Finder(describe.NetworkACLs, readACL),
		Create: defaults.Request(createACL, func(want spec) string {
			return "create a network ACL in " + aws.ToString(want.VPCID)
		}, shape.Out("associations", "entries")),
		Plan:       planACL,
		Later:      laterACL,
		Unplan:     unplanACL,
		Status:     shape.Shown[ec2v1alpha1.NetworkACLStatus, networkACL](shape.As("id", "NetworkAclId")),
		Spec:       describedACL,
		Fixed:      fixed.Of[spec, networkACL]("vpcID"),
		NaturalKey: true, // the token
		Calls:      call.All(createEntry, replaceEntry, deleteEntry, replaceACL),
	})
}

func readACL(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.NetworkACLSpec], found types.NetworkAcl) (got *networkACL, err error) {
	got = &networkACL{NetworkAcl: found, elsewhere: map[string]string{}, claimed: claimed{}}
	if q.Retain {
		return got, nil
	}
	wanted := wantedSubnets(q.Want)
	if q.Deleting {
		wanted = nil
	}
	if missing := without(wanted, got.subnets()); len(missing) > 0 {
		if err = got.readOthers(ctx, client, missing, q.Owner); err != nil {
			return nil, err
		}
	}
	if len(without(got.subnets(), wanted)) > 0 {
		defaults, err := describe.NetworkACLs.By(ctx, client, describe.Filter("vpc-id", aws.ToString(found.VpcId)), describe.Filter("default", "true"))
		if err != nil {
			return nil, err
		}
		for _, acl := range defaults {
			got.defaultACL = acl.NetworkAclId
		}
	}
	return got, nil
}

// readOthers reads which ACLs have some subnets, and which objects own these ACLs.
func (n *networkACL) readOthers(ctx context.Context, client *awsec2.Client, subnets []string, us resource.Owner) error {
	others, err := describe.NetworkACLs.By(ctx, client, describe.Filter("association.subnet-id", subnets...))
	for _, acl := range others {
		id := aws.ToString(acl.NetworkAclId)
		for _, a := range acl.Associations {
			if subnet := aws.ToString(a.SubnetId); id != aws.ToString(n.NetworkAclId) && slices.Contains(subnets, subnet) {
				n.elsewhere[subnet] = aws.ToString(a.NetworkAclAssociationId)
				n.claimed.add(subnet, id, acl.Tags, us)
			}
		}
	}
	return err
}

// subnets returns the subnets that use the ACL.
func (n *networkACL) subnets() (ids []string) {
	for _, a := range n.Associations {
		ids = append(ids, aws.ToString(a.SubnetId))
	}
	return ids
}

// wantedSubnets returns the subnets of a spec whose ids are known.
func wantedSubnets(want ec2v1alpha1.NetworkACLSpec) (ids []string) {
	for _, a := range want.Associations {
		if id := aws.ToString(a.SubnetID); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// Stages of a change: a subnet enters an ACL that has its entries, and entries and subnets leave last.
const (
	stageSubnets = 1
	stageRemove  = 2
)

// planACL changes the entries before the subnets. While AWS refuses an entry, no subnet enters or
// leaves, and entries are removed only to make room in a full ACL. The subnets of
// a new ACL follow a look, which says whether another object has them.
func planACL(want ec2v1alpha1.NetworkACLSpec, got *networkACL, c kind.Case) (draft kind.Draft) {
	if got == nil {
		draft.Steps = compareACL(want.Entries, nil, c.ID).changes
		return draft
	}
	diff := compareACL(want.Entries, got.Entries, c.ID)
	enter, wait := got.enter(want, c.ID)
	draft.Wait = wait
	if len(diff.changes) > 0 && (c.Refused(string(createEntry.Verb)) || c.Refused(string(replaceEntry.Verb))) {
		draft.Steps = append(diff.makeRoom(c), diff.changes...)
		return draft
	}
	draft.Steps = append(append(diff.changes, enter...), steps.About("spec.entries", steps.At(stageRemove, diff.removals(c.ID)...)...)...)
	if wanted := wantedSubnets(want); len(wanted) == len(want.Associations) { // otherwise a subnet may be the one whose reference is not resolved
		draft.Steps = append(draft.Steps, steps.About("spec.associations", steps.At(stageRemove, got.leave(wanted)...)...)...)
	}
	return draft
}

// enter moves subnets to the ACL from those that have them, and returns what it waits for. AWS gives
// each subnet a new association id whenever it moves.
func (n *networkACL) enter(want ec2v1alpha1.NetworkACLSpec, id string) (changes []resource.Step, wait *resource.Wait) {
	free, wait := n.claimed.free(without(wantedSubnets(want), n.subnets()))
	for _, subnet := range free {
		association, shown := n.elsewhere[subnet]
		if !shown {
			if wait == nil {
				wait = kind.Pending("AWS shows no network ACL of %s: the subnet is new, or does not exist", subnet)
			}
			continue
		}
		path := fmt.Sprintf("spec.associations[%d]", slices.IndexFunc(want.Associations, func(a *ec2v1alpha1.NetworkACLAssociation) bool {
			return aws.ToString(a.SubnetID) == subnet
		}))
		changes = append(changes, steps.For(stageSubnets, path, replaceACL.Step("filter the traffic of "+subnet,
			awsec2.ReplaceNetworkAclAssociationInput{AssociationId: aws.String(association), NetworkAclId: aws.String(id)})))
	}
	return changes, wait
}

// leave gives the subnets that are not wanted back to the default ACL.
func (n *networkACL) leave(wanted []string) (changes []resource.Step) {
	for _, a := range n.Associations {
		if n.defaultACL == nil || aws.ToString(n.defaultACL) == aws.ToString(n.NetworkAclId) || slices.Contains(wanted, aws.ToString(a.SubnetId)) {
			continue
		}
		changes = append(changes, replaceACL.Step(fmt.Sprintf("give %s back to the default network ACL %s", aws.ToString(a.SubnetId), *n.defaultACL),
			awsec2.ReplaceNetworkAclAssociationInput{AssociationId: a.NetworkAclAssociationId, NetworkAclId: n.defaultACL}))
	}
	return changes
}

// unplanACL gives up the subnets first: AWS deletes no ACL that a subnet uses.
func unplanACL(got *networkACL) []resource.Step {
	return append(got.leave(nil), steps.At(1, defaults.Delete(describe.NetworkACLs, deleteACL, got.NetworkAcl))...)
}
