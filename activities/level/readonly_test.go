package level

import (
	"strings"
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A read-only object needs an id, from its claim, its adoption or its status. A status that another
// controller may have written does not count.
func TestReadOnlyNeedsAnID(t *testing.T) {
	const policy, named = corev1alpha1.AnnotationAdoptionPolicy, corev1alpha1.AnnotationAdoptionFields
	for name, test := range map[string]struct {
		change func(cluster)
		reason string // of the problem; empty: none
		adopts string
	}{
		"nothing names it":  {func(cluster) {}, resource.ReasonReadOnlyWithoutID, ""},
		"a void claim":      {func(c cluster) { c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, Void: true}) }, resource.ReasonReadOnlyWithoutID, ""},
		"a claim":           {func(c cluster) { c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"}) }, "", ""},
		"an unclear create": {func(c cluster) { c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here}) }, "", ""},
		"an adoption":       {func(c cluster) { set(c, policy, "adopt"); set(c, named, `{"id":"sg-1"}`) }, "", "sg-1"},
		"the status":        {func(c cluster) { c.Set("sg-2", "status", "id") }, "", "sg-2"},
		"an adoption beside the status": {func(c cluster) {
			c.Set("sg-2", "status", "id")
			set(c, policy, "adopt")
			set(c, named, `{"id":"sg-1"}`)
		}, "", "sg-1"},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			test.change(c)
			set(c, corev1alpha1.AnnotationReadOnly, "true")
			l := levelIn(t, c, settings)
			reason, adopts := "", ""
			if l.Problem != nil {
				reason = l.Problem.Reason
			}
			if l.Object.Adoption != nil {
				adopts = l.Object.Adoption.ID
			}
			if reason != test.reason || adopts != test.adopts || !l.Object.ReadOnly || l.Object.Doubt != nil {
				t.Errorf("problem %q, adopts %q, want %q and %q; the object is %+v", reason, adopts, test.reason, test.adopts, l.Object)
			}
			if reason != "" && !strings.Contains(l.Problem.Message, named) {
				t.Errorf("the message names no annotation: %s", l.Problem.Message)
			}
		})
	}
	c := complete()
	c.Set("sg-2", "status", "id")
	c.Set([]any{groupFinalizer}, "metadata", "finalizers")
	set(c, corev1alpha1.AnnotationReadOnly, "true")
	if l := levelIn(t, c, settings); !l.Object.Doubt.Named() || l.Object.Adoption != nil {
		t.Errorf("an object with the finalizer of another controller: %+v", l.Object)
	}
}

// The deletion of a read-only object needs neither role nor namespace. An object that another controller
// may manage is left alone.
func TestReadOnlyDeletionNeedsNoRole(t *testing.T) {
	for name, test := range map[string]struct {
		change func(cluster)
		stays  bool
	}{
		"recorded":         {func(c cluster) { c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"}) }, true},
		"unclear":          {func(c cluster) { c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here}) }, true},
		"another's status": {func(c cluster) { c.Set("sg-2", "status", "id") }, false},
	} {
		c := complete()
		test.change(c)
		c.Set([]any{groupFinalizer}, "metadata", "finalizers")
		set(c, corev1alpha1.AnnotationReadOnly, "true")
		c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
		delete(c, "namespaces//team-a")
		l := levelIn(t, c, settings)
		if got := l.Object.Stays() && l.Wait == nil && l.Problem == nil; got != test.stays {
			t.Errorf("%s: stays %t, wait %+v, problem %+v; want %t", name, l.Object.Stays(), l.Wait, l.Problem, test.stays)
		}
	}
}

// Switching read-only on or off is a new input.
func TestReadOnlyIsAnInput(t *testing.T) {
	c := complete()
	c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	off := levelIn(t, c, settings)
	set(c, corev1alpha1.AnnotationReadOnly, "true")
	if on := levelIn(t, c, settings); on.Same(off) || on.Digest == off.Digest {
		t.Error("both levels are the same")
	}
}

// A read-only object releases nothing in another place.
func TestReadOnlyDoesNotRelocate(t *testing.T) {
	c := made(false)
	inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: "222222222222"})(c)
	set(c, corev1alpha1.AnnotationLetGo, "delete:sg-1")
	if l := levelIn(t, c, settings); !l.Relocating {
		t.Fatal("the object does not relocate")
	}
	set(c, corev1alpha1.AnnotationReadOnly, "true")
	if l := levelIn(t, c, settings); l.Relocating || l.Problem == nil {
		t.Errorf("relocating %t, problem %+v", l.Relocating, l.Problem)
	}
}

func set(c cluster, key, value string) { c.Set(value, "metadata", "annotations", key) }

const groupFinalizer = "finalizers.ec2.services.k8s.aws/SecurityGroup"
