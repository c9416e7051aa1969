package e2e

import (
	"context"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// urgency says whether a kill must happen at this exact moment. A row whose call is held can wait
// for the kill of another row.
type urgency int

const (
	atOnce urgency = iota
	patient
)

// patience is how long a row waits for the kill of another row.
const patience = 2 * time.Second

// kills happen one at a time, and serve all rows that wait for the next one.
var kills struct {
	one  sync.Mutex
	mu   sync.Mutex
	next chan struct{}
}

// nextKill returns a channel that is closed when the next kill begins.
func nextKill() chan struct{} {
	kills.mu.Lock()
	defer kills.mu.Unlock()
	if kills.next == nil {
		kills.next = make(chan struct{})
	}
	return kills.next
}

// beginKill returns the channel that reports this kill to the rows that wait for it.
func beginKill() chan struct{} {
	served := nextKill()
	kills.mu.Lock()
	defer kills.mu.Unlock()
	kills.next = nil
	return served
}

// kill kills a part with SIGKILL and restarts it: both workers, or one of the servers. Within a
// phase the part is the same for all rows.
func kill(t *testing.T, part string, u urgency) {
	t.Helper()
	if u == patient {
		select {
		case <-nextKill():
			// The kill is over when its part is up again.
			kills.one.Lock()
			defer kills.one.Unlock()
			return
		case <-time.After(patience):
		}
	}
	kills.one.Lock()
	defer kills.one.Unlock()
	served := beginKill()
	parts := []string{part}
	if part == workers {
		parts = []string{"worker-1", "worker-2"}
	}
	for _, name := range parts {
		if err := w.Part(name).Kill(); err != nil {
			t.Fatal(err)
		}
	}
	close(served)
	for _, name := range parts {
		// After a failed test the part must run for the other tests.
		if err := w.Part(name).Start(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// killWorkers kills both workers with SIGKILL, and restarts them.
func killWorkers(t *testing.T) {
	t.Helper()
	kill(t, workers, atOnce)
}

// persist retries a request that fails because the server is down, and passes the number of the
// attempt, from 1. A refusal by the server itself is an error at once.
func persist(t *testing.T, what string, try func(n int) error) {
	t.Helper()
	ctx := within(t, soon)
	for n := 1; ; n++ {
		err := try(n)
		if err == nil {
			return
		}
		if answered(err) || ctx.Err() != nil {
			t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// answered reports whether the API server itself refused.
func answered(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.IsAlreadyExists(err) || apierrors.IsConflict(err) ||
		apierrors.IsInvalid(err) || apierrors.IsForbidden(err) || apierrors.IsBadRequest(err)
}
