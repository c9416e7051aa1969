package stack

import "fmt"

// plan is what Up has to do, decided before anything is touched.
type plan struct {
	// fresh, if not "", says why all data is dropped and every part starts anew.
	fresh string
	// act holds what becomes of each wanted part, by name.
	act map[string]action
	// surplus are the running parts that nobody asked for, stopped in the end.
	surplus []string
}

type action int

const (
	leave   action = iota // runs as it should, or is the caller's to start
	start                 // does not run
	restart               // runs in another way than wanted
	roll                  // the same for a worker: the new one first, then the old one stops
)

// notWanted says that the caller starts the part itself.
type notWanted func(spec) bool

// decide compares the wanted parts with those that run.
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
			p.act[w.Name] = roll
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

// reasonForFresh says why the data cannot be gone on with, if so: the objects in
// etcd, the runs in Temporal, the journal and AWS in moto's memory tell of each
// other, so they begin and end together.
func reasonForFresh(want []spec, running map[string]spec, hasData bool) string {
	if !hasData {
		return "there is no data yet"
	}
	for _, w := range want {
		if w.Name != Moto && w.Name != Etcd && w.Name != Temporal {
			continue
		}
		now, runs := running[w.Name]
		if !runs && w.Name == Moto {
			return "moto does not run any more, and AWS was in its memory only"
		}
		if runs && !now.same(w) {
			return fmt.Sprintf("%s has to run in another way", w.Name)
		}
	}
	return ""
}
