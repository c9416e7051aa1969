package workflows

import "github.com/tack-dev/tack/resource"

// newer ends the pass before a write if a newer level exists. Old runs look for one only before each
// stage of steps.
func (r *run) newer() outcome { return r.newerIf(looksBeforeSends) }

// newerIf is newer for runs that support a change. Others look for no newer level at that place.
func (r *run) newerIf(change string) outcome {
	if !r.mail.pending() || !r.supports(change) {
		return goOn
	}
	return r.superseded()
}

// stopped ends the pass before a create that is claimed, if the newer level forbids it. Any other level
// waits until the create is recorded: without its request, the claim would be unclear.
func (r *run) stopped() outcome {
	out := r.newer()
	if out != nextPass || r.reset {
		return out
	}
	if level := r.next.level; level != nil && r.forbidsCreate(*level) {
		r.next.level = nil // it was read before the claim becomes void
		return nextPass
	}
	r.next.level, r.mail.poked = nil, true
	return goOn
}

// forbidsCreate reports whether an object with this level needs no resource, or may not get one. Old runs
// create one for an object that now is plan-only or only adopts.
func (r *run) forbidsCreate(l resource.Level) bool {
	switch o := l.Object; {
	case l.Gone || l.Problem != nil || o.Deleting || o.ReadOnly:
		return true
	case o.PlanOnly || o.OnlyAdopts():
		return r.supports(creationForbidden)
	}
	return false
}
