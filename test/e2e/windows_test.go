package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/tack-dev/tack/activities/windows"
	"github.com/tack-dev/tack/devenv/gateway"
)

// With the default windows, Tack finds the resource at once after a lost response to a create:
// only a second request waits.
func TestLostResponseWithDefaultWindows(t *testing.T) {
	defaults := windows.Default()
	_, err := w.StartWorker(t.Context(), "worker-5", "--resend-after="+defaults.Resend.String(),
		"--lookup-window="+defaults.LookUp.String(), "--visible-window="+defaults.Visible.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// After a failed test the workers must run for the other tests.
		for _, name := range []string{"worker-1", "worker-2"} {
			if err := w.Part(name).Start(context.Background()); err != nil {
				t.Error(err)
			}
		}
		if err := w.Part("worker-5").Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	for _, name := range []string{"worker-1", "worker-2"} {
		if err := w.Part(name).Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i, team := range prepareAll(t, samples()) {
		s := samples()[i]
		t.Run(s.kind, func(t *testing.T) {
			addRule(t, gateway.Rule{Action: gateway.Actions{s.create}, Account: team.account, Fault: gateway.FaultLoseResponse, Times: 1})
			began := time.Now()
			o := team.apply(t, s.kind, "lost", s.spec())
			o.wantOneCreate(t, o.awaitSynced(t))
			if took := time.Since(began); took > defaults.Resend {
				t.Errorf("it took %s, as long as a second request", took)
			}
		})
	}
}
