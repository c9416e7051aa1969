package level

import (
	"testing"

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
	"read-only":                 "f71af6306f7b68846f12c9aefcad7fb6",
}

// A digest that an earlier version wrote stays valid: otherwise, an upgrade would cause an
// observation for every object.
func TestDigestsStay(t *testing.T) {
	claimed := func(c cluster) {
		c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	}
	for name, change := range map[string]func(cluster){
		"new":      func(cluster) {},
		"recorded": claimed,
		"unresolved": func(c cluster) {
			c.Set([]any{fields{"userIDGroupPairs": []any{fields{"groupRef": from("peer")}}}}, "spec", "ingressRules")
		},
		"annotated": func(c cluster) {
			claimed(c)
			c.Set("us-west-2", "metadata", "annotations", corev1alpha1.AnnotationRegion)
			c.Set("retain", "metadata", "annotations", corev1alpha1.AnnotationDeletionPolicy)
		},
		"moved by its annotation": func(c cluster) {
			claimed(c)
			c.Set("eu-west-1", "metadata", "annotations", corev1alpha1.AnnotationRegion)
			c.Set("retain", "metadata", "annotations", corev1alpha1.AnnotationDeletionPolicy)
		},
		"moved":      all(claimed, annotated("222222222222")),
		"read-only":  func(c cluster) { c.Set("true", "metadata", "annotations", corev1alpha1.AnnotationReadOnly) },
		"of another": func(c cluster) { c.Set("sg-1", "status", "id") },
		"endpoint":   inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationEndpointURL: "https://x.example.com"}),
		"retained by its namespace": func(c cluster) {
			claimed(c)
			inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, "ec2.services.k8s.aws/deletion-policy": "retain"})(c)
		},
	} {
		objects := complete()
		change(objects)
		if got := levelIn(t, objects, settings).Digest; got != digests[name] {
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
		return func(c cluster) { c.Set(value, "metadata", "annotations", key) }
	}
	for name, test := range map[string]struct {
		change   func(cluster)
		living   string // the effect on an object that lives: "digest", "run" or nothing
		deleting string // the effect on one that is being deleted
	}{
		"spec":                                {func(c cluster) { c.Set("other", "spec", "description") }, "digest", "digest"},
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
		"finalizer":                           {func(c cluster) { c.Set([]any{}, "metadata", "finalizers") }, "run", "run"},
		"another object":                      {func(c cluster) { c.Set("uid-2", "metadata", "uid") }, "digest", "digest"},
		"read-only":                           {annotate(corev1alpha1.AnnotationReadOnly, "true"), "digest", "digest"},
		"read-only namespace":                 {inSpace(corev1alpha1.AnnotationReadOnly, "true"), "digest", "digest"},
		"adoption":                            {annotate(corev1alpha1.AnnotationAdoptionPolicy, "adopt"), "digest", "digest"},
		"ignored fields":                      {annotate(corev1alpha1.AnnotationIgnoreFields, "spec.tags"), "digest", "digest"},
		"another tool's annotation":           {annotate("argocd.argoproj.io/tracking-id", "x"), "", ""},
	} {
		for _, deleting := range []bool{false, true} {
			before, after := made(deleting), made(deleting)
			test.change(after)
			was, is := levelIn(t, before.Vouch(), settings), levelIn(t, after.Vouch(), settings)
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
				t.Errorf("%s, deleting %t: a run in progress goes on with another digest", name, deleting)
			}
		}
	}
}

// made is a cluster with a made group in a VPC; the group may be in deletion.
func made(deleting bool) cluster {
	c := complete()
	c["vpcs/team-a/main"] = fields{"status": fields{"vpcID": "vpc-1"}}
	c.Set(from("main"), "spec", "vpcRef")
	c.Set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
	c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	if deleting {
		c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	}
	return c
}
