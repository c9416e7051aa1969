package e2e

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// loseObjects removes objects as if their cluster were lost: the bridge sees no deletion.
func loseObjects(t *testing.T, all []object, then func()) {
	t.Helper()
	restart(t, stack.Bridge, func() {
		for _, o := range all {
			o.patch(t, `{"metadata":{"finalizers":null}}`)
			o.delete(t)
			o.awaitGone(t)
		}
		then()
	})
}

// The objects are lost with their cluster. Their manifests are applied again, or they are restored
// from a backup with a new uid, with or without the status. Tack finds their resources by the tags
// and adopts them. It creates nothing.
func TestObjectsLostAndAppliedAgain(t *testing.T) {
	all, ids := oneOfEachKind(t)
	backups := map[string]*unstructured.Unstructured{}
	for i, o := range all {
		if i%2 == 1 {
			backups[o.ref.String()] = o.get(t)
		}
	}
	loseObjects(t, all, func() {
		for i, o := range all {
			if backup := backups[o.ref.String()]; backup != nil {
				o.restore(t, backup)
				if i%4 == 1 {
					o.restoreStatus(t, backup)
				}
			} else {
				o.create(t, samples()[i].spec())
			}
		}
	})
	for i, o := range all {
		if samples()[i].tagless { // nothing in AWS says whose it is
			o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", ids[i])
			o.delete(t)
			o.awaitGone(t)
			continue
		}
		if id := o.awaitSynced(t); id != ids[i] {
			t.Errorf("%s was %s and is %s now", o.ref, ids[i], id)
		}
		o.wantRecorded(t)
		o.wantOneAccepted(t)
		o.wantTaggedUID(t, samples()[i])
		o.delete(t)
		o.awaitGone(t)
		if n := samples()[i].count(t, accountOf(o)); n != 0 {
			t.Errorf("%s: %d remain in AWS", o.ref, n)
		}
	}
}

// oneOfEachKind returns settled objects, each in its own account, and their ids.
func oneOfEachKind(t *testing.T) (all []object, ids []string) {
	t.Helper()
	for i, team := range prepareAll(t, samples()) {
		s := samples()[i]
		all = append(all, team.apply(t, s.kind, "kept", s.spec()))
	}
	for _, o := range all {
		ids = append(ids, o.awaitSynced(t))
		w.result(t, o.ref)
	}
	return all, ids
}

// accountOf returns the account of a team's object: see newTeam.
func accountOf(o object) string { return strings.TrimPrefix(o.ref.Namespace, "team-") }

// restore creates the object from a backup: with its annotations, but without its uid and status.
func (o object) restore(t *testing.T, backup *unstructured.Unstructured) {
	t.Helper()
	u := &unstructured.Unstructured{Object: fields{"spec": backup.Object["spec"]}}
	u.SetAPIVersion(backup.GetAPIVersion())
	u.SetKind(backup.GetKind())
	u.SetName(backup.GetName())
	u.SetNamespace(backup.GetNamespace())
	u.SetAnnotations(backup.GetAnnotations())
	u.SetFinalizers(backup.GetFinalizers())
	persist(t, "restoring "+o.ref.String(), func(int) error {
		_, err := o.client().Create(t.Context(), u, metav1.CreateOptions{})
		return err
	})
}

// wantTaggedUID checks that an adopted resource is tagged with the uid of its current object.
func (o object) wantTaggedUID(t *testing.T, s sample) {
	t.Helper()
	u := o.get(t)
	if got := resource.OwnershipOf(s.tags(t, accountOf(o), level.Known(u, o.kind).ID)).UID; got != string(u.GetUID()) {
		t.Errorf("%s has uid %s, its resource is tagged %q", o.ref, u.GetUID(), got)
	}
}

// A backup may be older than AWS: it names a resource that is gone and has a successor. Tack adopts
// the successor.
func TestBackupOlderThanTheResource(t *testing.T) {
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "old", vpcSpec())
	first := o.awaitSynced(t)
	w.result(t, o.ref)
	backup := o.get(t)
	sampleOf("ec2.VPC").removeInAWS(t, team.account, first)
	w.force(t, o.ref)
	o.await(t, "created again", soon, func(u *unstructured.Unstructured) bool {
		id := level.Known(u, o.kind).ID
		return len(o.creates(t)) == 2 && id != "" && id != first // in between, claim and status disagree
	})
	second := o.awaitSynced(t)
	w.result(t, o.ref)
	loseObjects(t, []object{o}, func() { o.restore(t, backup) })
	if id := o.awaitSynced(t); id != second {
		t.Errorf("it is %s, want %s, the successor of %s", id, second, first)
	}
	if n := len(o.creates(t)); n != 2 || len(w.vpcs(t, team.account)) != 1 {
		t.Errorf("AWS accepted %d creates, and there are %d VPCs", n, len(w.vpcs(t, team.account)))
	}
}

// Temporal's database is lost. Claims, recorded ids and tags are enough to continue, for settled
// objects, for creates with an unknown outcome, and for deletions in progress.
func TestTemporalDatabaseLost(t *testing.T) {
	settled, ids := oneOfEachKind(t)
	var unclear, going []object
	var rules []string
	var begin []func()
	teams := prepareAll(t, slices.Repeat(samples(), 3))
	for i, s := range samples() {
		for n, fault := range []gateway.Fault{gateway.FaultHoldBefore, gateway.FaultHoldAfter} {
			team := teams[n*len(samples())+i]
			o := team.object(s.kind, "unclear")
			rules, unclear = append(rules, hold(t, team, s.create, fault).id), append(unclear, o)
			begin = append(begin, func() { o.create(t, s.spec()) })
		}
		team := teams[2*len(samples())+i]
		o := team.apply(t, s.kind, "going", s.spec())
		o.awaitDone(t, "create")
		rules, going = append(rules, hold(t, team, deletionOf(s.create), gateway.FaultHoldBefore).id), append(going, o)
		begin = append(begin, func() { o.delete(t) })
	}
	for _, step := range begin { // at once: no worker waits longer than ten seconds for an answer
		step()
	}
	for _, rule := range rules {
		if err := w.AWS.WaitHit(t.Context(), rule, soon); err != nil {
			t.Fatal(err)
		}
	}
	loseDatabase(t)
	for _, rule := range rules {
		endRule(t, rule)
	}
	for i, o := range settled {
		if id := level.Known(o.get(t), o.kind).ID; id != ids[i] {
			t.Errorf("%s was %s and is %s now", o.ref, ids[i], id)
		}
		w.force(t, o.ref)
		w.result(t, o.ref)
		o.awaitSynced(t)
		o.wantOneAccepted(t)
	}
	for _, o := range unclear {
		o.wantOneCreate(t, o.awaitSynced(t))
	}
	for i, o := range going {
		o.awaitGone(t)
		if n := samples()[i].count(t, accountOf(o)); n != 0 {
			t.Errorf("%s: %d remain in AWS", o.ref, n)
		}
	}
}

// loseDatabase kills Temporal and the workers, removes its database, and restarts everything. The
// bridge restarts too, because it wakes all unsettled objects at its start.
func loseDatabase(t *testing.T) {
	t.Helper()
	parts := []string{stack.Temporal, stack.Bridge, "worker-1", "worker-2"}
	for _, name := range parts {
		if err := w.Part(name).Kill(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(w.Dir, "data", "temporal-*.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no database: %v", err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range parts {
		if err := w.Part(name).Start(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SetCurrent(context.Background()); err != nil {
		t.Fatal(err)
	}
}
