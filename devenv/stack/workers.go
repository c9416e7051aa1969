package stack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// WorkerOptions describe how an additional worker differs from the first ones.
type WorkerOptions struct {
	Args   []string // appended to the command line
	Env    []string // NAME=value, added to or replacing the environment
	Binary string   // path of another build; default: that of the first worker
}

// StartWorker starts an additional worker on a free port, e.g. "worker-3".
func (s *Stack) StartWorker(ctx context.Context, name string, extraArgs ...string) (*Part, error) {
	return s.StartWorkerWith(ctx, name, WorkerOptions{Args: extraArgs})
}

// StartWorkerWith is StartWorker for a different kind of worker.
func (s *Stack) StartWorkerWith(ctx context.Context, name string, o WorkerOptions) (*Part, error) {
	if !(spec{Name: name}).isWorker() {
		return nil, fmt.Errorf("starting worker %q: begin its name with worker-", name)
	}
	if p := s.Part(name); p != nil && p.PID() != 0 {
		return nil, fmt.Errorf("starting %s: it is already running, as process %d", name, p.PID())
	}
	first := s.Part(workerName(1))
	if first == nil {
		return nil, fmt.Errorf("starting %s: the environment has no %s to copy its settings from", name, workerName(1))
	}
	ports, err := freePorts([]string{name})
	if err != nil {
		return nil, err
	}
	sp := likeWorker(first.command(), name, ports[name], o)
	err = s.update(func(st *state) {
		st.Specs = append(slices.DeleteFunc(st.Specs, func(old spec) bool { return old.Name == name }), sp)
		st.Ports[name] = ports[name]
	})
	if err != nil {
		return nil, err
	}
	p := s.Part(name)
	return p, p.Start(ctx)
}

func likeWorker(first spec, name string, port int, o WorkerOptions) spec {
	sp := first
	was, is := address(first.Ports[0]), address(port)
	sp.Name, sp.Ports = name, []int{port}
	sp.Ready = strings.ReplaceAll(first.Ready, was, is)
	sp.Args = nil
	for _, arg := range first.Args {
		sp.Args = append(sp.Args, strings.ReplaceAll(arg, was, is))
	}
	sp.Args = append(sp.Args, o.Args...)
	// exec keeps the last of several values of a name.
	sp.Env = append(slices.Clone(first.Env), o.Env...)
	if o.Binary != "" {
		sp.Path, sp.Version = o.Binary, ""
	}
	return sp
}

// SetCurrent makes the workers' version current, once all of its queues have pollers, and rolls all
// open runs to it.
func (s *Stack) SetCurrent(ctx context.Context) error {
	began := time.Now()
	build, err := s.buildID(ctx)
	if err != nil {
		return err
	}
	if err := s.Starter(ctx, "deployment", "--set-current", "--build-id", build); err != nil {
		return fmt.Errorf("setting the current version: %w", err)
	}
	s.out.printf("%-14s version is current after %s", "workers'", elapsed(time.Since(began)))
	return nil
}

// buildID returns the version of the first worker. After a return to an older build, it is not the
// newest version in Temporal.
func (s *Stack) buildID(ctx context.Context) (string, error) {
	sp := s.Part(workerName(1)).command()
	out, err := exec.CommandContext(ctx, sp.Path, append(slices.Clone(sp.Args), "--print-build-id")...).Output()
	if err != nil {
		return "", fmt.Errorf("asking %s for its build id: %w", sp.Path, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Starter runs the starter against this environment, with its payload keys. Its output goes to
// log/starter.log; an error contains the end of it.
func (s *Stack) Starter(ctx context.Context, args ...string) error {
	path := filepath.Join(s.LogDir, "starter.log")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	info, err := log.Stat()
	if err != nil {
		return err
	}
	programs, err := linkBinaries(s.root, s.Dir)
	if err != nil {
		return err
	}
	if bridge := s.Part(Bridge); bridge != nil && len(args) > 0 {
		args = slices.Insert(slices.Clone(args), 1, bridge.command().keys()...)
	}
	cmd := exec.CommandContext(ctx, programs["starter"].path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Dir, log, log
	cmd.Env = append(baseEnv(), "KUBECONFIG="+s.Kubeconfig,
		"TEMPORAL_ADDRESS="+s.TemporalAddress, "TEMPORAL_NAMESPACE="+TemporalNamespace)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running starter %s: %w\nend of %s:\n%s", strings.Join(args, " "), err, path, tail(path, info.Size(), 20))
	}
	return nil
}
