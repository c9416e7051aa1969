package kube

import (
	"errors"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const roleKey = "roles/team-a/web"

// filling is a cluster with a made role, and the report that ends the pass, with AWS's values for
// late initialization.
func filling(t *testing.T) (*server, *Activities, resource.Report) {
	t.Helper()
	c := complete()
	c["policies/team-a/read"] = fields{"status": fields{
		"ackResourceMetadata": fields{"arn": "arn:aws:iam::111111111111:policy/read"},
		"conditions":          []any{fields{"type": "ACK.ResourceSynced", "status": "True"}},
	}}
	c.Vouch()
	c["securitygroups/team-a/web"] = fields{ // its helper writes the claim
		"metadata": fields{
			"name": "web", "namespace": "team-a", "uid": "uid-1", "generation": int64(1), "resourceVersion": "7",
			"finalizers": []any{"finalizers.iam.services.k8s.aws/Role"},
		},
		"spec": fields{"name": "web", "assumeRolePolicyDocument": "<&>", "policyRefs": []any{fields{"from": fields{"name": "read"}}}},
	}
	c.Claim(resource.Claim{Install: "dev", UID: "uid-1", Incarnation: 1, Target: here, ID: "arn:x"})
	c.Set("arn:x", "status", "ackResourceMetadata", "arn")
	c[roleKey] = c["securitygroups/team-a/web"]
	s := &server{objects: c, before: map[string]func() error{}}
	report := resource.Report{
		Ref: resource.Ref{Kind: "iam.Role", Cluster: "dev", Namespace: "team-a", Name: "web"}, UID: "uid-1",
		State: resource.Synced, Generation: 1, Digest: levelNamed(t, c, settings, "iam.Role", "web").Digest,
		Late: []byte(`{"maxSessionDuration":3600,"path":"/"}`),
	}
	return s, New(s, settings, record.NewFakeRecorder(10), nil), report
}

// edit changes the role's spec, as a person would.
func (s *server) edit(field string, value any) {
	s.store(roleKey, &unstructured.Unstructured{Object: s.objects[roleKey]}, func(u *unstructured.Unstructured) {
		u.Object["spec"].(map[string]any)[field] = value
	})
}

// Every row ends in a spec, and in a status that settles it or does not.
func TestFillingInTheSpec(t *testing.T) {
	down := errors.New("the API server is down")
	for name, test := range map[string]struct {
		prepare    func(*server)
		tries      int // 0: one; all but the last fail
		spec       map[string]any
		settled    resource.State
		generation int64
		writes     []string
	}{
		"at once": {
			spec:    fields{"path": "/", "maxSessionDuration": int64(3600)},
			settled: resource.Synced, generation: 2, writes: []string{"spec", "status"},
		},
		"it failed between spec and status": {
			prepare: func(s *server) { s.before["status"] = func() error { return down } }, tries: 2,
			spec:    fields{"path": "/", "maxSessionDuration": int64(3600)},
			settled: resource.Synced, generation: 2, writes: []string{"spec", "status"},
		},
		"a person sets another value first": {
			prepare: func(s *server) { s.edit("path", "/mine/") },
			spec:    fields{"path": "/mine/"}, generation: 2, writes: []string{"status"},
		},
		"a person sets another value in between": {
			prepare: func(s *server) { s.before["spec"] = func() error { s.edit("path", "/mine/"); return nil } },
			spec:    fields{"path": "/mine/"}, generation: 2, writes: []string{"status"},
		},
		"a person sets the same value": {
			prepare: func(s *server) { s.edit("path", "/") },
			spec:    fields{"path": "/", "maxSessionDuration": int64(3600)},
			settled: resource.Synced, generation: 3, writes: []string{"spec", "status"},
		},
		"a person edits another field": {
			prepare: func(s *server) { s.edit("description", "d") },
			spec:    fields{"description": "d"}, generation: 2, writes: []string{"status"},
		},
		"a person edits another field after the spec was written": {
			prepare: func(s *server) { s.before["status"] = func() error { s.edit("description", "d"); return nil } },
			spec:    fields{"path": "/", "maxSessionDuration": int64(3600), "description": "d"}, generation: 3, writes: []string{"spec", "status"},
		},
		"the role went from the map": {
			prepare: func(s *server) { delete(s.objects, "configmaps/ack-system/ack-role-account-map") },
			spec:    fields{}, generation: 1, writes: []string{"status"},
		},
		"it is being deleted": {
			prepare: func(s *server) {
				s.objects[roleKey]["metadata"].(fields)["deletionTimestamp"] = "2026-01-01T00:00:00Z"
			},
			spec: fields{}, generation: 1, writes: []string{"status"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, activities, report := filling(t)
			if test.prepare != nil {
				test.prepare(s)
			}
			for n := max(test.tries, 1); n > 0; n-- {
				if _, err := activities.PatchStatus(t.Context(), report); (err == nil) != (n == 1) {
					t.Fatalf("try: %v", err)
				}
			}
			maps.Copy(test.spec, fields{"name": "web", "assumeRolePolicyDocument": "<&>", "policyRefs": []any{fields{"from": fields{"name": "read"}}}})
			if diff := cmp.Diff(test.spec, s.objects[roleKey]["spec"]); diff != "" {
				t.Errorf("spec (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.writes, s.writes); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			u := &unstructured.Unstructured{Object: s.objects[roleKey]}
			if u.GetGeneration() != test.generation {
				t.Errorf("generation %d, want %d", u.GetGeneration(), test.generation)
			}
			observed, _, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusObservedGeneration)
			settled := levelNamed(t, s.objects, settings, "iam.Role", "web").ReportedState
			if settled != test.settled || settled != "" && observed != u.GetGeneration() {
				t.Errorf("settled as %q with generation %d of %d, want %q", settled, observed, u.GetGeneration(), test.settled)
			}
		})
	}
}

// A repeat of the report, after a lost answer, writes nothing.
func TestFillingInTwice(t *testing.T) {
	s, activities, report := filling(t)
	for range 2 {
		if _, err := activities.PatchStatus(t.Context(), report); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"spec", "status"}, s.writes); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

// The watch distinguishes our write to the spec from a person's, before the status shows it.
func TestOurOwnWriteIsKnown(t *testing.T) {
	s, activities, report := filling(t)
	was := (&unstructured.Unstructured{Object: s.objects[roleKey]}).DeepCopy()
	looked := false
	kind, _ := apis.ByName("iam.Role")
	s.before["status"] = func() error {
		looked = true
		is := (&unstructured.Unstructured{Object: s.objects[roleKey]}).DeepCopy()
		if !level.FilledBetween(was, is, kind) || level.FilledBetween(is, is, kind) || level.FilledBetween(was, was, kind) {
			t.Error("the write that fills in does not differ from other writes")
		}
		if work := level.WorkOf(is, levelNamed(t, s.objects, settings, "iam.Role", "web")); work != level.Filling {
			t.Errorf("its work is %d, want Filling", work)
		}
		s.edit("description", "a person's")
		if work := level.WorkOf(is, levelNamed(t, s.objects, settings, "iam.Role", "web")); work != level.Unfinished {
			t.Error("a person's edit right after it would wake nobody")
		}
		return nil
	}
	if _, err := activities.PatchStatus(t.Context(), report); err != nil || !looked {
		t.Fatal(looked, err)
	}
	if level.WorkOf(was, resource.Level{}) == level.Filling {
		t.Error("a level without claim counts as filled in")
	}
}

// The condition of late initialization says whether the spec has the fields.
func TestLateInitialized(t *testing.T) {
	for name, test := range map[string]struct {
		edit  string // a field that a person sets before the report is written
		state resource.State
		want  string
	}{
		"filled in":                        {"", resource.Synced, "True"},
		"an edit came in between":          {"description", resource.Synced, "False"},
		"not synced: ACK does not say yet": {"", resource.Blocked, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, activities, report := filling(t)
			if test.edit != "" {
				s.edit(test.edit, "a person's")
			}
			report.State = test.state
			if test.state != resource.Synced {
				report.Late = nil
			}
			if _, err := activities.PatchStatus(t.Context(), report); err != nil {
				t.Fatal(err)
			}
			got := ""
			conditions, _, _ := unstructured.NestedSlice(s.objects[roleKey], "status", "conditions")
			for _, c := range conditions {
				if c, _ := c.(condition); c["type"] == "ACK.LateInitialized" {
					got, _ = c["status"].(string)
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A field that others manage stays out of the spec: the condition does not wait for it.
func TestLateInitializedWithoutIgnored(t *testing.T) {
	kind, _ := apis.ByName("iam.Role")
	for ignored, want := range map[string]string{"": "False", "spec.path": "False", "spec.maxSessionDuration": "True", "spec.maxSessionDuration, spec.path": "True"} {
		u := &unstructured.Unstructured{Object: fields{"spec": fields{"path": "/"}}}
		u.SetAnnotations(map[string]string{corev1alpha1.AnnotationIgnoreFields: ignored})
		got := ""
		for _, c := range lateInitialized(object{u: u, kind: kind}, resource.Synced) {
			got, _ = c["status"].(string)
		}
		if got != want {
			t.Errorf("%q ignored: got %q, want %q", ignored, got, want)
		}
	}
}
