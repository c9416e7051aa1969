package export

import (
	"context"
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
)

type fields = map[string]any

func kindNamed(t *testing.T, name string) apis.Kind {
	t.Helper()
	kind, ok := apis.ByName(name)
	if !ok {
		t.Fatalf("no kind %s", name)
	}
	return kind
}

// instance is an object with each type of field, one of them secret.
func instance() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: fields{
		"metadata": fields{"name": "web"},
		"spec": fields{
			"userData": "secret", "maxCount": int64(1), "ebsOptimized": false, "empty": "",
			"tags": []any{fields{"key": "a", "value": "one"}, fields{"key": "b", "value": "two"}},
		},
		"status": fields{"instanceID": "i-1", "ackResourceMetadata": fields{"arn": "arn:aws:ec2:us-west-2:1:instance/i-1"}, "ratio": 0.5},
	}}
}

func TestPaths(t *testing.T) {
	for text, want := range map[string]string{
		".status.instanceID":                                         "i-1",
		`.status["instanceID"]`:                                      "i-1",
		`."status".instanceID`:                                       "i-1",
		".status.ackResourceMetadata.arn":                            "arn:aws:ec2:us-west-2:1:instance/i-1",
		`.status.ackResourceMetadata.arn | split("/") | last`:        "i-1",
		".spec.maxCount":                                             "1",
		".spec.ebsOptimized":                                         "false",
		".spec.empty":                                                "",
		".status.ratio":                                              "0.5",
		".spec.tags[1].value":                                        "two",
		".spec.tags[-1].value":                                       "two",
		".spec.tags[].value":                                         "one",
		`.spec.tags[] | select(.key == "b") | .value`:                "two",
		`.spec.tags | map(select(.key == "b")) | .[0].value`:         "two",
		`first(.spec.tags[] | select(.key | startswith("b"))).value`: "two",
		".spec.tags | length":                                        "2",
		".status.none // .status.instanceID":                         "i-1",
		".status.none? // .status.instanceID":                        "i-1",
		`.status.instanceID | ltrimstr("i-")`:                        "1",
		".status.instanceID[0:1]":                                    "i",
	} {
		at, err := parsePath(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		u := instance()
		got, err := at.valueIn(t.Context(), u, kindNamed(t, "ec2.Instance"))
		if err != nil || got != want {
			t.Errorf("%s: got %q and %v, want %q", text, got, err, want)
		}
		if again, err := at.valueIn(t.Context(), u, kindNamed(t, "ec2.Instance")); err != nil || again != want {
			t.Errorf("%s for the second time: got %q and %v, want %q", text, again, err, want)
		}
	}
}

// A path that selects no text, number or boolean says what it selects. It never shows a secret.
func TestPathsWithoutAValue(t *testing.T) {
	for text, want := range map[string]string{
		".status.none":                       "selects nothing",
		".status.none.below":                 "selects nothing",
		".spec.tags":                         "selects a list",
		".spec":                              "selects an object",
		".":                                  "selects an object",
		".status.none[]":                     "cannot be followed",
		".status.instanceID.x":               "cannot be followed",
		`.spec.tags[] | select(.key == "c")`: "selects nothing",
		".spec.userData":                     "never exported: spec.userData",
		`.spec["userData"]`:                  "never exported: spec.userData",
		`.spec[.status.none // "userData"]`:  "never exported: spec.userData",
	} {
		at, err := parsePath(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := at.valueIn(t.Context(), instance(), kindNamed(t, "ec2.Instance"))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), `"secret"`) {
			t.Errorf("%s: got %q and %v, want the error %q", text, got, err, want)
		}
	}
}

// A path that could loop, grow or leave spec and status is refused before it runs.
func TestPathsThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		".status.":                      "not a path of jq",
		"status.vpcID":                  "cannot call",
		".metadata.name":                "only .spec and .status",
		`.["metadata"].name`:            "only .spec and .status",
		"(.metadata | .name)":           "only .spec and .status",
		"..":                            "cannot contain",
		".status | recurse":             "cannot call",
		"def f: f; f":                   "defines a name",
		".status as $x | $x":            "defines a name",
		"[range(1000000000)]":           "cannot contain",
		"range(1000000000)":             "cannot call",
		`"x" * 1000000000`:              "operator \"*\"",
		".status.a + .status.b":         "operator \"+\"",
		".status.a, .status.b":          "operator \",\"",
		`"\(.status)\(.status)"`:        "cannot build",
		`.status["\(.spec)"]`:           "cannot build",
		"{a: .status}":                  "cannot contain",
		"reduce .status[] as $x (0; .)": "cannot contain",
		"env.HOME":                      "cannot call",
		"$ENV.HOME":                     "cannot call",
		"input":                         "cannot call",
		"halt":                          "cannot call",
		".status | @base64":             "cannot contain",
		".status.a |= 1":                "operator",
		"select(repeat(1))":             "cannot call",
		".status[repeat(1)]":            "cannot call",
		".status[1:(2,3)]":              "operator",
		".status | " + strings.Repeat("(", 2) + strings.Repeat(".a|", 500) + ".": "at most",
		"if .status then 1 else 2 end":                                           "cannot contain",
		"try error catch .":                                                      "cannot contain",
		"label $x | break $x":                                                    "cannot contain",
		"-(.status.a + 1)":                                                       "operator",
	} {
		if _, err := parsePath(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// No path that is accepted can make jq panic, and none runs until its time is up.
func FuzzPaths(f *testing.F) {
	for _, text := range []string{".status.instanceID", `.spec.tags[] | select(.key == "b") | .value`, ".spec.tags[-1:1].x?", "..", "-1", `.status["a"] // 1`, "first(.spec[]) | split(\"x\")"} {
		f.Add(text)
	}
	instances, ok := apis.ByName("ec2.Instance")
	if !ok {
		f.Fatal("no kind")
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := parsePath(text)
		if err != nil {
			return
		}
		if _, err := at.valueIn(t.Context(), instance(), instances); errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%q runs too long", text)
		}
	})
}
