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

// started returns when process pid began; an error means that there is no such
// process.
func started(pid int) (string, error) {
	out, err := exec.Command("ps", "-o", "stat=,lstart=", "-p", strconv.Itoa(pid)).Output()
	state, at, ok := strings.Cut(strings.TrimSpace(string(out)), " ")
	if err != nil || !ok || strings.HasPrefix(state, "Z") {
		return "", fmt.Errorf("looking up process %d: %w", pid, syscall.ESRCH)
	}
	return strings.TrimSpace(at), nil
}

func cpuTime(int) (time.Duration, error) { return 0, errors.ErrUnsupported }

// portOwner is not known here without further tools.
func portOwner(int) string { return "" }
