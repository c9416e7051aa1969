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

	"github.com/tack-dev/tack/activities/kube"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

// claimOf is the claim that stands on an object; nil if nobody can read one.
func claimOf(u *unstructured.Unstructured) *resource.Claim {
	var claim resource.Claim
	if json.Unmarshal([]byte(u.GetAnnotations()[kube.AnnotationClaim]), &claim) != nil {
		return nil
	}
	return &claim
}

// awaitClaimed waits until the object is claimed as itself, for that id, and says so.
func (o object) awaitClaimed(t *testing.T, id string) {
	t.Helper()
	o.await(t, "claimed for "+id, soon, func(u *unstructured.Unstructured) bool {
		claim := claimOf(u)
		shown, _, _ := unstructured.NestedString(u.Object, "status", o.kind.IDField)
		return claim.WrittenOn(string(u.GetUID()), o.ref) && claim.ID == id && shown == id && slices.Contains(u.GetFinalizers(), o.kind.Finalizer())
	})
}

// claimText is a merge patch that sets the claim annotation; nil removes it.
func claimText(t *testing.T, text any) string {
	t.Helper()
	return mergePatch(t, fields{"metadata": fields{"annotations": fields{kube.AnnotationClaim: text}}})
}

// replaced puts the object as kubectl replace, Helm's --force and Argo CD's
// Replace=true do: with the manifest alone, so that the annotation and the
// finalizer are gone. The status, a subresource, is kept.
func (o object) replaced(t *testing.T, spec fields) {
	t.Helper()
	if err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		u := o.get(t)
		u.SetAnnotations(nil)
		u.SetFinalizers(nil)
		u.Object["spec"] = spec
		_, err := o.cluster().Resource(kube.GVR(o.kind)).Namespace(o.ref.Namespace).Update(t.Context(), u, metav1.UpdateOptions{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// Each tool has its own way of writing an object over. Whatever it drops, the
// object stays the owner of its resource, follows its spec, and takes it away.
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
			// The exported one is the last applied: what the new one lacks is removed.
			o.patch(t, mergePatch(t, fields{"metadata": fields{"annotations": fields{kube.AnnotationClaim: nil}, "finalizers": nil}, "spec": named("edited")}))
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
			if got := vpcSample().tags(t, team.account, id)["Name"]; got != "edited" {
				t.Errorf("the edit is not in AWS: the name is %q", got)
			}
			o.delete(t)
			o.awaitGone(t)
			if n := len(w.vpcs(t, team.account)); n != 0 {
				t.Errorf("%d left in AWS", n)
			}
		})
	}
}

// An object that is replaced and deleted at once takes its resource away as well.
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
		t.Errorf("%d left in AWS", n)
	}
}

// carriedAlong makes a copy of an object under another name, as kubectl get, sed
// and apply do, and as a backup tool that restores the status does.
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

// restoreStatus writes the status of a backup, as Velero's restoreStatus does.
func (o object) restoreStatus(t *testing.T, from *unstructured.Unstructured) {
	t.Helper()
	if err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		u := o.get(t)
		u.Object["status"] = from.Object["status"]
		_, err := o.cluster().Resource(kube.GVR(o.kind)).Namespace(o.ref.Namespace).UpdateStatus(t.Context(), u, metav1.UpdateOptions{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// A manifest is exported and applied under another name, and in another namespace
// of the account: each gets its own resource, and goes without the others'.
func TestClaimCopied(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "it", vpcSpec())
	id := o.awaitSynced(t)
	w.result(t, o.ref)
	exported := o.get(t)
	beside, away := team.object("ec2.VPC", "beside"), newUnmappedTeam(t).object("ec2.VPC", "it")
	beside.carriedAlong(t, exported)
	away.carriedAlong(t, exported) // where no role is mapped: nothing can be made
	beside.await(t, "claimed as itself", soon, func(u *unstructured.Unstructured) bool {
		return claimOf(u).WrittenOn(string(u.GetUID()), beside.ref)
	})
	own := beside.awaitSynced(t)
	if own == id {
		t.Fatalf("the copy took %s", id)
	}
	beside.wantOneCreate(t, own)
	away.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role")
	if shown, _, _ := unstructured.NestedString(away.get(t).Object, "status", "vpcID"); shown != "" {
		t.Errorf("the copy that has nothing shows %s", shown)
	}
	deleteAll(t, beside, away)
	o.wantQuiet(t, team)
	if vpcs := w.vpcs(t, team.account); len(vpcs) != 1 || aws.ToString(vpcs[0].VpcId) != id {
		t.Errorf("there are %d VPCs, want %s alone", len(vpcs), id)
	}
}

// An old exported manifest comes back after its resource was retained, and belongs
// to somebody else now: that one is neither tagged, nor changed, nor deleted.
func TestOldManifestOfARetainedResource(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "it", vpcSpec())
	id := o.awaitSynced(t)
	w.result(t, o.ref)
	exported := o.get(t)
	o.patch(t, mergePatch(t, fields{"metadata": fields{"annotations": fields{corev1alpha1.AnnotationDeletionPolicy: "retain"}}}))
	o.delete(t)
	o.awaitGone(t)
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
		t.Errorf("it took %s, which was retained", id)
	}
	o.delete(t)
	o.awaitGone(t)
	if vpcs := w.vpcs(t, team.account); len(vpcs) != 1 || aws.ToString(vpcs[0].VpcId) != id {
		t.Errorf("there are %d VPCs, want %s alone", len(vpcs), id)
	}
	tags := vpcSample().tags(t, team.account, id)
	for _, e := range entriesSince(t, team.account, mark) {
		if e.Mutation && slices.Contains(e.Mentions, id) {
			t.Errorf("%s was sent for %s", e.Action, id)
		}
	}
	if tags[resource.TagOwner] != "" || tags["owner"] != "somebody else" {
		t.Errorf("%s has the tags %v", id, tags)
	}
}

// A claim is edited: to an id that does not exist, to another's, or made void. The
// object's own resource is found by its tags, and no second one is made.
func TestForgedClaim(t *testing.T) {
	t.Parallel()
	for name, forge := range map[string]func(claim *resource.Claim, another string){
		"an id that does not exist": func(claim *resource.Claim, _ string) { claim.ID = "vpc-0123456789abcdef0" },
		"no id at all":              func(claim *resource.Claim, _ string) { claim.ID = "garbage" },
		"another's id":              func(claim *resource.Claim, another string) { claim.ID = another },
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
			claim := claimOf(o.get(t))
			forge(claim, aws.ToString(another.Vpc.VpcId))
			raw, _ := json.Marshal(claim)
			o.patch(t, claimText(t, string(raw)))
			o.awaitClaimed(t, id)
			o.awaitSynced(t)
			o.wantOneCreate(t, id)
			wantOnlyOurs(t, team, 0)
			o.delete(t)
			o.awaitGone(t)
			if n := len(w.vpcs(t, team.account)); n != 1 {
				t.Errorf("there are %d VPCs, want the one that was never ours", n)
			}
		})
	}
}

// An object whose claim is damaged and whose tags are gone is left alone, and says
// so. Putting the claim back wakes it, and what all agree about is tagged again.
func TestClaimPutBack(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "it", vpcSpec())
	id := o.awaitSynced(t)
	w.result(t, o.ref)
	text := o.get(t).GetAnnotations()[kube.AnnotationClaim]
	untag(t, team.account, id)
	mark := lastSeq(t)
	o.patch(t, claimText(t, "garbage"))
	o.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", id)
	if s := status(o.get(t), corev1alpha1.ConditionTypeResourceSynced); s == "True" {
		t.Error("it is left alone, and goes on saying that it is synced")
	}
	for _, e := range entriesSince(t, team.account, mark) {
		if e.Mutation {
			t.Errorf("%s was sent for what nothing says is ours", e.Action)
		}
	}
	o.patch(t, claimText(t, text))
	if got := o.awaitSynced(t); got != id {
		t.Errorf("it was %s and is %s now", id, got)
	}
	w.result(t, o.ref)
	o.wantTaggedUID(t, vpcSample())
	o.wantOneCreate(t, id)
}

// untag takes all tags off a VPC, behind our back.
func untag(t *testing.T, account, id string) {
	t.Helper()
	in := &awsec2.DeleteTagsInput{Resources: []string{id}}
	for key := range vpcSample().tags(t, account, id) {
		in.Tags = append(in.Tags, ec2types.Tag{Key: aws.String(key)})
	}
	if _, err := awsec2.NewFromConfig(w.config(t, account)).DeleteTags(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// Somebody with the right to the status writes another id there. What refers to
// the object uses its own, and the status is put right.
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
	release(t, rule)
	child.awaitSynced(t)
	if groups := w.groups(t, team.account); len(groups) != 1 || aws.ToString(groups[0].VpcId) != id {
		t.Errorf("the group is in another VPC than %s: %+v", id, groups)
	}
	o.await(t, "put right", soon, func(u *unstructured.Unstructured) bool {
		shown, _, _ := unstructured.NestedString(u.Object, "status", "vpcID")
		return shown == id
	})
}
