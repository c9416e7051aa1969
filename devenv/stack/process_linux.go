package stack

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// clockTick is the unit of times in /proc; Linux fixes it at 100 Hz for programs.
const clockTick = 10 * time.Millisecond

// procStat is the used part of /proc/PID/stat.
type procStat struct {
	state   string
	threads int
	cpu     time.Duration // user and system
	start   uint64        // ticks after boot
}

// parseStat reads a line of /proc/PID/stat. The command in its second field may contain spaces and
// parentheses, so parseStat counts the fields from the last ")".
func parseStat(line string) (procStat, error) {
	rest, ok := afterLast(line, ")")
	f := strings.Fields(rest)
	if !ok || len(f) < 20 {
		return procStat{}, fmt.Errorf("parsing process status %q: too few fields", line)
	}
	var n [4]uint64
	for i, at := range []int{11, 12, 17, 19} { // fields 14, 15, 20 and 22 in proc(5)
		v, err := strconv.ParseUint(f[at], 10, 64)
		if err != nil {
			return procStat{}, fmt.Errorf("parsing process status %q: %w", line, err)
		}
		n[i] = v
	}
	return procStat{state: f[0], cpu: time.Duration(n[0]+n[1]) * clockTick, threads: int(n[2]), start: n[3]}, nil
}

func afterLast(s, sep string) (after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return "", false
	}
	return s[i+len(sep):], true
}

func readStat(pid int) (procStat, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return procStat{}, err
	}
	return parseStat(string(raw))
}

// dead reports whether a process only waits to be reaped. Until its last thread has ended, the
// process still holds its ports and files.
func (s procStat) dead() bool {
	return s.state == "X" || s.state == "Z" && s.threads <= 1
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
	if stat.dead() {
		return "", fmt.Errorf("looking up process %d: %w", pid, syscall.ESRCH)
	}
	return fmt.Sprintf("%s/%d", bootID(), stat.start), nil
}

// cpuTime returns the user and system time of process pid.
func cpuTime(pid int) (time.Duration, error) {
	stat, err := readStat(pid)
	return stat.cpu, err
}
