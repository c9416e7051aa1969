package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// cluster is a reader of objects by "<resource>/<namespace>/<name>".
type cluster map[string]map[string]any

func (c cluster) Get(_ context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	object, ok := c[gvr.Resource+"/"+namespace+"/"+name]
	if !ok {
		return nil, apierrors.NewNotFound(gvr.GroupResource(), name)
	}
	return (&unstructured.Unstructured{Object: object}).DeepCopy(), nil
}

func (c cluster) List(_ context.Context, gvr schema.GroupVersionResource) (all []*unstructured.Unstructured, _ error) {
	for _, key := range slices.Sorted(maps.Keys(c)) {
		if strings.HasPrefix(key, gvr.Resource+"//") {
			all = append(all, (&unstructured.Unstructured{Object: c[key]}).DeepCopy())
		}
	}
	return all, nil
}

type fields = map[string]any

const (
	account = "111111111111"
	role    = "arn:aws:iam::111111111111:role/tack"
)

var settings = Settings{Cluster: "dev", Install: "dev", DefaultRegion: "us-west-2", SystemNamespace: "ack-system"}

// complete is a cluster in which Tack may work on the group team-a/web.
func complete() cluster {
	return cluster{
		"namespaces//team-a":                         {"metadata": fields{"name": "team-a", "annotations": fields{corev1alpha1.AnnotationOwnerAccountID: account}}},
		"configmaps/ack-system/ack-role-account-map": {"data": fields{account: role}},
		"securitygroups/team-a/web": {
			"metadata": fields{"name": "web", "namespace": "team-a", "uid": "uid-1", "generation": int64(1)},
			"spec":     fields{"name": "web", "description": "d"},
		},
	}
}

func (c cluster) group() fields { return c["securitygroups/team-a/web"] }

func (c cluster) set(value any, path ...string) {
	if err := unstructured.SetNestedField(c.group(), value, path...); err != nil {
		panic(err)
	}
}

// claim writes a claim on the group, as ours are: with the group's uid.
func (c cluster) claim(claim resource.Claim) {
	if claim.UID == "" {
		claim.UID, claim.For = "uid-1", groupRef
	}
	raw, err := json.Marshal(claim)
	if err != nil {
		panic(err)
	}
	c.set(string(raw), "metadata", "annotations", AnnotationClaim)
	if claim.ID != "" {
		c.set(claim.Target.AccountID, "status", "ackResourceMetadata", "ownerAccountID")
		c.set(claim.ID, "status", "id")
	}
}

// vouch gives claims to objects of our kinds that show a resource and have none.
func (c cluster) vouch() cluster {
	for _, kind := range apis.Kinds() {
		for key, object := range c {
			parts := strings.Split(key, "/")
			u := &unstructured.Unstructured{Object: object}
			if id := recordedID(u, kind); parts[0] == kind.Plural && id != "" && u.GetAnnotations()[AnnotationClaim] == "" {
				u.SetNamespace(parts[1])
				u.SetName(parts[2])
				u.SetUID(types.UID("uid of " + key))
				raw, _ := json.Marshal(resource.Claim{Install: "dev", UID: "uid of " + key, Incarnation: 1, Target: here, ID: id})
				u.SetAnnotations(map[string]string{AnnotationClaim: string(raw)})
			}
		}
	}
	return c
}

func (c cluster) level(t *testing.T, s Settings) resource.Level {
	t.Helper()
	return c.levelOf(t, s, "ec2.SecurityGroup", "web")
}

// unreadable is a cluster with one resource that cannot be read.
type unreadable struct {
	cluster
	resource string
	err      error
}

func (u unreadable) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	if gvr.Resource == u.resource {
		return nil, u.err
	}
	return u.cluster.Get(ctx, gvr, namespace, name)
}

func (u unreadable) List(ctx context.Context, gvr schema.GroupVersionResource) ([]*unstructured.Unstructured, error) {
	if gvr.Resource == u.resource {
		return nil, u.err
	}
	return u.cluster.List(ctx, gvr)
}

// tryLevel reads the level of the group with another reader.
func (c cluster) tryLevel(r Reader) (resource.Level, error) {
	kind, _ := apis.ByName("ec2.SecurityGroup")
	return ReadLevel(context.Background(), r, settings, kind, resource.Ref{Kind: kind.Name(), Cluster: "dev", Namespace: "team-a", Name: "web"})
}

func (c cluster) levelOf(t *testing.T, s Settings, kindName, name string) resource.Level {
	t.Helper()
	kind, _ := apis.ByName(kindName)
	l, err := ReadLevel(t.Context(), c, s, kind, resource.Ref{Kind: kindName, Cluster: "dev", Namespace: "team-a", Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var here = resource.Target{Partition: "aws", AccountID: account, Region: "us-west-2", RoleARN: role}

// Each missing input has its own reason to wait. Without it there is no target, so no call is
// possible.
func TestPlace(t *testing.T) {
	for name, c := range map[string]struct {
		change func(cluster)
		flags  Settings
		reason string // of the wait; empty: the target is found
	}{
		"all there":               {func(cluster) {}, settings, ""},
		"namespace not seen":      {func(c cluster) { delete(c, "namespaces//team-a") }, settings, "NamespaceNotFound"},
		"no annotation":           {func(c cluster) { c["namespaces//team-a"] = fields{"metadata": fields{"name": "team-a"}} }, settings, "AccountUnknown"},
		"annotation malformed":    {annotated("12"), settings, "AccountMalformed"},
		"annotation empty":        {annotated(""), settings, "AccountUnknown"},
		"no map":                  {func(c cluster) { delete(c, "configmaps/ack-system/ack-role-account-map") }, settings, "RoleMapNotFound"},
		"no entry":                {mapped("222222222222", role), settings, "RoleNotMapped"},
		"empty entry":             {mapped(account, ""), settings, "RoleEmpty"},
		"entry is no role":        {mapped(account, "arn:aws:iam::111111111111:user/x"), settings, "RoleMalformed"},
		"role of another account": {mapped(account, "arn:aws:iam::222222222222:role/x"), settings, "RoleOfAnotherAccount"},
		"no Region":               {func(cluster) {}, Settings{Cluster: "dev", Install: "dev", SystemNamespace: "ack-system"}, "RegionUnknown"},
		"default account": {func(c cluster) { c["namespaces//team-a"] = fields{"metadata": fields{"name": "team-a"}} },
			Settings{Cluster: "dev", Install: "dev", DefaultRegion: "us-west-2", SystemNamespace: "ack-system", DefaultAccount: account}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			objects := complete()
			c.change(objects)
			got := objects.level(t, c.flags)
			if c.reason == "" {
				if diff := cmp.Diff(here, got.Target); diff != "" || got.Wait != nil {
					t.Errorf("target (-want +got):\n%s\nwait: %+v", diff, got.Wait)
				}
				return
			}
			if got.Wait == nil || got.Wait.Reason != c.reason || got.Target != (resource.Target{}) {
				t.Errorf("got wait %+v and target %+v, want to wait for %s with no target", got.Wait, got.Target, c.reason)
			}
			wantRemedy(t, got.Wait)
		})
	}
}

func annotated(value string) func(cluster) {
	return func(c cluster) {
		c["namespaces//team-a"] = fields{"metadata": fields{"name": "team-a", "annotations": fields{corev1alpha1.AnnotationOwnerAccountID: value}}}
	}
}

func mapped(account, role string) func(cluster) {
	return func(c cluster) {
		c["configmaps/ack-system/ack-role-account-map"] = fields{"data": fields{account: role}}
	}
}

// The Region comes from the object, or else its namespace, or else the flag.
func TestRegion(t *testing.T) {
	c := complete()
	if got := c.level(t, settings).Target.Region; got != "us-west-2" {
		t.Errorf("by the flag: %s", got)
	}
	ns := &unstructured.Unstructured{Object: c["namespaces//team-a"]}
	ns.SetAnnotations(map[string]string{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationDefaultRegion: "eu-west-1"})
	if got := c.level(t, settings).Target.Region; got != "eu-west-1" {
		t.Errorf("by the namespace: %s", got)
	}
	c.set("eu-north-1", "metadata", "annotations", corev1alpha1.AnnotationRegion)
	if got := c.level(t, settings).Target.Region; got != "eu-north-1" {
		t.Errorf("by the object: %s", got)
	}
}

// A claim binds an object to the place of its request, whatever the inputs now say.
func TestClaimBinds(t *testing.T) {
	const other = "222222222222"
	move := func(claim resource.Claim) cluster {
		c := complete()
		annotated(other)(c)
		c["configmaps/ack-system/ack-role-account-map"] = fields{"data": fields{account: role, other: "arn:aws:iam::222222222222:role/x"}}
		claim.Install, claim.Target = "dev", here
		c.claim(claim)
		return c
	}
	if got := move(resource.Claim{Incarnation: 1}).level(t, settings); !got.Moved || got.Target != here || got.Problem != nil {
		t.Errorf("an open claim: moved %v, target %+v, problem %+v", got.Moved, got.Target, got.Problem)
	}
	got := move(resource.Claim{Incarnation: 1, ID: "sg-1"}).level(t, settings)
	if got.Problem == nil || got.Problem.Reason != "AccountChanged" || !strings.Contains(got.Problem.Message, account) {
		t.Errorf("a recorded claim: problem %+v", got.Problem)
	}
	if got := move(resource.Claim{Incarnation: 1, Void: true}).level(t, settings); got.Moved || got.Target.AccountID != other {
		t.Errorf("a void claim: moved %v, target %+v", got.Moved, got.Target)
	}
	deleted := move(resource.Claim{Incarnation: 1, ID: "sg-1"})
	deleted.set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	if got := deleted.level(t, settings); got.Problem != nil || got.Target != here {
		t.Errorf("deletion of a recorded claim: problem %+v, target %+v", got.Problem, got.Target)
	}
}

// An object that another controller or installation made is left alone.
func TestForeignObjects(t *testing.T) {
	c := complete()
	c.claim(resource.Claim{Install: "other", Incarnation: 1, Target: here, ID: "sg-1"})
	if got := c.level(t, settings).Problem; got == nil || got.State != resource.Foreign {
		t.Errorf("another installation's claim: %+v", got)
	}
}

// The report on a spec that is too large names its size.
func TestSpecTooLarge(t *testing.T) {
	c := complete()
	c.set(strings.Repeat("x", maxSpec), "spec", "description")
	if got := c.level(t, settings).Problem; got == nil || got.State != resource.Terminal || !strings.Contains(got.Message, fmt.Sprint(maxSpec)) {
		t.Errorf("got %+v", got)
	}
}

// The deletion of an object without any request needs no role and no namespace.
func TestDeletionOfTheNeverSent(t *testing.T) {
	c := complete()
	delete(c, "namespaces//team-a")
	c.set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	if got := c.level(t, settings); got.Wait != nil || !got.Object.Deleting {
		t.Errorf("got %+v", got)
	}
}

// The status settles an object only for the very inputs that it is about.
func TestSettled(t *testing.T) {
	c := complete()
	c.claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	c.set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
	c.set("sg-1", "status", "id")
	c.set([]any{fields{"type": "ACK.ResourceSynced", "status": "True"}}, "status", "conditions")
	if got := c.level(t, settings).Settled; got != "" {
		t.Errorf("without a digest: %s", got)
	}
	c.set(c.level(t, settings).Digest, "status", resource.StatusInputsDigest)
	if got := c.level(t, settings).Settled; got != resource.Synced {
		t.Errorf("with the digest: %q", got)
	}
	c.set(int64(1), "status", resource.StatusObservedGeneration)
	if got := c.level(t, settings).Settled; got != resource.Synced {
		t.Errorf("with the generation: %q", got)
	}
	for name, change := range map[string]func(cluster){
		"an edit and back": func(c cluster) { c.set(int64(3), "metadata", "generation") },
		"spec":             func(c cluster) { c.set("other", "spec", "description") },
		"annotation":       func(c cluster) { c.set("retain", "metadata", "annotations", corev1alpha1.AnnotationDeletionPolicy) },
		"deletion":         func(c cluster) { c.set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp") },
		"no finalizer":     func(c cluster) { c.set([]any{}, "metadata", "finalizers") },
		"another object":   func(c cluster) { c.set("uid-2", "metadata", "uid") },
	} {
		changed := cluster{}
		for key, object := range c {
			changed[key] = (&unstructured.Unstructured{Object: object}).DeepCopy().Object
		}
		change(changed)
		if got := changed.level(t, settings).Settled; got != "" {
			t.Errorf("after a change of %s it is still settled as %s", name, got)
		}
	}
}
