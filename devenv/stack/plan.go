package stack

import "fmt"

// plan is what Up will do, decided before it changes anything.
type plan struct {
	// fresh, if not "", is why Up drops all data and restarts every part.
	fresh string
	// act is the action for each wanted part, by name.
	act map[string]action
	// surplus are the running parts that the options do not ask for, stopped at the end.
	surplus []string
}

type action int

const (
	leave   action = iota // runs as wanted, or the caller starts it
	start                 // does not run
	restart               // runs with a different spec
	replace               // restart of a worker: the new one starts first, then the old one stops
)

// notWanted reports whether the caller, not Up, starts a part.
type notWanted func(spec) bool

// decide compares the wanted parts with the running ones.
func decide(want []spec, running map[string]spec, hasData bool, skip notWanted) plan {
	p := plan{fresh: reasonForFresh(want, running, hasData), act: map[string]action{}}
	for _, w := range want {
		now, runs := running[w.Name]
		switch {
		case skip(w):
			p.act[w.Name] = leave
		case p.fresh != "" || !runs:
			p.act[w.Name] = start
		case now.same(w):
			p.act[w.Name] = leave
		case w.isWorker():
			p.act[w.Name] = replace
		default:
			p.act[w.Name] = restart
		}
	}
	for name := range running {
		if _, wanted := p.act[name]; !wanted && p.fresh == "" {
			p.surplus = append(p.surplus, name)
		}
	}
	return p
}

// reasonForFresh returns why the data cannot be kept, or "". The objects in etcd, the runs in
// Temporal, the journal and AWS in moto's memory refer to each other, so they begin and end
// together.
func reasonForFresh(want []spec, running map[string]spec, hasData bool) string {
	if !hasData {
		return "there is no data yet"
	}
	for _, w := range want {
		if w.Name != Moto && w.Name != Etcd && w.Name != Temporal && w.Name != Postgres {
			continue
		}
		now, runs := running[w.Name]
		if !runs && w.Name == Moto {
			return "moto does not run any more, and AWS was only in its memory"
		}
		if runs && !now.same(w) {
			return fmt.Sprintf("%s must run with a different command", w.Name)
		}
	}
	return ""
}
