package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A claim is edited, and the tags of the object's resource are removed in AWS. The status still names
// it: Tack creates no second one, and does not release the object without it.
func TestForgedClaimWithoutTags(t *testing.T) {
	t.Parallel()
	for name, forge := range map[string]func(claim *resource.Claim, another string){
		"an id that does not exist": func(claim *resource.Claim, _ string) { claim.ID = noVPC },
		"another's id":              func(claim *resource.Claim, another string) { claim.ID = another },
		"open":                      func(claim *resource.Claim, _ string) { claim.ID = "" },
	} {
		for _, deleted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, deleted %t", name, deleted), func(t *testing.T) {
				t.Parallel()
				team := newTeam(t)
				client := awsec2.NewFromConfig(w.config(t, team.account))
				another, err := client.CreateVpc(t.Context(), &awsec2.CreateVpcInput{CidrBlock: aws.String("10.99.0.0/16")})
				if err != nil {
					t.Fatal(err)
				}
				o := team.apply(t, "ec2.VPC", "it", vpcSpec())
				id := o.awaitSynced(t)
				w.result(t, o.ref)
				untag(t, team.account, id)
				mark := lastSeq(t)
				text := o.get(t).GetAnnotations()[level.AnnotationClaim]
				claim := o.forge(t, func(claim *resource.Claim) { forge(claim, aws.ToString(another.Vpc.VpcId)) })
				if deleted {
					o.delete(t)
				}
				o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "the status names "+id+", the claim does not")
				for _, e := range entriesSince(t, team.account, mark) {
					if e.Mutation {
						t.Errorf("%s was sent for a resource without proof of ownership", e.Action)
					}
				}
				if n := len(w.vpcs(t, team.account)); n != 2 {
					t.Errorf("there are %d VPCs, want the object's and another", n)
				}
				if deleted {
					o.patch(t, mergePatch(t, fields{"metadata": fields{"annotations": fields{corev1alpha1.AnnotationDeletionPolicy: "retain"}}}))
					o.awaitGone(t)
					if n := len(w.vpcs(t, team.account)); n != 2 {
						t.Errorf("there are %d VPCs, want those that were retained", n)
					}
					return
				}
				o.patch(t, claimText(t, text))
				if claim.ID == "" {
					w.force(t, o.ref) // over an open claim, it looks like Tack's own record
				}
				if got := o.awaitSynced(t); got != id {
					t.Errorf("it was %s and is %s now", id, got)
				}
				o.wantTaggedUID(t, sampleOf("ec2.VPC"))
				o.wantOneCreate(t, id)
			})
		}
	}
}

// Another owner's tag is on the resource of an object that is being deleted. Tack does not delete the
// resource, and releases the object: at once after the claim is lost, else once it may keep it.
func TestDeletionOfAnothersResource(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]bool{"recorded": false, "its claim is lost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			o := team.apply(t, "ec2.VPC", "it", vpcSpec())
			id := o.awaitSynced(t)
			w.result(t, o.ref)
			theirs := &awsec2.CreateTagsInput{Resources: []string{id}, Tags: []ec2types.Tag{{Key: aws.String(resource.TagOwner), Value: aws.String("other/dev/ec2.VPC/team/it")}}}
			if _, err := awsec2.NewFromConfig(w.config(t, team.account)).CreateTags(t.Context(), theirs); err != nil {
				t.Fatal(err)
			}
			mark := lastSeq(t)
			if lost {
				o.patch(t, claimText(t, nil))
			}
			o.delete(t)
			if !lost {
				o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "belongs to other/dev/ec2.VPC/team/it: it is not deleted")
				o.patch(t, mergePatch(t, fields{"metadata": fields{"annotations": fields{corev1alpha1.AnnotationDeletionPolicy: "retain"}}}))
			}
			o.awaitGone(t)
			for _, e := range entriesSince(t, team.account, mark) {
				if e.Mutation {
					t.Errorf("%s was sent for another's resource", e.Action)
				}
			}
			if n := len(w.vpcs(t, team.account)); n != 1 {
				t.Errorf("there are %d VPCs, want theirs", n)
			}
		})
	}
}
