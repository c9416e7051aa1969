package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// A FieldExport follows its object: it waits for the object, copies the id when it is recorded,
// and follows a change. It keeps the key when object and FieldExport are deleted.
func TestFieldExport(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	to := configMapIn(team.name, "network")
	to.create(t, "other", "stays")
	vpc := team.object("ec2.VPC", "main")
	id := vpc.export(t, team, "vpc-id", ".status.vpcID", fields{"name": to.name})
	tag := vpc.export(t, team, "tag", `.spec.tags[] | select(.key == "class") | .value`, fields{"name": to.name, "key": "class"})
	id.awaitShown(t, resource.ReasonSourceNotFound, "VPC "+team.name+"/main does not exist")
	recorded := firstSeen(t, vpc.client(), func(u *unstructured.Unstructured) bool {
		shown, _, _ := unstructured.NestedString(u.Object, "status", "vpcID")
		return shown != ""
	})
	settled := firstSeen(t, vpc.client(), scenario.Synced)
	written := firstSeen(t, to.client(), func(u *unstructured.Unstructured) bool {
		value, _, _ := unstructured.NestedString(u.Object, "data", team.name+".vpc-id")
		return value != ""
	})
	vpc.create(t, vpcSpec())
	vpcID := vpc.awaitSynced(t)
	first, second, third := <-recorded, <-settled, <-written
	t.Logf("exported %v after the id was recorded, and %v after the object was Synced", third.Sub(first), third.Sub(second))
	to.awaitKey(t, team.name+".vpc-id", vpcID)
	id.awaitShown(t, "", "")

	tag.awaitShown(t, resource.ReasonFieldNotSet, "cannot iterate over: null")
	for _, class := range []string{"gold", "silver"} {
		vpc.patch(t, mergePatch(t, fields{"spec": fields{"tags": []any{fields{"key": "class", "value": class}}}}))
		to.awaitKey(t, "class", class)
		tag.awaitShown(t, "", "")
	}

	deleteAll(t, vpc)
	id.awaitShown(t, resource.ReasonSourceNotFound, "does not exist")
	to.wantKey(t, team.name+".vpc-id", vpcID)
	wantFinalizerRemoved(t, id)
	tag.delete(t)
	to.wantKey(t, "class", "silver")
	to.wantKey(t, "other", "stays")
}

// wantFinalizerRemoved deletes a FieldExport that ACK served before.
func wantFinalizerRemoved(t *testing.T, e exported) {
	t.Helper()
	patch := []byte(mergePatch(t, fields{"metadata": fields{"finalizers": []any{finalizerOfACK}}}))
	if _, err := exportsIn(e.team.name).Patch(t.Context(), e.name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	e.delete(t)
	eventually(t, func() string { return "the FieldExport with ACK's finalizer is still there" }, func(ctx context.Context) bool {
		list, err := exportsIn(e.team.name).List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + e.name})
		return err == nil && len(list.Items) == 0
	})
}

// firstSeen returns the time at which a watch first shows an object that fits.
func firstSeen(t *testing.T, client dynamic.ResourceInterface, fits func(*unstructured.Unstructured) bool) <-chan time.Time {
	t.Helper()
	seen := make(chan time.Time, 1)
	events, err := client.Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(events.Stop)
	go func() {
		for event := range events.ResultChan() {
			if u, ok := event.Object.(*unstructured.Unstructured); ok && event.Type != watch.Deleted && fits(u) {
				seen <- time.Now()
				return
			}
		}
		close(seen)
	}()
	return seen
}

// The target may come later, disappear, be edited, or belong to something else. The FieldExport says
// so, overwrites nothing, and writes as soon as it can.
func TestFieldExportAndItsTarget(t *testing.T) {
	t.Parallel()
	team, other := newTeam(t), newTeam(t)
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	id := vpc.awaitSynced(t)

	t.Run("made later, deleted, made again", func(t *testing.T) {
		to := configMapIn(team.name, "late")
		e := vpc.export(t, team, "late", ".status.vpcID", fields{"name": to.name, "key": "id"})
		for range 2 {
			e.awaitShown(t, resource.ReasonTargetNotFound, "ConfigMap "+team.name+"/late does not exist")
			to.create(t, "", "")
			to.awaitKey(t, "id", id)
			e.awaitShown(t, "", "")
			to.delete(t)
		}
	})
	t.Run("key of somebody else", func(t *testing.T) {
		to := configMapIn(team.name, "owned")
		to.create(t, "id", "theirs")
		e := vpc.export(t, team, "owned", ".status.vpcID", fields{"name": to.name, "key": "id"})
		e.awaitShown(t, resource.ReasonKeyOwned, "field manager author")
		to.wantKey(t, "id", "theirs")
		to.set(t, "id", nil)
		to.awaitKey(t, "id", id)
		to.set(t, "id", "edited")
		e.awaitShown(t, resource.ReasonKeyOwned, "field manager somebody")
		to.wantKey(t, "id", "edited")
		to.set(t, "id", id)
		e.awaitShown(t, "", "")
	})
	t.Run("two for one key", func(t *testing.T) {
		to := configMapIn(team.name, "shared")
		to.create(t, "", "")
		first := vpc.export(t, team, "first", ".status.vpcID", fields{"name": to.name, "key": "id"})
		first.awaitShown(t, "", "")
		second := vpc.export(t, team, "second", ".status.state", fields{"name": to.name, "key": "id"})
		second.awaitShown(t, resource.ReasonKeyOwned, "FieldExport "+team.name+"/first writes key id")
		to.wantKey(t, "id", id)
		first.delete(t)
		to.awaitKey(t, "id", "available")
		second.awaitShown(t, "", "")
	})
	t.Run("another namespace", func(t *testing.T) {
		to := configMapIn(other.name, "from-team")
		to.create(t, "", "")
		vpc.export(t, team, "across", ".status.vpcID", fields{"name": to.name, "namespace": to.namespace})
		to.awaitKey(t, team.name+".across", id)
		roles := vpc.export(t, team, "roles", ".status.vpcID", fields{"name": corev1alpha1.ConfigMapRoleAccountMap, "namespace": stack.SystemNamespace})
		roles.awaitShown(t, resource.ReasonCrossNamespace, "holds the role maps")
	})
	t.Run("secret without the flag", func(t *testing.T) {
		to := secretIn(team.name, "refused")
		to.create(t, "", "")
		e := vpc.export(t, team, "refused", ".status.vpcID", fields{"name": to.name, "kind": "secret"})
		e.awaitShown(t, resource.ReasonSecretExportsOff, "--export-secrets")
		to.wantKey(t, team.name+".refused", "")
	})
	t.Run("immutable", func(t *testing.T) {
		to := configMapIn(team.name, "fixed")
		to.create(t, "id", "")
		to.set(t, "id", nil)
		if _, err := to.client().Patch(t.Context(), to.name, types.MergePatchType, []byte(`{"immutable":true}`), metav1.PatchOptions{}); err != nil {
			t.Fatal(err)
		}
		e := vpc.export(t, team, "fixed", ".status.vpcID", fields{"name": to.name, "key": "id"})
		e.awaitShown(t, resource.ReasonTargetRefused, "immutable")
	})
}

// Many FieldExports write to one ConfigMap at the same time. No key is lost.
func TestManyFieldExportsIntoOneConfigMap(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	id := vpc.awaitSynced(t)
	to := configMapIn(team.name, "all")
	var all []exported
	for n := range crowd {
		all = append(all, vpc.export(t, team, fmt.Sprintf("export-%d", n), ".status.vpcID", fields{"name": to.name}))
	}
	all[crowd-1].awaitShown(t, resource.ReasonTargetNotFound, "")
	began := time.Now()
	to.create(t, "", "")
	for _, e := range all {
		to.awaitKey(t, team.name+"."+e.name, id)
	}
	t.Logf("%d keys written within %v", crowd, time.Since(began))
	for _, e := range all {
		e.awaitShown(t, "", "")
	}
}
