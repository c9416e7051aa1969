package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// state is the data that an environment stores between commands.
type state struct {
	Ports map[string]int `json:"ports"`
	Specs []spec         `json:"specs"` // in the order of start
	// Owner is the process whose end also ends the environment, if there is one.
	Owner *identity `json:"owner,omitempty"`
	// Current is the workers' version that was last made current.
	Current string `json:"current,omitempty"`
	// CRDs is the digest of the last applied CRDs.
	CRDs string `json:"crds,omitempty"`
	// Stopped records that Down has ended the environment.
	Stopped bool `json:"stopped,omitempty"`
}

func readState(dir string) (state, error) {
	var st state
	err := readJSON(filepath.Join(dir, "state.json"), &st)
	return st, err
}

func (st state) write(dir string) error {
	return writeJSON(filepath.Join(dir, "state.json"), st)
}

func readJSON(path string, into any) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// writeJSON replaces the file atomically, so that no reader and no crash sees a partial file.
func writeJSON(path string, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	// Several processes may write at a time: the lock covers only Up and Down.
	tmp := fmt.Sprintf("%s.%d.tmp", path, os.Getpid())
	if err := os.WriteFile(tmp, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// lock keeps other processes out of dir until unlock is called or this process ends. It waits for
// the lock, and prints that it waits.
func lock(ctx context.Context, dir string, out *progress) (unlock func(), err error) {
	printed := false
	for {
		unlock, err := tryLock(dir)
		if err == nil || !errors.Is(err, syscall.EWOULDBLOCK) {
			return unlock, err
		}
		if !printed {
			out.printf("waiting for another command that uses %s", dir)
			printed = true
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return nil, fmt.Errorf("waiting for the lock of %s: %w", dir, err)
		}
	}
}

func tryLock(dir string) (unlock func(), err error) {
	if err = os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("locking %s: %w", dir, err)
	}
	return func() { f.Close() }, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
