package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// lasting reports whether the activity ended so that the object can report the reason. The same
// request may be sent again.
func (r *run) lasting(f resource.Failure) bool {
	return f.Lasting && r.supports(reportsLasting)
}

// reportLasting reports on the object what AWS keeps answering, and since when. It writes once: the
// object shows the same words until the failures end.
func (r *run) reportLasting(failures []resource.Failure) outcome {
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
