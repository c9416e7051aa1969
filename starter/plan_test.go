package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tack-dev/tack/resource"
)

// A bad command line, or a bad manifest, is an error before Temporal is asked.
func TestBadPlans(t *testing.T) {
	good := file(t, "apiVersion: ec2.services.k8s.aws/v1alpha1\nkind: VPC\nmetadata: {name: main}\nspec: {cidrBlocks: [10.0.0.0/16]}\n")
	secret := file(t, "apiVersion: ec2.services.k8s.aws/v1alpha1\nkind: Instance\nmetadata: {name: main}\nspec: {userData: c2VjcmV0}\n")
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "plan: want -f PATH"},
		{[]string{"-f", good, "more"}, "plan: want -f PATH"},
		{[]string{"-f", good, "--output", "yaml"}, `--output: "yaml": write text or json`},
		{[]string{"-f", good, "--cluster", "prod*1"}, `--cluster: "prod*1" cannot name a cluster`},
		{[]string{"-f", good, "--payload-keys", "nowhere"}, "open nowhere"},
		{[]string{"-f", file(t, "kind: VPC")}, "document 1: "},
		{[]string{"-f", secret}, "spec.userData: it may contain secrets"},
	} {
		if _, err := parsePlan(c.args, strings.NewReader("")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want it to say %q", c.args, err, c.want)
		}
	}
	for _, args := range [][]string{{"-f", good}, {"-f", secret, "--delete"}, {"-f", secret, "--allow-clear-user-data"}, {"-f", secret, "--payload-keys", keyFile(t)}} {
		if _, err := parsePlan(args, nil); err != nil {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// file writes a manifest.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "main.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var call = resource.PlannedCall{Order: 1, Action: "ec2:CreateVpc", Summary: "create it", AccountID: "1", Region: "r", Request: json.RawMessage(`{"CidrBlock":"10.0.0.0/16"}`)}

// The exit code follows that of terraform plan -detailed-exitcode: 0 says that nothing would change. An
// object whose calls somebody holds back is no such object, whether its calls are known or not.
func TestVerdict(t *testing.T) {
	problem := func(state resource.State, calls ...resource.PlannedCall) planOf {
		return planOf{Planned: resource.Planned{Problem: &resource.Problem{State: state}, Calls: calls}}
	}
	of := func(p resource.Planned) planOf { return planOf{Planned: p} }
	deletes := func(p resource.Planned) planOf { return planOf{Planned: p, deletes: true} }
	calls, waits := []resource.PlannedCall{call}, []string{"w"}
	for name, test := range map[string]struct {
		plans []planOf
		want  error
	}{
		"no call":                   {[]planOf{{}, of(resource.Planned{Advice: []string{"a"}})}, nil},
		"nothing to delete":         {[]planOf{deletes(resource.Planned{})}, nil},
		"AWS deletes it":            {[]planOf{deletes(resource.Planned{Exists: true, Waits: waits})}, nil},
		"calls":                     {[]planOf{{}, of(resource.Planned{Calls: calls})}, errCalls},
		"calls, after a wait":       {[]planOf{of(resource.Planned{Calls: calls, Waits: waits})}, errCalls},
		"calls, then AWS":           {[]planOf{of(resource.Planned{Calls: calls, Later: true})}, errCalls},
		"a wait alone":              {[]planOf{of(resource.Planned{Waits: waits})}, errIncomplete},
		"AWS is not ready":          {[]planOf{of(resource.Planned{Later: true})}, errIncomplete},
		"a change that AWS denies":  {[]planOf{of(resource.Planned{Notes: []string{"n"}})}, errIncomplete},
		"a problem beside calls":    {[]planOf{of(resource.Planned{Calls: calls}), problem(resource.Terminal)}, errIncomplete},
		"no role":                   {[]planOf{problem(resource.Waiting)}, errIncomplete},
		"AWS refuses to show it":    {[]planOf{problem(resource.Blocked)}, errIncomplete},
		"paused, plan-only":         {[]planOf{problem(resource.Paused)}, errIncomplete},
		"another controller's":      {[]planOf{problem(resource.Foreign)}, errIncomplete},
		"a replacement not allowed": {[]planOf{problem(resource.Paused, call)}, errIncomplete},
		"a deletion not allowed":    {[]planOf{deletes(resource.Planned{Exists: true, Problem: &resource.Problem{State: resource.Paused}})}, errIncomplete},
	} {
		if got := verdict(test.plans); !errors.Is(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// A plan in words names each call, where it goes, and the objects from which ids come.
func TestPlanInText(t *testing.T) {
	ref := resource.Ref{Kind: "ec2.Subnet", Namespace: "team-a", Name: "a"}
	vpc := resource.StandIn{Text: "tack:id-of:ec2.VPC:team-a:main", Of: resource.Ref{Kind: "ec2.VPC", Namespace: "team-a", Name: "main"}, Why: "these manifests create it"}
	step, elsewhere := call, call
	step.Order, step.Field, step.Summary, step.Permission = 2, "spec.vpcID", "use "+vpc.Text+" with "+resource.NewID, resource.Lacking
	elsewhere.AccountID, elsewhere.Permission, elsewhere.Answer, elsewhere.RoleARN = "2", resource.Unknown, "because", "arn"
	plans := []planOf{
		{Ref: ref, Where: "main.yaml, document 1", Planned: resource.Planned{
			Target: resource.Target{AccountID: "1", Region: "r", RoleARN: "role"}, Calls: []resource.PlannedCall{call, step, elsewhere}, Stand: []resource.StandIn{vpc},
			Notes: []string{"spec.x"}, Waits: []string{"w"}, Advice: []string{"a"}, Later: true,
		}},
		{Ref: ref, Where: "x", Planned: resource.Planned{Problem: &resource.Problem{Reason: "InvalidSpec", Message: "m"}}},
		{Ref: ref, Where: "x", Planned: resource.Planned{ID: "subnet-1"}},
		{Ref: ref, Where: "x", deletes: true},
	}
	const want = `Subnet team-a/a (main.yaml, document 1): create
  in account 1, Region r, as role
   1  ec2:CreateVpc  create it
   2  ec2:CreateVpc  spec.vpcID: use <id of VPC team-a/main> with <id of the create> [the role lacks the permission ec2:CreateVpc]
   1  ec2:CreateVpc  create it (in account 2, Region r, as arn) [permission unknown: because]
  <id of VPC team-a/main>: these manifests create it
  cannot be changed: spec.x
  waits: w
  note: a
  further calls depend on what AWS shows then
Subnet team-a/a (x): no call
  InvalidSpec: m
Subnet team-a/a (x): no change
Subnet team-a/a (x): delete: the cluster has no such object
skipped: Deployment web: no kind of Tack
3 AWS calls for 4 objects. Nothing was written
`
	if got := inText(plans, []string{"Deployment web"}); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A plan in JSON has the requests.
func TestPlanInJSON(t *testing.T) {
	var out bytes.Buffer
	plan := planOf{Ref: resource.Ref{Kind: "ec2.VPC", Name: "main"}, Planned: resource.Planned{Calls: []resource.PlannedCall{call}}}
	if err := (planOptions{output: "json"}).print(&out, []planOf{plan}, nil); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Objects []struct {
			Object resource.Ref
			Calls  []resource.PlannedCall
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var request map[string]string
	if err := json.Unmarshal(got.Objects[0].Calls[0].Request, &request); err != nil || request["CidrBlock"] != "10.0.0.0/16" || got.Objects[0].Object.Name != "main" {
		t.Errorf("got %s", out.String())
	}
}
