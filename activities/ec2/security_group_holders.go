package ec2

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/resource"
)

// groupHolders names the interfaces that use a group, or else the groups whose rules name it.
func groupHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteSecurityGroupInput) ([]string, error) {
	held, err := describe.NetworkInterfaces.Names(ctx, client, nil, describe.Filter("group-id", aws.ToString(in.GroupId)))
	if err != nil || len(held) > 0 {
		return held, err
	}
	namers, err := groupsNaming(ctx, client, aws.ToString(in.GroupId))
	return ruleHolders(namers), err
}

// groupsNaming reads the other groups whose rules prevent the deletion of a group. Groups of a
// peered VPC do not: AWS deletes the group, and their rules become stale.
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
func groupsNaming(ctx context.Context, client *awsec2.Client, id string) (namers []types.SecurityGroup, err error) {
	for _, direction := range []string{"ip-permission.group-id", "egress.ip-permission.group-id"} {
		groups, err := describe.SecurityGroups.By(ctx, client, describe.Filter(direction, id))
		if err != nil {
			return nil, fmt.Errorf("describing the groups whose rules name %s: %w", id, err)
		}
		namers = append(namers, groups...)
	}
	return slices.DeleteFunc(namers, func(g types.SecurityGroup) bool {
		return aws.ToString(g.GroupId) == id || !slices.Contains(namedHere(g), id)
	}), nil
}

// namedHere returns the ids of the groups of its own VPC that the rules of a group name, each once.
func namedHere(g types.SecurityGroup) (ids []string) {
	for _, p := range slices.Concat(g.IpPermissions, g.IpPermissionsEgress) {
		for _, pair := range p.UserIdGroupPairs {
			vpc := aws.ToString(pair.VpcId)
			peered := aws.ToString(pair.VpcPeeringConnectionId) != "" || vpc != "" && vpc != aws.ToString(g.VpcId)
			if id := aws.ToString(pair.GroupId); id != "" && id != aws.ToString(g.GroupId) && !peered {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func ruleHolders(namers []types.SecurityGroup) (held []string) {
	for _, g := range namers {
		held = append(held, fmt.Sprintf("a rule of %s (%s)", aws.ToString(g.GroupId), aws.ToString(g.GroupName)))
	}
	slices.Sort(held)
	return slices.Compact(held)
}

// teardownHolders names what makes AWS refuse the deletion of a group whose own rules are revoked
// first. A group in a cycle of rules does not hold it if all groups of the cycle are objects of
// this cluster. Each of them revokes its own rules when it is deleted. A group that belongs to
// somebody else keeps its rules.
func teardownHolders(ctx context.Context, client *awsec2.Client, g *securityGroup, owner resource.Owner) ([]string, error) {
	held, err := describe.NetworkInterfaces.Names(ctx, client, nil, describe.Filter("group-id", *g.GroupId))
	if err != nil || len(held) > 0 {
		return held, err
	}
	namers, err := groupsNaming(ctx, client, *g.GroupId)
	if err != nil {
		return nil, err
	}
	reached, next := map[string]bool{*g.GroupId: true}, namedHere(g.SecurityGroup)
	for len(namers) > 0 && len(next) > 0 {
		groups, err := describe.SecurityGroups.By(ctx, client, describe.Filter("group-id", next...))
		if err != nil {
			return nil, fmt.Errorf("describing the groups that rules name: %w", err)
		}
		next = nil
		for _, other := range groups {
			if id := aws.ToString(other.GroupId); !reached[id] && sameCluster(other, owner) {
				reached[id] = true
				next = append(next, namedHere(other)...)
			}
		}
		next = slices.DeleteFunc(next, func(id string) bool { return reached[id] })
		namers = slices.DeleteFunc(namers, func(n types.SecurityGroup) bool { return reached[aws.ToString(n.GroupId)] })
	}
	return ruleHolders(namers), nil
}

// sameCluster reports whether a group belongs to an object of the owner's cluster and installation.
func sameCluster(g types.SecurityGroup, owner resource.Owner) bool {
	return strings.HasPrefix(resource.OwnershipOf(tags.Of(g.Tags)).Owner, owner.Install+"/"+owner.Ref.Cluster+"/")
}
