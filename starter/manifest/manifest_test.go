package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	vpc = "apiVersion: ec2.services.k8s.aws/v1alpha1\nkind: VPC\nmetadata: {name: main, namespace: team-a}\nspec: {cidrBlocks: [10.0.0.0/16]}\n"
	// subnet refers to the VPC.
	subnet = "apiVersion: ec2.services.k8s.aws/v1alpha1\nkind: Subnet\nmetadata: {name: a, namespace: team-a}\nspec: {cidrBlock: 10.0.0.0/24, vpcRef: {from: {name: main}}}\n"
	space  = "apiVersion: v1\nkind: Namespace\nmetadata: {name: team-a}\n"
	other  = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
)

func read(t *testing.T, text string) (Set, error) {
	t.Helper()
	return Read([]string{"-"}, strings.NewReader(text), Defaults{Cluster: "dev", Namespace: "default"})
}

// Documents, lists and JSON are read, and an object follows those to which it refers.
func TestRead(t *testing.T) {
	list := `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"iam.services.k8s.aws/v1alpha1","kind":"Role","metadata":{"name":"app"},"spec":{"name":"application","assumeRolePolicyDocument":"{}"}}]}`
	set, err := read(t, strings.Join([]string{subnet, "", space, vpc, other, list}, "\n---\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range set.Objects {
		got = append(got, o.Ref.WorkflowID()+" from "+o.Where)
	}
	want := []string{
		"ec2.VPC/dev/team-a/main from standard input, document 4", "ec2.Subnet/dev/team-a/a from standard input, document 1",
		"iam.Role/dev/default/app from standard input, document 6, items[0]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Deployment web (standard input, document 5)"}, set.Skipped); diff != "" || len(set.Spaces["team-a"]) == 0 {
		t.Errorf("skipped (-want +got):\n%s\nnamespaces %s", diff, set.Spaces)
	}
	beside := set.Beside(set.Objects[1])
	if len(beside) != 1 || beside[0].Ref != set.Objects[0].Ref || set.Objects[2].Name != "application" {
		t.Errorf("the subnet refers to %+v; the role is named %q", beside, set.Objects[2].Name)
	}
}

// A folder is read with the folders below it. Other files in it do not count.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"b.yaml": subnet, "in/a.yml": vpc, "in/README.md": "#", "c.json": ""} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set, err := Read([]string{dir}, nil, Defaults{Cluster: "dev"})
	if err != nil || len(set.Objects) != 2 || set.Objects[0].Where != filepath.Join(dir, "in", "a.yml")+", document 1" {
		t.Errorf("got %+v, %v", set.Objects, err)
	}
	if _, err := Read([]string{filepath.Join(dir, "none")}, nil, Defaults{}); err == nil {
		t.Error("a missing path is no error")
	}
}

// An error names the file, the document and the field.
func TestBadInput(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"no YAML":              {vpc + "---\na: [", "reading standard input, document 2: "},
		"no object":            {"- a", "reading standard input, document 1: want an object"},
		"a key twice":          {"kind: VPC\nkind: VPC", `key "kind" already set`},
		"no kind":              {"apiVersion: v1\nmetadata: {name: a}", "document 1: kind: is missing"},
		"no version":           {"kind: VPC\nmetadata: {name: a}", "document 1: apiVersion: is missing"},
		"no name":              {strings.Replace(vpc, "name: main, ", "", 1), "document 1: metadata.name: is missing"},
		"an unknown kind":      {strings.Replace(vpc, "kind: VPC", "kind: Vpc", 1), "kind: Tack serves no Vpc of ec2.services.k8s.aws: use one of VPC, SecurityGroup, "},
		"an unknown version":   {strings.Replace(vpc, "v1alpha1", "v1", 1), "apiVersion: ec2.services.k8s.aws/v1: Tack serves ec2.services.k8s.aws/v1alpha1"},
		"an unknown field":     {strings.Replace(vpc, "cidrBlocks", "cidrBlock", 1), `document 1: strict decoding error: unknown field "spec.cidrBlock"`},
		"a field of that type": {strings.Replace(vpc, "[10.0.0.0/16]", "10.0.0.0/16", 1), "cidrBlocks"},
		"twice":                {vpc + "---\n" + vpc, "document 2: metadata.name: VPC team-a/main is in standard input, document 1, too"},
		"nothing":              {"", "standard input"},
		"only others":          {other, "no object of a kind that Tack serves, only Deployment web"},
	} {
		if _, err := read(t, test.text); name != "nothing" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		} else if err == nil {
			t.Errorf("%s: is no error", name)
		}
	}
}

// Two objects may refer to each other.
func TestCircle(t *testing.T) {
	group := func(name, peer string) string {
		return "apiVersion: ec2.services.k8s.aws/v1alpha1\nkind: SecurityGroup\nmetadata: {name: " + name + "}\nspec: {name: g, description: d, ingressRules: [{ipProtocol: tcp, userIDGroupPairs: [{groupRef: {from: {name: " + peer + "}}}]}]}\n"
	}
	set, err := read(t, group("a", "b")+"---\n"+group("b", "a"))
	if err != nil || len(set.Objects) != 2 || set.Objects[0].Ref.Name != "b" {
		t.Errorf("got %+v, %v", set.Objects, err)
	}
}
