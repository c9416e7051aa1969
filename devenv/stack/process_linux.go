package stack

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
)

// dead reports whether a process only waits to be reaped. Until its last thread has ended, the
// process still holds its ports and files.
func dead(s procfs.ProcStat) bool {
	return s.State == "X" || s.State == "Z" && s.NumThreads <= 1
}

// bootID distinguishes the boots of the machine: ticks restart with each boot.
var bootID = sync.OnceValue(func() string {
	raw, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(raw))
})

// started returns the start time of process pid, in a form that no other process with that pid
// shares. An error means that the process does not exist.
func started(pid int) (string, error) {
	stat, err := readStat(pid)
	if err != nil {
		return "", err
	}
	if dead(stat) {
		return "", fmt.Errorf("looking up process %d: %w", pid, syscall.ESRCH)
	}
	return fmt.Sprintf("%s/%d", bootID(), stat.Starttime), nil
}

// cpuTime returns the user and system time of process pid.
func cpuTime(pid int) (time.Duration, error) {
	stat, err := readStat(pid)
	return time.Duration(stat.CPUTime() * float64(time.Second)), err
}

func readStat(pid int) (procfs.ProcStat, error) {
	process, err := procfs.NewProc(pid)
	if err != nil {
		return procfs.ProcStat{}, err
	}
	return process.Stat()
}
