package kube

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

// digests are those of the objects of TestDigestsStay as a released version wrote them. Those with a
// problem date from the version in which the words of a problem left the digest.
var digests = map[string]string{
	"annotated":                 "0a9a811fc27a3cb7b31400ac1f20e9e6",
	"of another":                "4e05a3571de461d4192431cdfb593f9c",
	"endpoint":                  "da21d9ec3ad1c3888ce66986da1982d3",
	"retained by its namespace": "4e05a3571de461d4192431cdfb593f9c",
	"new":                       "4e05a3571de461d4192431cdfb593f9c",
	"recorded":                  "4e05a3571de461d4192431cdfb593f9c",
	"unresolved":                "5afad70d6dec164df6ab049464bd06a6",
	"moved":                     "71d93840911c6bc7d0d5535757bf8284",
	"moved by its annotation":   "2412baf2db1479886a84e697a43927be",
	"read-only":                 "33cfa80765168a95eb94f1f7d4d3f278",
}

// A digest that an earlier version wrote stays valid: otherwise, an upgrade would cause an
// observation for every object.
func TestDigestsStay(t *testing.T) {
	claimed := func(c cluster) {
		c.claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	}
	for name, change := range map[string]func(cluster){
		"new":      func(cluster) {},
		"recorded": claimed,
		"unresolved": func(c cluster) {
			c.set([]any{fields{"userIDGroupPairs": []any{fields{"groupRef": from("peer")}}}}, "spec", "ingressRules")
		},
		"annotated": func(c cluster) {
			claimed(c)
			c.set("us-west-2", "metadata", "annotations", corev1alpha1.AnnotationRegion)
			c.set("retain", "metadata", "annotations", corev1alpha1.AnnotationDeletionPolicy)
		},
		"moved by its annotation": func(c cluster) {
			claimed(c)
			c.set("eu-west-1", "metadata", "annotations", corev1alpha1.AnnotationRegion)
			c.set("retain", "metadata", "annotations", corev1alpha1.AnnotationDeletionPolicy)
		},
		"moved":      all(claimed, annotated("222222222222")),
		"read-only":  func(c cluster) { c.set("true", "metadata", "annotations", corev1alpha1.AnnotationReadOnly) },
		"of another": func(c cluster) { c.set("sg-1", "status", "id") },
		"endpoint":   inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationEndpointURL: "https://x.example.com"}),
		"retained by its namespace": func(c cluster) {
			claimed(c)
			inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, "ec2.services.k8s.aws/deletion-policy": "retain"})(c)
		},
	} {
		objects := complete()
		change(objects)
		if got := objects.level(t, settings).Digest; got != digests[name] {
			t.Errorf("%q: %q,", name, got)
		}
	}
}

// Each input counts in a run in progress. It counts for a settled object too, if it decides about
// what exists. A deletion has its own set of inputs.
func TestEveryInputCounts(t *testing.T) {
	const special = "arn:aws:iam::111111111111:role/special"
	inSpace := func(key, value string) func(cluster) {
		return inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, key: value})
	}
	annotate := func(key, value string) func(cluster) {
		return func(c cluster) { c.set(value, "metadata", "annotations", key) }
	}
	for name, test := range map[string]struct {
		change   func(cluster)
		living   string // the effect on an object that lives: "digest", "run" or nothing
		deleting string // the effect on one that is being deleted
	}{
		"spec":                                {func(c cluster) { c.set("other", "spec", "description") }, "digest", "digest"},
		"id of a reference":                   {func(c cluster) { c["vpcs/team-a/main"]["status"].(fields)["vpcID"] = "vpc-2" }, "digest", ""},
		"reference that is gone":              {func(c cluster) { delete(c, "vpcs/team-a/main") }, "digest", ""},
		"deletion policy":                     {annotate(corev1alpha1.AnnotationDeletionPolicy, "retain"), "digest", "digest"},
		"deletion policy of the namespace":    {inSpace(corev1alpha1.NamespaceDeletionPolicy("ec2"), "retain"), "", "digest"},
		"policy of the namespace for another": {inSpace(corev1alpha1.NamespaceDeletionPolicy("iam"), "retain"), "", ""},
		"Region":                              {annotate(corev1alpha1.AnnotationRegion, "eu-west-1"), "digest", "digest"},
		"Region of the namespace":             {inSpace(corev1alpha1.AnnotationDefaultRegion, "eu-west-1"), "digest", ""},
		"account":                             {inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: "222222222222"}), "digest", ""},
		"endpoint":                            {inSpace(corev1alpha1.AnnotationEndpointURL, "https://x.example.com"), "digest", "digest"},
		"release":                             {annotate(corev1alpha1.AnnotationLetGo, "delete:sg-1"), "digest", "digest"},
		"role":                                {mapped(account, special), "run", "run"},
		"no role":                             {mapped(account, ""), "digest", "digest"},
		"selector":                            {selector("s", fields{"arn": special}), "run", "run"},
		"finalizer":                           {func(c cluster) { c.set([]any{}, "metadata", "finalizers") }, "run", "run"},
		"another object":                      {func(c cluster) { c.set("uid-2", "metadata", "uid") }, "digest", "digest"},
		"read-only":                           {annotate(corev1alpha1.AnnotationReadOnly, "true"), "digest", "digest"},
		"read-only namespace":                 {inSpace(corev1alpha1.AnnotationReadOnly, "true"), "digest", "digest"},
		"adoption":                            {annotate(corev1alpha1.AnnotationAdoptionPolicy, "adopt"), "digest", ""},
		"another tool's annotation":           {annotate("argocd.argoproj.io/tracking-id", "x"), "", ""},
	} {
		for _, deleting := range []bool{false, true} {
			before, after := made(deleting), made(deleting)
			test.change(after)
			was, is := before.vouch().level(t, settings), after.vouch().level(t, settings)
			got := ""
			switch {
			case was.Digest != is.Digest:
				got = "digest"
			case !was.Same(is):
				got = "run"
			}
			want := test.living
			if deleting {
				want = test.deleting
			}
			if got != want {
				t.Errorf("%s, deleting %t: it changes %q, want %q", name, deleting, got, want)
			}
			if got == "digest" && was.Same(is) {
				t.Errorf("%s, deleting %t: a run under way goes on with another digest", name, deleting)
			}
		}
	}
}

// made is a cluster with a made group in a VPC; the group may be in deletion.
func made(deleting bool) cluster {
	c := complete()
	c["vpcs/team-a/main"] = fields{"status": fields{"vpcID": "vpc-1"}}
	c.set(from("main"), "spec", "vpcRef")
	c.set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
	c.claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	if deleting {
		c.set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	}
	return c
}

// Each annotation of the API is honoured or refused, on objects and on namespaces, and its change
// wakes the object. Add a new annotation to one of the lists.
func TestEveryAnnotationIsListed(t *testing.T) {
	inSpace := slices.Concat(slices.Collect(maps.Keys(refusedOfNamespace)), honouredOfNamespace("ec2"), honouredOfNamespace("iam"))
	for name, key := range annotationConstants(t) {
		u := &unstructured.Unstructured{Object: fields{}}
		u.SetAnnotations(map[string]string{key: "x"})
		_, isRefused := refused[key]
		if isHonoured := slices.Contains(honoured, key); isHonoured == isRefused {
			t.Errorf("%s: honoured %t and refused %t", name, isHonoured, isRefused)
		}
		if len(Annotations(u)) != 1 {
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

// An ACK feature that Tack lacks is refused before any call, with the annotation and the remedy. A
// value without an effect is not refused.
func TestAnnotationsNotHonoured(t *testing.T) {
	for name, test := range map[string]struct {
		key, value string
		inSpace    bool
		living     string // in the message; empty: not refused
		deleting   string
	}{
		"adopt":                         {"services.k8s.aws/adoption-policy", "adopt", false, "Remove the annotation", ""},
		"adopt or create":               {"services.k8s.aws/adoption-policy", "adopt-or-create", false, "does not adopt", ""},
		"a policy that ACK refuses":     {"services.k8s.aws/adoption-policy", "", false, "does not adopt", ""},
		"adoption fields":               {"services.k8s.aws/adoption-fields", `{"vpcID":"vpc-1"}`, false, "does not adopt", ""},
		"no adoption fields":            {"services.k8s.aws/adoption-fields", "{}", false, "", ""},
		"adopted":                       {"services.k8s.aws/adopted", "TRUE", false, "does not adopt", ""},
		"not adopted":                   {"services.k8s.aws/adopted", "false", false, "", ""},
		"read-only":                     {"services.k8s.aws/read-only", "true", false, "merely observe", "deletion-policy: retain"},
		"read-only in capitals":         {"services.k8s.aws/read-only", "True", false, "merely observe", "deletion-policy: retain"},
		"not read-only":                 {"services.k8s.aws/read-only", "False", false, "", ""},
		"read-only, empty":              {"services.k8s.aws/read-only", "", false, "", ""},
		"account on an object":          {"services.k8s.aws/owner-account-id", account, false, "on the namespace", ""},
		"policy of a service on object": {"ec2.services.k8s.aws/deletion-policy", "retain", false, "on the namespace", "on the namespace"},
		"policy of another service":     {"s3.services.k8s.aws/deletion-policy", "retain", false, "", ""},
		"misspelt":                      {"services.k8s.aws/deletion-polcy", "retain", false, "does not know it", "does not know it"},
		"misspelt, ours":                {"services.k8s.aws/tack-letgo", "retain:sg-1", false, "does not know it", "does not know it"},
		"read-only, of the service":     {"ec2.services.k8s.aws/read-only", "true", false, "does not know it", "does not know it"},
		"read-only, of another service": {"s3.services.k8s.aws/read-only", "true", false, "", ""},
		"Region":                        {"services.k8s.aws/region", "us-west-2", false, "", ""},
		"retain":                        {"services.k8s.aws/deletion-policy", "retain", false, "", ""},
		"delete":                        {"services.k8s.aws/deletion-policy", "Delete", false, "", ""},
		"no policy":                     {"services.k8s.aws/deletion-policy", "", false, "", ""},
		"misspelt policy":               {"services.k8s.aws/deletion-policy", "Retain", false, "no deletion policy", "no deletion policy"},
		"policy with a space":           {"services.k8s.aws/deletion-policy", "retain ", false, "no deletion policy", "no deletion policy"},
		"unknown policy":                {"services.k8s.aws/deletion-policy", "keep", false, "in lower case", "deletion-policy: retain on the object"},
		"another tool's":                {"example.com/services.k8s.aws", "x", false, "", ""},
		"read-only namespace":           {"services.k8s.aws/read-only", "true", true, "on an object", "on an object"},
		"adopting namespace":            {"services.k8s.aws/adoption-policy", "adopt", true, "on an object", ""},
		"policy without service":        {"services.k8s.aws/deletion-policy", "retain", true, "ec2.services.k8s.aws/deletion-policy", "ec2.services.k8s.aws/deletion-policy"},
		"misspelt policy of namespace":  {"ec2.services.k8s.aws/deletion-policy", "Retain", true, "no deletion policy", "deletion-policy: retain on the object"},
		"policy of namespace":           {"ec2.services.k8s.aws/deletion-policy", "retain", true, "", ""},
		"deleting policy of namespace":  {"ec2.services.k8s.aws/deletion-policy", "delete", true, "", ""},
		"misspelt policy of another":    {"iam.services.k8s.aws/deletion-policy", "Retain", true, "", ""},
		"deleting policy":               {"services.k8s.aws/deletion-policy", "delete", true, "", ""},
		"Region of the namespace":       {"services.k8s.aws/region", "eu-west-1", true, "services.k8s.aws/default-region", ""},
	} {
		for _, deleting := range []bool{false, true} {
			c := made(deleting)
			if test.inSpace {
				inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, test.key: test.value})(c)
			} else {
				c.set(test.value, "metadata", "annotations", test.key)
			}
			want := test.living
			if deleting {
				want = test.deleting
			}
			got := c.level(t, settings).Problem
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
		c.set("retain", "metadata", "annotations", corev1alpha1.AnnotationDeletionPolicy)
		if got := c.level(t, settings); got.Problem != nil || !got.Object.Retain {
			t.Errorf("deleting %t: problem %+v, retain %t", deleting, got.Problem, got.Object.Retain)
		}
	}
}

// An object with nothing in AWS is released, whatever its annotations ask for. An object with a
// release in another place is not touched either.
func TestAnnotationsNotHonouredForbidNoMore(t *testing.T) {
	c := complete()
	c.set("true", "metadata", "annotations", corev1alpha1.AnnotationReadOnly)
	c.set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	if got := c.level(t, settings).Problem; got != nil {
		t.Errorf("the deletion of what was never made: %+v", got)
	}
	c = made(false)
	inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: "222222222222", corev1alpha1.AnnotationReadOnly: "true"})(c)
	c.set("delete:sg-1", "metadata", "annotations", corev1alpha1.AnnotationLetGo)
	if got := c.level(t, settings); got.Leaving || got.Problem == nil || got.Problem.Reason != "AnnotationNotSupported" {
		t.Errorf("a release under read-only: leaving %t, problem %+v", got.Leaving, got.Problem)
	}
}
