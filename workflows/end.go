package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// end writes the report that ends a pass. An error that AWS may lift is retried later. An object
// that waits for another is woken by it.
func (r *run) end(report resource.Report) outcome { return r.endWith(report, firstRetry) }

// endWith is end with the first rest of a blocked object.
func (r *run) endWith(report resource.Report, first time.Duration) outcome {
	r.carry.Trouble = resource.Trouble{}
	report.Digest = r.level.Digest
	report.Unresolved = r.level.Unresolved
	if report.State == resource.Blocked && (r.level.Problem == nil || r.level.Relocating) {
		report.Retries = r.level.Object.Retries
		if !r.level.Object.Early {
			report.Retries++
		}
		if resource.Taken(report.Reason) {
			first = soonRetry
		}
		at := workflow.Now(r.ctx).Add(backoff(first, report.Retries))
		report.NextTry = &at
	}
	return r.report(report).then(done)
}

// synced reports that AWS matches the spec, with the time of the next look if AWS changes the resource by itself.
func synced(plan resource.Plan) resource.Report {
	report := resource.Report{State: resource.Synced, Status: plan.Status, Late: plan.Late, Adopted: plan.Adopted}
	if next := plan.Next; !next.IsZero() {
		report.NextTry = &next
	}
	return report
}

func (r *run) problem(p *resource.Problem) outcome {
	return r.problemOf(resource.Plan{Problem: p})
}

// problemOf reports a plan's problem, and shows what exists of the resource.
func (r *run) problemOf(plan resource.Plan) outcome {
	p, first := plan.Problem, firstRetry
	if p.ByAnother {
		first = soonRetry
	}
	return r.endWith(resource.Report{State: p.State, Reason: p.Reason, Message: p.Message, Status: plan.Status, Unproven: p.Unproven}, first)
}

func (r *run) blocked(reason, message string) outcome {
	return r.end(resource.Report{State: resource.Blocked, Reason: reason, Message: message})
}

// reportNotes reports changes that Tack cannot make. Only an edit ends most of them. What people may
// change in AWS is observed again at the slowest rate, because no event reports it.
func (r *run) reportNotes(plan resource.Plan) outcome {
	report := resource.Report{State: resource.Terminal, Reason: resource.ReasonNotPossible, Message: resource.Several(plan.Notes), Status: plan.Status}
	if plan.InAWS {
		report.State, report.Reason = resource.Blocked, resource.ReasonDiffersInAWS
	}
	return r.endWith(report, lastRetry)
}

// reportRefusals reports AWS's refusals. Some need an edit of the spec; AWS may lift the others,
// and they are retried later.
func (r *run) reportRefusals(failures []resource.Failure, plan *resource.Plan) outcome {
	report := resource.Report{State: resource.Terminal, Reason: failures[0].Code, Message: inOneLine(failures)}
	if plan != nil {
		report.Status = plan.Status
	}
	for _, f := range failures {
		if f.Class != resource.Invalid {
			report.State, report.Reason = resource.Blocked, f.Code
		}
	}
	if passing(failures) {
		// No refusal was final within the time of one run.
		report.State = resource.Waiting
		return r.report(report).then(nextRun)
	}
	if report.State == resource.Blocked && bySomethingElse(failures) {
		return r.endWith(report, soonRetry)
	}
	return r.end(report)
}
