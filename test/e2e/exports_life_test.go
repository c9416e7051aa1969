package e2e

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
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
	written := firstSeen(t, to.client(), func(u *unstructured.Unstructured) bool {
		value, _, _ := unstructured.NestedString(u.Object, "data", team.name+".vpc-id")
		return value != ""
	})
	vpc.create(t, vpcSpec())
	vpcID := vpc.awaitSynced(t)
	at := <-recorded
	t.Logf("exported %v after the id was recorded", (<-written).Sub(at))
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
	patch := []byte(mergePatch(t, fields{"metadata": fields{"finalizers": []any{"finalizers.services.k8s.aws/FieldExport"}}}))
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

// The bridge continues after a restart: it writes what is missing and leaves the rest alone.
func TestFieldExportsAcrossARestart(t *testing.T) {
	team := newTeam(t)
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	id := vpc.awaitSynced(t)
	quiet, emptied := configMapIn(team.name, "quiet"), configMapIn(team.name, "emptied")
	for _, to := range []keys{quiet, emptied} {
		to.create(t, "", "")
		vpc.export(t, team, to.name, ".status.vpcID", fields{"name": to.name, "key": "id"}).awaitShown(t, "", "")
	}
	before := quiet.version(t)
	added := configMapIn(team.name, "added")
	restart(t, stack.Bridge, func() {
		emptied.set(t, "id", nil)
		added.create(t, "", "")
		vpc.export(t, team, added.name, ".status.vpcID", fields{"name": added.name, "key": "id"})
	})
	emptied.awaitKey(t, "id", id)
	added.awaitKey(t, "id", id)
	if after := quiet.version(t); after != before {
		t.Errorf("the complete ConfigMap changed from version %s to %s", before, after)
	}
}

func (k keys) version(t *testing.T) string {
	t.Helper()
	u, err := k.client().Get(t.Context(), k.name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return u.GetResourceVersion()
}

// With the flag and the optional permissions, a key of a Secret is written, and nothing else of it
// changes. Without the permissions, the FieldExport names them.
func TestFieldExportsToSecrets(t *testing.T) {
	team := newTeam(t)
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	id := vpc.awaitSynced(t)
	to := secretIn(team.name, "credentials")
	to.create(t, "password", "unknown")
	bridge := w.Part(stack.Bridge)
	if err := bridge.Kill(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := bridge.Kill(); err != nil {
			t.Error(err)
		}
		if err := bridge.Start(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := bridge.StartWith(t.Context(), "--export-secrets"); err != nil {
		t.Fatal(err)
	}
	e := vpc.export(t, team, "to-secret", ".status.vpcID", fields{"name": to.name, "kind": "secret", "key": "vpc"})
	e.awaitShown(t, resource.ReasonTargetNotWritable, "config/rbac-optional/export-secrets.yaml")
	applyOptional(t)
	to.awaitKey(t, "vpc", id)
	e.awaitShown(t, "", "")
	to.wantKey(t, "password", "unknown")
	to.set(t, "vpc", base64.StdEncoding.EncodeToString([]byte("edited")))
	e.awaitShown(t, resource.ReasonKeyOwned, "field manager somebody")
	to.set(t, "vpc", nil)
	to.awaitKey(t, "vpc", id)
	to.delete(t)
	e.awaitShown(t, resource.ReasonTargetNotFound, "Secret "+team.name+"/credentials does not exist")
}

// applyOptional gives the bridge the optional permissions until the end of the test.
func applyOptional(t *testing.T) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "config", "rbac-optional", "export-secrets.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for doc := range strings.SplitSeq(string(raw), "\n---\n") {
		m := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(doc), &m.Object); err != nil {
			t.Fatal(err)
		}
		gvr, _ := meta.UnsafeGuessKindToResource(m.GroupVersionKind())
		objects := w.Kube.Resource(gvr)
		if _, err := objects.Create(t.Context(), m, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := objects.Delete(context.Background(), m.GetName(), metav1.DeleteOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
}
