package stack

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary act as a part: a server on the address in its only argument.
func TestMain(m *testing.M) {
	if os.Getenv("STACK_TEST_PART") == "" {
		os.Exit(m.Run())
	}
	if os.Args[1] == "broken" {
		fmt.Println("no such luck")
		os.Exit(3)
	}
	fmt.Println("AWS_PROFILE is", os.Getenv("AWS_PROFILE"))
	fmt.Println(http.ListenAndServe(os.Args[1], http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
}

// newTestPart returns a part of a separate environment that runs this binary.
func newTestPart(t *testing.T, args ...string) *Part {
	t.Helper()
	ports, err := freePorts([]string{"part"})
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	listen := address(ports["part"])
	if len(args) == 0 {
		args = []string{listen}
	}
	sp := spec{
		Name: "part", Path: exe, Args: args, Env: []string{"STACK_TEST_PART=1"},
		Ports: []int{ports["part"]}, Ready: "http://" + listen + "/",
	}
	s := newStack(t.TempDir(), t.TempDir(), state{Specs: []spec{sp}}, newProgress(io.Discard))
	t.Cleanup(func() { _ = s.Down(context.Background()) })
	return s.Part("part")
}

func TestPartLife(t *testing.T) {
	t.Setenv("AWS_PROFILE", "of the caller")
	p, ctx := newTestPart(t), t.Context()
	for _, end := range []func() error{p.Kill, func() error { return p.Stop(ctx) }} {
		if err := p.Start(ctx); err != nil {
			t.Fatal(err)
		}
		if p.PID() == 0 {
			t.Error("PID is 0 after Start")
		}
		if err := p.Start(ctx); err == nil {
			t.Error("a second Start of a running part succeeds")
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if pid := p.PID(); pid != 0 {
			t.Errorf("PID is %d after the end", pid)
		}
		if err := end(); err != nil {
			t.Errorf("ending it again: %v", err)
		}
	}
	log, err := os.ReadFile(p.LogFile())
	if want := "AWS_PROFILE is \n"; err != nil || strings.Count(string(log), want) != 2 {
		t.Errorf("log is %q (%v), want %q twice", log, err, want)
	}
}

func TestPartThatEndsShowsItsLog(t *testing.T) {
	p := newTestPart(t, "broken")
	err := p.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no such luck") {
		t.Errorf("Start returns %v, want the end of the log", err)
	}
	if p.PID() != 0 {
		t.Error("the part still runs")
	}
}

func TestPartNamesWhoHasItsPort(t *testing.T) {
	p := newTestPart(t)
	l, err := net.Listen("tcp", p.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = p.Start(t.Context())
	want := fmt.Sprintf("port %d is taken by process %d (%s", p.spec.Ports[0], os.Getpid(), os.Args[0])
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Start returns %v, want %q", err, want)
	}
}

func TestPidFileOfAnotherProcess(t *testing.T) {
	p := newTestPart(t)
	me, err := identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	me.Started += "1" // the same pid, another time
	if err := writeJSON(p.pidFile(), record{identity: me, Spec: p.spec}); err != nil {
		t.Fatal(err)
	}
	if p.PID() != 0 {
		t.Error("a recycled pid counts as the part")
	}
	if err := p.Kill(); err != nil { // must not kill this test
		t.Error(err)
	}
	if err := p.Start(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLock(t *testing.T) {
	dir, out := t.TempDir(), newProgress(io.Discard)
	unlock, err := lock(t.Context(), dir, out)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	if _, err := lock(ctx, dir, out); err == nil {
		t.Error("a second lock of the same folder succeeds")
	}
	unlock()
	if _, err := lock(t.Context(), filepath.Clean(dir), out); err != nil {
		t.Error(err)
	}
}
