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

	"github.com/tack-dev/tack/activities/aws/session"
	"github.com/tack-dev/tack/resource"
)

// byHand is a handwritten policy, with all the elements that such a policy may contain. A reader
// could overlook a NotAction, or a second action.
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
		t.Fatalf("%s has version %q and %d statements, want 2012-10-17 and one", name, p.Version, len(p.Statement))
	}
	if s := p.Statement[0]; s.Effect != "Allow" || s.Action != "sts:AssumeRole" {
		t.Errorf("%s: %s %s, want Allow sts:AssumeRole and nothing else", name, s.Effect, s.Action)
	}
	return p
}

// The worker itself may assume roles with that one name, in any account.
func TestWorkerPolicy(t *testing.T) {
	s := readByHand(t, "worker-policy.json").Statement[0]
	if s.Resource != "arn:aws:iam::*:role/tack" || len(s.Principal)+len(s.Condition) != 0 {
		t.Errorf("it allows %+v", s)
	}
}

// A target role trusts one role, under the session name that the worker uses. With a different name
// in the policy, AWS would deny every call.
func TestTrustPolicy(t *testing.T) {
	s := readByHand(t, "trust-policy.json").Statement[0]
	if diff := cmp.Diff(map[string]string{"AWS": "arn:aws:iam::999999999999:role/tack-worker"}, s.Principal); diff != "" {
		t.Errorf("its principals (-want +got):\n%s", diff)
	}
	want := map[string]map[string]string{"StringEquals": {
		"sts:ExternalId": "the worker's --role-external-id",
		// The worker's flag test checks that tack is the default.
		"sts:RoleSessionName": sessionName(t, "tack", "CLUSTER"),
	}}
	if diff := cmp.Diff(want, s.Condition); diff != "" {
		t.Errorf("its conditions (-want +got):\n%s", diff)
	}
}

// sessionName returns the session name, as STS receives it, of calls for an object of a cluster.
func sessionName(t *testing.T, name, cluster string) string {
	t.Helper()
	asked := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.FormValue("RoleSessionName")
		http.Error(w, "the test needs only the name", http.StatusForbidden)
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
	// The workflow id names the cluster.
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
		t.Fatal("STS received no request")
		return ""
	}
}
