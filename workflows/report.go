package workflows

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// report writes the state of the object on the object. It returns again when the run may continue,
// and settled when the object is gone. It does not repeat a report of this run.
func (r *run) report(report resource.Report) (next, error) {
	report.Ref, report.UID, report.Generation = r.ref, r.uid(), r.level.Object.Generation
	report.Proven = r.proven
	report.Selected, report.References, report.Advices = r.level.Selected, r.level.References, r.advice
	if report.State == resource.Waiting {
		// A try that waits has not succeeded yet. If it fails, the next rest is longer than the
		// previous one.
		report.Retries = r.level.Object.Retries
	}
	r.waitsFor = report.Message
	if names := r.level.Dependants; len(names) > 0 && report.State == resource.Waiting {
		report.Message += "; still there: " + strings.Join(names, ", ")
	}
	r.result.State, r.result.Reason = report.State, report.Reason
	workflow.SetCurrentDetails(r.ctx, r.details(report))
	if r.toldAlready(report) {
		return again, nil
	}
	ctx := workflow.WithActivityOptions(r.ctx, r.kubeOptions("write status: "+inWords(report)))
	var written resource.Written
	if err := workflow.ExecuteActivity(ctx, resource.KubePatchStatus, report).Get(ctx, &written); err != nil {
		return r.overdue(err)
	}
	r.told = report
	if written.Gone {
		r.result = resource.Result{State: resource.Gone}
		return settled, nil
	}
	return again, nil
}

// tellDependants updates the names that a waiting object shows.
func (r *run) tellDependants(names []string) error {
	if slices.Equal(names, r.level.Dependants) {
		return nil
	}
	r.level.Dependants = names
	if r.told.State != resource.Waiting || r.told.UID != r.uid() {
		return nil
	}
	report := r.told
	report.Message = r.waitsFor
	_, err := r.report(report)
	return err
}

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

// toldAlready reports whether the object is known to show this very wait.
func (r *run) toldAlready(report resource.Report) bool {
	return report.State == resource.Waiting && r.told.State == resource.Waiting &&
		r.told.UID == report.UID && r.told.Reason == report.Reason && r.told.Message == report.Message &&
		slices.Equal(r.told.Advices, report.Advices) && (report.Status == nil || bytes.Equal(r.told.Status, report.Status))
}

// showsTrouble reports whether this run wrote a wait on an object that was settled when the level
// was read. Old runs left the wait there.
func (r *run) showsTrouble() bool {
	return r.told.State == resource.Waiting && r.told.UID == r.uid() &&
		workflow.GetVersion(r.ctx, "trouble-clears", workflow.DefaultVersion, 1) > workflow.DefaultVersion
}

// conclude ends a pass in which nothing is left to try: everything matches the spec, or AWS refused
// the rest.
func (r *run) conclude(plan resource.Plan, refused []resource.Step) (next, error) {
	if len(refused) > 0 {
		return r.failed(someHope(r.failuresOf(refused...), refused), &plan)
	}
	if len(plan.Notes) > 0 {
		return r.end(resource.Report{State: resource.Terminal, Reason: resource.ReasonNotPossible, Message: resource.Several(plan.Notes), Status: plan.Status})
	}
	if len(r.level.Unresolved) > 0 {
		wait := &resource.Wait{Reason: resource.ReasonReferencesNotReady, Message: resource.Several(r.level.Unresolved)}
		return r.awaitLevel(wait, resource.Report{Status: plan.Status})
	}
	if plan.Sweep {
		return r.swept(resource.Report{State: resource.Synced, Status: plan.Status, Late: plan.Late})
	}
	if r.level.Settled == resource.Synced && plan.Status == nil && plan.Late == nil && !r.showsTrouble() {
		r.result.State = resource.Synced
		return settled, nil // a pass that found nothing to do writes nothing
	}
	return r.end(resource.Report{State: resource.Synced, Status: plan.Status, Late: plan.Late})
}

// someHope takes the failures of unfinished steps out of those that only an edit can
// cure: the next try sends parts of these requests.
func someHope(failures []resource.Failure, refused []resource.Step) []resource.Failure {
	for i, f := range failures {
		if f.Class == resource.Invalid && slices.ContainsFunc(refused, func(s resource.Step) bool { return s.Unfinished && s.Same(f.Step) }) {
			failures[i].Class = resource.Other
		}
	}
	return failures
}

// failed reports AWS's refusals. Some need an edit of the spec; AWS may lift the others, and they
// are retried later.
func (r *run) failed(refused []resource.Failure, plan *resource.Plan) (next, error) {
	report := resource.Report{State: resource.Terminal, Reason: refused[0].Code}
	if plan != nil {
		report.Status = plan.Status
	}
	for _, f := range refused {
		if f.Class != resource.Invalid {
			report.State, report.Reason = resource.Blocked, f.Code
		}
	}
	report.Message = inOneLine(refused)
	r.soon = report.State == resource.Blocked && bySomethingElse(refused)
	if passing(refused) {
		// No refusal was final within the time of one run.
		report.State = resource.Waiting
		what, err := r.report(report)
		if what == again {
			what = renew
		}
		return what, err
	}
	return r.end(report)
}

// bySomethingElse reports whether AWS refuses because of another resource, which may appear or
// disappear at any moment.
func bySomethingElse(refused []resource.Failure) bool {
	for _, f := range refused {
		switch f.Class {
		case resource.Exists, resource.Dependent, resource.NotFound, resource.Invalid: // NotFound rests anyway
		default:
			return false
		}
	}
	return true
}

// inOneLine joins all of AWS's answers, step by step, without repeats.
func inOneLine(refused []resource.Failure) string {
	messages := make([]string, 0, len(refused))
	for _, f := range refused {
		if text := describe(f); !slices.Contains(messages, text) {
			messages = append(messages, text)
		}
	}
	return resource.Several(messages)
}

// passing reports whether time or another object can cure every failure, and every step was retried
// for as long as a run may last. A step that is sent once fails at the first unclear answer, and
// must rest before a retry.
func passing(refused []resource.Failure) bool {
	for _, f := range refused {
		switch {
		case f.Class == resource.Throttled || f.Class == resource.Gated:
		case f.Class == resource.Dependent && !f.Step.Once: // a create rests, and receives signals meanwhile
		case f.Class == resource.Unclear && !f.Step.Once:
		default:
			return false
		}
	}
	return true
}

// describe names the step and AWS's answer. Code and message stand side by side, because ACK's
// users search for them in that form.
func describe(f resource.Failure) string {
	text := fmt.Sprintf("%s: %s", f.Code, f.Message)
	if f.Step.Summary != "" {
		text = f.Step.Summary + ": " + text
	}
	if f.Step.Path != "" {
		text = f.Step.Path + ": " + text
	}
	return text
}

// refused reports that AWS could not be observed.
func (r *run) refused(err error) (next, error) {
	failure := asFailure(resource.Step{Summary: "looking at the resource"}, err)
	if failure.Class == resource.Unclear {
		return r.overdue(err) // no answer came in time
	}
	if failure.Class == resource.Gated {
		// There are no credentials yet: the wait retries within a minute and adds no history.
		wait := &resource.Wait{Reason: failure.Code, Message: failure.Message}
		if failure.Lasting {
			wait.Message = r.sinceWhen([]resource.Failure{failure})
		}
		in := r.observeInput()
		in.Unread = true
		return r.awaitAWS(resource.Plan{Wait: wait}, in)
	}
	if failure.Class == resource.Invalid {
		failure.Class = resource.Other // the id in the claim is refused, which no edit of the spec cures
	}
	return r.failed([]resource.Failure{failure}, nil)
}

func (r *run) problem(p *resource.Problem) (next, error) {
	return r.problemOf(resource.Plan{Problem: p})
}

// problemOf reports a plan's problem, and shows what exists of the resource.
func (r *run) problemOf(plan resource.Plan) (next, error) {
	p := plan.Problem
	return r.end(resource.Report{State: p.State, Reason: p.Reason, Message: p.Message, Status: plan.Status, Unproven: p.Unproven})
}

func (r *run) blocked(reason, message string) (next, error) {
	return r.end(resource.Report{State: resource.Blocked, Reason: reason, Message: message})
}

// end writes the report that ends a pass. An error that AWS may lift is retried later. An object
// that waits for another is woken by it.
func (r *run) end(report resource.Report) (next, error) {
	r.carry.Trouble = resource.Trouble{}
	report.Digest = r.level.Digest
	report.Unresolved = r.level.Unresolved
	if report.State == resource.Blocked && (r.level.Problem == nil || r.level.Leaving) {
		report.Retries = r.level.Object.Retries + 1
		first := firstRetry
		if r.soon || resource.Taken(report.Reason) {
			first = soonRetry
		}
		at := workflow.Now(r.ctx).Add(backoff(first, report.Retries))
		report.NextTry = &at
	}
	what, err := r.report(report)
	if what == again {
		what = settled
	}
	return what, err
}

// showInSearch updates the search attributes, in one event and only when they changed.
func (r *run) showInSearch() {
	if r.told.UID == "" && r.result.State != resource.Deleted && r.result.State != resource.Gone {
		return // nothing changed: the attributes from the start of the run are still correct
	}
	target, asked := r.level.Target, r.level.Asked
	want := map[string]string{
		resource.AttributeState:      string(r.result.State),
		resource.AttributeResourceID: r.result.ID,
		resource.AttributeAccount:    cmp.Or(target.AccountID, asked.AccountID),
		resource.AttributeRegion:     cmp.Or(target.Region, asked.Region),
	}
	got := workflow.GetTypedSearchAttributes(r.ctx)
	var updates []temporal.SearchAttributeUpdate
	for _, name := range resource.SearchAttributes() {
		key := temporal.NewSearchAttributeKeyKeyword(name)
		old, _ := got.GetKeyword(key)
		// A run from before values were shortened shows the whole value.
		if value := resource.AttributeValue(want[name]); value != "" && value != old && want[name] != old {
			updates = append(updates, key.ValueSet(value))
		}
	}
	if len(updates) == 0 {
		return
	}
	if err := workflow.UpsertTypedSearchAttributes(r.ctx, updates...); err != nil {
		workflow.GetLogger(r.ctx).Error("showing the state in search", "error", err)
	}
}
