package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tack-dev/tack/resource"
)

var woken = resource.Ref{Kind: "ec2.VPC", Namespace: "ns", Name: "vpc"}

// begun begins a wake that must succeed.
func begun(t *testing.T, w *wakings, ref resource.Ref, wantQuiet bool) (end func()) {
	t.Helper()
	end, quiet, err := w.begin(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if quiet != wantQuiet {
		t.Errorf("%s was quiet: %t, want %t", ref, quiet, wantQuiet)
	}
	return end
}

// Only the first wake of an object within ten seconds may hand a level over.
func TestQuietObjects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w wakings
		other := woken
		other.Name = "other"
		begun(t, &w, woken, true)()
		begun(t, &w, woken, false)()
		begun(t, &w, other, true)()
		time.Sleep(quiet - time.Second)
		begun(t, &w, woken, false)() // counts as a wake, too
		time.Sleep(quiet)
		begun(t, &w, woken, true)()
		if len(w.woken) != 1 || len(w.open) != 0 {
			t.Errorf("%d objects are kept and %d wakes are open, want one and none", len(w.woken), len(w.open))
		}
	})
}

// The wakes of one object follow each other; those of others do not wait.
func TestWakesInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w wakings
		first := begun(t, &w, woken, true)
		second := make(chan func())
		go func() { second <- begun(t, &w, woken, false) }()
		synctest.Wait()
		other := woken
		other.Name = "other"
		begun(t, &w, other, true)()
		select {
		case <-second:
			t.Fatal("the second wake began before the first ended")
		default:
		}
		first()
		(<-second)()
		blocking := begun(t, &w, woken, false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := w.begin(ctx, woken); err == nil {
			t.Error("a wake began although another one was open")
		}
		blocking()
		begun(t, &w, woken, false)()
	})
}
