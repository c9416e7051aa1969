package adoption

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

type described struct {
	Name  *string         `json:"name,omitempty"`
	Rules []string        `json:"rules,omitempty"`
	Data  *map[string]any `json:"data,omitempty"`
}

// AWS's values fill only what the spec leaves out. Tags of AWS and of controllers stay out of it, and so
// does a field with a secret.
func TestValues(t *testing.T) {
	shown := described{Name: new("web"), Rules: []string{"a"}, Data: &map[string]any{"UserData": "s3cret", "size": 1}}
	tags := map[string]string{"team": "a", "aws:cloudformation:stack-name": "x", "AWS:x": "y", resource.TagOwner: "o", resource.TagNamespace: "n", resource.TagControllerVersion: "v"}
	for name, test := range map[string]struct{ spec, missing, whole string }{
		"nothing set":    {`{}`, `{"name":"web","rules":["a"],"tags":[{"key":"team","value":"a"}]}`, `{"name":"web","rules":["a"],"tags":[{"key":"team","value":"a"}]}`},
		"null counts":    {`{"name":null,"tags":[]}`, `{"name":"web","rules":["a"]}`, `{"name":"web","rules":["a"],"tags":[]}`},
		"all of it set":  {`{"name":"x","rules":[],"tags":[]}`, ``, `{"name":"x","rules":[],"tags":[]}`},
		"another value":  {`{"name":"x","tags":[]}`, `{"rules":["a"]}`, `{"name":"x","rules":["a"],"tags":[]}`},
		"a field beside": {`{"size":1,"name":"x","rules":["b"]}`, `{"tags":[{"key":"team","value":"a"}]}`, `{"name":"x","rules":["b"],"size":1,"tags":[{"key":"team","value":"a"}]}`},
	} {
		values, err := Values(json.RawMessage(test.spec), shown, tags, []string{"UserData"})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(values.JSON()); got != test.missing {
			t.Errorf("%s: missing %s, want %s", name, got, test.missing)
		}
		if got := string(values.In(json.RawMessage(test.spec))); got != test.whole {
			t.Errorf("%s: whole %s, want %s", name, got, test.whole)
		}
	}
	if _, err := Values(json.RawMessage(`{`), shown, tags, nil); err == nil {
		t.Error("a malformed spec is read")
	}
}

// Fields that the spec may not have beside the user's are left out, and no others.
func TestFitting(t *testing.T) {
	all := Fields{"a": 1, "b": 2, "c": 3}
	for name, test := range map[string]struct {
		refused string // the field that the spec may not have; empty: none
		want    Fields
	}{
		"all":        {"", all},
		"one":        {"b", Fields{"a": 1, "c": 3}},
		"the user's": {"x", all}, // another field is at fault
	} {
		got := all.Fitting(func(some Fields) *resource.Problem {
			if _, there := some[test.refused]; there || test.refused == "x" {
				return &resource.Problem{Message: "refused"}
			}
			return nil
		})
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Each field that the plan changes has one advice with both values. Ownership tags are no difference,
// and a secret is never shown.
func TestDifferences(t *testing.T) {
	shown := described{Name: new("web"), Rules: []string{strings.Repeat("x", 400)}, Data: &map[string]any{"userData": "s3cret"}}
	spec := json.RawMessage(`{"name":"other","data":{"userData":"hidden","list":[{"userdata":"hidden"}]}}`)
	problem, advice := Differences(resource.Plan{
		ID:    "x-1",
		Steps: []resource.Step{{Verb: "Tag"}, {Path: "spec.rules[0].port"}, {Path: "spec.rules[1]"}, {Path: "spec.data.userData"}, {Path: "spec.tags"}},
		Notes: []string{"spec.name: AWS cannot change it"},
	}, spec, shown, map[string]string{"team": "a"}, []string{"UserData"})
	if problem == nil || problem.State != resource.Blocked || !strings.Contains(problem.Message, "x-1 is not adopted yet, because the spec differs in name, rules, data, tags") {
		t.Fatalf("the problem is %+v", problem)
	}
	var got []string
	for _, a := range advice {
		got = append(got, a.Message)
	}
	want := []string{
		`spec.name: the spec has "other", AWS has "web"`,
		`spec.rules: the spec has nothing, AWS has ["` + strings.Repeat("x", mostWords-2) + `…`,
		`spec.data: the spec has {"list":[{"userdata":"(secret)"}],"userData":"(secret)"}, AWS has {"userData":"(secret)"}`,
		`spec.tags: the spec has nothing, AWS has [{"key":"team","value":"a"}]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("advice (-want +got):\n%s", diff)
	}
	if problem, advice := Differences(resource.Plan{Steps: []resource.Step{{Verb: "Tag"}}}, spec, shown, nil, nil); problem != nil || advice != nil {
		t.Errorf("ownership tags differ: %+v %v", problem, advice)
	}
}

// The plan of an adoption is the last of its pass only if it holds nothing but our tags.
func TestLastPlanOfAnAdoption(t *testing.T) {
	ours, users := resource.Step{Verb: resource.VerbTag}, resource.Step{Verb: resource.VerbTag, Path: "spec.tags"}
	for name, test := range map[string]struct {
		plan resource.Plan
		last bool
	}{
		"our tags":       {resource.Plan{Steps: []resource.Step{ours}}, true},
		"nothing":        {resource.Plan{}, true},
		"the user's":     {resource.Plan{Steps: []resource.Step{ours, users}}, false},
		"another call":   {resource.Plan{Steps: []resource.Step{{Verb: "Attach"}}}, false},
		"a create":       {resource.Plan{Create: &ours, Steps: []resource.Step{ours}}, false},
		"a note":         {resource.Plan{Steps: []resource.Step{ours}, Notes: []string{"n"}}, false},
		"AWS is at work": {resource.Plan{Steps: []resource.Step{ours}, Wait: &resource.Wait{}}, false},
		"an accepter":    {resource.Plan{Steps: []resource.Step{ours}, Accepter: resource.Target{AccountID: "1"}}, false},
		"a problem":      {resource.Plan{Problem: &resource.Problem{}}, false},
	} {
		got := TakeOver(resource.Object{}, test.plan, nil, nil, nil, nil)
		if got.Last != test.last {
			t.Errorf("%s: last is %t", name, got.Last)
		}
	}
}

// On a resource to adopt or to take over, ACK's two tags count as AWS has them. Without the flag, they do
// on every resource that was adopted. An empty flag is a flag.
func TestKeeping(t *testing.T) {
	fills, takes, creates := &resource.Adoption{ID: "x-1"}, &resource.Adoption{ID: "x-1", Takes: true}, &resource.Adoption{ID: "x-1", Create: true}
	flag := []resource.DefaultTag{{Key: "team", Value: "a"}, {Key: resource.TagNamespace, Value: "new"}}
	team, namespace := flag[:1:1], resource.DefaultTag{Key: resource.TagNamespace, Value: "old"}
	kept, none := []resource.DefaultTag{namespace}, []resource.DefaultTag{}
	done := &resource.Claim{ID: "x-1", Adopted: true}
	for name, test := range map[string]struct {
		adoption   *resource.Adoption
		claim      *resource.Claim
		flag, want []resource.DefaultTag
	}{
		"adopts":                      {fills, nil, nil, kept},
		"adopts, an empty flag":       {fills, nil, none, kept},
		"adopts, with a flag":         {fills, nil, flag, append(team, namespace)},
		"takes over":                  {takes, nil, nil, kept},
		"takes over, with a flag":     {takes, done, flag, append(team, namespace)},
		"applies the spec":            {creates, nil, nil, kept},
		"applies the spec, by a flag": {creates, nil, flag, flag},
		"adopted":                     {nil, done, nil, kept},
		"adopted, an empty flag":      {nil, done, none, none},
		"adopted, with a flag":        {nil, done, flag, flag},
		"created":                     {nil, &resource.Claim{ID: "x-1"}, nil, nil},
		"created, with a flag":        {nil, &resource.Claim{ID: "x-1"}, flag, flag},
	} {
		in := resource.ObserveInput{Object: resource.Object{Adoption: test.adoption, Claim: test.claim, DefaultTags: test.flag}}
		got := Keeping(in, map[string]string{resource.TagNamespace: "old", "team": "b"}).Object.DefaultTags
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := Keeping(resource.ObserveInput{Object: resource.Object{Adoption: takes}}, nil).Object.DefaultTags; got == nil {
		t.Error("without ACK's tags in AWS, Tack would set them")
	}
}
