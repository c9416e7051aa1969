package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
)

// redescribed changes a field of a group that AWS cannot change, and keeps the name, which AWS keeps unique.
// recut changes the first block of a VPC.
const (
	redescribed = `{"spec":{"description":"made again"}}`
	recut       = `{"spec":{"cidrBlocks":["10.7.0.0/16"]}}`
)

// replacements are edits that replace a resource, with the calls in order.
var replacements = map[string]struct {
	spec  func() fields
	edit  string
	calls []string
}{
	"ec2.SecurityGroup": {func() fields { return groupSpec("web") }, redescribed, []string{"DeleteSecurityGroup", "CreateSecurityGroup"}},
	"ec2.VPC":           {vpcSpec, recut, []string{"CreateVpc", "DeleteVpc"}},
}

// replaceable lets Tack replace the object's resource.
func (o object) replaceable(t *testing.T) {
	t.Helper()
	o.annotate(t, corev1alpha1.AnnotationOnImmutableChange, corev1alpha1.ImmutableChangeReplace)
}

// awaitAnother waits until the object is Synced with another resource, and returns its id.
func (o object) awaitAnother(t *testing.T, was string) string {
	t.Helper()
	u := o.await(t, "synced with another resource", soon, func(u *unstructured.Unstructured) bool {
		return scenario.Synced(u) && level.Known(u, o.kind).ID != was
	})
	return level.Known(u, o.kind).ID
}

// awaitAlone waits until the resource of the object replaces no other one any more.
func (o object) awaitAlone(t *testing.T) {
	t.Helper()
	o.await(t, "alone", soon, func(u *unstructured.Unstructured) bool {
		return scenario.Synced(u) && !level.ClaimOf(u, o.kind).Replaces()
	})
}

// wantOnly checks that AWS has one resource of the kind.
func (o object) wantOnly(t *testing.T, team team, id string) {
	t.Helper()
	o.awaitAlone(t)
	s := sampleOf(o.ref.Kind)
	if n := s.count(t, team.account); n != 1 || len(s.tags(t, team.account, id)) == 0 {
		t.Errorf("there are %d, want only %s\n%s", n, id, w.story(o.ref))
	}
}

// Without the annotation, a field that AWS cannot change is a note. With it, the resource is replaced: old
// first where AWS keeps its name unique, new first where AWS allows both.
func TestReplacement(t *testing.T) {
	t.Parallel()
	for kind, test := range replacements {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			o := team.apply(t, kind, "it", test.spec())
			id := o.awaitSynced(t)
			o.patch(t, test.edit)
			o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "AWS cannot change it")
			manifest := o.get(t)
			patched(t, manifest.Object, annotationPatch(corev1alpha1.AnnotationOnImmutableChange, corev1alpha1.ImmutableChangeReplace))
			planned := o.plan(t, team, resource.Change{Manifest: asJSON(t, manifest.Object)})
			mark := lastSeq(t)
			o.replaceable(t)
			other := o.awaitAnother(t, id)
			o.wantOnly(t, team, other)
			o.wantPlanned(t, team, "replacement", planned, mark)
			calls := slices.DeleteFunc(team.mutationsSince(t, mark), func(call string) bool { return !slices.Contains(test.calls, call) })
			if diff := cmp.Diff(test.calls, calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			o.wantQuiet(t, team)
			deleteAll(t, o)
			if n := sampleOf(kind).count(t, team.account); n != 0 {
				t.Errorf("%d remain", n)
			}
		})
	}
}

// A lost answer or a lost request, of the create or of the delete, leaves one resource: the new one.
func TestReplacementLost(t *testing.T) {
	t.Parallel()
	for kind, test := range replacements {
		for _, call := range test.calls {
			for _, fault := range []gateway.Fault{gateway.FaultLoseResponse, gateway.FaultLoseRequest} {
				t.Run(call+"/"+string(fault), func(t *testing.T) {
					t.Parallel()
					team := newTeam(t)
					o := team.object(kind, "it")
					o.create(t, test.spec())
					id := o.awaitSynced(t)
					o.replaceable(t)
					addRule(t, gateway.Rule{Action: gateway.Actions{call}, Account: team.account, Fault: fault, Times: 1})
					o.patch(t, test.edit)
					o.wantOnly(t, team, o.awaitAnother(t, id))
					deleteAll(t, o)
				})
			}
		}
	}
}

// A replacement waits for its approval, and only then something is deleted. The approval names the resource, so
// the next replacement waits again.
func TestReplacementApproved(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	team.annotate(t, corev1alpha1.AnnotationApprove, "replace")
	o := team.apply(t, "ec2.SecurityGroup", "web", groupSpec("web", 443))
	id := o.awaitSynced(t)
	o.replaceable(t)
	mark := lastSeq(t)
	o.patch(t, redescribed)
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "ApprovalRequired AWS cannot change spec.description, and the replacement of "+id+" waits for an approval")
	w.result(t, o.ref)
	team.wantUntouched(t, mark)
	if out, err := starterWith(t, "approve", "ec2.SecurityGroup", team.name+"/web"); err != nil || !strings.Contains(out, "approved what SecurityGroup "+team.name+"/web waits for") {
		t.Fatalf("the approval failed: %v, %s", err, out)
	}
	other := o.awaitAnother(t, id)
	o.wantOnly(t, team, other)
	o.patch(t, `{"spec":{"description":"made a third time"}}`)
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "the replacement of "+other+" waits for an approval")
	o.patch(t, redescribed)
	if got := o.awaitSynced(t); got != other {
		t.Errorf("it is %s, was %s", got, other)
	}
	deleteAll(t, o)
}

// What refers to a resource moves to its successor before the old one is deleted: no route is ever without
// its gateway.
func TestReplacementMovesWhatRefersToIt(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	needs := natGatewayNeeds(t, team)
	second := team.apply(t, "ec2.ElasticIPAddress", "second", fields{})
	nat := team.apply(t, "ec2.NATGateway", "out", natGatewaySpec())
	table := team.apply(t, "ec2.RouteTable", "private", fields{"vpcRef": ref("main"), "routes": []any{fields{"destinationCIDRBlock": "0.0.0.0/0", "natGatewayRef": ref("out")}}})
	id := nat.awaitSynced(t)
	table.awaitSynced(t)
	second.awaitSynced(t)
	nat.replaceable(t)
	mark := lastSeq(t)
	nat.patch(t, `{"spec":{"allocationRef":{"from":{"name":"second"}}}}`)
	nat.awaitAnother(t, id)
	nat.awaitAlone(t)
	calls := slices.DeleteFunc(team.mutationsSince(t, mark), func(call string) bool { return strings.HasSuffix(call, "Tags") })
	if diff := cmp.Diff([]string{"CreateNatGateway", "ReplaceRoute", "DeleteNatGateway"}, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	table.awaitSynced(t)
	deleteAll(t, append([]object{table, nat, second}, needs...)...)
}

// An object that is deleted in the middle of a replacement leaves neither resource.
func TestReplacementDeleted(t *testing.T) {
	t.Parallel()
	for _, at := range []gateway.Fault{gateway.FaultHoldBefore, gateway.FaultHoldAfter} {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			o := team.apply(t, "ec2.VPC", "it", vpcSpec())
			o.awaitSynced(t)
			o.replaceable(t)
			held := addRule(t, gateway.Rule{Action: gateway.Actions{"CreateVpc"}, Account: team.account, Fault: at, Deliver: true, Times: 1})
			o.patch(t, recut)
			if err := w.AWS.WaitHolding(t.Context(), held, soon); err != nil {
				t.Fatal(err)
			}
			o.delete(t)
			endRule(t, held)
			o.awaitGone(t)
			if n := len(w.vpcs(t, team.account)); n != 0 {
				t.Errorf("%d VPCs remain", n)
			}
		})
	}
}

// The workers die in the middle of a replacement, with the create or the delete in flight or done.
func TestReplacementKilled(t *testing.T) {
	for call, at := range map[string]gateway.Fault{
		"CreateVpc": gateway.FaultHoldAfter, "DeleteVpc": gateway.FaultHoldBefore,
		"DeleteSecurityGroup": gateway.FaultHoldAfter, "CreateSecurityGroup": gateway.FaultHoldBefore,
	} {
		t.Run(call+"/"+string(at), func(t *testing.T) {
			team := newTeam(t)
			kind, spec, edit := "ec2.VPC", vpcSpec(), recut
			if strings.HasSuffix(call, "Group") {
				kind, spec, edit = "ec2.SecurityGroup", groupSpec("web", 443), redescribed
			}
			o := team.apply(t, kind, "it", spec)
			id := o.awaitSynced(t)
			o.replaceable(t)
			held := addRule(t, gateway.Rule{Action: gateway.Actions{call}, Account: team.account, Fault: at, Times: 1})
			o.patch(t, edit)
			if err := w.AWS.WaitHolding(t.Context(), held, soon); err != nil {
				t.Fatal(err)
			}
			killWorkers(t)
			endRule(t, held)
			o.wantOnly(t, team, o.awaitAnother(t, id))
			o.wantQuiet(t, team)
			deleteAll(t, o)
		})
	}
}

// While a replacement waits for the deletion of the old resource, each annotation that stops Tack keeps that
// resource. The deletion follows once the annotation is gone.
func TestReplacementStopped(t *testing.T) {
	t.Parallel()
	for annotation, value := range map[string]string{corev1alpha1.AnnotationReadOnly: "true", corev1alpha1.AnnotationPlanOnly: "true", atPause: paused} {
		t.Run(strings.TrimPrefix(annotation, "services.k8s.aws/"), func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			o := team.apply(t, "ec2.VPC", "it", vpcSpec())
			id := o.awaitSynced(t)
			o.replaceable(t)
			refused := addRule(t, gateway.Rule{
				Action: gateway.Actions{"DeleteVpc"}, Account: team.account, Fault: gateway.FaultError,
				Status: 400, Code: "DependencyViolation", Message: "The vpc '" + id + "' has dependencies and cannot be deleted.",
			})
			o.patch(t, recut)
			other := o.awaitAnother(t, id)
			o.awaitReplaced(t, "DependencyViolation")
			o.annotate(t, annotation, value)
			if value == paused {
				o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "Paused the object has the annotation "+atPause)
			} else {
				o.awaitReplaced(t, "so the old resource stays until somebody removes the annotation "+annotation)
			}
			endRule(t, refused)
			w.result(t, o.ref)
			mark := lastSeq(t)
			w.force(t, o.ref)
			w.result(t, o.ref)
			team.wantUntouched(t, mark)
			if n := len(w.vpcs(t, team.account)); n != 2 {
				t.Errorf("there are %d VPCs, want 2", n)
			}
			o.annotate(t, annotation, "")
			o.wantOnly(t, team, other)
			deleteAll(t, o)
		})
	}
}

// awaitReplaced waits until an object says why the resource that its present one replaces is still there.
func (o object) awaitReplaced(t *testing.T, why string) {
	t.Helper()
	o.await(t, "the advice "+why, soon, func(u *unstructured.Unstructured) bool {
		return strings.Contains(adviceOf(u)[resource.ReasonReplaced], why)
	})
}
