package stack

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// identity names one process permanently: the system soon reuses a pid.
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

// alive reports whether that exact process still runs.
func (id identity) alive() bool {
	if id.PID <= 0 {
		return false
	}
	at, err := started(id.PID)
	return err == nil && at == id.Started
}

// signal sends sig to the process if the pid still belongs to it.
func (id identity) signal(sig syscall.Signal) error {
	// On Linux the handle is a pidfd, which never refers to another process. The check after it
	// therefore also holds for the signal.
	process, err := os.FindProcess(id.PID)
	if err != nil {
		return nil // gone
	}
	defer func() { _ = process.Release() }() // an error needs no action
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
