package stack

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// identity names one process for good: a pid alone is soon given to another.
type identity struct {
	PID     int    `json:"pid"`
	Started string `json:"started"` // as started returns it
}

// identify returns the identity of the living process pid.
func identify(pid int) (identity, error) {
	at, err := started(pid)
	if err != nil {
		return identity{}, err
	}
	return identity{PID: pid, Started: at}, nil
}

// alive tells whether that very process still runs.
func (id identity) alive() bool {
	if id.PID <= 0 {
		return false
	}
	at, err := started(id.PID)
	return err == nil && at == id.Started
}

// signal sends sig to the process if it is still the one meant.
func (id identity) signal(sig syscall.Signal) error {
	// On Linux the handle is a pidfd: once taken it never means another process,
	// so the check after it holds for the signal too.
	process, err := os.FindProcess(id.PID)
	if err != nil {
		return nil // gone
	}
	defer func() { _ = process.Release() }() // nothing is left to do about it
	if !id.alive() {
		return nil
	}
	if err := process.Signal(sig); err != nil && id.alive() {
		return fmt.Errorf("sending %s to process %d: %w", sig, id.PID, err)
	}
	return nil
}

// gone waits until the process has ended, for at most limit.
func (id identity) gone(limit time.Duration) bool {
	for deadline := time.Now().Add(limit); id.alive(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}
