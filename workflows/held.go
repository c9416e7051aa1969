package workflows

import "github.com/tack-dev/tack/resource"

// dependents returns the wait for the objects that still refer to the deleted one, if there are
// any. The deletion is sent anyway, and AWS decides whether they block it.
func (r *run) dependents() *resource.Wait {
	if len(r.level.Dependants) == 0 || r.level.Object.Retain {
		return nil
	}
	return &resource.Wait{Reason: resource.ReasonHasDependants, Message: "AWS deletes the resource once nothing depends on it"}
}

// namesTheGone reports whether the object names dependents that no longer exist.
func (r *run) namesTheGone() bool {
	report := r.shown.report
	return report.State == resource.Waiting && report.UID == r.uid() && report.Message != r.shown.waitsFor && len(r.level.Dependants) == 0
}

// holderShown returns AWS's message for a deletion that it refused in this pass because of another
// resource. The object shows that message. The activity ends when AWS names something else.
func (r *run) holderShown(step resource.Step) string {
	failures := r.failuresOf(step)
	if len(failures) == 0 || failures[len(failures)-1].Class != resource.Dependent {
		return ""
	}
	return failures[len(failures)-1].Message
}

// holderChanged reports whether AWS named something else the last time that it refused a step. The
// next run then starts with short pauses again.
func (r *run) holderChanged(steps []resource.Step) bool {
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
	if !r.supports(reportsLastRefusal) {
		return r.failuresOf(steps...)
	}
	for _, step := range steps {
		if all := r.failuresOf(step); len(all) > 0 {
			failures = append(failures, all[len(all)-1])
		}
	}
	return failures
}
