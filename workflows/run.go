package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// run is the state of one run. Each group below says who sets it and who clears it.
type run struct {
	ctx  workflow.Context
	kind string
	ref  resource.Ref
	mail *mailbox

	carry  resource.Carry   // what the next run starts with
	handed *resource.Handed // the level with which the run started: the first pass takes it
	result resource.Result  // what this run returns: startPass sets it, what ends a pass completes it
	err    error            // why this run fails: fail sets it
	reset  bool             // this run was reset: resetIf sets it, and the run ends after the pass

	inputs
	next     upcoming
	seen     sight
	tried    tries
	creating creating
	shown    display
	pauses   []time.Duration // see stalePauses: converge sets those of a pass, rest and thereAlready use them up
}

// inputs are what a pass works from. takeLevel sets them. claim, record, giveUp and voidClaim keep
// the claim in the level up to date.
type inputs struct {
	level  resource.Level
	forced bool // this pass observes AWS even if the object is settled
	// accepter is the place for which a plan asked: askForAccepter sets it, and nothing clears it.
	accepter resource.Target
}

// upcoming is what the next pass starts with. A wait or a signal sets it. takeLevel and observe
// take it.
type upcoming struct {
	level *resource.Level // nil: read it
	plan  *resource.Plan  // made by Await; nil: observe AWS
}

// sight is what the last observation says, apart from its steps. observe sets it. A create or a
// search that names the id sets proven; gate and sweep set advice. startPass clears it.
type sight struct {
	proven  string // the id that AWS's tags, or our create, confirmed
	advice  []resource.Advice
	planned string // the run that made the plan
	adopted bool   // the resource of the plan existed before the object
}

// tries are what a pass sent. carryOut adds to them, and startPass clears them.
type tries struct {
	failures []resource.Failure
	done     []resource.Done // record clears them: they concern the previous resource
	sent     []resource.Step // carried out by AWS; record clears them too
	last     []resource.Step // the last steps that the pass sent: round and removeBy set them
	waited   bool            // an earlier run already waited for what holds the resource: removeResource sets it
	alone    bool            // the last step of the plan may be sent alone: carryOutLast sets it
	closing  bool            // the next step is the last one that is planned, and AWS is observed after it: carryOut and sendSplit set it
	seen     *resource.Plan  // of that observation: answer sets it, carryOut takes it
}

// creating is the state of a create.
type creating struct {
	failure *resource.Failure // AWS's answer to the last create: sendClaimed sets it, startPass clears it
	unsaid  bool              // the claim does not name a lost request yet: giveUp sets it, claim clears it
}

// display is what the object shows of this run. report sets it, and nothing clears it.
type display struct {
	report   resource.Report
	waitsFor string // the message of the report, without the names of dependents
}

func newRun(ctx workflow.Context, in resource.Start) *run {
	return &run{
		ctx:   ctx,
		kind:  workflow.GetInfo(ctx).WorkflowType.Name,
		ref:   in.Ref,
		carry: in.Carry, handed: in.Handed,
		mail: newMailbox(ctx, in.Carry.Force),
	}
}

// startPass clears what belongs to the previous pass.
func (r *run) startPass() {
	claim := r.level.Object.Claim
	r.tried = tries{}
	r.result = resource.Result{State: r.level.ReportedState}
	if claim.Recorded() {
		r.result.ID = claim.ID
		if claim.ID == r.carry.Deleted { // AWS accepted its deletion in an earlier pass
			r.tried.done = []resource.Done{{Verb: resource.VerbDelete}}
		}
	}
	r.creating.failure = nil
	r.seen = sight{}
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

func (r *run) uid() string { return r.level.Object.Owner.UID }
