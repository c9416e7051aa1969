// Package workflows holds the one workflow that drives every kind. The workflow type is the kind,
// and its steps are the recorded plans. No code in it depends on a kind. It imports only package
// resource.
package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// Reconcile makes AWS match the spec of one object, or deletes its resource, and ends. It is
// registered once under each kind's name.
//
// A run lasts for one burst of changes. A wait keeps it open, for at most ten minutes before it
// continues as new. A run fails only because of a bug.
func Reconcile(ctx workflow.Context, in resource.Start) (resource.Result, error) {
	r := newRun(ctx, in)
	return r.loop()
}

// next is what a pass requires afterwards.
type next int

const (
	settled next = iota // end the run, unless a signal arrived in the meantime
	again               // another pass
	renew               // continue as new
)

// run is the state of one run.
type run struct {
	ctx    workflow.Context
	kind   string
	ref    resource.Ref
	mail   *mailbox
	carry  resource.Carry
	result resource.Result

	level    resource.Level  // the level of this pass
	newer    *resource.Level // the level of the next pass, read when a signal arrived
	ahead    *resource.Plan  // made by Await, not carried out yet
	forced   bool            // this pass observes AWS in any case
	proven   string          // the id that AWS's tags, or our create, confirmed in this pass
	planned  string          // the run that made the plan of this round
	reset    bool            // this run was reset: its plan was not carried out
	unsaid   bool            // a request was given up, and the object does not report that yet
	failures []resource.Failure
	done     []resource.Done
	sent     []resource.Step   // steps that AWS carried out in this pass
	last     []resource.Step   // the last steps that this pass sent
	waited   bool              // the previous run already waited for the dependents of the resource
	unclear  *resource.Failure // of the create that this pass sent last
	rests    []time.Duration   // those left in this pass: see settleRests
	soon     bool              // another resource blocks: see soonRetry
	told     resource.Report   // the last report of this run
	waitsFor string            // its message, without the names of dependents
	advice   []resource.Advice
}

func newRun(ctx workflow.Context, in resource.Start) *run {
	return &run{
		ctx:   ctx,
		kind:  workflow.GetInfo(ctx).WorkflowType.Name,
		ref:   in.Ref,
		carry: in.Carry,
		mail:  newMailbox(ctx, in.Carry.Force),
	}
}

func (r *run) loop() (resource.Result, error) {
	for {
		what, err := r.recordCarried()
		if err == nil && what != renew {
			// Record the id even if its object is gone: another object may have that name by now.
			what, err = r.pass()
		}
		if err != nil {
			return r.result, err
		}
		if what != settled && r.forced {
			r.mail.force = true // this pass did not complete
		}
		// Nothing may yield between this drain and the end of the run. A signal that arrives later
		// fails the workflow task, and its second try receives it.
		r.mail.drain()
		switch {
		case r.reset:
			// The kept part of history describes a past state. A new run reads everything again,
			// including an open claim, and searches for the resource of that claim before it sends
			// anything.
			return r.result, r.continueAsNew()
		case what == settled && !r.mail.poked:
			r.showInSearch()
			return r.result, nil
		case what == renew || r.mail.roll || workflow.GetInfo(r.ctx).GetContinueAsNewSuggested():
			return r.result, r.continueAsNew()
		}
	}
}

// continueAsNew continues on the newest version of the worker. A plain continue-as-new would
// inherit the version to which this run is pinned.
func (r *run) continueAsNew() error {
	r.carry.Force = r.mail.force
	if r.carry.Record != nil {
		r.carry.Record.Planned = "" // the next run has another id
	}
	return workflow.NewContinueAsNewErrorWithOptions(r.ctx, workflow.ContinueAsNewErrorOptions{
		InitialVersioningBehavior: workflow.ContinueAsNewVersioningBehaviorAutoUpgrade,
	}, r.kind, resource.Start{Ref: r.ref, Carry: r.carry})
}

// pass takes one level and does all the work for it.
func (r *run) pass() (next, error) {
	if err := r.takeLevel(); err != nil {
		return r.overdue(err)
	}
	level := r.level
	r.failures, r.sent, r.last, r.done = nil, nil, nil, r.deleted(level.Object.Claim)
	r.unclear, r.soon, r.advice, r.proven = nil, false, nil, ""
	r.result = resource.Result{State: level.Settled}
	if level.Object.Claim.Recorded() {
		r.result.ID = level.Object.Claim.ID
	}
	switch {
	case level.Gone:
		r.result = resource.Result{State: resource.Gone}
		return settled, nil
	case level.Object.Deleting:
		return r.teardown()
	case level.Settled != "" && (!r.forced || level.Kept):
		return settled, nil
	case level.Leaving:
		return r.moveAway()
	case level.Problem != nil:
		return r.problem(level.Problem)
	case level.Wait != nil:
		return r.gate()
	}
	return r.converge()
}

// deleted returns the deletions of earlier passes that still count in this one.
func (r *run) deleted(claim *resource.Claim) []resource.Done {
	if claim.Recorded() && claim.ID == r.carry.Deleted {
		return []resource.Done{{Verb: resource.VerbDelete}}
	}
	return nil
}

// takeLevel uses the level that was read when a signal arrived, or reads one.
func (r *run) takeLevel() error {
	if r.newer != nil {
		// Signals that arrived after it was read stay in the mailbox.
		r.level, r.newer = *r.newer, nil
		r.forced, r.mail.force = r.mail.force, false
		return nil
	}
	r.ahead = nil
	r.forced = r.mail.take()
	level, err := r.readLevel()
	if err == nil {
		r.level = level
	}
	return err
}

func (r *run) readLevel() (level resource.Level, err error) {
	ctx := workflow.WithActivityOptions(r.ctx, withPriority(r.kubeOptions("read "+r.ref.String()), readPriority))
	err = workflow.ExecuteActivity(ctx, resource.KubeLevel, resource.LevelInput{Ref: r.ref}).Get(ctx, &level)
	return level, err
}

// superseded reports whether a signal changes anything. Pokes repeat, and our own writes may come
// back as one.
func (r *run) superseded() (bool, error) {
	if !r.mail.drain() {
		return false, nil
	}
	if r.mail.roll {
		return true, nil
	}
	force := r.mail.take()
	level, err := r.readLevel()
	if err != nil {
		return false, err
	}
	if level.Same(r.level) && !force {
		r.level.Object.Generation = level.Object.Generation // after an edit that was undone
		return false, r.tellDependants(level.Dependants)
	}
	r.newer = &level
	r.mail.force = r.mail.force || force
	return true, nil
}

// overdue turns a wait that took too long into a new run. Any other error is a bug or the
// cancellation of the run.
func (r *run) overdue(err error) (next, error) {
	if _, ok := errors.AsType[*refusal](asRefusal(err)); ok && r.ctx.Err() == nil {
		workflow.GetLogger(r.ctx).Warn("continuing as new", "error", err)
		return renew, nil
	}
	return settled, err
}
