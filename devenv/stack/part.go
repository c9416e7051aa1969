package stack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// How long a part may take to end after SIGTERM. Temporal can need seconds even when idle; when
// everything stops, no other part needs it any more.
const (
	stopLimit = 10 * time.Second
	downLimit = 3 * time.Second
)

// Part is one process of the environment: its latest instance, started by any command.
type Part struct {
	stack *Stack
	name  string
	spec  spec // how Start runs it; guarded by stack.mu

	mu sync.Mutex // allows one start or stop at a time
}

// record is the content of a pid file.
type record struct {
	identity
	Spec spec `json:"spec"` // how the process was started
}

// Name returns the name of the part.
func (p *Part) Name() string { return p.name }

// LogFile returns the path of the part's log.
func (p *Part) LogFile() string { return filepath.Join(p.stack.LogDir, logName(p.name)+".log") }

func (p *Part) pidFile() string { return filepath.Join(p.stack.Dir, "run", p.name+".pid") }

// running returns the record of the living process, if there is one.
func (p *Part) running() (record, bool) {
	var r record
	if err := readJSON(p.pidFile(), &r); err != nil {
		return record{}, false
	}
	return r, r.alive()
}

// PID returns the process id, or 0 if the part does not run.
func (p *Part) PID() int {
	if r, ok := p.running(); ok {
		return r.PID
	}
	return 0
}

// Address returns host:port of the part's first port.
func (p *Part) Address() string {
	if ports := p.command().Ports; len(ports) > 0 {
		return address(ports[0])
	}
	return ""
}

// command returns the command that Start runs.
func (p *Part) command() spec {
	p.stack.mu.Lock()
	defer p.stack.mu.Unlock()
	return p.spec
}

// CPU returns the user and system time that the running process has used.
func (p *Part) CPU() (time.Duration, error) {
	r, ok := p.running()
	if !ok {
		return 0, fmt.Errorf("reading the CPU time of %s: it is not running", p.name)
	}
	d, err := cpuTime(r.PID)
	if err != nil {
		return 0, fmt.Errorf("reading the CPU time of %s: %w", p.name, err)
	}
	return d, nil
}

// Start runs the part with its command line and waits until it is ready. It fails if the part is
// already running.
func (p *Part) Start(ctx context.Context) error { return p.StartWith(ctx) }

// StartWith is Start with additional arguments, for this start only.
func (p *Part) StartWith(ctx context.Context, args ...string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	sp := p.command()
	sp.Args = append(slices.Clone(sp.Args), args...)
	if r, ok := p.running(); ok {
		return fmt.Errorf("starting %s: it is already running, as process %d", p.name, r.PID)
	}
	held, err := reserve([]spec{sp})
	if err != nil {
		return err
	}
	held.release(sp.Ports...)
	return p.start(ctx, sp)
}

// start is Start for a caller that has reserved the ports.
func (p *Part) start(ctx context.Context, sp spec) error {
	began := time.Now()
	var offset int64
	if info, err := os.Stat(p.LogFile()); err == nil {
		offset = info.Size()
	}
	r, exited, err := p.spawn(sp)
	if err != nil {
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	if err := p.stack.awaitReady(ctx, sp, exited); err != nil {
		_ = r.signal(syscall.SIGKILL)
		r.gone(stopLimit)
		_ = os.Remove(p.pidFile())
		return fmt.Errorf("starting %s: %w\nend of %s:\n%s", p.name, err, p.LogFile(), tail(p.LogFile(), offset, 20))
	}
	p.stack.out.printf("%-14s ready on %s after %s (pid %d)", p.name, address(sp.Ports[0]), elapsed(time.Since(began)), r.PID)
	return nil
}

// spawn starts the process in its own session and writes the pid file. The process outlives this
// one, and a Ctrl-C does not reach it.
func (p *Part) spawn(sp spec) (record, <-chan error, error) {
	if err := os.MkdirAll(filepath.Dir(p.LogFile()), 0o755); err != nil {
		return record{}, nil, err
	}
	log, err := os.OpenFile(p.LogFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return record{}, nil, err
	}
	defer log.Close()
	cmd := exec.Command(sp.Path, sp.Args...)
	cmd.Dir = p.stack.Dir
	cmd.Env = append(baseEnv(), sp.Env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err = cmd.Start(); err != nil {
		return record{}, nil, err
	}
	// The process is not reaped before its identity is recorded, because the pid could then be
	// reused.
	id, err := identify(cmd.Process.Pid)
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	if err != nil {
		return record{}, nil, fmt.Errorf("it ended at once, see %s: %w", p.LogFile(), err)
	}
	r := record{identity: id, Spec: sp}
	if err := writeJSON(p.pidFile(), r); err != nil {
		_ = cmd.Process.Kill()
		return record{}, nil, err
	}
	return r, exited, nil
}

// Kill ends the process with SIGKILL and waits until it is gone. It does nothing if the part does
// not run.
func (p *Part) Kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, ok := p.running()
	if !ok {
		return nil
	}
	return p.kill(r)
}

func (p *Part) kill(r record) error {
	if err := r.signal(syscall.SIGKILL); err != nil {
		return fmt.Errorf("killing %s: %w", p.name, err)
	}
	if !r.gone(stopLimit) {
		return fmt.Errorf("killing %s: process %d still exists after %s", p.name, r.PID, stopLimit)
	}
	return os.Remove(p.pidFile())
}

// Stop ends the process with SIGTERM and waits until it is gone. It kills a process that takes too
// long, or longer than ctx lasts. It does nothing if the part does not run.
func (p *Part) Stop(ctx context.Context) error { return p.stop(ctx, stopLimit) }

func (p *Part) stop(ctx context.Context, limit time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, ok := p.running()
	if !ok {
		return nil
	}
	if err := r.signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stopping %s: %w", p.name, err)
	}
	for deadline := time.Now().Add(limit); r.alive(); {
		if err := sleep(ctx, 5*time.Millisecond); err != nil || time.Now().After(deadline) {
			p.stack.out.printf("%s does not end on SIGTERM: killing process %d", p.name, r.PID)
			return p.kill(r)
		}
	}
	return os.Remove(p.pidFile())
}
