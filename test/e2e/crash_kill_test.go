package e2e

import (
	"context"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// urgency is whether a kill must happen at this very moment. A row whose call is
// held can wait for the kill of another.
type urgency int

const (
	atOnce urgency = iota
	patient
)

// patience is how long a row waits for the kill of another.
const patience = 2 * time.Second

// kills come one at a time, and serve all that wait for the next one.
var kills struct {
	one  sync.Mutex
	mu   sync.Mutex
	next chan struct{}
}

// nextKill is closed by the next kill that begins.
func nextKill() chan struct{} {
	kills.mu.Lock()
	defer kills.mu.Unlock()
	if kills.next == nil {
		kills.next = make(chan struct{})
	}
	return kills.next
}

// beginKill returns what tells of this kill to those that wait for it by now.
func beginKill() chan struct{} {
	served := nextKill()
	kills.mu.Lock()
	defer kills.mu.Unlock()
	kills.next = nil
	return served
}

// kill kills a part, -9, and starts it anew: both workers, or one of the servers.
// Within a phase of rows it is always the same.
func kill(t *testing.T, part string, u urgency) {
	t.Helper()
	if u == patient {
		select {
		case <-nextKill():
			// Over when its part is up again.
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
		// A test that fails must not leave the others without the part.
		if err := w.Part(name).Start(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// killWorkers kills both workers, -9, and starts them anew.
func killWorkers(t *testing.T) {
	t.Helper()
	kill(t, workers, atOnce)
}

// persist tries until it is done what a server that is down refuses, with the
// number of the try, from 1. What the server itself refuses is an error at once.
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

// answered says whether the API server itself refused.
func answered(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.IsAlreadyExists(err) || apierrors.IsConflict(err) ||
		apierrors.IsInvalid(err) || apierrors.IsForbidden(err) || apierrors.IsBadRequest(err)
}
