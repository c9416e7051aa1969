package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// zeal says how long a call is retried within its activity.
type zeal int

const (
	telling zeal = iota // until its failures have lasted for seconds, so that the object can report them
	eager               // a few times
	quick               // once: what the object reports is out of date
	patient             // for as long as a run may last: the object already reports the reason
)

// lasting reports whether the activity ended so that the object can report the reason. The same
// request may be sent again.
func (r *run) lasting(f resource.Failure) bool {
	return f.Lasting && workflow.GetVersion(r.ctx, "lasting-is-told", workflow.DefaultVersion, 1) > workflow.DefaultVersion
}

// tellLasting reports on the object what AWS keeps answering, and since when. It writes once: the
// object shows the same words until the failures end.
func (r *run) tellLasting(failures []resource.Failure) (next, error) {
	return r.report(resource.Report{State: resource.Waiting, Reason: failures[0].Code, Message: r.sinceWhen(failures)})
}

// sinceWhen returns AWS's answer and the time of the first one. Several runs may report one
// trouble.
func (r *run) sinceWhen(failures []resource.Failure) string {
	first, trouble := failures[0], &r.carry.Trouble
	if trouble.Verb != first.Step.Verb || trouble.Code != first.Code {
		*trouble = resource.Trouble{Verb: first.Step.Verb, Code: first.Code, Since: workflow.Now(r.ctx)}
	}
	return inOneLine(failures) + "; tried again since " + trouble.Since.UTC().Format(time.RFC3339)
}

// The sizes of waves. A stage of many steps is sent in waves that double. When AWS denies the
// caller or a quota is reached, it would refuse every remaining call as well.
//
// The server buffers at most 100 events during a workflow task and fails that task at the next
// event. A wave therefore stays below that limit.
const (
	firstWave   = 8
	largestWave = 64
)

// waves splits a stage into waves. Old runs sent a stage at once.
func (r *run) waves(stage []resource.Step) (waves [][]resource.Step) {
	if len(stage) <= firstWave || workflow.GetVersion(r.ctx, "steps-go-in-waves", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return [][]resource.Step{stage}
	}
	for size := firstWave; len(stage) > 0; size *= 2 {
		size = min(size, largestWave, len(stage))
		waves, stage = append(waves, stage[:size]), stage[size:]
	}
	return waves
}
