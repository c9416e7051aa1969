package workflows

import (
	"cmp"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// Every timeout, retry and heartbeat of the workflows has its name here. The order matters. An
// HTTP call ends before its activity's attempt does (10 s, aws/session). The attempt ends
// before anything is sent again (30 s, windows.Windows).
const (
	// WorkflowTaskTimeout bounds the time that a worker may hold a workflow task before another
	// worker gets it. Temporal's default of 10 s would double the time until a dead worker is
	// replaced.
	WorkflowTaskTimeout = 5 * time.Second
	// StickyScheduleToStart bounds the time that a task waits for the worker with the run in its
	// cache. After that, any other worker may take it. The SDK's default is 5 s.
	StickyScheduleToStart = time.Second

	heartbeat     = 3 * time.Second
	mutateAttempt = 15 * time.Second
	readAttempt   = 45 * time.Second // several calls, each at most 10 s
	kubeAttempt   = 10 * time.Second

	// waitLimit bounds the wait of a run before it continues as new, on the newest version of the
	// worker.
	waitLimit = 10 * time.Minute

	planLimit = 2 * time.Minute // of an activity for which a person waits

	importLimit   = 30 * time.Minute // of the objects of one kind
	importSilence = 30 * time.Second // the time for one object is far shorter

	firstRetry = time.Minute     // of a blocked object
	soonRetry  = 5 * time.Second // of one that another resource blocks, which may appear or disappear at any moment
	lastRetry  = 30 * time.Minute

	eagerAttempts = 3 // of a deletion before the object reports its wait, unless they take more than 3 s

	freshFor = 10 * time.Minute // longer than AWS needs for eventual consistency

	maxRounds = 8 // of observing and acting in one pass
	maxSends  = 5 // of one create in one pass, each after a search that found none
)

// sendOnce lists the errors of an attempt after which it is unknown whether AWS received the
// request. After them, Tack searches for the result of a request that is not idempotent, and never
// sends it again blindly.
var sendOnce = []string{"TemporalTimeout:StartToClose", "TemporalTimeout:Heartbeat", "PanicError"}

// stalePauses are the pauses of a pass, in order, while AWS does not show what it has carried out:
// EC2 and IAM are eventually consistent. After the last rest, the step is sent once more, because
// somebody may have undone it.
var stalePauses = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}

// pausesIfThere is the number of pauses for something that AWS says already exists. The longer pauses
// would hide AWS's message from a user who wrote the same item twice.
const pausesIfThere = 2

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

// The priorities. Credentials come first. Otherwise, the first thousand objects of a burst would
// write while the next thousand do not know yet whether they may call AWS. Only the record of an id
// comes before that. Every other activity has Temporal's default, 3.
const (
	recordPriority = 1 + iota
	readPriority
	_
	awaitPriority // a fallback for lost pokes
)

func withPriority(o workflow.ActivityOptions, key int) workflow.ActivityOptions {
	o.Priority.PriorityKey = key
	return o
}

// fairly prevents the backlog of one account from delaying another account. Before the first level
// is read, the account comes from the search attributes that the waker set.
func (r *run) fairly() temporal.Priority {
	shown, _ := workflow.GetTypedSearchAttributes(r.ctx).GetKeyword(temporal.NewSearchAttributeKeyKeyword(resource.AttributeAccount))
	return temporal.Priority{FairnessKey: resource.FairnessKey(cmp.Or(r.level.Target.AccountID, r.level.Asked.AccountID, shown))}
}

// waitOptions are for activities that fail, as expected, until something exists. Their attempts add
// no history, and the Web UI shows the reason as the last failure.
func waitOptions(o workflow.ActivityOptions) workflow.ActivityOptions {
	o.RetryPolicy = &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1.5, MaximumInterval: 15 * time.Second}
	return o
}

// pokedOptions are waitOptions for a change that the bridge reports with a poke. The attempts are
// only a fallback: frequent ones of a thousand waiting objects would load the API server all the
// time.
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

// patience says how long a call is retried within its activity.
type patience int

const (
	reporting patience = iota // until its failures have lasted for seconds, so that the object can report them
	eager                     // a few times, for seconds at most
	quick                     // once: what the object reports is out of date
	patient                   // for as long as a run may last: the object already reports the reason
)

func (r *run) stepOptions(step resource.Step, how patience) workflow.ActivityOptions {
	o := r.awsOptions(step.Summary)
	o.Priority = r.fairlyFor(step)
	switch how {
	case eager:
		o.RetryPolicy.MaximumAttempts = eagerAttempts
	case quick:
		o.RetryPolicy.MaximumAttempts = 1
	case reporting, patient: // as long as a run may last
	}
	o.WaitForCancellation = true // an attempt in flight reports its outcome
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

// backoff returns the rest of a blocked object before try number n, from 1.
func backoff(first time.Duration, n int) time.Duration {
	rest := first
	for ; n > 1 && rest < lastRetry; n-- {
		rest *= 2
	}
	return min(rest, lastRetry)
}
