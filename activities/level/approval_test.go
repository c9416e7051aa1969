package level

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Where the object, its namespace or the bridge asks for it, the deletion of a resource waits for an
// approval. Nothing else does.
func TestApproval(t *testing.T) {
	recorded := func(c cluster) { c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"}) }
	deleting := func(c cluster) {
		c.Set([]any{groupFinalizer}, "metadata", "finalizers")
		c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	}
	annotated := func(key, value string) func(cluster) { return func(c cluster) { set(c, key, value) } }
	asked := map[string]func(cluster, *Settings){
		"the object": func(c cluster, _ *Settings) { set(c, corev1alpha1.AnnotationApprove, "delete") },
		"its namespace": func(c cluster, _ *Settings) {
			c["namespaces//team-a"]["metadata"].(fields)["annotations"].(fields)[corev1alpha1.AnnotationApprove] = "delete"
		},
		"the bridge": func(_ cluster, s *Settings) { s.Approvals.Deletions = true },
	}
	for name, test := range map[string]struct {
		change func(cluster)
		waits  bool
	}{
		"alive":                 {recorded, false},
		"in deletion":           {all(recorded, deleting), true},
		"approved by somebody":  {all(recorded, deleting, annotated(corev1alpha1.AnnotationApproved, "delete by alice@desk")), false},
		"retained":              {all(recorded, deleting, annotated(corev1alpha1.AnnotationDeletionPolicy, "retain")), false},
		"read-only":             {all(recorded, deleting, annotated(corev1alpha1.AnnotationReadOnly, "true")), false},
		"in doubt":              {deleting, true},
		"never made":            {all(func(c cluster) { c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, Void: true}) }, deleting), false},
		"an unclear create":     {all(func(c cluster) { c.Claim(resource.Claim{Install: "dev", UID: "u", Incarnation: 1, Target: here}) }, deleting), true},
		"another controller's":  {all(func(c cluster) { c.Set("sg-9", "status", "id") }, deleting), false},
		"without its finalizer": {all(recorded, func(c cluster) { c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp") }), false},
	} {
		for by, ask := range asked {
			c, s := complete(), settings
			test.change(c)
			ask(c, &s)
			l := levelIn(t, c, s)
			waits := l.Problem != nil && l.Problem.Reason == resource.ReasonApprovalRequired
			if waits != test.waits {
				t.Errorf("%s, asked by %s: %+v; want a wait %t", name, by, l.Problem, test.waits)
			}
			if waits && !strings.Contains(l.Problem.Message, "starter approve ec2.SecurityGroup team-a/") {
				t.Errorf("%s: the message is %q", name, l.Problem.Message)
			}
		}
	}
}

// A value that may be a misspelled approval, or a misspelled request for one, stops the object.
func TestMisspelledApproval(t *testing.T) {
	for key, values := range map[string][]string{
		corev1alpha1.AnnotationApprove:           {"Delete", "delete,", "delete replace", "all"},
		corev1alpha1.AnnotationApproved:          {"yes", "delete", "delete by ", "replace:sg-1", "delete alice", "replace", "replace:", "replace: sg-1", "delete:sg-1", "Delete by alice"},
		corev1alpha1.AnnotationOnImmutableChange: {"true", "Replace"},
	} {
		for _, value := range values {
			c := complete()
			set(c, key, value)
			if l := levelIn(t, c, settings); l.Problem == nil || l.Problem.State != resource.Terminal || !strings.Contains(l.Problem.Message, key) {
				t.Errorf("%s=%s: %+v", key, value, l.Problem)
			}
		}
	}
	c := complete()
	inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationApprove: "all"})(c)
	if l := levelIn(t, c, settings); l.Problem == nil || !strings.Contains(l.Problem.Message, corev1alpha1.AnnotationApprove) {
		t.Errorf("of the namespace: %+v", l.Problem)
	}
}

// Only an annotation of the object lets Tack replace its resource. The object, its namespace or the bridge asks
// for an approval, which names the resource.
func TestReplacement(t *testing.T) {
	allowed := func(c cluster) { set(c, corev1alpha1.AnnotationOnImmutableChange, "replace") }
	for name, test := range map[string]struct {
		change   func(cluster)
		settings Approvals
		want     *resource.Replacement
	}{
		"not allowed":          {func(cluster) {}, Approvals{Replacements: true}, nil},
		"allowed":              {allowed, Approvals{}, &resource.Replacement{}},
		"of deletions alone":   {allowed, Approvals{Deletions: true}, &resource.Replacement{}},
		"the bridge asks":      {allowed, Approvals{Replacements: true}, &resource.Replacement{Asks: true}},
		"the object asks":      {all(allowed, func(c cluster) { set(c, corev1alpha1.AnnotationApprove, "delete, replace") }), Approvals{}, &resource.Replacement{Asks: true}},
		"its namespace asks":   {all(allowed, inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationApprove: "replace"})), Approvals{}, &resource.Replacement{Asks: true}},
		"somebody approved":    {all(allowed, func(c cluster) { set(c, corev1alpha1.AnnotationApproved, "replace:sg-1 by alice@desk") }), Approvals{Replacements: true}, &resource.Replacement{Asks: true, Approved: "sg-1"}},
		"approved: a deletion": {all(allowed, func(c cluster) { set(c, corev1alpha1.AnnotationApproved, "delete by alice@desk") }), Approvals{Replacements: true}, &resource.Replacement{Asks: true}},
	} {
		c, s := complete(), settings
		test.change(c)
		s.Approvals = test.settings
		if diff := cmp.Diff(test.want, levelIn(t, c, s).Object.Replacement); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
