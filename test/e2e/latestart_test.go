package e2e

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tack-dev/tack/devenv/stack"
)

// awaitHealth waits until the bridge's health page has that text, and then requires that status.
func awaitHealth(t *testing.T, status int, text string) {
	t.Helper()
	ctx := within(t, soon)
	client := http.Client{Timeout: 5 * time.Second}
	for said := "nothing"; ; {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.Part(stack.Bridge).Address()+"/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer, failed := client.Do(request); failed == nil {
			page, _ := io.ReadAll(answer.Body) // a truncated page has a different text
			_ = answer.Body.Close()
			if said = string(page); strings.HasPrefix(said, text) {
				if answer.StatusCode != status {
					t.Errorf("the page has status %d, want %d", answer.StatusCode, status)
				}
				return
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the page shows %q, want %q", said, text)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// running starts a part that a failed test has left stopped, for the other tests.
func running(t *testing.T, names ...string) {
	t.Cleanup(func() {
		for _, name := range names {
			if part := w.Part(name); part.PID() == 0 {
				if err := part.Start(context.Background()); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

// The bridge starts before Temporal: it waits, reports it, and works once Temporal is available.
func TestTemporalComesAfterTheBridge(t *testing.T) {
	team := newTeam(t)
	bridge, temporal := w.Part(stack.Bridge), w.Part(stack.Temporal)
	running(t, stack.Temporal, stack.Bridge)
	for _, part := range []*stack.Part{bridge, temporal} {
		if err := part.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	started := make(chan error, 1)
	go func() { started <- bridge.Start(context.WithoutCancel(t.Context())) }()
	awaitHealth(t, http.StatusServiceUnavailable, "starting: waiting for Temporal: connecting to Temporal at "+w.TemporalAddress)
	pid := bridge.PID()
	o := team.apply(t, "ec2.VPC", "early", vpcSpec())
	select {
	case err := <-started:
		t.Fatalf("without Temporal the bridge is ready or has ended: %v", err)
	case <-time.After(5 * time.Second): // some tries
	}
	if err := temporal.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	if now := bridge.PID(); now != pid {
		t.Errorf("the bridge is process %d, was %d: it ended and was restarted", now, pid)
	}
	awaitHealth(t, http.StatusOK, "ok")
	o.wantOneCreate(t, o.awaitSynced(t))
}

// The cluster does not serve one kind. The other kinds work, and the health page names it. The kind
// works as soon as its definition exists.
func TestKindWithoutItsDefinition(t *testing.T) {
	slow := newSlowAPI(t, 0)
	slow.hide("/apis/ec2.services.k8s.aws/v1alpha1/internetgateways")
	slow.serve(t)
	if err := w.Part(stack.Bridge).StartWith(t.Context(), "--kubeconfig", slow.kubeconfig); err != nil {
		t.Fatal(err)
	}
	team := newTeam(t)
	gateway := team.apply(t, "ec2.InternetGateway", "out", fields{})
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	vpc.wantOneCreate(t, vpc.awaitSynced(t))
	awaitHealth(t, http.StatusOK, "degraded\nnot watching ec2.InternetGateway: the cluster does not serve internetgateways.ec2.services.k8s.aws in version v1alpha1: install its CustomResourceDefinition")
	if status := gateway.get(t).Object["status"]; status != nil {
		t.Errorf("the gateway is served: %v", status)
	}
	slow.hide("")
	gateway.wantOneCreate(t, gateway.awaitSynced(t))
	awaitHealth(t, http.StatusOK, "ok")
}
