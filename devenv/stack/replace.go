package stack

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
)

const oldSuffix = ".old"

// oldName is the name of a worker after its successor has taken its name.
func oldName(worker string) string { return worker + oldSuffix }

// logName lets a worker and its successor share a log.
func logName(part string) string { return strings.TrimSuffix(part, oldSuffix) }

// stepAside frees the worker's name for its successor while the worker continues.
func (s *Stack) stepAside(ctx context.Context, worker string) error {
	young, old := s.Part(worker), s.leftover(oldName(worker))
	if old.PID() != 0 {
		// An earlier Up was interrupted while both ran. Only the worker whose version became
		// current can have runs.
		if now, ok := young.running(); ok && workerVersion(now.Spec) != s.state.Current {
			return young.Stop(ctx)
		}
		if err := old.Stop(ctx); err != nil {
			return err
		}
	}
	if err := os.Rename(young.pidFile(), old.pidFile()); err != nil {
		return fmt.Errorf("replacing %s: %w", worker, err)
	}
	return nil
}

// leftover returns a part that may no longer have a spec.
func (s *Stack) leftover(name string) *Part {
	if p := s.Part(name); p != nil {
		return p
	}
	return &Part{stack: s, name: name}
}

// avoidOld gives the worker the port, out of its two, that the process under its old name does not
// use.
func (l layout) avoidOld(s *Stack, worker string) {
	if old, ok := s.leftover(oldName(worker)).running(); ok && slices.Contains(old.Spec.Ports, l.ports[worker]) {
		l.swapPorts(worker)
	}
}

func (l layout) swapPorts(worker string) {
	next := nextPort(worker)
	l.ports[worker], l.ports[next] = l.ports[next], l.ports[worker]
}

// workerVersion distinguishes the workers' versions; a replacement changes their ports, but not the
// version.
func workerVersion(sp spec) string {
	return strings.ReplaceAll(sp.Version+" "+strings.Join(sp.Args, " "), address(sp.Ports[0]), "")
}

// setCurrent makes the wanted workers' version current, unless it already is.
func (u *upping) setCurrent(ctx context.Context) error {
	s := u.stack
	version := workerVersion(s.Part(workerName(1)).command())
	if s.state.Current == version {
		return nil
	}
	if u.plan.fresh == "" {
		// From here on the new version may have runs, so its workers must stay.
		u.started = nil
	}
	if err := s.SetCurrent(ctx); err != nil {
		return err
	}
	return s.update(func(st *state) { st.Current = version })
}

// undo cleans up after a failed call. If everything that the call started is new, undo stops it,
// newest first. Otherwise the replaced workers stay.
func (u *upping) undo() {
	ctx := context.Background() // the context of the call may have ended
	s := u.stack
	slices.Reverse(u.started)
	for _, p := range u.started {
		if u.plan.fresh == "" && !slices.Contains(u.aside, p.name) {
			continue
		}
		if err := p.Stop(ctx); err != nil {
			s.out.printf("%v", err)
		}
	}
	for _, worker := range u.aside {
		if err := u.stepBack(worker); err != nil {
			s.out.printf("%v", err)
		}
	}
}

// stepBack gives a worker its name back, unless a successor has it permanently.
func (u *upping) stepBack(worker string) error {
	s := u.stack
	old, ok := s.leftover(oldName(worker)).running()
	if !ok || s.Part(worker).PID() != 0 {
		return nil
	}
	if err := os.Rename(s.leftover(oldName(worker)).pidFile(), s.Part(worker).pidFile()); err != nil {
		return fmt.Errorf("returning to the old %s: %w", worker, err)
	}
	if !slices.Contains(old.Spec.Ports, u.layout.ports[worker]) {
		u.layout.swapPorts(worker)
	}
	return s.update(func(st *state) {
		st.Ports = u.layout.ports
		for i := range st.Specs {
			if st.Specs[i].Name == worker {
				st.Specs[i] = old.Spec
			}
		}
	})
}
