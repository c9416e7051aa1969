package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// zeal is how long a call is retried within its activity.
type zeal int

const (
	telling zeal = iota // until its failures have lasted for seconds, so that the object tells them
	eager               // a few times
	quick               // once: what the object says is out of date
	patient             // for as long as a run may last: the object tells why already
)

// lasting says whether the activity ended so that the object tells why: the same
// request may be sent again.
func (r *run) lasting(f resource.Failure) bool {
	return f.Lasting && workflow.GetVersion(r.ctx, "lasting-is-told", workflow.DefaultVersion, 1) > workflow.DefaultVersion
}

// tellLasting tells on the object what AWS keeps answering, and since when. It writes
// once: the object shows the same words until that ends.
func (r *run) tellLasting(failures []resource.Failure) (next, error) {
	return r.report(resource.Report{State: resource.Waiting, Reason: failures[0].Code, Message: r.sinceWhen(failures)})
}

// sinceWhen is what AWS answers, and since when. Several runs may tell of one trouble.
func (r *run) sinceWhen(failures []resource.Failure) string {
	first, trouble := failures[0], &r.carry.Trouble
	if trouble.Verb != first.Step.Verb || trouble.Code != first.Code {
		*trouble = resource.Trouble{Verb: first.Step.Verb, Code: first.Code, Since: workflow.Now(r.ctx)}
	}
	return inOneLine(failures) + "; tried again since " + trouble.Since.UTC().Format(time.RFC3339)
}

// A stage of many steps is sent in waves that double: when AWS refuses the caller, or a
// quota is met, the rest would be refused as well, call by call. The server buffers at
// most 100 events while a workflow task is under way, and fails that task at the next:
// so a wave stays below that.
const (
	firstWave   = 8
	largestWave = 64
)

// waves splits a stage. Old runs sent it at once.
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

// withoutRefused splits off the steps that AWS would refuse as it did those of the same
// verb, and their failures.
func withoutRefused(steps []resource.Step, failures []resource.Failure) (left []resource.Step, spared []resource.Failure) {
	for _, step := range steps {
		i := slices.IndexFunc(failures, func(f resource.Failure) bool {
			return f.Step.Verb == step.Verb && (f.Class == resource.Quota || f.Class == resource.Denied)
		})
		if i < 0 {
			left = append(left, step)
			continue
		}
		failure := failures[i]
		failure.Step = step
		spared = append(spared, failure)
	}
	return left, spared
}
