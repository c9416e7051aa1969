package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/testsuite"

	"github.com/tack-dev/tack/devenv/stack"
)

// The starter wakes an object's run and prints each step until its end; it reports a missing
// object.
func TestStarterFollowsARun(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.SecurityGroup", "web", groupSpec("web", 80))
	o.awaitDone(t, "create")
	printed := starter(t, "reconcile", "SecurityGroup", team.name+"/web")
	for _, want := range []string{"following " + o.ref.WorkflowID(), "done    kube/Level", "done    ec2.SecurityGroup/Observe", "SecurityGroup " + team.name + "/web: Synced sg-"} {
		if !strings.Contains(printed, want) {
			t.Errorf("the starter does not print %q:\n%s", want, printed)
		}
	}
	err := w.Starter(t.Context(), "reconcile", "ec2.VPC", team.name+"/nowhere")
	if err == nil || !strings.Contains(err.Error(), "has no VPC "+team.name+"/nowhere") {
		t.Errorf("for a missing object it reports: %v", err)
	}
}

// starter runs the starter and returns its output.
func starter(t *testing.T, args ...string) string {
	t.Helper()
	out, err := starterWith(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// starterWith runs the starter and returns its output, also if it fails.
func starterWith(t *testing.T, args ...string) (out string, failed error) {
	t.Helper()
	return w.StarterOutput(t.Context(), args...)
}

// The SDK's own helper for tests runs our server, which accepts the flags of `temporal server
// start-dev`.
func TestServerRunsFromTheSDK(t *testing.T) {
	t.Parallel()
	root, err := stack.Root()
	if err != nil {
		t.Fatal(err)
	}
	server, err := testsuite.StartDevServer(t.Context(), testsuite.DevServerOptions{
		ExistingPath: filepath.Join(root, ".tack", "bin", stack.Temporal),
		DBFilename:   filepath.Join(t.TempDir(), "temporal.db"),
		EnableUI:     true,
		ExtraArgs:    []string{"--search-attribute", "TackKind=Keyword", "--dynamic-config-value", "frontend.namespaceRPS.visibility=50"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
}
