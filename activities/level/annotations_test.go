package level

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Each annotation of the API is honored or rejected, on objects and on namespaces, and its change
// wakes the object. Add a new annotation to one of the lists.
func TestEveryAnnotationIsListed(t *testing.T) {
	inSpace := slices.Concat(slices.Collect(maps.Keys(rejectedOfNamespace)), honoredOfNamespace("ec2"), honoredOfNamespace("iam"))
	for name, key := range annotationConstants(t) {
		u := &unstructured.Unstructured{Object: fields{}}
		u.SetAnnotations(map[string]string{key: "x"})
		_, isRejected := rejected[key]
		if isHonored := slices.Contains(honored, key); isHonored == isRejected && !written(key) {
			t.Errorf("%s: honored %t and rejected %t", name, isHonored, isRejected)
		}
		if len(Annotations(u)) != 1 && !written(key) {
			t.Errorf("%s on an object wakes nobody", name)
		}
		if slices.Contains(inSpace, key) != (len(NamespaceAnnotations(u)) == 1) {
			t.Errorf("%s on a namespace: listed %t", name, slices.Contains(inSpace, key))
		}
	}
	for _, key := range inSpace {
		ns := &unstructured.Unstructured{Object: fields{}}
		ns.SetAnnotations(map[string]string{key: "x"})
		if len(NamespaceAnnotations(ns)) != 1 {
			t.Errorf("%s on a namespace wakes nobody", key)
		}
	}
}

// annotationConstants returns the annotations of package v1alpha1, by the name of the constant.
func annotationConstants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../apis/core/v1alpha1/annotation.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Annotation") {
			return true
		}
		sum, ok := spec.Values[0].(*ast.BinaryExpr)
		if !ok {
			t.Fatalf("%s is no sum of GroupName and a text", spec.Names[0].Name)
		}
		text, err := strconv.Unquote(sum.Y.(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		found[spec.Names[0].Name] = corev1alpha1.GroupName + text
		return true
	})
	if len(found) < 11 {
		t.Fatalf("found %v", found)
	}
	return found
}

// An ACK feature that Tack lacks is rejected before any call, with the annotation and the remedy. A
// value without an effect is not rejected.
func TestAnnotationsNotHonored(t *testing.T) {
	for name, test := range map[string]struct {
		key, value string
		inSpace    bool
		living     string // in the message; empty: not rejected
		deleting   string
	}{
		"read-only":                      {"services.k8s.aws/read-only", "true", false, "", ""},
		"read-only in capitals":          {"services.k8s.aws/read-only", "True", false, "", ""},
		"misspelled read-only":           {"services.k8s.aws/read-only", "yes", false, `neither "true" nor "false"`, "deletion-policy: retain"},
		"not read-only":                  {"services.k8s.aws/read-only", "False", false, "", ""},
		"read-only, empty":               {"services.k8s.aws/read-only", "", false, "", ""},
		"account on an object":           {"services.k8s.aws/owner-account-id", account, false, "only to the namespace", ""},
		"policy of a service on object":  {"ec2.services.k8s.aws/deletion-policy", "retain", false, "only to the namespace", "only to the namespace"},
		"policy of another service":      {"s3.services.k8s.aws/deletion-policy", "retain", false, "", ""},
		"misspelled":                     {"services.k8s.aws/deletion-polcy", "retain", false, "does not know it", "does not know it"},
		"misspelled, ours":               {"services.k8s.aws/tack-letgo", "retain:sg-1", false, "does not know it", "does not know it"},
		"read-only, of the service":      {"ec2.services.k8s.aws/read-only", "true", false, "does not know it", "does not know it"},
		"read-only, of another service":  {"s3.services.k8s.aws/read-only", "true", false, "", ""},
		"Region":                         {"services.k8s.aws/region", "us-west-2", false, "", ""},
		"retain":                         {"services.k8s.aws/deletion-policy", "retain", false, "", ""},
		"delete":                         {"services.k8s.aws/deletion-policy", "Delete", false, "", ""},
		"no policy":                      {"services.k8s.aws/deletion-policy", "", false, "", ""},
		"misspelled policy":              {"services.k8s.aws/deletion-policy", "Retain", false, "not a deletion policy", "not a deletion policy"},
		"policy with a space":            {"services.k8s.aws/deletion-policy", "retain ", false, "not a deletion policy", "not a deletion policy"},
		"unknown policy":                 {"services.k8s.aws/deletion-policy", "keep", false, "in lower case", "deletion-policy: retain on the object"},
		"force":                          {"services.k8s.aws/force-destroy", "true", false, "", ""},
		"no force":                       {"services.k8s.aws/force-destroy", "False", false, "", ""},
		"misspelled force":               {"services.k8s.aws/force-destroy", "True", false, "in lower case", "in lower case"},
		"force on a namespace":           {"services.k8s.aws/force-destroy", "true", true, "only to an object", "only to an object"},
		"another tool's":                 {"example.com/services.k8s.aws", "x", false, "", ""},
		"read-only namespace":            {"services.k8s.aws/read-only", "true", true, "only to an object", "only to an object"},
		"adopting namespace":             {"services.k8s.aws/adoption-policy", "adopt", true, "only to an object", ""},
		"policy without service":         {"services.k8s.aws/deletion-policy", "retain", true, "ec2.services.k8s.aws/deletion-policy", "ec2.services.k8s.aws/deletion-policy"},
		"misspelled policy of namespace": {"ec2.services.k8s.aws/deletion-policy", "Retain", true, "not a deletion policy", "deletion-policy: retain on the object"},
		"policy of namespace":            {"ec2.services.k8s.aws/deletion-policy", "retain", true, "", ""},
		"deleting policy of namespace":   {"ec2.services.k8s.aws/deletion-policy", "delete", true, "", ""},
		"misspelled policy of another":   {"iam.services.k8s.aws/deletion-policy", "Retain", true, "", ""},
		"deleting policy":                {"services.k8s.aws/deletion-policy", "delete", true, "", ""},
		"Region of the namespace":        {"services.k8s.aws/region", "eu-west-1", true, "services.k8s.aws/default-region", ""},
	} {
		for _, deleting := range []bool{false, true} {
			c := made(deleting)
			if test.inSpace {
				inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, test.key: test.value})(c)
			} else {
				c.Set(test.value, "metadata", "annotations", test.key)
			}
			want := test.living
			if deleting {
				want = test.deleting
			}
			got := levelIn(t, c, settings).Problem
			if (got == nil) != (want == "") || got != nil && (got.State != resource.Terminal || !strings.Contains(got.Message, test.key) || !strings.Contains(got.Message, want)) {
				t.Errorf("%s, deleting %t: got %+v, want %q", name, deleting, got, want)
			}
		}
	}
}

// An object with its own deletion policy does not wait for a correction of the namespace's.
func TestOwnDeletionPolicyStandsBesideAMisspeltOne(t *testing.T) {
	for _, deleting := range []bool{false, true} {
		c := made(deleting)
		inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.NamespaceDeletionPolicy("ec2"): "Retain"})(c)
		c.Set("retain", "metadata", "annotations", corev1alpha1.AnnotationDeletionPolicy)
		if got := levelIn(t, c, settings); got.Problem != nil || !got.Object.Retain {
			t.Errorf("deleting %t: problem %+v, retain %t", deleting, got.Problem, got.Object.Retain)
		}
	}
}

// The object's deletion policy counts, otherwise its namespace's for the service, otherwise the
// bridge's.
func TestWhoseDeletionPolicyCounts(t *testing.T) {
	const keep, remove = corev1alpha1.DeletionPolicyRetain, corev1alpha1.DeletionPolicyDelete
	for _, c := range []struct {
		object, namespace string
		bridge            bool
		retain            bool
	}{
		{"", "", false, false},
		{"", "", true, true},
		{"", remove, true, false},
		{"", keep, false, true},
		{remove, "", true, false},
		{remove, keep, true, false},
		{keep, remove, false, true},
	} {
		for _, deleting := range []bool{false, true} {
			in := made(deleting)
			annotations := fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.NamespaceDeletionPolicy("iam"): keep}
			if c.namespace != "" {
				annotations[corev1alpha1.NamespaceDeletionPolicy("ec2")] = c.namespace
			}
			inNamespace(annotations)(in)
			if c.object != "" {
				in.Set(c.object, "metadata", "annotations", corev1alpha1.AnnotationDeletionPolicy)
			}
			s := settings
			s.Retain = c.bridge
			if got := levelIn(t, in, s); got.Problem != nil || got.Object.Retain != c.retain {
				t.Errorf("%+v, deleting %t: retain %t, problem %+v", c, deleting, got.Object.Retain, got.Problem)
			}
		}
	}
}

// An object with nothing in AWS is released, whatever its annotations ask for. An object with a
// release in another place is not touched either.
func TestAnnotationsNotHonoredForbidNoMore(t *testing.T) {
	c := complete()
	c.Set("true", "metadata", "annotations", corev1alpha1.AnnotationReadOnly)
	c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	if got := levelIn(t, c, settings).Problem; got != nil {
		t.Errorf("the deletion of what was never made: %+v", got)
	}
	c = made(false)
	inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: "222222222222", corev1alpha1.AnnotationReadOnly: "true"})(c)
	c.Set("delete:sg-1", "metadata", "annotations", corev1alpha1.AnnotationLetGo)
	if got := levelIn(t, c, settings); got.Relocating || got.Problem == nil || got.Problem.Reason != "AnnotationNotSupported" {
		t.Errorf("a release under read-only: relocating %t, problem %+v", got.Relocating, got.Problem)
	}
}
