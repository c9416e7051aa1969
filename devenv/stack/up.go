package stack

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Up builds outdated programs and starts missing parts until the environment matches o. It leaves
// parts alone that already match. If Up fails, a running environment continues as far as possible,
// and a new one is stopped again.
func Up(ctx context.Context, o Options) (*Stack, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	o = o.withDefaults(root)
	if o.TemporalDB != onSQLite && o.TemporalDB != onPostgres {
		return nil, fmt.Errorf("choosing Temporal's database: want %s or %s, got %q", onSQLite, onPostgres, o.TemporalDB)
	}
	out := newProgress(o.Out)
	unlock, err := lock(ctx, o.Dir, out)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if !o.Fixed {
		removeDead(ctx, root, o.Dir, out)
	}
	if err = buildAll(ctx, root, out); err != nil {
		return nil, err
	}
	u, err := prepare(root, o, out)
	if err != nil {
		return nil, err
	}
	if err := u.run(ctx); err != nil {
		u.undo()
		return nil, err
	}
	return u.stack, nil
}

// upping is one call of Up, after all builds.
type upping struct {
	stack   *Stack
	layout  layout
	want    []spec
	plan    plan
	ports   *reservation
	starter binary

	mu      sync.Mutex
	started []*Part  // by this call
	aside   []string // workers that run under their old name
}

func (u *upping) run(ctx context.Context) error {
	if err := u.makeRoom(ctx); err != nil {
		return err
	}
	defer func() { u.ports.release(slices.Collect(maps.Keys(u.ports.held))...) }()
	if err := u.startServers(ctx); err != nil {
		return err
	}
	if err := u.startOurs(ctx); err != nil {
		return err
	}
	return u.finish(ctx)
}

// makeRoom stops the parts that must be replaced, drops old data, stores the new state and reserves
// the ports of the parts to start.
func (u *upping) makeRoom(ctx context.Context) error {
	s := u.stack
	if err := u.checkPorts(); err != nil {
		return err
	}
	if u.plan.fresh != "" {
		if err := u.startAfresh(ctx); err != nil {
			return err
		}
	}
	for i := range u.want {
		if err := u.giveWay(ctx, i); err != nil {
			return err
		}
	}
	var starting []spec
	for _, w := range u.want {
		if u.plan.act[w.Name] != leave {
			starting = append(starting, w)
		}
	}
	var err error
	if u.ports, err = reserve(starting); err != nil {
		return err
	}
	return s.update(func(st *state) {
		st.Ports, st.Specs, st.Stopped, st.Owner = u.layout.ports, u.want, false, nil
		if !u.layout.options.Fixed {
			if me, err := identify(os.Getpid()); err == nil {
				st.Owner = &me
			}
		}
	})
}

// giveWay ends the process that occupies the place of wanted part i, or makes it step aside.
func (u *upping) giveWay(ctx context.Context, i int) error {
	s, name := u.stack, u.want[i].Name
	switch u.plan.act[name] {
	case start: // no process is in the way
	case leave:
		return nil
	case restart:
		s.out.printf("%-14s has changed: restarting it", name)
		return s.Part(name).Stop(ctx)
	case replace:
		if err := s.stepAside(ctx, name); err != nil {
			return err
		}
		u.aside = append(u.aside, name)
	}
	if u.want[i].isWorker() {
		u.layout.avoidOld(s, name)
		u.want[i] = u.layout.worker(name, u.layout.options.WorkerArgs)
	}
	return nil
}

func (u *upping) startAfresh(ctx context.Context) error {
	s := u.stack
	if _, err := os.Stat(u.layout.data()); err == nil && !s.state.Stopped {
		s.out.printf("starting from scratch, without the previous objects, runs and journal: %s", u.plan.fresh)
	}
	if err := s.stopAll(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(u.layout.data()); err != nil {
		return fmt.Errorf("dropping old data: %w", err)
	}
	if err := os.MkdirAll(u.layout.data("gateway"), 0o755); err != nil {
		return err
	}
	s.state.CRDs, s.state.Current = "", ""
	if err := writeCredentials(u.layout.data("kube"), s.Kubeconfig, "https://"+address(u.layout.ports[APIServer])); err != nil {
		return err
	}
	return writeAuditPolicy(u.layout.data("kube"))
}

// startServers starts the servers of other projects and the gateway, in parallel if they do not
// depend on each other.
func (u *upping) startServers(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := u.bring(ctx, Etcd); err != nil {
			return err
		}
		if err := u.bring(ctx, APIServer); err != nil {
			return err
		}
		return u.stack.applyManifests(ctx)
	})
	g.Go(func() error {
		if u.stack.Part(Postgres) != nil {
			if err := u.bring(ctx, Postgres); err != nil {
				return err
			}
		}
		return u.bring(ctx, Temporal)
	})
	g.Go(func() error {
		if err := u.bring(ctx, Moto); err != nil {
			return err
		}
		if err := wakeMoto(ctx, u.stack.Part(Moto).Address()); err != nil {
			return err
		}
		return u.bring(ctx, Gateway)
	})
	return g.Wait()
}

func (u *upping) startOurs(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, w := range u.want {
		if w.Name == Bridge || w.Name == Namespaces || w.isWorker() {
			g.Go(func() error { return u.bring(ctx, w.Name) })
		}
	}
	return g.Wait()
}

// bring starts the part if the plan requires it.
func (u *upping) bring(ctx context.Context, name string) error {
	if u.plan.act[name] == leave {
		return nil
	}
	p := u.stack.Part(name)
	p.mu.Lock()
	defer p.mu.Unlock()
	sp := p.command()
	u.ports.release(sp.Ports...)
	if err := p.start(ctx, sp); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.started = append(u.started, p)
	return nil
}

// finish makes the workers' version current and stops the replaced parts.
func (u *upping) finish(ctx context.Context) error {
	s := u.stack
	if !u.layout.options.NoWorkers {
		if err := u.setCurrent(ctx); err != nil {
			return err
		}
	}
	surplus := u.plan.surplus
	for _, worker := range u.aside {
		surplus = append(surplus, oldName(worker))
	}
	slices.Sort(surplus)
	for _, name := range slices.Compact(surplus) {
		s.out.printf("%-14s is no longer needed: stopping it", name)
		if err := s.leftover(name).Stop(ctx); err != nil {
			return err
		}
	}
	var used []spec
	for _, sp := range s.runningSpecs() {
		used = append(used, sp)
	}
	pruneLinks(s.Dir, append(used, u.want...), u.starter.path)
	return nil
}
