package ec2

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createGroup      = defaults.Creates(describe.SecurityGroups, (*awsec2.Client).CreateSecurityGroup)
	deleteGroup      = call.Delete((*awsec2.Client).DeleteSecurityGroup).HeldBy(groupHolders, groupInUse).AtOnce()
	authorizeIngress = call.To("AuthorizeIngress", (*awsec2.Client).AuthorizeSecurityGroupIngress)
	authorizeEgress  = call.To("AuthorizeEgress", (*awsec2.Client).AuthorizeSecurityGroupEgress)
	revokeIngress    = call.To("RevokeIngress", (*awsec2.Client).RevokeSecurityGroupIngress)
	revokeEgress     = call.To("RevokeEgress", (*awsec2.Client).RevokeSecurityGroupEgress)
	describeIngress  = call.To("UpdateRuleDescriptionsIngress", (*awsec2.Client).UpdateSecurityGroupRuleDescriptionsIngress)
	describeEgress   = call.To("UpdateRuleDescriptionsEgress", (*awsec2.Client).UpdateSecurityGroupRuleDescriptionsEgress)
)

// groupDescribed leaves out the name of a peer group, which its id identifies, and what only AWS says.
var groupDescribed = shape.Spec[ec2v1alpha1.SecurityGroupSpec, securityGroup](
	shape.As("name", "GroupName"), shape.As("ingressRules", "IpPermissions"), shape.As("egressRules", "IpPermissionsEgress"),
	shape.Out("ingressRules.userIDGroupPairs.groupName", "egressRules.userIDGroupPairs.groupName"),
	shape.Out("ingressRules.userIDGroupPairs.peeringStatus", "egressRules.userIDGroupPairs.peeringStatus"))

// securityGroup is a group as AWS shows it.
type securityGroup struct {
	types.SecurityGroup
	ruleIDs map[grant]string  // of its rules
	names   map[string]string // ids of the peer groups that the spec names by name
	users   []string          // what prevents its deletion; read if rules would be revoked first
}

// SecurityGroup manages a group with exactly the rules of its spec.
func SecurityGroup() kind.Kind {
	return defaults.Of(describe.SecurityGroups, createGroup, deleteGroup, defaults.Definition[ec2v1alpha1.SecurityGroupSpec, securityGroup]{
		Kind:   "ec2.SecurityGroup",
		Check:  checkGroup,
		Advise: adviseGroup,
		Find:   describe.Finder(describe.SecurityGroups, readGroup),
		Facts: func(got *securityGroup) kind.Facts {
			return kind.Facts{Held: holders.Wait(aws.ToString(got.GroupId), got.users)}
		},
		Create:     defaults.Request(createGroup, groupWords, shape.As("name", "GroupName"), shape.Out("ingressRules", "egressRules")),
		Plan:       planGroup,
		Unplan:     unplanGroup,
		Status:     groupStatus,
		Spec:       groupDescribed,
		Fixed:      fixed.Of[ec2v1alpha1.SecurityGroupSpec, securityGroup]().As("name", "GroupName").And("description", "vpcID"),
		Unique:     []string{"name", "vpcID"},
		NaturalKey: true, // the name, in its VPC
		Named:      namedGroups,
		Calls:      call.All(authorizeIngress, authorizeEgress, revokeIngress, revokeEgress, describeIngress, describeEgress),
	})
}

// readGroup reads what the group's own answer lacks. It asks for ids of rules only when neither the
// status nor the answers of this pass contain them.
func readGroup(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.SecurityGroupSpec], found types.SecurityGroup) (got *securityGroup, err error) {
	got = &securityGroup{SecurityGroup: found}
	if q.Deleting {
		if !q.Retain && len(got.naming()) > 0 {
			// AWS refuses the deletion only after the rules are gone, on which the users of the
			// group rely.
			got.users, err = teardownHolders(ctx, client, got, q.Owner)
		}
		return got, err
	}
	if got.names, err = groupsByName(ctx, client, q.Want, got); err != nil {
		return nil, err
	}
	ids, complete := knownRuleIDs(got.rules(), q.Status, q.Done)
	if !complete {
		rules, err := describe.SecurityGroupRules.By(ctx, client, describe.Filter("group-id", *got.GroupId))
		if err != nil {
			return nil, fmt.Errorf("describing the rules of %s: %w", *got.GroupId, err)
		}
		ids = answeredRuleIDs(rules)
	}
	got.ruleIDs = ids
	return got, nil
}

// groupsByName finds the peers that the spec names by name: AWS shows them only by id. Without such
// peers it makes no call.
func groupsByName(ctx context.Context, client *awsec2.Client, want ec2v1alpha1.SecurityGroupSpec, got *securityGroup) (map[string]string, error) {
	names := peerNames(want)
	if len(names) == 0 {
		return nil, nil
	}
	groups, err := describe.SecurityGroups.By(ctx, client, describe.Filter("vpc-id", aws.ToString(got.VpcId)), describe.Filter("group-name", names...))
	if err != nil {
		return nil, fmt.Errorf("describing the groups that rules name: %w", err)
	}
	ids := map[string]string{}
	for _, g := range groups {
		ids[aws.ToString(g.GroupName)] = aws.ToString(g.GroupId)
	}
	return ids, nil
}

// groupWords says what a create makes.
func groupWords(want ec2v1alpha1.SecurityGroupSpec) string {
	summary := "create security group " + aws.ToString(want.Name)
	if want.VPCID != nil {
		summary += " in " + *want.VPCID
	}
	return summary
}

func planGroup(want ec2v1alpha1.SecurityGroupSpec, got *securityGroup, c kind.Case) kind.Draft {
	if got == nil {
		// AWS allows a new group all outbound traffic.
		changes := planRules(want, &securityGroup{SecurityGroup: types.SecurityGroup{
			GroupId: aws.String(c.ID), IpPermissionsEgress: []types.IpPermission{{
				IpProtocol: aws.String("-1"), IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}},
			}},
		}}, c)
		return kind.Draft{Steps: steps.At(0, changes...)} // nothing uses the group yet: the order cannot cause an outage
	}
	return kind.Draft{Steps: planRules(want, got, c)}
}

// naming returns the rules that name other groups.
func (g *securityGroup) naming() (naming []rule) {
	for _, r := range g.rules() {
		if r.group != "" && r.group != *g.GroupId {
			naming = append(naming, r)
		}
	}
	return naming
}

// unplanGroup revokes the rules that name other groups before it deletes: two groups that name each
// other could never be deleted.
func unplanGroup(got *securityGroup) []resource.Step {
	last := defaults.Delete(describe.SecurityGroups, deleteGroup, got.SecurityGroup)
	return append(revokeAll(*got.GroupId, got.naming()), steps.At(1, last)...)
}

func groupStatus(got *securityGroup) any {
	status := ec2v1alpha1.SecurityGroupStatus{ID: got.GroupId}
	for _, r := range got.rules() {
		status.Rules = append(status.Rules, shownRule(r, got.ruleIDs[r.grant]))
	}
	return status
}
