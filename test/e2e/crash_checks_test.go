package e2e

import (
	"slices"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
)

// check checks the requirements at the end of a row. Three more hold for every test, and newTeam
// checks them. No run failed, no workflow task failed except for a signal that arrived
// meanwhile, and every history replays.
func (r row) check(t *testing.T, team team, o object, mark int64) {
	t.Helper()
	second := r.mayMakeTwo() && len(o.creates(t)) == 2
	if second {
		r.awaitSwept(t, team, o)
	} else {
		o.wantOneAccepted(t)
	}
	want := 1
	if r.op == "delete" {
		want = 0
	}
	if n := r.sample.count(t, team.account); n != want {
		t.Errorf("there are %d in AWS, want %d", n, want)
	}
	if r.op == "delete" {
		o.wantFinalizerLast(t)
	} else {
		if !second {
			o.wantRecorded(t)
		}
		o.wantAsSpecified(t, team, r)
	}
	wantOnlyOurs(t, team, 0, o)
	if r.loses() || r.endsRun() {
		o.wantNoTaskTimedOut(t)
	}
}

// mayMakeTwo reports whether a delayed request may arrive after its replacement. The kind must be one
// for which AWS creates every requested resource.
func (r row) mayMakeTwo() bool {
	return r.what == delayedAtLast && r.step == r.sample.create && swept(r.sample.kind)
}

// swept reports whether Tack looks for a second resource of that kind.
func swept(name string) bool {
	for _, k := range append(ec2.Kinds(), iam.Kinds()...) {
		if k.Name() == name {
			return slices.Contains(k.Register(nowhere{}, &kind.Engine{}), name+"/"+resource.VerbSweep)
		}
	}
	return false
}

// nowhere is a registry that only collects the names.
type nowhere struct{}

func (nowhere) RegisterActivityWithOptions(any, activity.RegisterOptions) {}

// awaitSwept waits until one of two resources remains, the recorded one. The object reported the
// second.
func (r row) awaitSwept(t *testing.T, team team, o object) {
	t.Helper()
	o.awaitEvents(t, "SecondResource") // before it, AWS may hide the second resource
	o.await(t, "alone again", soon, func(*unstructured.Unstructured) bool { return r.sample.count(t, team.account) == 1 })
	id := o.awaitSynced(t)
	if len(r.sample.tags(t, team.account, id)) == 0 {
		t.Errorf("%s, which is recorded, was deleted", id)
	}
}

// wantOneAccepted checks that AWS accepted one create for the object.
func (o object) wantOneAccepted(t *testing.T) {
	t.Helper()
	if entries := o.creates(t); len(entries) != 1 {
		t.Errorf("AWS accepted %d creates, want 1: %+v\n%s", len(entries), entries, w.story(o.ref))
	}
}

// wantRecorded checks that the object has the id of its resource: in the claim, which Tack reads,
// and in the status, which people read.
func (o object) wantRecorded(t *testing.T) {
	t.Helper()
	u, creates := o.get(t), o.creates(t)
	if len(creates) == 0 || len(creates[0].Created) != 1 {
		t.Errorf("the journal has no create of %s: %+v", o.ref, creates)
		return
	}
	made := creates[0].Created[0]
	path := append([]string{"status"}, strings.Split(o.kind.IDField, ".")...)
	shown, _, _ := unstructured.NestedString(u.Object, path...)
	if known := level.Known(u, o.kind).ID; known != made || shown != made {
		t.Errorf("the claim has %q, the status %q; AWS created %s", known, shown, made)
	}
	if s := status(u, corev1alpha1.ConditionTypeResourceSynced); s != "True" {
		t.Errorf("%s is not synced: %s", o.ref, s)
	}
	if !slices.Contains(u.GetFinalizers(), o.kind.Finalizer()) {
		t.Errorf("%s has the finalizers %q, not ours", o.ref, u.GetFinalizers())
	}
}

// wantFinalizerLast checks that the run that released the object changed nothing in AWS after it
// removed the finalizer.
func (o object) wantFinalizerLast(t *testing.T) {
	t.Helper()
	acts := activitiesOf(w.history(t, o.ref.WorkflowID(), ""))
	last := slices.Index(acts, resource.KubeRemoveFinalizer)
	if last < 0 {
		return // another run removed it, and this run found the object gone
	}
	for _, name := range acts[last:] {
		if mutates(o.ref.Kind, name) {
			t.Errorf("%s was called after the finalizer was removed: %q", name, acts)
		}
	}
}

// wantOnlyOurs checks that Tack changed nothing in the account without our owner tags. This
// includes the default VPC and the resources that the test itself created. A create without tags
// shows only a digest of its owner: name the objects of such kinds.
func wantOnlyOurs(t *testing.T, team team, since int64, untagged ...object) {
	t.Helper()
	credentials, err := w.config(t, team.account).Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	entries, err := w.AWS.Journal(t.Context(), gateway.Query{Account: team.account, Since: since, Mutation: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		ours := strings.Contains(e.Owner, "/"+team.name+"/") || slices.ContainsFunc(untagged, func(o object) bool {
			return gateway.SameOwner(e.Owner, scenario.OwnerOf(o.ref))
		})
		if e.Accepted && e.AccessKeyID != credentials.AccessKeyID && !ours {
			t.Errorf("%s was sent for a resource that is not ours: owner %q, the request names %q", e.Action, e.Owner, e.Mentions)
		}
	}
}

// wantNoTaskTimedOut checks that no workflow task was lost in a row without a kill. A task that
// waits a second for the worker with the cached run goes to any worker.
func (o object) wantNoTaskTimedOut(t *testing.T) {
	t.Helper()
	for _, event := range w.history(t, o.ref.WorkflowID(), "").GetEvents() {
		if event.GetWorkflowTaskTimedOutEventAttributes().GetTimeoutType() == enumspb.TIMEOUT_TYPE_START_TO_CLOSE {
			t.Errorf("workflow task of event %d timed out\n%s", event.GetEventId(), w.story(o.ref))
		}
	}
}
