package e2e

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
)

// letGo annotates an object so that it releases its resource.
func (o object) letGo(t *testing.T, how, id string) {
	t.Helper()
	o.patch(t, mergePatch(t, fields{"metadata": fields{"annotations": fields{corev1alpha1.AnnotationLetGo: how + ":" + id}}}))
}

// A namespace moves to another account. Existing resources stay until a user releases them, with
// delete or retain; then Tack creates them in the new account, once. New objects get their
// resources there at once.
func TestNamespaceMovedToAnotherAccount(t *testing.T) {
	t.Parallel()
	for _, s := range []sample{sampleOf("ec2.VPC"), sampleOf("iam.Policy")} {
		for _, how := range []string{"delete", "retain"} {
			t.Run(s.kind+" "+how, func(t *testing.T) {
				t.Parallel()
				team := newTeam(t)
				to := team.elsewhere(t, "account")
				o := team.apply(t, s.kind, "one", s.spec())
				id := o.awaitSynced(t)
				team.moves(t, o, id, to)
				beside := team.apply(t, "ec2.InternetGateway", "beside", fields{})
				beside.awaitSynced(t) // the rest of the namespace is not delayed

				o.letGo(t, how, id)
				o.wantMoved(t, s, id, to.was, to.is)
				wantLeft(t, s, how, team.account, id)
				o.delete(t)
				o.awaitGone(t)
				if n := s.count(t, to.account); n != 0 {
					t.Errorf("%d remain in the other account", n)
				}
			})
		}
	}
}

// wantMoved waits until a released resource has a successor in the other account, created once.
func (o object) wantMoved(t *testing.T, s sample, id, from, to string) {
	t.Helper()
	o.await(t, "created in the other account", soon, func(u *unstructured.Unstructured) bool {
		known := level.Known(u, o.kind)
		return known.Account == to && known.ID != "" && known.ID != id && status(u, corev1alpha1.ConditionTypeResourceSynced) == "True"
	})
	entries := o.creates(t)
	if len(entries) != 2 || entries[0].Account != from || entries[1].Account != to {
		t.Errorf("creates of %s: %+v, want one in each account", s.kind, entries)
	}
	o.awaitEvents(t, "LetGo")
}

// wantLeft checks the first account: the resources that remain, and that they have no owner tags
// any more.
func wantLeft(t *testing.T, s sample, how, account, id string) {
	t.Helper()
	left := map[string]int{"delete": 0, "retain": 1}[how]
	if n := s.count(t, account); n != left {
		t.Errorf("%d remain in the first account, want %d", n, left)
	}
	if left == 0 {
		return
	}
	for key := range s.tags(t, account, id) {
		if strings.HasPrefix(key, "services.k8s.aws/tack-") {
			t.Errorf("the retained resource still carries %s", key)
		}
	}
}

// elsewhere is another place that a namespace may name by an annotation.
type elsewhere struct{ annotation, was, is, account, reason, message string }

// elsewhere returns another mapped account, or a Region.
func (team team) elsewhere(t *testing.T, what string) elsewhere {
	t.Helper()
	if what == "Region" {
		return elsewhere{corev1alpha1.AnnotationDefaultRegion, "us-west-2", "eu-west-1", team.account, "RegionChanged", " is in Region us-west-2"}
	}
	other := scenario.NewAccount()
	w.mapRole(t, other, scenario.RoleIn(other))
	return elsewhere{corev1alpha1.AnnotationOwnerAccountID, team.account, other, other, "AccountChanged", " is in account " + team.account}
}

// moves changes the account or Region of a namespace while an object has an id. The object reports
// it, and Tack makes no call for it.
func (team team) moves(t *testing.T, o object, id string, to elsewhere) {
	t.Helper()
	w.result(t, o.ref)
	mark := lastSeq(t)
	w.annotateNamespace(t, team.name, to.annotation, to.is)
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", to.reason)
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", id+to.message)
	o.awaitEvents(t, "Blocked")
	w.result(t, o.ref)
	for _, account := range []string{team.account, to.account} {
		if calls := callsSince(t, account, mark); len(calls) > 0 {
			t.Errorf("account %s was called: %q", account, calls)
		}
	}
}

// Restoring the annotation also ends the conflict: nothing changed in AWS.
func TestNamespaceMovedAndBack(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"account", "Region"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			to := team.elsewhere(t, what)
			o := team.apply(t, "ec2.VPC", "main", vpcSpec())
			id := o.awaitSynced(t)
			team.moves(t, o, id, to)
			w.annotateNamespace(t, team.name, to.annotation, to.was)
			o.wantOneCreate(t, o.awaitSynced(t))
		})
	}
}

// A deletion happens where the resource is, independent of what the namespace names.
func TestDeletedAfterTheNamespaceMoved(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"account", "Region"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			o := team.apply(t, "ec2.VPC", "main", vpcSpec())
			id := o.awaitSynced(t)
			team.moves(t, o, id, team.elsewhere(t, what))
			o.delete(t)
			o.awaitGone(t)
			if n := len(w.vpcs(t, team.account)); n != 0 {
				t.Errorf("%d VPCs remain in the first account", n)
			}
		})
	}
}

// A Region works like an account: a released resource, deleted or retained, is created in the other
// Region, once.
func TestNamespaceMovedToAnotherRegion(t *testing.T) {
	t.Parallel()
	for how, left := range map[string]int{"delete": 0, "retain": 1} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			to := team.elsewhere(t, "Region")
			o := team.apply(t, "ec2.VPC", "main", vpcSpec())
			id := o.awaitSynced(t)
			team.moves(t, o, id, to)
			team.apply(t, "ec2.InternetGateway", "beside", fields{}).awaitSynced(t)
			o.letGo(t, how, id)
			o.await(t, "created in the other Region", soon, func(u *unstructured.Unstructured) bool {
				known := level.Known(u, o.kind)
				return known.Region == to.is && known.ID != "" && status(u, corev1alpha1.ConditionTypeResourceSynced) == "True"
			})
			if entries := o.creates(t); len(entries) != 2 || entries[0].Region != to.was || entries[1].Region != to.is {
				t.Errorf("creates: %+v, want one in each Region", entries)
			}
			if n := len(w.vpcs(t, team.account)); n != left {
				t.Errorf("%d VPCs remain in the first Region, want %d", n, left)
			}
		})
	}
}
