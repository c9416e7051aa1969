package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// takeLevel uses the level that was read when a signal arrived, or the one that the bridge handed over, or
// reads one.
func (r *run) takeLevel() outcome {
	if level := r.handedOver(); level != nil {
		r.level, r.forced = *level, r.mail.take()
		return goOn
	}
	if r.next.level != nil {
		// Signals that arrived after it was read stay in the mailbox.
		r.level, r.next.level = *r.next.level, nil
		r.forced, r.mail.force = r.mail.force, false
		return goOn
	}
	r.next.plan = nil
	r.forced = r.mail.take()
	level, out := r.readLevel()
	if out == goOn {
		r.level = level
	}
	return out
}

// handedOver returns the level with which the bridge started this run, if the first pass may work from it.
// It may not if another signal arrived, which may be about a later change. The level belongs to the run
// that was started with it. A run that is reset from that one reads a new level before it acts.
func (r *run) handedOver() *resource.Level {
	handed := r.handed
	r.handed = nil
	if !handed.Holds(workflow.Now(r.ctx)) || r.mail.signals() != 1 {
		return nil
	}
	level := handed.Level
	level.Run = workflow.GetInfo(r.ctx).OriginalRunID
	return &level
}

func (r *run) readLevel() (level resource.Level, out outcome) {
	options := withPriority(r.kubeOptions("read "+r.ref.String()), readPriority)
	out = r.do(r.ctx, options, resource.KubeLevel, resource.LevelInput{Ref: r.ref, Accepter: r.accepter}, &level)
	return level, out
}

// superseded ends the pass when a signal changes anything. Pokes repeat, and our own writes may
// come back as one.
func (r *run) superseded() outcome {
	if !r.mail.drain() {
		return goOn
	}
	if r.mail.roll {
		return nextPass
	}
	force := r.mail.take()
	level, out := r.readLevel()
	if out != goOn {
		return out
	}
	if level.Same(r.level) && !force {
		r.level.Object.Generation = level.Object.Generation // after an edit that was undone
		return r.showDependents(level.Dependants)
	}
	r.next.level = &level
	r.mail.force = r.mail.force || force
	return nextPass
}
