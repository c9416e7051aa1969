package scenario

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// StarterOutput runs a command of the starter and returns what it prints, also if it fails. Its exit code
// also says that a plan has calls, or that an object needs a person.
func (w *World) StarterOutput(ctx context.Context, args ...string) (out string, failed error) {
	path := filepath.Join(w.LogDir, "starter.log")
	before, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return "", fmt.Errorf("reading the log of the starter: %w", err)
	}
	failed = w.Starter(ctx, args...)
	after, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the log of the starter: %w", err)
	}
	return string(after[len(before):]), failed
}
