package stack

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/procfs"
)

func TestDead(t *testing.T) {
	for want, stats := range map[bool][]procfs.ProcStat{
		false: {{State: "S", NumThreads: 9}, {State: "Z", NumThreads: 3}}, // the threads of a zombie may still end
		true:  {{State: "Z", NumThreads: 1}, {State: "X"}},
	} {
		for _, stat := range stats {
			if got := dead(stat); got != want {
				t.Errorf("state %s with %d threads: dead is %v", stat.State, stat.NumThreads, got)
			}
		}
	}
}

func TestIdentity(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	id, err := identify(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if !id.alive() {
		t.Error("a living process counts as dead")
	}
	other := identity{PID: id.PID, Started: "another boot/1"}
	if other.alive() {
		t.Error("a process with another start time counts as the same one")
	}
	if err := other.signal(9); err != nil || !id.alive() {
		t.Errorf("signalling another process: %v, alive %v", err, id.alive())
	}
	if err := id.signal(9); err != nil {
		t.Error(err)
	}
	if !id.gone(5 * time.Second) { // it is a zombie, because no process reaped it
		t.Error("the process still exists after SIGKILL")
	}
	_ = cmd.Wait()
}

const tcpTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1C41 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0 0 10 0
   1: 0100007F:1C41 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 222 1 0 20 4 30 10 -1
   2: 00000000:1C42 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 333 1 0 100 0 0 10 0
   3: 00000000000000000000000000000000:1C41 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 444 1 0
`

func TestListeners(t *testing.T) {
	for port, want := range map[int][]string{7233: {"111", "444"}, 7234: {"333"}, 40000: nil} {
		if diff := cmp.Diff(want, listeners(strings.NewReader(tcpTable), port)); diff != "" {
			t.Errorf("port %d, -want +got:\n%s", port, diff)
		}
	}
}

func TestPortOwner(t *testing.T) {
	l, err := net.Listen("tcp", address(0))
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if got, want := portOwner(port), describeProcess(os.Getpid()); got != want {
		t.Errorf("owner is %q, want %q", got, want)
	}
	l.Close()
	if got := portOwner(port); got != "" {
		t.Errorf("owner of a closed port is %q", got)
	}
}
