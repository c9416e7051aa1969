package defaulttags

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

func read(t *testing.T, flags ...string) (all Templates) {
	t.Helper()
	for _, flag := range flags {
		if err := all.Set(flag); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func object(labels map[string]string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{}}
	u.SetNamespace("team-a")
	u.SetName("main")
	u.SetLabels(labels)
	return u
}

// The default tags of an object have the values of its verbs. Those of ACK's Helm chart are read as they are.
func TestFor(t *testing.T) {
	vpc, _ := apis.ByName("ec2.VPC")
	const ofHelm = "services.k8s.aws/controller-version=%CONTROLLER_SERVICE%-%CONTROLLER_VERSION%,services.k8s.aws/namespace=%K8S_NAMESPACE%,app.kubernetes.io/managed-by=%MANAGED_BY%,kro.run/kro-version=%KRO_VERSION%"
	ack := []resource.DefaultTag{
		{Key: resource.TagControllerVersion, Value: "ec2-" + version(), AnyValue: true}, {Key: resource.TagNamespace, Value: "team-a"},
	}
	for name, test := range map[string]struct {
		flags  []string
		labels map[string]string
		want   []resource.DefaultTag
	}{
		"not set":    {nil, nil, nil},
		"empty":      {[]string{""}, nil, []resource.DefaultTag{}},
		"plain":      {[]string{"env=prod, team = a"}, nil, []resource.DefaultTag{{Key: "env", Value: "prod"}, {Key: "team", Value: "a"}}},
		"twice":      {[]string{"env=prod", "team=a"}, nil, []resource.DefaultTag{{Key: "env", Value: "prod"}, {Key: "team", Value: "a"}}},
		"with a =":   {[]string{"query=a=b"}, nil, []resource.DefaultTag{{Key: "query", Value: "a=b"}}},
		"verbs":      {[]string{"object=%K8S_RESOURCE_KIND%/%K8S_NAMESPACE%/%K8S_RESOURCE_NAME%"}, nil, []resource.DefaultTag{{Key: "object", Value: "VPC/team-a/main"}}},
		"Helm's":     {[]string{ofHelm}, nil, ack},
		"Helm's kro": {[]string{ofHelm}, map[string]string{"app.kubernetes.io/managed-by": "kro", "kro.run/kro-version": "v0.9"}, append(ack, resource.DefaultTag{Key: "app.kubernetes.io/managed-by", Value: "kro"}, resource.DefaultTag{Key: "kro.run/kro-version", Value: "v0.9"})},
	} {
		if diff := cmp.Diff(test.want, read(t, test.flags...).For(object(test.labels), vpc)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A flag that AWS or Tack could not follow is an error that names the tag and the remedy.
func TestFaults(t *testing.T) {
	for flag, want := range map[string]string{
		"env":                            `"env" is not a tag: write key=value`,
		"=prod":                          "write key=value",
		"env=":                           "write key=value",
		"a=1,AWS:x=2":                    `"AWS:x=2": keys that begin with aws:`,
		"services.k8s.aws/tack-owner=me": "an owner tag",
		"Env=1,env=2":                    "there twice",
		"env=a|b":                        "IAM allows",
		"n?=b":                           "IAM allows",
		"v=%VERSION%":                    "does not know %VERSION%: use one of %CONTROLLER_SERVICE%",
		strings.Repeat("k", 129) + "=x":  "128 characters in a key",
		"x=" + strings.Repeat("v", 257):  "256 in a value",
		`"a=1`:                           "not a list of key=value",
		many():                           "name at most 20",
	} {
		var all Templates
		if err := all.Set(flag); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", flag, err, want)
		}
	}
}

func many() string {
	var pairs []string
	for i := range mostTags + 1 {
		pairs = append(pairs, "key-"+string(rune('a'+i))+"=x")
	}
	return strings.Join(pairs, ",")
}

// The flag's text is read back as it was written.
func TestString(t *testing.T) {
	all := read(t, "env=prod", "object=%K8S_RESOURCE_NAME%")
	if got := read(t, all.String()); cmp.Diff(all.String(), got.String()) != "" {
		t.Errorf("%s reads back as %s", all.String(), got.String())
	}
}
