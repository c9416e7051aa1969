package level

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

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
			got := levelIn(t, objects, c.flags)
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

// The Region comes from the object, or else its namespace, or else the flag.
func TestRegion(t *testing.T) {
	c := complete()
	if got := levelIn(t, c, settings).Target.Region; got != "us-west-2" {
		t.Errorf("by the flag: %s", got)
	}
	ns := &unstructured.Unstructured{Object: c["namespaces//team-a"]}
	ns.SetAnnotations(map[string]string{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationDefaultRegion: "eu-west-1"})
	if got := levelIn(t, c, settings).Target.Region; got != "eu-west-1" {
		t.Errorf("by the namespace: %s", got)
	}
	c.Set("eu-north-1", "metadata", "annotations", corev1alpha1.AnnotationRegion)
	if got := levelIn(t, c, settings).Target.Region; got != "eu-north-1" {
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
		c.Claim(claim)
		return c
	}
	if got := levelIn(t, move(resource.Claim{Incarnation: 1}), settings); !got.Moved || got.Target != here || got.Problem != nil {
		t.Errorf("an open claim: moved %v, target %+v, problem %+v", got.Moved, got.Target, got.Problem)
	}
	got := levelIn(t, move(resource.Claim{Incarnation: 1, ID: "sg-1"}), settings)
	if got.Problem == nil || got.Problem.Reason != "AccountChanged" || !strings.Contains(got.Problem.Message, account) {
		t.Errorf("a recorded claim: problem %+v", got.Problem)
	}
	if got := levelIn(t, move(resource.Claim{Incarnation: 1, Void: true}), settings); got.Moved || got.Target.AccountID != other {
		t.Errorf("a void claim: moved %v, target %+v", got.Moved, got.Target)
	}
	deleted := move(resource.Claim{Incarnation: 1, ID: "sg-1"})
	deleted.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	if got := levelIn(t, deleted, settings); got.Problem != nil || got.Target != here {
		t.Errorf("deletion of a recorded claim: problem %+v, target %+v", got.Problem, got.Target)
	}
}

// An object that another controller or installation made is left alone.
func TestForeignObjects(t *testing.T) {
	c := complete()
	c.Claim(resource.Claim{Install: "other", Incarnation: 1, Target: here, ID: "sg-1"})
	if got := levelIn(t, c, settings).Problem; got == nil || got.State != resource.Foreign {
		t.Errorf("another installation's claim: %+v", got)
	}
}

// The report on a spec that is too large names its size.
func TestSpecTooLarge(t *testing.T) {
	c := complete()
	c.Set(strings.Repeat("x", maxSpec), "spec", "description")
	if got := levelIn(t, c, settings).Problem; got == nil || got.State != resource.Terminal || !strings.Contains(got.Message, fmt.Sprint(maxSpec)) {
		t.Errorf("got %+v", got)
	}
}

// The deletion of an object without any request needs no role and no namespace.
func TestDeletionOfTheNeverSent(t *testing.T) {
	c := complete()
	delete(c, "namespaces//team-a")
	c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	if got := levelIn(t, c, settings); got.Wait != nil || !got.Object.Deleting {
		t.Errorf("got %+v", got)
	}
}

// The status settles an object only for the very inputs that it is about.
func TestSettled(t *testing.T) {
	c := complete()
	c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	c.Set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
	c.Set("sg-1", "status", "id")
	c.Set([]any{fields{"type": "ACK.ResourceSynced", "status": "True"}}, "status", "conditions")
	if got := levelIn(t, c, settings).ReportedState; got != "" {
		t.Errorf("without a digest: %s", got)
	}
	c.Set(levelIn(t, c, settings).Digest, "status", resource.StatusInputsDigest)
	if got := levelIn(t, c, settings).ReportedState; got != resource.Synced {
		t.Errorf("with the digest: %q", got)
	}
	c.Set(int64(1), "status", resource.StatusObservedGeneration)
	if got := levelIn(t, c, settings).ReportedState; got != resource.Synced {
		t.Errorf("with the generation: %q", got)
	}
	for name, change := range map[string]func(cluster){
		"an edit and back": func(c cluster) { c.Set(int64(3), "metadata", "generation") },
		"spec":             func(c cluster) { c.Set("other", "spec", "description") },
		"annotation":       func(c cluster) { c.Set("retain", "metadata", "annotations", corev1alpha1.AnnotationDeletionPolicy) },
		"deletion":         func(c cluster) { c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp") },
		"no finalizer":     func(c cluster) { c.Set([]any{}, "metadata", "finalizers") },
		"another object":   func(c cluster) { c.Set("uid-2", "metadata", "uid") },
	} {
		changed := cluster{}
		for key, object := range c {
			changed[key] = (&unstructured.Unstructured{Object: object}).DeepCopy().Object
		}
		change(changed)
		if got := levelIn(t, changed, settings).ReportedState; got != "" {
			t.Errorf("after a change of %s it is still settled as %s", name, got)
		}
	}
}
