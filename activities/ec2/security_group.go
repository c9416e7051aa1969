package ec2

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	createGroup      kind.Verb[awsec2.CreateSecurityGroupInput]                        = "Create"
	deleteGroup      kind.Verb[awsec2.DeleteSecurityGroupInput]                        = "Delete"
	authorizeIngress kind.Verb[awsec2.AuthorizeSecurityGroupIngressInput]              = "AuthorizeIngress"
	authorizeEgress  kind.Verb[awsec2.AuthorizeSecurityGroupEgressInput]               = "AuthorizeEgress"
	revokeIngress    kind.Verb[awsec2.RevokeSecurityGroupIngressInput]                 = "RevokeIngress"
	revokeEgress     kind.Verb[awsec2.RevokeSecurityGroupEgressInput]                  = "RevokeEgress"
	describeIngress  kind.Verb[awsec2.UpdateSecurityGroupRuleDescriptionsIngressInput] = "UpdateRuleDescriptionsIngress"
	describeEgress   kind.Verb[awsec2.UpdateSecurityGroupRuleDescriptionsEgressInput]  = "UpdateRuleDescriptionsEgress"
)

// securityGroup is a group as AWS shows it.
type securityGroup struct {
	types.SecurityGroup
	ruleIDs map[grant]string  // of its rules
	names   map[string]string // ids of the peer groups that the spec names by name
	users   []string          // what prevents its deletion; read if rules would be revoked first
}

// SecurityGroup manages a group with exactly the rules of its spec.
func SecurityGroup() kind.Kind {
	return kind.Definition[*awsec2.Client, ec2v1alpha1.SecurityGroupSpec, securityGroup]{
		Kind:       "ec2.SecurityGroup",
		Client:     newClient,
		Tags:       func(want ec2v1alpha1.SecurityGroupSpec) []tagging.Tag { return wantedTags(want.Tags) },
		Check:      checkGroup,
		Advise:     adviseGroup,
		Find:       findGroup,
		Facts:      groupFacts,
		Create:     planGroupCreate,
		Plan:       planGroup,
		Unplan:     unplanGroup,
		Untag:      planUntag,
		Status:     groupStatus,
		NaturalKey: true, // the name, in its VPC
		Calls: append(tagCalls(),
			kind.BindCreate(createGroup, (*awsec2.Client).CreateSecurityGroup, func(out *awsec2.CreateSecurityGroupOutput) (id, arn string) {
				return aws.ToString(out.GroupId), aws.ToString(out.SecurityGroupArn)
			}),
			kind.Bind(authorizeIngress, (*awsec2.Client).AuthorizeSecurityGroupIngress),
			kind.Bind(authorizeEgress, (*awsec2.Client).AuthorizeSecurityGroupEgress),
			kind.Bind(revokeIngress, (*awsec2.Client).RevokeSecurityGroupIngress),
			kind.Bind(revokeEgress, (*awsec2.Client).RevokeSecurityGroupEgress),
			kind.Bind(describeIngress, (*awsec2.Client).UpdateSecurityGroupRuleDescriptionsIngress),
			kind.Bind(describeEgress, (*awsec2.Client).UpdateSecurityGroupRuleDescriptionsEgress),
			kind.BindDelete(deleteGroup, (*awsec2.Client).DeleteSecurityGroup, groupHolders, groupInUse),
		),
	}
}

// findGroup reads the group in one call. It asks for ids of rules only when neither the status nor
// the answers of this pass contain them.
func findGroup(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.SecurityGroupSpec]) (*securityGroup, error) {
	by := sought(q, "group-id")
	all, err := allGroups(ctx, client, by)
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("describing the group: %w", err))
	}
	found := latest(all, func(g types.SecurityGroup) []types.Tag { return g.Tags })
	if found == nil {
		return nil, nil
	}
	got := &securityGroup{SecurityGroup: *found}
	if q.Deleting {
		if len(got.naming()) > 0 {
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
		rules, err := allRules(ctx, client, filter("group-id", *got.GroupId))
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
	groups, err := allGroups(ctx, client, filter("vpc-id", aws.ToString(got.VpcId)), filter("group-name", names...))
	if err != nil {
		return nil, fmt.Errorf("describing the groups that rules name: %w", err)
	}
	ids := map[string]string{}
	for _, g := range groups {
		ids[aws.ToString(g.GroupName)] = aws.ToString(g.GroupId)
	}
	return ids, nil
}

func groupFacts(got *securityGroup) kind.Facts {
	id := aws.ToString(got.GroupId)
	return kind.Facts{ID: id, ARN: aws.ToString(got.SecurityGroupArn), Tags: tagMap(got.Tags), Held: holders.Wait(id, got.users)}
}

func planGroupCreate(want ec2v1alpha1.SecurityGroupSpec, m kind.Making) resource.Step {
	summary := "create security group " + aws.ToString(want.Name)
	if want.VPCID != nil {
		summary += " in " + *want.VPCID
	}
	return createGroup.Step(summary, awsec2.CreateSecurityGroupInput{
		GroupName: want.Name, Description: want.Description, VpcId: want.VPCID,
		TagSpecifications: tagsAtCreate(types.ResourceTypeSecurityGroup, m.Tags),
	})
}

func planGroup(want ec2v1alpha1.SecurityGroupSpec, got *securityGroup, c kind.Case) kind.Draft {
	if got == nil {
		// AWS allows a new group all outbound traffic.
		steps := planRules(want, &securityGroup{SecurityGroup: types.SecurityGroup{
			GroupId: aws.String(c.ID), IpPermissionsEgress: []types.IpPermission{{
				IpProtocol: aws.String("-1"), IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}},
			}},
		}}, c)
		for i := range steps {
			steps[i].Stage = 0 // nothing uses the group yet: the order cannot cause an outage
		}
		return kind.Draft{Steps: steps}
	}
	return kind.Draft{
		Steps: append(planTags(c.ID, c.Tags, tagMap(got.Tags)), planRules(want, got, c)...),
		Notes: groupNotes(want, got),
	}
}

func groupNotes(want ec2v1alpha1.SecurityGroupSpec, got *securityGroup) (notes []string) {
	for _, field := range []struct {
		path      string
		want, got *string
	}{
		{"spec.name", want.Name, got.GroupName},
		{"spec.description", want.Description, got.Description},
		{"spec.vpcID", want.VPCID, got.VpcId},
	} {
		// AWS trims spaces at the end of a name.
		if field.want != nil && strings.TrimRight(*field.want, " ") != strings.TrimRight(aws.ToString(field.got), " ") {
			notes = append(notes, kind.CannotChange(field.path, aws.ToString(field.got)))
		}
	}
	return notes
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
	steps := revokeAll(*got.GroupId, got.naming())
	last := deleteGroup.Step("delete security group "+*got.GroupId, awsec2.DeleteSecurityGroupInput{GroupId: got.GroupId})
	last.Stage = 1
	return append(steps, last)
}

func groupStatus(got *securityGroup, _ kind.Case) any {
	status := ec2v1alpha1.SecurityGroupStatus{ID: got.GroupId}
	for _, r := range got.rules() {
		status.Rules = append(status.Rules, shownRule(r, got.ruleIDs[r.grant]))
	}
	return status
}
