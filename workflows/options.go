package workflows

import (
	"cmp"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// Every time-out, retry and heartbeat of the workflows is named here. The order
// matters: an HTTP call (10 s, package activities) ends before its activity's
// attempt, and that ends before anything is sent again (30 s, package activities).
const (
	// WorkflowTaskTimeout is how long a worker may think before its task goes
	// to another: Temporal's default of 10 s would double the time that a dead
	// worker is trusted.
	WorkflowTaskTimeout = 5 * time.Second
	// StickyScheduleToStart is how long a task waits for the worker that has the
	// run cached before any other may take it. The SDK's default is 5 s.
	StickyScheduleToStart = time.Second

	heartbeat     = 3 * time.Second
	mutateAttempt = 15 * time.Second
	readAttempt   = 45 * time.Second // several calls, each at most 10 s
	kubeAttempt   = 10 * time.Second

	// waitLimit bounds how long a run waits for anything before it continues as
	// new, on the newest version of the worker.
	waitLimit = 10 * time.Minute

	firstRetry = time.Minute     // of a blocked object
	soonRetry  = 5 * time.Second // of one that another resource blocks, which may go or come any moment
	lastRetry  = 30 * time.Minute

	eagerAttempts = 3 // of a deletion before the object tells what it waits for: some 3 s

	freshFor = 10 * time.Minute // more than AWS's eventual consistency takes

	maxRounds = 8 // of observing and acting in one pass
	maxSends  = 5 // of one create in one pass, each shown absent before the next
)

// sendOnce are the ends of an attempt after which nobody knows whether AWS got
// the request: what is not idempotent is then looked up, never sent again blindly.
var sendOnce = []string{"TemporalTimeout:StartToClose", "TemporalTimeout:Heartbeat", "PanicError"}

// settleRests are how long a pass rests, one time after the other, where AWS does
// not show what it has carried out: EC2 and IAM are eventually consistent. Then it
// is sent once more: somebody may have undone it.
var settleRests = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}

// restsIfThere is how many of them are for what AWS says is there already: the
// longer ones would hide its words from whoever wrote the same twice.
const restsIfThere = 2

func (r *run) kubeOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue:              resource.QueueKube(r.ref.Cluster),
		StartToCloseTimeout:    kubeAttempt,
		ScheduleToCloseTimeout: waitLimit,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second},
		Summary:                summary,
		Priority:               r.fairly(),
	}
}

// Who may call AWS is found out first, or the first thousand of a burst would write
// what they do while the next thousand do not know yet whether they may. Only an id
// goes before that. What is not named here has Temporal's default, 3.
const (
	recordPriority = 1 + iota
	readPriority
	_
	awaitPriority // a net below the pokes
)

func withPriority(o workflow.ActivityOptions, key int) workflow.ActivityOptions {
	o.Priority.PriorityKey = key
	return o
}

// fairly keeps one account's backlog from holding up another's. Before the first
// level is read, the account is the one that whoever woke the object has shown.
func (r *run) fairly() temporal.Priority {
	shown, _ := workflow.GetTypedSearchAttributes(r.ctx).GetKeyword(temporal.NewSearchAttributeKeyKeyword(resource.AttributeAccount))
	return temporal.Priority{FairnessKey: resource.FairnessKey(cmp.Or(r.level.Target.AccountID, r.level.Asked.AccountID, shown))}
}

// waitOptions are for activities that fail, benignly, until something is there:
// attempts cost no history, and the Web UI shows the reason as the last failure.
func waitOptions(o workflow.ActivityOptions) workflow.ActivityOptions {
	o.RetryPolicy = &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1.5, MaximumInterval: 15 * time.Second}
	return o
}

// pokedOptions are waitOptions for what the bridge tells of by a poke: attempts
// are a net below that, and a thousand waiting objects would ask all the time.
func pokedOptions(o workflow.ActivityOptions) workflow.ActivityOptions {
	o.RetryPolicy = &temporal.RetryPolicy{InitialInterval: 5 * time.Second, BackoffCoefficient: 3, MaximumInterval: 5 * time.Minute}
	return withPriority(o, awaitPriority)
}

func (r *run) readOptions(summary string) workflow.ActivityOptions {
	o := r.awsOptions(summary)
	o.StartToCloseTimeout = readAttempt
	return o
}

func (r *run) awsOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue:              resource.QueueAWS,
		StartToCloseTimeout:    mutateAttempt,
		ScheduleToCloseTimeout: waitLimit,
		HeartbeatTimeout:       heartbeat,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 500 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second},
		Summary:                summary,
		Priority:               r.fairly(),
	}
}

func (r *run) stepOptions(step resource.Step, how zeal) workflow.ActivityOptions {
	o := r.awsOptions(step.Summary)
	switch how {
	case eager:
		o.RetryPolicy.MaximumAttempts = eagerAttempts
	case quick:
		o.RetryPolicy.MaximumAttempts = 1
	case telling, patient: // as long as a run may last
	}
	o.WaitForCancellation = true // an attempt under way tells how it ended
	if step.Once {
		o.RetryPolicy.NonRetryableErrorTypes = sendOnce
	}
	return o
}

// onceOptions are for a step that is sent once, whatever AWS answers.
func (r *run) onceOptions(step resource.Step) workflow.ActivityOptions {
	o := r.stepOptions(step, patient)
	o.RetryPolicy.MaximumAttempts = 1
	return o
}

// backoff is how long a blocked object rests before try number n, from 1.
func backoff(first time.Duration, n int) time.Duration {
	rest := first
	for ; n > 1 && rest < lastRetry; n-- {
		rest *= 2
	}
	return min(rest, lastRetry)
}
