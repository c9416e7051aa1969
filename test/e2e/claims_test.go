package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/retry"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

// claimOf returns the claim on an object, or nil without a readable claim.
func claimOf(u *unstructured.Unstructured) *resource.Claim {
	var claim resource.Claim
	if json.Unmarshal([]byte(u.GetAnnotations()[level.AnnotationClaim]), &claim) != nil {
		return nil
	}
	return &claim
}

// awaitClaimed waits until the object is claimed as itself, for that id, and reports it.
func (o object) awaitClaimed(t *testing.T, id string) {
	t.Helper()
	o.await(t, "claimed for "+id, soon, func(u *unstructured.Unstructured) bool {
		claim := claimOf(u)
		shown, _, _ := unstructured.NestedString(u.Object, "status", o.kind.IDField)
		return claim.WrittenOn(string(u.GetUID()), o.ref) && claim.ID == id && shown == id && slices.Contains(u.GetFinalizers(), o.kind.Finalizer())
	})
}

// claimText returns a merge patch that sets the claim annotation; nil removes it.
func claimText(t *testing.T, text any) string {
	t.Helper()
	return mergePatch(t, fields{"metadata": fields{"annotations": fields{level.AnnotationClaim: text}}})
}

// replaced replaces the object like kubectl replace, Helm's --force and Argo CD's Replace=true. These
// write the manifest alone, so that the annotation and the finalizer are gone. The status, a
// subresource, stays.
func (o object) replaced(t *testing.T, spec fields) {
	t.Helper()
	if err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		u := o.get(t)
		u.SetAnnotations(nil)
		u.SetFinalizers(nil)
		u.Object["spec"] = spec
		_, err := o.client().Update(t.Context(), u, metav1.UpdateOptions{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// Each tool overwrites an object in its own way. Whatever the tool drops, the object still owns its
// resource, follows its spec, and deletes the resource at the end.
func TestClaimSurvivesEachTool(t *testing.T) {
	t.Parallel()
	named := func(name string) fields {
		spec := vpcSpec()
		spec["tags"] = []any{fields{"key": "Name", "value": name}}
		return spec
	}
	for name, write := range map[string]func(*testing.T, object){
		"replace": func(t *testing.T, o object) { o.replaced(t, named("edited")) },
		"client-side apply after an exported manifest": func(t *testing.T, o object) {
			// The exported manifest is the last applied one: apply removes the fields that the new
			// one lacks.
			o.patch(t, mergePatch(t, fields{"metadata": fields{"annotations": fields{level.AnnotationClaim: nil}, "finalizers": nil}, "spec": named("edited")}))
		},
		"server-side apply": func(t *testing.T, o object) {
			manifest := fields{"apiVersion": o.kind.Group + "/" + o.kind.Version, "kind": o.kind.Kind, "metadata": fields{"name": o.ref.Name}, "spec": named("edited")}
			force := true
			if _, err := o.client().Patch(t.Context(), o.ref.Name, types.ApplyPatchType, []byte(mergePatch(t, manifest)), metav1.PatchOptions{FieldManager: "gitops", Force: &force}); err != nil {
				t.Fatal(err)
			}
		},
		"damaged": func(t *testing.T, o object) {
			o.patch(t, claimText(t, "garbage"))
			o.patch(t, mergePatch(t, fields{"spec": named("edited")}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			o := team.apply(t, "ec2.VPC", "it", named("first"))
			id := o.awaitSynced(t)
			w.result(t, o.ref)
			write(t, o)
			o.awaitClaimed(t, id)
			if got := o.awaitSynced(t); got != id {
				t.Errorf("it was %s and is %s now", id, got)
			}
			o.wantOneCreate(t, id)
			if got := sampleOf("ec2.VPC").tags(t, team.account, id)["Name"]; got != "edited" {
				t.Errorf("the edit is not in AWS: the name is %q", got)
			}
			o.delete(t)
			o.awaitGone(t)
			if n := len(w.vpcs(t, team.account)); n != 0 {
				t.Errorf("%d remain in AWS", n)
			}
		})
	}
}

// An object that is replaced and deleted at once also deletes its resource.
func TestClaimDroppedAndDeleted(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "it", vpcSpec())
	o.awaitSynced(t)
	w.result(t, o.ref)
	o.patch(t, claimText(t, nil))
	o.delete(t)
	o.awaitGone(t)
	if n := len(w.vpcs(t, team.account)); n != 0 {
		t.Errorf("%d remain in AWS", n)
	}
}

// carriedAlong copies an object to another name, like kubectl get, sed and apply, or like a backup
// tool that restores the status.
func (o object) carriedAlong(t *testing.T, from *unstructured.Unstructured) {
	t.Helper()
	copied := from.DeepCopy()
	copied.SetName(o.ref.Name)
	copied.SetNamespace(o.ref.Namespace)
	copied.SetUID("")
	copied.SetResourceVersion("")
	if _, err := o.client().Create(t.Context(), copied, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	o.restoreStatus(t, from)
}

// restoreStatus writes the status of a backup, like Velero's restoreStatus.
func (o object) restoreStatus(t *testing.T, from *unstructured.Unstructured) {
	t.Helper()
	if err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		u := o.get(t)
		u.Object["status"] = from.Object["status"]
		_, err := o.client().UpdateStatus(t.Context(), u, metav1.UpdateOptions{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// A manifest is exported and applied under another name, and in another namespace of the account.
// Each object gets its own resource, and its deletion leaves the others' alone.
func TestClaimCopied(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "it", vpcSpec())
	id := o.awaitSynced(t)
	w.result(t, o.ref)
	exported := o.get(t)
	beside, away := team.object("ec2.VPC", "beside"), newUnmappedTeam(t).object("ec2.VPC", "it")
	beside.carriedAlong(t, exported)
	away.carriedAlong(t, exported) // no role is mapped there, so that nothing can be created
	beside.await(t, "claimed as itself", soon, func(u *unstructured.Unstructured) bool {
		return claimOf(u).WrittenOn(string(u.GetUID()), beside.ref)
	})
	own := beside.awaitSynced(t)
	if own == id {
		t.Fatalf("the copy adopted %s", id)
	}
	beside.wantOneCreate(t, own)
	away.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role")
	if shown, _, _ := unstructured.NestedString(away.get(t).Object, "status", "vpcID"); shown != "" {
		t.Errorf("the copy has no resource, but shows %s", shown)
	}
	deleteAll(t, beside, away)
	o.wantQuiet(t, team)
	if vpcs := w.vpcs(t, team.account); len(vpcs) != 1 || aws.ToString(vpcs[0].VpcId) != id {
		t.Errorf("there are %d VPCs, want only %s", len(vpcs), id)
	}
}

// An old exported manifest is applied after its resource was retained and now belongs to another
// owner. Tack neither tags, changes nor deletes that resource.
func TestOldManifestOfARetainedResource(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "it", vpcSpec())
	id := o.awaitSynced(t)
	w.result(t, o.ref)
	exported := o.get(t)
	o.release(t)
	w.result(t, o.ref)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	if _, err := client.CreateTags(t.Context(), &awsec2.CreateTagsInput{Resources: []string{id}, Tags: []ec2types.Tag{{Key: aws.String("owner"), Value: aws.String("somebody else")}}}); err != nil {
		t.Fatal(err)
	}
	mark := lastSeq(t)
	o.carriedAlong(t, exported)
	o.await(t, "claimed as itself", soon, func(u *unstructured.Unstructured) bool {
		return claimOf(u).WrittenOn(string(u.GetUID()), o.ref)
	})
	if own := o.awaitSynced(t); own == id {
		t.Errorf("it adopted %s, which was retained", id)
	}
	o.delete(t)
	o.awaitGone(t)
	if vpcs := w.vpcs(t, team.account); len(vpcs) != 1 || aws.ToString(vpcs[0].VpcId) != id {
		t.Errorf("there are %d VPCs, want only %s", len(vpcs), id)
	}
	tags := sampleOf("ec2.VPC").tags(t, team.account, id)
	for _, e := range entriesSince(t, team.account, mark) {
		if e.Mutation && slices.Contains(e.Mentions, id) {
			t.Errorf("%s was sent for %s", e.Action, id)
		}
	}
	if tags[resource.TagOwner] != "" || tags["owner"] != "somebody else" {
		t.Errorf("%s has the tags %v", id, tags)
	}
}

// A claim is edited: to an id that does not exist, to another object's id, or to no id. Tack finds
// the object's own resource by its tags, and creates no second one.
func TestForgedClaim(t *testing.T) {
	t.Parallel()
	for name, forge := range map[string]func(claim *resource.Claim, another string){
		"an id that does not exist": func(claim *resource.Claim, _ string) { claim.ID = noVPC },
		"no id at all":              func(claim *resource.Claim, _ string) { claim.ID = "garbage" },
		"another's id":              func(claim *resource.Claim, another string) { claim.ID = another },
		"a pattern":                 func(claim *resource.Claim, _ string) { claim.ID = "vpc-*" },
		"open":                      func(claim *resource.Claim, _ string) { claim.ID = "" },
		"void":                      func(claim *resource.Claim, _ string) { claim.Void = true },
	} {
		t.Run(name, func(t *testing.T) {
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
			o.forge(t, func(claim *resource.Claim) { forge(claim, aws.ToString(another.Vpc.VpcId)) })
			o.awaitClaimed(t, id)
			o.awaitSynced(t)
			o.wantOneCreate(t, id)
			wantOnlyOurs(t, team, 0)
			o.delete(t)
			o.awaitGone(t)
			if n := len(w.vpcs(t, team.account)); n != 1 {
				t.Errorf("there are %d VPCs, want only the one that was never ours", n)
			}
		})
	}
}

// An object with a damaged claim and without tags in AWS is left alone, and reports it. Restoring
// the claim wakes it. Once claim, id and status agree, Tack tags the resource again.
func TestClaimPutBack(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "it", vpcSpec())
	id := o.awaitSynced(t)
	w.result(t, o.ref)
	text := o.get(t).GetAnnotations()[level.AnnotationClaim]
	untag(t, team.account, id)
	mark := lastSeq(t)
	o.patch(t, claimText(t, "garbage"))
	o.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", id)
	if s := status(o.get(t), corev1alpha1.ConditionTypeResourceSynced); s == "True" {
		t.Error("the object is left alone, but still reports that it is synced")
	}
	for _, e := range entriesSince(t, team.account, mark) {
		if e.Mutation {
			t.Errorf("%s was sent for a resource without proof of ownership", e.Action)
		}
	}
	o.patch(t, claimText(t, text))
	if got := o.awaitSynced(t); got != id {
		t.Errorf("it was %s and is %s now", id, got)
	}
	w.result(t, o.ref)
	o.wantTaggedUID(t, sampleOf("ec2.VPC"))
	o.wantOneCreate(t, id)
}

// untag removes all tags of a VPC, outside of Tack.
func untag(t *testing.T, account, id string) {
	t.Helper()
	in := &awsec2.DeleteTagsInput{Resources: []string{id}}
	for key := range sampleOf("ec2.VPC").tags(t, account, id) {
		in.Tags = append(in.Tags, ec2types.Tag{Key: aws.String(key)})
	}
	if _, err := awsec2.NewFromConfig(w.config(t, account)).DeleteTags(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// A user with access to the status writes another id into it. Objects that refer to this one use
// the correct id, and Tack corrects the status.
func TestForgedStatus(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	another, err := client.CreateVpc(t.Context(), &awsec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	o := team.apply(t, "ec2.VPC", "net", vpcSpec())
	id := o.awaitSynced(t)
	w.result(t, o.ref)
	rule := addRule(t, gateway.Rule{Account: team.account, Action: gateway.Actions{"DescribeVpcs"}, Fault: gateway.FaultHoldBefore, Times: 1})
	forged := mergePatch(t, fields{"status": fields{"vpcID": aws.ToString(another.Vpc.VpcId)}})
	if _, err := o.client().Patch(t.Context(), "net", types.MergePatchType, []byte(forged), metav1.PatchOptions{}, "status"); err != nil {
		t.Fatal(err)
	}
	child := team.apply(t, "ec2.SecurityGroup", "web", fields{"name": "web", "description": "d", "vpcRef": fields{"from": fields{"name": "net"}}})
	child.await(t, "waiting for an id on which claim and status agree", soon, func(u *unstructured.Unstructured) bool {
		return strings.Contains(fmt.Sprint(u.Object["status"]), "has no id yet: its claim tells of "+id)
	})
	endRule(t, rule)
	child.awaitSynced(t)
	if groups := w.groups(t, team.account); len(groups) != 1 || aws.ToString(groups[0].VpcId) != id {
		t.Errorf("the group is in another VPC than %s: %+v", id, groups)
	}
	o.await(t, "corrected", soon, func(u *unstructured.Unstructured) bool {
		shown, _, _ := unstructured.NestedString(u.Object, "status", "vpcID")
		return shown == id
	})
}
