package permissions

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/test/golden"
)

// policy is an IAM policy with the elements that these policies use.
type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid, Effect string
	Action      []string
	Resource    string
	Condition   map[string]map[string]string `json:",omitempty"`
}

// passing lists the operations that pass a role to a service, with that service.
var passing = map[string]string{
	"AddRoleToInstanceProfile":             "ec2.amazonaws.com",
	"RunInstances":                         "ec2.amazonaws.com",
	"AssociateIamInstanceProfile":          "ec2.amazonaws.com",
	"ReplaceIamInstanceProfileAssociation": "ec2.amazonaws.com",
	"CreateFlowLogs":                       "vpc-flow-logs.amazonaws.com",
}

// delivering lists the operations for which AWS also checks a permission of its log delivery, where
// flow logs go to S3.
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html
var delivering = map[string]string{"CreateFlowLogs": "logs:CreateLogDelivery", "DeleteFlowLogs": "logs:DeleteLogDelivery"}

// policyFor allows the calls of one kind, and what AWS requires in addition: to tag what is
// created, and to pass roles.
func (s service) policyFor(kind string, calls []string) policy {
	service, name, _ := strings.Cut(kind, ".")
	var actions []string
	p := policy{Version: "2012-10-17"}
	for _, call := range calls {
		actions = append(actions, service+":"+call)
		made, creates := strings.CutPrefix(call, "Create")
		if _, tags := s.client.MethodByName("Tag" + made); creates && tags {
			actions = append(actions, service+":Tag"+made)
		}
		if service == "ec2" && (creates || call == "AllocateAddress" || call == "RunInstances") {
			actions = append(actions, "ec2:CreateTags")
		}
		if action, ok := delivering[call]; ok {
			actions = append(actions, action)
		}
		if to, ok := passing[call]; ok && len(p.Statement) == 0 {
			p.Statement = append(p.Statement, statement{
				Sid: "PassRole", Effect: "Allow", Action: []string{"iam:PassRole"}, Resource: "*",
				Condition: map[string]map[string]string{"StringEquals": {"iam:PassedToService": to}},
			})
		}
	}
	slices.Sort(actions)
	p.Statement = append([]statement{{Sid: name, Effect: "Allow", Action: slices.Compact(actions), Resource: "*"}}, p.Statement...)
	return p
}

// TestPolicies compares the policies in config/iam with the calls of the kinds.
func TestPolicies(t *testing.T) {
	dir := filepath.Join("..", "..", "config", "iam")
	written := map[string]bool{}
	for _, s := range services {
		for kind, calls := range s.callsOf(t) {
			raw, err := json.MarshalIndent(s.policyFor(kind, calls), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, kind+".json")
			written[filepath.Base(path)] = true
			golden.Check(t, path, string(raw)+"\n")
		}
	}
	for _, kind := range apis.Kinds() {
		if !written[kind.Name()+".json"] {
			t.Errorf("%s has no policy: its definition was not found", kind.Name())
		}
	}
	stale, err := filepath.Glob(filepath.Join(dir, "*.*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stale {
		if !written[filepath.Base(path)] {
			t.Errorf("%s belongs to no kind: delete it", path)
		}
	}
}

// Each kind's calls in the golden table are within its policy. The end-to-end tests compare all
// their calls with the policies in the same way.
func TestGoldenCallsAreAllowed(t *testing.T) {
	allowed := read(t)
	f, err := os.Open(filepath.Join("..", "..", "test", "e2e", "testdata", "golden.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	kind, rows := "", 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if !strings.HasPrefix(line, " ") {
			kind, _, _ = strings.Cut(line, " ")
		}
		calls, ok := strings.CutPrefix(strings.TrimSpace(line), "AWS calls:")
		if !ok {
			continue
		}
		rows++
		service, _, _ := strings.Cut(kind, ".")
		for call := range strings.FieldsSeq(calls) {
			if !allowed[kind][service+":"+call] {
				t.Errorf("%s calls %s, which its policy does not allow", kind, call)
			}
		}
	}
	if rows < len(apis.Kinds()) {
		t.Errorf("the golden table has %d rows of calls for %d kinds", rows, len(apis.Kinds()))
	}
}
