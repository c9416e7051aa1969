package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

var _ = register(sample{
	kind: "iam.Group", create: "CreateGroup", tagless: true, unproven: "already has this name and is not Tack's",
	spec:   func() fields { return fields{"name": "devs", "policyRefs": []any{reference("granted")}} },
	change: `{"spec":{"path":"/team/","inlinePolicies":{"write":` + quoted(inlineWrite) + `}}}`,
	needs: func(t *testing.T, team team) {
		t.Helper()
		team.apply(t, "iam.Policy", "granted", policySpec("granted")).awaitSynced(t)
	},
	count:  counted(awsiam.NewFromConfig, (*awsiam.Client).ListGroups),
	remove: removeGroup,
	full: func(string) fields {
		return fields{"name": "full", "path": "/teams/a/", "policyRefs": []any{reference("granted")}, "inlinePolicies": fields{"read": inlineWrite, "write": inlineWrite}}
	},
	fullChange: `{"spec":{"path":"/","policyRefs":null,"inlinePolicies":{"read":null,"other":` + quoted(inlineWrite) + `}}}`,
})

// nameOfGroup returns the name of the group with an id.
func nameOfGroup(ctx context.Context, client *awsiam.Client, id string) (*string, error) {
	out, err := client.ListGroups(ctx, &awsiam.ListGroupsInput{})
	if err != nil {
		return nil, err
	}
	for _, g := range out.Groups {
		if aws.ToString(g.GroupId) == id {
			return g.GroupName, nil
		}
	}
	return nil, fmt.Errorf("no group has the id %s", id)
}

func removeGroup(ctx context.Context, cfg aws.Config, id string) error {
	client := awsiam.NewFromConfig(cfg)
	name, err := nameOfGroup(ctx, client, id)
	if err != nil {
		return err
	}
	attached, err := client.ListAttachedGroupPolicies(ctx, &awsiam.ListAttachedGroupPoliciesInput{GroupName: name})
	if err != nil {
		return err
	}
	for _, p := range attached.AttachedPolicies {
		if _, err := client.DetachGroupPolicy(ctx, &awsiam.DetachGroupPolicyInput{GroupName: name, PolicyArn: p.PolicyArn}); err != nil {
			return err
		}
	}
	_, err = client.DeleteGroup(ctx, &awsiam.DeleteGroupInput{GroupName: name})
	return err
}

// withMember puts a new user into a group of the team's account.
func (team team) withMember(t *testing.T, group, user string) {
	t.Helper()
	client := awsiam.NewFromConfig(w.config(t, team.account))
	_, err := client.CreateUser(t.Context(), &awsiam.CreateUserInput{UserName: &user})
	if err == nil {
		_, err = client.AddUserToGroup(t.Context(), &awsiam.AddUserToGroupInput{GroupName: &group, UserName: &user})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Members keep a group: its deletion waits, names them, and takes nothing apart. When they leave, the
// group goes.
func TestMembersHoldAGroup(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsiam.NewFromConfig(w.config(t, team.account))
	sampleOf("iam.Group").prepare(t, team)
	o := team.apply(t, "iam.Group", "devs", sampleOf("iam.Group").spec())
	o.awaitSynced(t)
	w.result(t, o.ref)
	team.withMember(t, "devs", "ann")
	mark := lastSeq(t)
	o.waitsFor(t, "user ann")
	for _, e := range o.entries(t, mark) {
		if e.Mutation && e.Accepted {
			t.Errorf("%s was sent while the group has a member", e.Action)
		}
	}
	if _, err := client.RemoveUserFromGroup(t.Context(), &awsiam.RemoveUserFromGroupInput{GroupName: aws.String("devs"), UserName: aws.String("ann")}); err != nil {
		t.Fatal(err)
	}
	o.awaitGone(t)
	if n := sampleOf("iam.Group").count(t, team.account); n != 0 {
		t.Errorf("%d groups remain", n)
	}
}

// The answer to a create does not arrive, and somebody puts a user into the group before Tack looks. Nothing
// then proves whose the group is: a person decides, also about the deletion.
func TestMemberJoinsAGroupOfALostCreate(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("iam.Group").prepare(t, team)
	held := hold(t, team, "CreateGroup", gateway.FaultHoldAfter)
	o := team.apply(t, "iam.Group", "devs", sampleOf("iam.Group").spec())
	held.wait(t)
	team.withMember(t, "devs", "ann")
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", sampleOf("iam.Group").unproven)
	o.wantOneAccepted(t)
	o.waitsFor(t, "already has this name and is not Tack's: it is not deleted")
	o.patch(t, mergePatch(t, fields{"metadata": fields{"annotations": fields{corev1alpha1.AnnotationDeletionPolicy: "retain"}}}))
	o.awaitGone(t)
	if n := sampleOf("iam.Group").count(t, team.account); n != 1 {
		t.Errorf("there are %d groups, want the one that is left alone", n)
	}
}

// The claim of an object names another group. Tack takes back its own, which the status proves, and
// does not touch the other.
func TestForgedClaimOfAGroup(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsiam.NewFromConfig(w.config(t, team.account))
	theirs, err := client.CreateGroup(t.Context(), &awsiam.CreateGroupInput{GroupName: aws.String("theirs")})
	if err != nil {
		t.Fatal(err)
	}
	sampleOf("iam.Group").prepare(t, team)
	o := team.apply(t, "iam.Group", "devs", sampleOf("iam.Group").spec())
	id := o.awaitSynced(t)
	w.result(t, o.ref)
	o.forge(t, func(claim *resource.Claim) {
		claim.ID, claim.ARN = aws.ToString(theirs.Group.GroupId), aws.ToString(theirs.Group.Arn)
	})
	w.force(t, o.ref)
	o.awaitClaimed(t, id)
	o.awaitSynced(t)
	o.delete(t)
	o.awaitGone(t)
	left, err := client.ListGroups(t.Context(), &awsiam.ListGroupsInput{})
	if err != nil || len(left.Groups) != 1 || aws.ToString(left.Groups[0].GroupName) != "theirs" {
		t.Errorf("the groups that remain are %+v, error %v, want theirs alone", left, err)
	}
}
