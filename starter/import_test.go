package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tack-dev/tack/resource"
)

// A bad command line is an error before Temporal is asked.
func TestBadImports(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"vpc"}, "import: want no arguments"},
		{[]string{"--output", "yaml"}, `--output: "yaml": write text or json`},
		{[]string{"--cluster", "prod*1"}, `--cluster: "prod*1" cannot name a cluster`},
		{[]string{"--payload-keys", "nowhere"}, "open nowhere"},
	} {
		if _, err := parseImport(c.args); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want it to say %q", c.args, err, c.want)
		}
	}
	if _, err := parseImport([]string{"--dry-run", "--namespace=team-a"}); err != nil {
		t.Error(err)
	}
}

// The report has a line for each object, and for each thing that a person must know.
func TestImportReport(t *testing.T) {
	ref := func(name string) resource.Ref {
		return resource.Ref{Kind: "ec2.VPC", Cluster: "dev", Namespace: "team-a", Name: name}
	}
	at := resource.Target{AccountID: "111111111111", Region: "us-west-2"}
	problem := &resource.Problem{Reason: "TakeOverActive", Message: "controller wrote it"}
	all := []imported{
		{Importable: resource.Importable{Ref: ref("a"), ID: "vpc-1", Target: at, Asked: true}},
		{Importable: resource.Importable{Ref: ref("b"), ID: "vpc-2", Target: at}, Plan: &resource.Planned{
			Advice: []string{"spec.tags: the spec has []"}, Calls: []resource.PlannedCall{{Action: "ec2:CreateTags", Summary: "tag vpc-2"}}, Waits: []string{"VPC team-a/a must be taken over first"}}},
		{Importable: resource.Importable{Ref: ref("c"), Problem: problem}},
		{Importable: resource.Importable{Ref: ref("d"), ID: "vpc-4", Wait: &resource.Wait{Reason: "RoleNotMapped", Message: "no role"}}},
		{Importable: resource.Importable{Ref: ref("e"), ID: "vpc-5", Target: at}, Plan: &resource.Planned{Problem: &resource.Problem{Reason: "TakeOverNotFound", Message: "AWS shows none"}}},
	}
	var out bytes.Buffer
	if err := (importOptions{output: "text", dryRun: true}).print(&out, all); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"VPC team-a/a: vpc-1 in account 111111111111, Region us-west-2\n",
		"  differs: spec.tags: the spec has []\n  writes: ec2:CreateTags: tag vpc-2\n  waits: VPC team-a/a must be taken over first\n",
		"VPC team-a/c: no id\n  needs a person: TakeOverActive: controller wrote it\n",
		"  waits: RoleNotMapped: no role\n",
		"  needs a person: TakeOverNotFound: AWS shows none\n",
		"5 objects of another controller: 3 need a person. Nothing was written\n",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the report lacks %q:\n%s", line, out.String())
		}
	}
	out.Reset()
	if err := (importOptions{output: "json"}).print(&out, nil); err != nil || !strings.Contains(out.String(), `"objects": []`) {
		t.Errorf("%v: %s", err, out.String())
	}
}
