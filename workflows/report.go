package workflows

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// report writes the state of the object on the object. It does not repeat a report of this run. If
// the object is gone, the run is done.
func (r *run) report(report resource.Report) outcome {
	report.Ref, report.UID, report.Generation = r.ref, r.uid(), r.level.Object.Generation
	report.Proven, report.Planned = r.seen.proven, r.basis()
	report.Selected, report.References, report.Advices = r.level.Selected, r.level.References, r.seen.advice
	if report.State == resource.Waiting {
		// A try that waits has not succeeded yet. If it fails, the next rest is longer than the
		// previous one.
		report.Retries = r.level.Object.Retries
	}
	r.shown.waitsFor = report.Message
	if names := r.level.Dependants; len(names) > 0 && report.State == resource.Waiting {
		report.Message += "; still there: " + strings.Join(names, ", ")
	}
	r.result.State, r.result.Reason = report.State, report.Reason
	workflow.SetCurrentDetails(r.ctx, r.details(report))
	if r.alreadyShown(report) {
		return goOn
	}
	var written resource.Written
	if out := r.do(r.ctx, r.kubeOptions("write status: "+inWords(report)), resource.KubePatchStatus, report, &written); out != goOn {
		return out
	}
	if out := r.resetIf(written.Stale); out != goOn {
		return out // another run may have reported something newer since
	}
	r.shown.report = report
	if written.Gone {
		r.result = resource.Result{State: resource.Gone}
		return done
	}
	return goOn
}

// basis returns the run that read what the next write follows from: AWS, or else the level.
func (r *run) basis() string { return cmp.Or(r.seen.planned, r.level.Run) }

// inWords returns a report in one line.
func inWords(report resource.Report) string {
	if report.Message == "" {
		return string(report.State)
	}
	return string(report.State) + ": " + report.Message
}

// details returns the text that the Web UI shows at the top of a run.
func (r *run) details(report resource.Report) string {
	text := inWords(report)
	if claim := r.level.Object.Claim; claim.Recorded() {
		text += fmt.Sprintf("\n\n%s in account %s, %s", claim.ID, claim.Target.AccountID, claim.Target.Region)
	}
	return text
}

// alreadyShown reports whether the object is known to show this very wait.
func (r *run) alreadyShown(report resource.Report) bool {
	shown := r.shown.report
	return report.State == resource.Waiting && shown.State == resource.Waiting &&
		shown.UID == report.UID && shown.Reason == report.Reason && shown.Message == report.Message &&
		slices.Equal(shown.Advices, report.Advices) && (report.Status == nil || bytes.Equal(shown.Status, report.Status))
}

// showsTrouble reports whether this run wrote a wait on an object that was settled when the level
// was read. Old runs left the wait there.
func (r *run) showsTrouble() bool {
	return r.shown.report.State == resource.Waiting && r.shown.report.UID == r.uid() && r.supports(clearsTrouble)
}

// showDependents updates the names that a waiting object shows. The names only inform, so the pass
// goes on even if they cannot be written.
func (r *run) showDependents(names []string) outcome {
	if slices.Equal(names, r.level.Dependants) {
		return goOn
	}
	r.level.Dependants = names
	report := r.shown.report
	if report.State != resource.Waiting || report.UID != r.uid() {
		return goOn
	}
	report.Message = r.shown.waitsFor
	if out := r.report(report); out == failed || out == nextPass {
		return out // nextPass: this run was reset
	}
	return goOn
}
