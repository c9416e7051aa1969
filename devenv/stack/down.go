package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Down stops all parts, newest first, and nothing else. The logs and the data stay; the next Up
// drops them. Down is idempotent.
func (s *Stack) Down(ctx context.Context) error {
	unlock, err := lock(ctx, s.Dir, s.out)
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.stopAll(ctx); err != nil {
		return err
	}
	return s.update(func(st *state) { st.Stopped = true })
}

// layers are groups of parts that may stop in parallel; each uses the groups after it.
var layers = []func(name string) bool{
	func(name string) bool { return name == Bridge || name == Namespaces || spec{Name: name}.isWorker() },
	func(name string) bool { return name == Gateway || name == APIServer || name == Temporal },
	func(string) bool { return true },
}

// stopAll stops every process that has a pid file, including those of an older layout.
func (s *Stack) stopAll(ctx context.Context) error {
	names := s.pidFiles()
	for _, in := range layers {
		errs := make([]error, len(names))
		var wg sync.WaitGroup
		for i, name := range names {
			if in(name) {
				wg.Go(func() { errs[i] = s.stopOne(ctx, name) })
			}
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stack) stopOne(ctx context.Context, name string) error {
	p := s.leftover(name)
	pid := p.PID()
	if pid == 0 {
		return nil
	}
	if err := p.stop(ctx, downLimit); err != nil {
		return err
	}
	s.out.printf("%-14s stopped (pid %d)", name, pid)
	return nil
}

// pidFiles returns the names of all parts with a pid file, running or not.
func (s *Stack) pidFiles() []string {
	files, _ := filepath.Glob(filepath.Join(s.Dir, "run", "*.pid"))
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".pid"))
	}
	return names
}

// runningSpecs returns the specs of the running parts, by name.
func (s *Stack) runningSpecs() map[string]spec {
	running := map[string]spec{}
	for _, name := range s.pidFiles() {
		if r, ok := s.leftover(name).running(); ok {
			running[name] = r.Spec
		}
	}
	return running
}

// removeDead removes the environments beside dir whose processes died without removing them.
func removeDead(ctx context.Context, root, dir string, out *progress) {
	var folders []string
	for _, parent := range []string{filepath.Join(root, ".tack"), filepath.Dir(dir)} {
		found, _ := filepath.Glob(filepath.Join(parent, "*", "state.json"))
		for _, file := range found {
			folders = append(folders, filepath.Dir(file))
		}
	}
	slices.Sort(folders)
	for _, folder := range slices.Compact(folders) {
		if folder == dir {
			continue
		}
		if err := removeIfDead(ctx, root, folder, out); err != nil {
			out.printf("cleaning up %s: %v", folder, err)
		}
	}
}

func removeIfDead(ctx context.Context, root, folder string, out *progress) error {
	unlock, err := tryLock(folder)
	if err != nil {
		return nil // another command uses it
	}
	defer unlock()
	st, err := readState(folder)
	if err != nil || st.Owner == nil || st.Owner.alive() {
		return err
	}
	out.printf("cleaning up %s, left by process %d", folder, st.Owner.PID)
	s := newStack(root, folder, st, out)
	if err := s.stopAll(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("removing it: %w", err)
	}
	return nil
}
