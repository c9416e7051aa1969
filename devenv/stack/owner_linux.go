package stack

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// portOwner names the process that listens on a TCP port, if this user may see it. It is "" if no
// process listens.
func portOwner(port int) string {
	var inodes []string
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		inodes = append(inodes, listeners(f, port)...)
		f.Close()
	}
	for _, inode := range inodes {
		if pid := socketHolder(inode); pid != 0 {
			return describeProcess(pid)
		}
	}
	if len(inodes) > 0 {
		return "a process of another user"
	}
	return ""
}

// listeners returns the inodes of the sockets that listen on port, from a table in the format of
// /proc/net/tcp.
func listeners(table io.Reader, port int) []string {
	const listening = "0A"
	var inodes []string
	for lines := bufio.NewScanner(table); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 10 || f[3] != listening {
			continue
		}
		hex := f[1][strings.LastIndex(f[1], ":")+1:]
		if p, err := strconv.ParseUint(hex, 16, 16); err == nil && int(p) == port {
			inodes = append(inodes, f[9])
		}
	}
	return inodes
}

func socketHolder(inode string) (pid int) {
	want := "socket:[" + inode + "]"
	fds, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, fd := range fds {
		if link, err := os.Readlink(fd); err == nil && link == want {
			pid, _ = strconv.Atoi(strings.Split(fd, "/")[2])
			return pid
		}
	}
	return 0
}

func describeProcess(pid int) string {
	const longest = 100
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	command := strings.TrimSpace(strings.ReplaceAll(string(raw), "\x00", " "))
	if len(command) > longest {
		command = command[:longest] + "…"
	}
	return fmt.Sprintf("process %d (%s)", pid, command)
}
