package e2e

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

const atTakeOver = corev1alpha1.AnnotationTakeOver

var takeOverObjects = flag.Int("takeover.objects", 60, "how many objects a restart in the middle of a take-over has")

// Objects of seven kinds that ACK left are taken over in place: AWS gets the owner tags and nothing
// else, and the specs stay. Later edits are applied.
func TestTakeOverFromACK(t *testing.T) {
	team := newTeam(t)
	left := ackMade(t, team)
	mark := lastSeq(t)
	restart(t, stack.Bridge, func() {
		for _, l := range left {
			l.apply(t)
		}
	})
	before := map[string]map[string]string{}
	for _, l := range left {
		l.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "OtherController")
		before[l.id] = sampleOf(l.kind.Name()).tags(t, team.account, l.id)
	}
	team.wantUntouched(t, mark)
	team.annotate(t, atTakeOver, "true")
	for _, l := range left {
		u := l.awaitTaken(t)
		if diff := cmp.Diff(l.spec, u.Object["spec"], ignoringLate(l)); diff != "" {
			t.Errorf("%s: the spec (-want +got):\n%s", l.ref, diff)
		}
		if got := level.ShownID(u, l.kind); got != l.id || !slices.Equal(u.GetFinalizers(), []string{l.kind.Finalizer()}) {
			t.Errorf("%s: the id is %s, the finalizers are %q", l.ref, got, u.GetFinalizers())
		}
		wantOnlyOwned(t, team, l, before[l.id])
	}
	team.wantOnlyTagged(t, mark)
	if n := len(team.mutationsSince(t, mark)); n != len(left) {
		t.Errorf("AWS was changed %d times, want once for each of %d objects", n, len(left))
	}
	team.annotate(t, atTakeOver, "")
	vpc := left[0]
	vpc.patch(t, retagged)
	vpc.awaitSynced(t)
	if got := ec2Tags(t, team.account, vpc.id)["team"]; got != "b" {
		t.Errorf("after an edit, the tag is %q", got)
	}
	backToACK(t, team, vpc, left[4], left[5])
	for _, l := range slices.Backward(left) {
		deleteAll(t, l.object)
	}
}

// An object of each kind is taken over in ACK's shape: from a status without what only Tack writes
// there, with ACK's finalizer and conditions.
func TestTakeOverEachKind(t *testing.T) {
	ofEachKind(t, func(t *testing.T, s sample, team team) {
		first := team.apply(t, s.kind, "first", s.spec())
		id := first.awaitSynced(t)
		w.result(t, first.ref)
		was := first.get(t)
		first.release(t)
		mark := lastSeq(t)
		l := ackObject{team.object(s.kind, "second"), id, was.Object["spec"].(fields), was.Object["status"].(fields), []string{first.kind.Finalizer()}}
		for field := range l.status {
			if resource.EngineOwned(field) && field != resource.StatusMetadata {
				delete(l.status, field)
			}
		}
		l.status["conditions"] = []any{ackCondition("ACK.ResourceSynced", "True"), ackCondition("Ready", "True")}
		// The annotation stands from the start: without an id, the object is not touched.
		l.applyWith(t, map[string]string{atTakeOver: "true"})
		l.awaitTaken(t)
		w.result(t, l.ref)
		team.wantOnlyTagged(t, mark)
		l.wantQuiet(t, team)
		if n := s.count(t, team.account); n != 1 {
			t.Errorf("there are %d in AWS, want 1", n)
		}
		deleteAll(t, l.object)
	})
}

// backToACK gives objects back to ACK, and takes them over again: the first while the bridge is stopped, the
// others in a paused namespace.
func backToACK(t *testing.T, team team, first ackObject, others ...ackObject) {
	t.Helper()
	restart(t, stack.Bridge, func() { first.giveBack(t, team) })
	first.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "OtherController")
	team.annotate(t, atPause, paused)
	for _, l := range others {
		l.giveBack(t, team)
		l.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "Paused namespace "+team.name)
	}
	mark := lastSeq(t)
	team.annotate(t, atPause, "")
	all := slices.Concat(others, []ackObject{first})
	for _, l := range all {
		l.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "OtherController")
	}
	team.wantUntouched(t, mark)
	for _, l := range all {
		l.annotate(t, atTakeOver, "true")
	}
	for _, l := range all {
		l.awaitTaken(t)
	}
	team.wantOnlyTagged(t, mark)
}

// giveBack removes what Tack wrote on an object, and does what ACK then does. ACK finds its finalizer, the
// id, the account and the Region where it left them, and removes the tags that the spec does not name.
func (l ackObject) giveBack(t *testing.T, team team) {
	t.Helper()
	l.patch(t, fmt.Sprintf(`{"metadata":{"annotations":{%q:null,%q:null}}}`, level.AnnotationClaim, atTakeOver))
	u := l.get(t)
	metadata, _, _ := unstructured.NestedStringMap(u.Object, "status", "ackResourceMetadata")
	if level.ShownID(u, l.kind) != l.id || metadata["ownerAccountID"] != team.account || metadata["region"] != stack.Region || !slices.Contains(u.GetFinalizers(), l.kind.Finalizer()) {
		t.Errorf("%s has the finalizers %q and the metadata %v", l.ref, u.GetFinalizers(), metadata)
	}
	var ours []string
	for key := range sampleOf(l.kind.Name()).tags(t, team.account, l.id) {
		if strings.Contains(key, "tack-") {
			ours = append(ours, key)
		}
	}
	if len(ours) == 0 {
		t.Errorf("%s has no owner tags", l.ref)
	}
	l.untag(t, team, ours...)
	l.writeStatus(t, l.status, level.Quiet+time.Minute)
}

// Bridge and workers die in the middle of the take-over of many objects. Each is taken over in the
// end, none is created, and AWS gets only tags.
func TestTakeOverSurvivesARestart(t *testing.T) {
	team := newTeam(t)
	var left []ackObject
	for i := range *takeOverObjects {
		if name := fmt.Sprintf("p%d", i); i%2 == 0 {
			left = append(left, ackPolicy(t, team, name))
		} else {
			left = append(left, ackVPC(t, team, name))
		}
	}
	mark := lastSeq(t)
	restart(t, stack.Bridge, func() {
		for _, l := range left {
			l.apply(t)
		}
	})
	team.annotate(t, atTakeOver, "true")
	limit := soon + time.Duration(len(left))*time.Second
	for deadline := time.Now().Add(limit); syncedIn(t, left[0])+syncedIn(t, left[1]) < len(left)/4; time.Sleep(time.Second) {
		if time.Now().After(deadline) {
			t.Fatal("a quarter of the objects is not taken over in time")
		}
	}
	restart(t, stack.Bridge, func() { killWorkers(t) })
	t.Logf("killed when %d of %d objects were taken over", syncedIn(t, left[0])+syncedIn(t, left[1]), len(left))
	for _, l := range left {
		l.await(t, "taken over", limit, l.isTaken)
	}
	team.wantOnlyTagged(t, mark)
	if vpcs, policies := len(w.vpcs(t, team.account)), len(w.policies(t, team.account)); vpcs+policies != len(left) {
		t.Errorf("there are %d VPCs and %d policies, want %d together", vpcs, policies, len(left))
	}
	for _, l := range left {
		l.delete(t)
	}
	for _, l := range left {
		if err := l.in().AwaitGone(within(t, limit)); err != nil {
			t.Fatal(err)
		}
	}
}

// syncedIn counts the objects of one kind, in the namespace of an object, that are taken over.
func syncedIn(t *testing.T, of ackObject) (n int) {
	t.Helper()
	persist(t, "listing the objects", func(int) error {
		all, err := of.client().List(t.Context(), metav1.ListOptions{})
		if err != nil {
			return err
		}
		n = 0
		for _, u := range all.Items {
			if synced, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusSyncedID); synced != "" {
				n++
			}
		}
		return nil
	})
	return n
}

// What ACK left broken: Tack creates nothing, and says what a person must do. These commands then help.
func TestTakeOverOfBrokenObjects(t *testing.T) {
	team := newTeam(t)
	const terminal = "ACK.Terminal"
	unrecorded, dropped := ackVPC(t, team, "unrecorded"), ackVPC(t, team, "dropped")
	elsewhere, untagged, second := ackVPC(t, team, "elsewhere"), ackVPC(t, team, "untagged"), ackVPC(t, team, "second")
	fixed, nameless := ackGroup(t, team, "fixed", ""), ackPolicy(t, team, "nameless")
	extra := ackVPC(t, team, "extra") // ACK made it for the object second, too
	double := second
	double.object = team.object("ec2.VPC", "double")
	unrecorded.status = fields{"ackResourceMetadata": unrecorded.status["ackResourceMetadata"], "conditions": []any{ackCondition(terminal, "True")}}
	nameless.status = fields{"ackResourceMetadata": fields{"ownerAccountID": team.account, "region": stack.Region}}
	dropped.finalizers, dropped.status["conditions"] = nil, []any{ackCondition(terminal, "True"), ackCondition("ACK.ResourceSynced", "False")}
	other := scenario.NewAccount()
	elsewhere.status["ackResourceMetadata"] = fields{"ownerAccountID": other, "region": stack.Region}
	fixed.spec, fixed.status["conditions"] = groupSpec("fixed", 443), []any{ackCondition(terminal, "True")}
	fixed.spec["tags"] = teamA()
	untagged.untag(t, team, "team")
	mark := lastSeq(t)
	restart(t, stack.Bridge, func() {
		for _, l := range []ackObject{unrecorded, dropped, elsewhere, untagged, second, fixed, nameless} {
			l.apply(t)
		}
	})
	team.annotate(t, atTakeOver, "true")
	dropped.awaitTaken(t)
	second.awaitTaken(t)
	for _, l := range []ackObject{unrecorded, nameless} {
		l.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "TakeOverWithoutID")
	}
	elsewhere.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "AccountChanged the status names "+elsewhere.id+" in account "+other)
	fixed.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "TakeOverDiffers "+fixed.id)
	fixed.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "Difference spec.ingressRules: the spec has ")
	untagged.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "TakeOverDiffers "+untagged.id)
	untagged.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "Difference spec.tags: the spec has ")
	restart(t, stack.Bridge, func() { double.apply(t) })
	double.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "OwnedByAnother")
	team.wantOnlyTagged(t, mark)
	if got := ec2Tags(t, team.account, extra.id); got[resource.TagOwner] != "" {
		t.Errorf("the second resource has the tags %v", got)
	}
	for _, l := range []ackObject{unrecorded, nameless} {
		for key, value := range l.adoptionOf(corev1alpha1.AdoptionPolicyAdoptOrCreate, l.id) {
			l.annotate(t, key, value.(string))
		}
		if got := l.awaitSynced(t); got != l.id {
			t.Errorf("%s has %s, want %s", l.ref, got, l.id)
		}
	}
	for _, l := range []ackObject{fixed, untagged} {
		l.annotate(t, atTakeOver, "false")
		l.awaitSynced(t)
	}
	if got := portsOf(w.groups(t, team.account)[0]); !slices.Equal(got, []int32{443}) {
		t.Errorf("the group allows the ports %v, want 443", got)
	}
	elsewhere.writeStatus(t, fields{"vpcID": elsewhere.id, "ackResourceMetadata": fields{"ownerAccountID": team.account, "region": stack.Region}}, level.Quiet+time.Minute)
	elsewhere.awaitTaken(t)
	double.release(t)
	deleteAll(t, unrecorded.object, dropped.object, elsewhere.object, untagged.object, second.object, fixed.object, nameless.object)
	if n := len(w.vpcs(t, team.account)); n != 1 {
		t.Errorf("there are %d VPCs, want only the extra one", n)
	}
}

// While ACK writes the status, the object is left alone, and a message names ACK and the time. When ACK
// has been silent for long enough, Tack takes the object over by itself.
func TestTakeOverWaitsForACKToStop(t *testing.T) {
	team := newTeam(t)
	l := ackVPC(t, team, "busy")
	mark := lastSeq(t)
	restart(t, stack.Bridge, func() {
		l.apply(t)
		l.writeStatus(t, l.status, 0)
	})
	l.annotate(t, atTakeOver, "true")
	l.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "TakeOverActive "+scenario.ACKManager+" wrote the status of the object at ")
	team.wantUntouched(t, mark)
	l.writeStatus(t, l.status, level.Quiet+time.Minute)
	l.awaitTaken(t)
	deleteAll(t, l.object)
}

// The starter first reports what a take-over would do, without a write, and then takes over. What needs
// a person stays.
func TestImportFromACK(t *testing.T) {
	team := newTeam(t)
	left := ackMade(t, team)
	differs, nameless := ackVPC(t, team, "differs"), ackVPC(t, team, "nameless")
	differs.untag(t, team, "team")
	nameless.status = fields{"ackResourceMetadata": fields{"ownerAccountID": team.account, "region": stack.Region}}
	restart(t, stack.Bridge, func() {
		for _, l := range append(slices.Clone(left), differs, nameless) {
			l.apply(t)
		}
	})
	left[0].awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "OtherController")
	mark := lastSeq(t)
	report := failingStarter(t, "import", "--dry-run", "--namespace="+team.name)
	for _, line := range []string{
		"VPC " + team.name + "/main: " + left[0].id + " in account " + team.account + ", Region " + stack.Region + "\n  writes: ec2:CreateTags: ",
		"Subnet " + team.name + "/a: " + left[3].id + " in account ", "  waits: VPC " + team.name + "/main must be taken over first\n",
		"VPC " + team.name + "/differs: " + differs.id, "  differs: spec.tags: the spec has ",
		"VPC " + team.name + "/nameless: no id", "  needs a person: TakeOverWithoutID: ",
		"9 objects of another controller: 2 need a person. Nothing was written\n",
	} {
		if !strings.Contains(report, line) {
			t.Errorf("the report lacks %q:\n%s", line, report)
		}
	}
	team.wantUntouched(t, mark)
	if got := left[0].get(t).GetAnnotations()[atTakeOver]; got != "" {
		t.Errorf("the report annotated the VPC with %q", got)
	}
	if report := failingStarter(t, "import", "--namespace="+team.name); !strings.Contains(report, "9 objects of another controller: Tack takes over 8, 1 needs a person\n") {
		t.Errorf("the import reports:\n%s", report)
	}
	for _, l := range left {
		l.awaitTaken(t)
	}
	differs.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "TakeOverDiffers")
	team.wantOnlyTagged(t, mark)
	nameless.annotate(t, atTakeOver, "true")
	deleteAll(t, differs.object, nameless.object)
	for _, l := range slices.Backward(left) {
		deleteAll(t, l.object)
	}
}

// failingStarter runs a command of the starter that leaves something to a person.
func failingStarter(t *testing.T, args ...string) string {
	t.Helper()
	out, err := starterWith(t, args...)
	if err == nil {
		t.Errorf("starter %q needs no person:\n%s", args, out)
	}
	return out
}

// An object that ACK left and that is being deleted goes, with the resource that its status names.
func TestTakeOverOfADeletion(t *testing.T) {
	team := newTeam(t)
	l := ackVPC(t, team, "going")
	restart(t, stack.Bridge, func() {
		l.apply(t)
		l.delete(t)
	})
	l.annotate(t, atTakeOver, "true")
	l.awaitGone(t)
	if n := len(w.vpcs(t, team.account)); n != 0 {
		t.Errorf("there are %d VPCs, want none", n)
	}
}

// ignoringLate leaves out the fields that late initialization adds to a spec.
func ignoringLate(l ackObject) cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		at, isField := p.Last().(cmp.MapIndex)
		if !isField || len(p) != 2 {
			return false
		}
		_, set := l.spec[at.Key().String()]
		return !set
	}, cmp.Ignore())
}

// wantOnlyOwned checks that a resource got the owner tags and no other.
func wantOnlyOwned(t *testing.T, team team, l ackObject, before map[string]string) {
	t.Helper()
	after := sampleOf(l.kind.Name()).tags(t, team.account, l.id)
	maps.DeleteFunc(after, func(key, _ string) bool { return strings.Contains(key, "tack-") && before[key] == "" })
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("%s: its tags but the owner tags (-before +after):\n%s", l.ref, diff)
	}
}
