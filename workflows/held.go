package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// toldOf returns AWS's message for a deletion that it refused in this pass because of another
// resource. The object shows that message. The activity ends when AWS names something else.
func (r *run) toldOf(step resource.Step) string {
	failures := r.failuresOf(step)
	if len(failures) == 0 || failures[len(failures)-1].Class != resource.Dependent {
		return ""
	}
	return failures[len(failures)-1].Message
}

// heldByAnother reports whether AWS named something else the last time that it refused a step. The
// next run then starts with short pauses again.
func (r *run) heldByAnother(steps []resource.Step) bool {
	for _, step := range steps {
		failures := r.failuresOf(step)
		if n := len(failures); n > 1 && failures[n-1].Class == resource.Dependent && failures[n-1].Message != failures[n-2].Message {
			return true
		}
	}
	return false
}

// lastFailuresOf returns the last failure of each step: what held the resource earlier may be gone.
// Old runs reported all of them.
func (r *run) lastFailuresOf(steps []resource.Step) (failures []resource.Failure) {
	if workflow.GetVersion(r.ctx, "last-refusal-is-told", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return r.failuresOf(steps...)
	}
	for _, step := range steps {
		if all := r.failuresOf(step); len(all) > 0 {
			failures = append(failures, all[len(all)-1])
		}
	}
	return failures
}
