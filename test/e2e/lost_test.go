package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// loseObjects has objects vanish as with their cluster: the bridge sees nothing of it.
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

// The objects are gone with their cluster, and their manifests are applied again,
// or they are restored from a backup, with a new uid, and with or without the status:
// what they own is found by its tags and adopted. Nothing is made.
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
		if id := o.awaitSynced(t); id != ids[i] {
			t.Errorf("%s was %s and is %s now", o.ref, ids[i], id)
		}
		o.wantRecorded(t)
		o.wantOneAccepted(t)
		o.wantTaggedUID(t, samples()[i])
		o.delete(t)
		o.awaitGone(t)
		if n := samples()[i].count(t, accountOf(o)); n != 0 {
			t.Errorf("%s: %d left in AWS", o.ref, n)
		}
	}
}

// oneOfEachKind are settled objects, each in an account of its own, and their ids.
func oneOfEachKind(t *testing.T) (all []object, ids []string) {
	t.Helper()
	for _, s := range samples() {
		team := newTeam(t)
		s.prepare(t, team)
		all = append(all, team.apply(t, s.kind, "kept", s.spec()))
	}
	for _, o := range all {
		ids = append(ids, o.awaitSynced(t))
		w.result(t, o.ref)
	}
	return all, ids
}

// accountOf is the account of a team's object: see newTeam.
func accountOf(o object) string { return strings.TrimPrefix(o.ref.Namespace, "team-") }

// restore makes the object as a backup has it: with its annotations, but without
// its uid and status.
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

// wantTaggedUID checks that what was taken up carries the uid of the object that
// has it now.
func (o object) wantTaggedUID(t *testing.T, s sample) {
	t.Helper()
	u := o.get(t)
	if got := resource.OwnershipOf(s.tags(t, accountOf(o), kube.Known(u, o.kind).ID)).UID; got != string(u.GetUID()) {
		t.Errorf("%s has uid %s, its resource is tagged %q", o.ref, u.GetUID(), got)
	}
}

// A backup may be older than what is in AWS: it tells of a resource that is gone,
// and that another has followed since. That one is taken up.
func TestBackupOlderThanTheResource(t *testing.T) {
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "old", vpcSpec())
	first := o.awaitSynced(t)
	w.result(t, o.ref)
	backup := o.get(t)
	vpcSample().removeInAWS(t, team.account, first)
	w.force(t, o.ref)
	o.await(t, "made again", soon, func(u *unstructured.Unstructured) bool {
		return len(o.creates(t)) == 2 && kube.Known(u, o.kind).ID != first
	})
	second := o.awaitSynced(t)
	w.result(t, o.ref)
	loseObjects(t, []object{o}, func() { o.restore(t, backup) })
	if id := o.awaitSynced(t); id != second {
		t.Errorf("it is %s, want %s, which followed %s", id, second, first)
	}
	if n := len(o.creates(t)); n != 2 || len(w.vpcs(t, team.account)) != 1 {
		t.Errorf("%d creates were accepted, and there are %d VPCs", n, len(w.vpcs(t, team.account)))
	}
}

// Temporal's database is lost: claims, recorded ids and tags are enough to go on,
// for what is settled, for creates of which nobody knows how they ended, and for
// deletions that have begun.
func TestTemporalDatabaseLost(t *testing.T) {
	settled, ids := oneOfEachKind(t)
	var unclear, going []object
	var rules []string
	var begin []func()
	for _, s := range samples() {
		for _, fault := range []gateway.Fault{gateway.FaultHoldBefore, gateway.FaultHoldAfter} {
			team := newTeam(t)
			s.prepare(t, team)
			o := team.object(s.kind, "unclear")
			rules, unclear = append(rules, hold(t, team, s.create, fault).id), append(unclear, o)
			begin = append(begin, func() { o.create(t, s.spec()) })
		}
		team := newTeam(t)
		s.prepare(t, team)
		o := team.apply(t, s.kind, "going", s.spec())
		o.awaitDone(t, "create")
		rules, going = append(rules, hold(t, team, deletionOf(s.create), gateway.FaultHoldBefore).id), append(going, o)
		begin = append(begin, func() { o.delete(t) })
	}
	for _, step := range begin { // at once: no worker waits longer than ten seconds for an answer
		step()
	}
	for _, rule := range rules {
		if err := w.aws.WaitHit(t.Context(), rule, soon); err != nil {
			t.Fatal(err)
		}
	}
	loseDatabase(t)
	for _, rule := range rules {
		release(t, rule)
	}
	for i, o := range settled {
		if id := kube.Known(o.get(t), o.kind).ID; id != ids[i] {
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
			t.Errorf("%s: %d left in AWS", o.ref, n)
		}
	}
}

// loseDatabase kills Temporal and the workers, removes its database, and starts
// everything again, the bridge too: it is the bridge that wakes at its start what
// is not settled.
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
