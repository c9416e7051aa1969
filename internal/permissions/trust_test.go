package permissions

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/activities/session"
	"github.com/tack-dev/tack/resource"
)

// byHand is a policy that people write, and all that one may hold. Of a
// NotAction, or of an action beside the one, a reader would not think.
type byHand struct {
	Version   string
	Statement []struct {
		Sid, Effect string
		Principal   map[string]string
		Action      string
		Resource    string
		Condition   map[string]map[string]string
	}
}

func readByHand(t *testing.T, name string) byHand {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "config", "iam", name))
	if err != nil {
		t.Fatal(err)
	}
	var p byHand
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	if err := in.Decode(&p); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if p.Version != "2012-10-17" || len(p.Statement) != 1 {
		t.Fatalf("%s is of version %q with %d statements, want 2012-10-17 with one", name, p.Version, len(p.Statement))
	}
	if s := p.Statement[0]; s.Effect != "Allow" || s.Action != "sts:AssumeRole" {
		t.Errorf("%s: %s %s, want Allow sts:AssumeRole and nothing else", name, s.Effect, s.Action)
	}
	return p
}

// The worker itself may assume roles of the one name, in any account.
func TestWorkerPolicy(t *testing.T) {
	s := readByHand(t, "worker-policy.json").Statement[0]
	if s.Resource != "arn:aws:iam::*:role/tack" || len(s.Principal)+len(s.Condition) != 0 {
		t.Errorf("it allows %+v", s)
	}
}

// A target role lets one role in, under the name that the worker gives its
// sessions: with another name in the policy every call would be denied.
func TestTrustPolicy(t *testing.T) {
	s := readByHand(t, "trust-policy.json").Statement[0]
	if diff := cmp.Diff(map[string]string{"AWS": "arn:aws:iam::999999999999:role/tack-worker"}, s.Principal); diff != "" {
		t.Errorf("whom it lets in (-want +got):\n%s", diff)
	}
	want := map[string]map[string]string{"StringEquals": {
		"sts:ExternalId": "the worker's --role-external-id",
		// The test of the worker's flags holds that tack is the default.
		"sts:RoleSessionName": sessionName(t, "tack", "CLUSTER"),
	}}
	if diff := cmp.Diff(want, s.Condition); diff != "" {
		t.Errorf("its conditions (-want +got):\n%s", diff)
	}
}

// sessionName is the name of the session in which calls are made for an object of
// a cluster, as STS sees it.
func sessionName(t *testing.T, name, cluster string) string {
	t.Helper()
	asked := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.FormValue("RoleSessionName")
		http.Error(w, "its name is all that the test wants", http.StatusForbidden)
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	sessions, err := session.New(t.Context(), session.Options{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	call := func(ctx context.Context) (denied bool, _ error) {
		_, err := sessions.Config(ctx, resource.Target{AccountID: "111111111111", Region: "us-west-2", RoleARN: "arn:aws:iam::111111111111:role/tack"})
		return err != nil, nil
	}
	// The cluster is told by the id of the workflow.
	object := resource.Ref{Kind: "ec2.VPC", Cluster: cluster, Namespace: "team-a", Name: "main"}
	env := (&testsuite.WorkflowTestSuite{}).NewTestWorkflowEnvironment()
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: object.WorkflowID()})
	env.RegisterActivity(call)
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		return workflow.ExecuteActivity(ctx, call).Get(ctx, nil)
	})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-asked:
		return got
	default:
		t.Fatal("STS was not asked")
		return ""
	}
}
