package ignoring

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

type (
	route   struct{ Gateway *string }
	options struct {
		DNS    *bool   `json:"dns,omitempty"`
		Policy *string `json:"policy,omitempty"`
	}
	spec struct {
		Name     *string                                   `json:"name,omitempty"`
		Routes   []*route                                  `json:"routes,omitempty"`
		Options  *options                                  `json:"options,omitempty"`
		Plain    options                                   `json:"plain"`
		Policies map[string]*string                        `json:"policies,omitempty"`
		VPCRef   *corev1alpha1.AWSResourceReferenceWrapper `json:"vpcRef,omitempty"`
	}
)

func TestProblem(t *testing.T) {
	for path, want := range map[string]string{
		"spec.name":              "",
		"spec.routes":            "",
		"spec.options":           "",
		"spec.options.dns":       "",
		"spec.plain.dns":         "",
		"spec.vpcRef":            "",
		"name":                   "the path does not begin with spec: write spec.name",
		"status.name":            "the path does not begin with spec: write spec.status.name",
		"Spec.name":              "the path does not begin with spec: write spec.name",
		"spec":                   "it names no field: write one below it, as in spec.tags",
		"spec.":                  "there is no such field",
		"spec.other":             "there is no such field",
		"spec.options.other":     "there is no such field",
		"spec.Routes":            "there is no such field: write spec.routes",
		"spec.options.DNS":       "there is no such field: write spec.options.dns",
		"spec.routes[0]":         "spec.routes is a list, which is ignored as a whole: write spec.routes",
		"spec.routes[].gateway":  "spec.routes is a list, which is ignored as a whole: write spec.routes",
		"spec.routes.gateway":    "spec.routes is a list, which is ignored as a whole: write spec.routes",
		"spec.policies.x":        "spec.policies is a map, which is ignored as a whole: write spec.policies",
		"spec.name.first":        "spec.name is ignored as a whole: write spec.name",
		"spec.vpcRef.from":       "spec.vpcRef is ignored as a whole: write spec.vpcRef",
		"spec.options[0]":        "there is no such field",
		"spec.options.dns.other": "spec.options.dns is ignored as a whole: write spec.options.dns",
	} {
		got := ""
		if problem := Problem[spec](resource.Object{Ignored: []string{"spec.name", path}}); problem != nil {
			got = problem.Message
		}
		if want != "" {
			want = "annotation services.k8s.aws/ignore-fields: " + path + ": " + want
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// A path that is wrong does not keep the object from being deleted.
func TestProblemOfADeletion(t *testing.T) {
	if problem := Problem[spec](resource.Object{Ignored: []string{"spec.other"}, Deleting: true}); problem != nil {
		t.Error(problem.Message)
	}
}

func TestMerged(t *testing.T) {
	for name, test := range map[string]struct {
		paths                 []string
		want, described, then string
	}{
		"no path":                     {nil, `{"name":"a"}`, `{"name":"b"}`, `{"name":"a"}`},
		"a text":                      {[]string{"spec.name"}, `{"name":"a","policies":{"x":"1"}}`, `{"name":"b","policies":{"x":"2"}}`, `{"name":"b","policies":{"x":"1"}}`},
		"a list":                      {[]string{"spec.routes"}, `{"routes":[{"Gateway":"a"}]}`, `{"routes":[{"Gateway":"b"},{"Gateway":"c"}]}`, `{"routes":[{"Gateway":"b"},{"Gateway":"c"}]}`},
		"a map":                       {[]string{"spec.policies"}, `{"policies":{"x":"1"}}`, `{"policies":{"y":"2"}}`, `{"policies":{"y":"2"}}`},
		"what AWS does not show":      {[]string{"spec.name", "spec.routes"}, `{"name":"a","routes":[{"Gateway":"a"}]}`, `{}`, `{}`},
		"what the spec lacks":         {[]string{"spec.name"}, `{}`, `{"name":"b"}`, `{"name":"b"}`},
		"part of an object":           {[]string{"spec.options.dns"}, `{"options":{"dns":true,"policy":"a"}}`, `{"options":{"dns":false,"policy":"b"}}`, `{"options":{"dns":false,"policy":"a"}}`},
		"part of a plain object":      {[]string{"spec.plain.dns"}, `{"plain":{"dns":true,"policy":"a"}}`, `{"plain":{"dns":false}}`, `{"plain":{"dns":false,"policy":"a"}}`},
		"part that the spec lacks":    {[]string{"spec.options.dns"}, `{}`, `{"options":{"dns":false,"policy":"b"}}`, `{"options":{"dns":false}}`},
		"part that nobody has":        {[]string{"spec.options.dns"}, `{}`, `{"options":{"policy":"b"}}`, `{}`},
		"part that AWS does not show": {[]string{"spec.options.dns"}, `{"options":{"dns":true}}`, `{}`, `{"options":{}}`},
		"a path that is refused":      {[]string{"spec", "name", "spec.other", "spec.routes[0]"}, `{"name":"a"}`, `{"name":"b"}`, `{"name":"a"}`},
	} {
		want, before := read(t, test.want), read(t, test.want)
		got := Merged(want, read(t, test.described), test.paths)
		if diff := cmp.Diff(read(t, test.then), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(before, want); diff != "" {
			t.Errorf("%s: the spec itself is changed (-want +got):\n%s", name, diff)
		}
	}
}

func TestWithout(t *testing.T) {
	for name, test := range map[string]struct {
		paths        []string
		fields, then string
	}{
		"nothing":             {[]string{"spec.name"}, ``, ``},
		"no path":             {nil, `{"name":"a"}`, `{"name":"a"}`},
		"another field":       {[]string{"spec.other"}, `{"name":"a"}`, `{"name":"a"}`},
		"a field":             {[]string{"spec.name"}, `{"name":"a","plain":{}}`, `{"plain":{}}`},
		"the only field":      {[]string{"spec.name"}, `{"name":"a"}`, ``},
		"part of an object":   {[]string{"spec.options.dns"}, `{"options":{"dns":true,"policy":"a"}}`, `{"options":{"policy":"a"}}`},
		"the only part":       {[]string{"spec.options.dns"}, `{"name":"a","options":{"dns":true}}`, `{"name":"a"}`},
		"part of another":     {[]string{"spec.name.first"}, `{"name":"a"}`, `{"name":"a"}`},
		"a path without spec": {[]string{"spec"}, `{"name":"a"}`, `{"name":"a"}`},
	} {
		if diff := cmp.Diff(test.then, string(Without(json.RawMessage(test.fields), test.paths))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSought(t *testing.T) {
	want := read(t, `{"name":"a","options":{"dns":true,"policy":"p"}}`)
	got := Sought([]string{"spec.options.policy", "spec.name"}, want, []string{"Policy"})
	if diff := cmp.Diff(read(t, `{"name":"a","options":{"dns":true}}`), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Where others manage the tags, Tack keeps only the default tags that inform.
func TestDefaultTags(t *testing.T) {
	informs, team := resource.DefaultTag{Key: resource.TagNamespace, Value: "n"}, resource.DefaultTag{Key: "team", Value: "a"}
	for name, test := range map[string]struct {
		object     resource.Object
		tags, want []resource.DefaultTag
	}{
		"all":           {resource.Object{}, []resource.DefaultTag{informs, team}, []resource.DefaultTag{informs, team}},
		"not named":     {resource.Object{}, nil, nil},
		"tags ignored":  {resource.Object{Ignored: []string{"spec.tags"}}, []resource.DefaultTag{informs, team}, []resource.DefaultTag{informs}},
		"being adopted": {resource.Object{Adoption: &resource.Adoption{ID: "x-1"}}, []resource.DefaultTag{informs, team}, []resource.DefaultTag{informs}},
		"adopted":       {resource.Object{Adoption: &resource.Adoption{ID: "x-1", Done: true}}, []resource.DefaultTag{team}, []resource.DefaultTag{team}},
		"ACK's":         {resource.Object{Ignored: []string{"spec.tags"}}, nil, nil},
		"other ignored": {resource.Object{Ignored: []string{"spec.name"}}, []resource.DefaultTag{team}, []resource.DefaultTag{team}},
	} {
		test.object.DefaultTags = test.tags
		if diff := cmp.Diff(test.want, DefaultTags(test.object)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAdvice(t *testing.T) {
	for _, paths := range [][]string{nil, {"spec.name", "spec.other"}} {
		if got := Advice[spec](resource.Object{Ignored: paths}); got != nil {
			t.Errorf("%q: %v", paths, got)
		}
	}
	want := "after the create, Tack leaves these fields as they are in AWS: spec.name, spec.routes (annotation services.k8s.aws/ignore-fields)"
	if got := Advice[spec](resource.Object{Ignored: []string{"spec.name", "spec.routes"}}); len(got) != 1 || got[0].Reason != "FieldsIgnored" || got[0].Message != want {
		t.Errorf("got %v", got)
	}
}

func read(t *testing.T, text string) (v spec) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
