package e2e

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

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
