package main

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
)

// Only a change of an input wakes a run. Our own writes of the status, the claim and the finalizer
// would otherwise cause a second pass after each first.
func TestWhatWakesARun(t *testing.T) {
	kind, _ := apis.ByName("ec2.VPC")
	for name, c := range map[string]struct {
		change func(*unstructured.Unstructured)
		wakes  bool
	}{
		"nothing":    {func(*unstructured.Unstructured) {}, false},
		"our claim":  {func(u *unstructured.Unstructured) { u.SetAnnotations(map[string]string{level.AnnotationClaim: "{}"}) }, false},
		"our status": {func(u *unstructured.Unstructured) { u.Object["status"] = map[string]any{"vpcID": "vpc-1"} }, false},
		"version":    {func(u *unstructured.Unstructured) { u.SetResourceVersion("2") }, false},
		"finalizer":  {func(u *unstructured.Unstructured) { u.SetFinalizers([]string{"a", kind.Finalizer()}) }, false},
		"spec":       {func(u *unstructured.Unstructured) { u.SetGeneration(2) }, true},
		"annotation": {func(u *unstructured.Unstructured) {
			u.SetAnnotations(map[string]string{"services.k8s.aws/region": "x"})
		}, true},
		"an annotation that is refused": {func(u *unstructured.Unstructured) {
			u.SetAnnotations(map[string]string{"services.k8s.aws/read-only": "true"})
		}, true},
		"another tool's annotation": {func(u *unstructured.Unstructured) {
			u.SetAnnotations(map[string]string{"argocd.argoproj.io/tracking-id": "x"})
		}, false},
		"deletion":     {func(u *unstructured.Unstructured) { u.SetDeletionTimestamp(new(metav1.Now())) }, true},
		"other uid":    {func(u *unstructured.Unstructured) { u.SetUID(types.UID("2")) }, true},
		"no finalizer": {func(u *unstructured.Unstructured) { u.SetFinalizers(nil) }, true},
	} {
		was := &unstructured.Unstructured{Object: map[string]any{}}
		was.SetUID("1")
		was.SetGeneration(1)
		was.SetFinalizers([]string{kind.Finalizer()})
		is := was.DeepCopy()
		c.change(is)
		if got := changed(kind, was, is); (got != "") != c.wakes {
			t.Errorf("%s: wakes for %q, want a wake: %v", name, got, c.wakes)
		}
	}
}

// After a missed deletion, the informer gives the last state that it has, if any.
func TestUnwrap(t *testing.T) {
	u := &unstructured.Unstructured{}
	for name, c := range map[string]struct {
		obj  any
		want *unstructured.Unstructured
	}{
		"an object":                  {u, u},
		"a missed deletion":          {cache.DeletedFinalStateUnknown{Key: "a/b", Obj: u}, u},
		"a missed deletion, unknown": {cache.DeletedFinalStateUnknown{Key: "a/b"}, nil},
		"nothing":                    {nil, nil},
	} {
		if got := unwrap(c.obj); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// The error names flags that are missing or cannot be right, with valid values.
func TestFlagsThatAreRequired(t *testing.T) {
	with := func(account string) options {
		return options{settings: level.Settings{Cluster: "dev", Install: "dev", DefaultAccount: account}, deletionPolicy: "delete"}
	}
	deletes := func(policy string) options {
		o := with("")
		o.deletionPolicy = policy
		return o
	}
	for _, c := range []struct {
		options options
		want    string // empty: they are accepted
	}{
		{options{}, "--cluster"},
		{options{settings: level.Settings{Cluster: "dev"}}, "--install-id"},
		{options{settings: level.Settings{Cluster: "prod/evil", Install: "dev"}}, "--cluster"},
		{options{settings: level.Settings{Cluster: "dev ", Install: "dev"}}, "--cluster"},
		{options{settings: level.Settings{Cluster: strings.Repeat("x", 101), Install: "dev"}}, "--cluster"},
		{options{settings: level.Settings{Cluster: "dev", Install: "a/b"}}, "--install-id"},
		{options{settings: level.Settings{Cluster: "prod*1", Install: "dev"}}, "--cluster"},
		{options{settings: level.Settings{Cluster: "prod,eu", Install: "dev"}}, "--cluster"},
		{options{settings: level.Settings{Cluster: "dev", Install: "a(b)"}}, "--install-id"},
		{options{settings: level.Settings{Cluster: "dev", Install: "dev#2"}}, "--install-id"},
		{with("12"), `--default-account-id: "12"`},
		{with("12345678901x"), "--default-account-id"},
		{with("1111-1111-1111"), "twelve digits"},
		{with("1234567890123"), "--default-account-id"},
		{with("111111111111"), ""},
		{with(""), ""},
		{deletes("retain"), ""},
		{deletes("Retain"), `--deletion-policy: "Retain"`},
		{deletes("keep"), "set delete or retain"},
		{deletes(""), "--deletion-policy"},
	} {
		err := c.options.validate()
		if c.want == "" {
			if err != nil {
				t.Errorf("%+v: %v", c.options.settings, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want it to name %s", err, c.want)
		}
	}
}
