package process

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tack-dev/tack/internal/encryption"
)

// The page shows what the process waits for, and which part of its work it does not do.
func TestHealth(t *testing.T) {
	var h Health
	var missing []string
	check := func(what string, status int, text string) {
		t.Helper()
		gotStatus, gotText := h.page()
		if gotStatus != status || gotText != text {
			t.Errorf("%s: got %d %q, want %d %q", what, gotStatus, gotText, status, text)
		}
	}
	check("at first", http.StatusServiceUnavailable, "starting")
	h.Waiting("waiting for Temporal")
	check("waiting", http.StatusServiceUnavailable, "starting: waiting for Temporal")
	h.Degraded(func() []string { return missing })
	missing = []string{"not watching ec2.VPC: x"}
	check("waiting, degraded", http.StatusServiceUnavailable, "starting: waiting for Temporal\nnot watching ec2.VPC: x")
	h.Ready()
	check("degraded", http.StatusOK, "degraded\nnot watching ec2.VPC: x")
	missing = nil
	check("ready", http.StatusOK, "ok")
}

// The process waits for a server that is not available yet, and names it on the page.
func TestTemporalIsAwaited(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	log := slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithCancel(t.Context())
	var h Health
	ended := make(chan error, 1)
	go func() {
		_, err := AwaitTemporal(ctx, log, &h, "test", encryption.Keys{})
		ended <- err
	}()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, text := h.page(); strings.Contains(text, "waiting for Temporal: connecting to Temporal at 127.0.0.1:1") {
			break
		}
		if time.Now().After(deadline) {
			_, text := h.page()
			t.Fatalf("the page shows %q", text)
		}
	}
	select {
	case err := <-ended:
		t.Fatalf("the process does not wait: %v", err)
	default:
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("the process connects to a server that does not exist")
	}
}
