//go:build !linux

package stack

import (
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// started returns the start time of process pid; an error means that the process does not exist.
func started(pid int) (string, error) {
	out, err := exec.Command("ps", "-o", "stat=,lstart=", "-p", strconv.Itoa(pid)).Output()
	state, at, ok := strings.Cut(strings.TrimSpace(string(out)), " ")
	if err != nil || !ok || strings.HasPrefix(state, "Z") {
		return "", fmt.Errorf("looking up process %d: %w", pid, syscall.ESRCH)
	}
	return strings.TrimSpace(at), nil
}

func cpuTime(int) (time.Duration, error) { return 0, errors.ErrUnsupported }

// portOwner is unknown here: it would require other tools.
func portOwner(int) string { return "" }
