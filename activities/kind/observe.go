package kind

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/adoption"
	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/ignoring"
	"github.com/tack-dev/tack/activities/planned"
	"github.com/tack-dev/tack/activities/readonly"
	"github.com/tack-dev/tack/activities/shown"
	"github.com/tack-dev/tack/resource"
)

// observe validates, reads AWS, compares, and plans.
func (d Definition[C, W, G]) observe(ctx context.Context, e *Engine, in resource.ObserveInput) (resource.Plan, error) {
	want, problem := d.spec(in.Object)
	switch {
	case in.Object.Doubt.Named():
		return d.vouch(ctx, e, in, want)
	case problem != nil:
		return resource.Plan{Problem: problem, Advice: d.advice(in.Object, want)}, nil
	}
	plan, err := d.adoptOrCompare(ctx, e, in, want)
	plan = readonly.Plan(in.Object, plan)
	plan.Advice = append(plan.Advice, d.advice(in.Object, want)...)
	return plan, err
}

// compare reads AWS and plans for the result.
func (d Definition[C, W, G]) compare(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (resource.Plan, error) {
	got, err := d.read(ctx, e, in, want)
	if err != nil {
		return resource.Plan{}, err
	}
	if got == nil {
		if wait := e.notVisible(in, now(ctx)); wait != nil {
			return resource.Plan{ID: in.Object.Claim.ID, ARN: in.Object.Claim.ARN, Wait: wait}, nil
		}
	}
	if claim := in.Object.Claim; got == nil || claim.Recorded() && (d.over(in, got) || ownership.Foreign(in.Object, d.Facts(got).found()) != nil) {
		other, stop, err := d.successor(ctx, e, in, want)
		switch {
		case err != nil:
			return resource.Plan{}, err
		case stop != nil:
			return *stop, nil
		case other != nil:
			got, in.Object.Claim = other, ownership.Succeeded(in.Object, d.Facts(other).found())
		}
	}
	if got == nil || d.over(in, got) {
		return d.planAbsent(ctx, e, in, want)
	}
	return d.replace(ctx, e, in, want, got, d.planFound(in, want, got))
}

// planAbsent plans for a resource that does not exist.
func (d Definition[C, W, G]) planAbsent(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (resource.Plan, error) {
	if in.Object.ReadOnly {
		return resource.Plan{Problem: readonly.NotFound(in.Object, in.Target)}, nil
	}
	if in.Object.OnlyAdopts() {
		return resource.Plan{Problem: adoption.NotFound(in.Object, in.Target)}, nil
	}
	wait, err := d.lacks(ctx, e, in, want)
	if wait = cmp.Or(in.Object.Unready, wait); wait != nil || err != nil {
		return resource.Plan{Wait: wait}, err
	}
	return d.planNew(in, want), nil
}

// planFound plans for a resource that exists.
func (d Definition[C, W, G]) planFound(in resource.ObserveInput, want W, got *G) resource.Plan {
	facts := d.Facts(got)
	plan := resource.Plan{ID: facts.ID, ARN: facts.ARN, Wait: facts.Pending, Next: facts.Next, Incarnation: ownership.Incarnation(in.Object.Claim, facts.found())}
	if plan.Problem = ownership.Foreign(in.Object, facts.found()); plan.Problem != nil {
		if in.Object.Deleting && in.Object.Retain {
			return resource.Plan{} // it is not the object's, and would stay anyway
		}
		return plan
	}
	plan.Proven = ownership.Owns(in.Object, facts.found()) || in.Object.Observes()
	if in.Object.Deleting {
		d.planDeletion(&plan, in, got, facts)
		return plan
	}
	want = ignoring.Leave(in.Object.Ignores(), want, func() W { return d.Spec(got) }, facts.Tags)
	c := d.newCase(adoption.Keeping(in, facts.Tags), want, facts.ID, plan.Incarnation)
	plan.Status = shown.Changed(d.Status(got), in.Object.Status)
	switch {
	case facts.Pending != nil:
		// AWS accepts tags in any state; the other steps must wait.
		plan.Steps = slices.DeleteFunc(d.Draft(want, got, c).Steps, func(s resource.Step) bool { return s.Verb != resource.VerbTag && s.Verb != resource.VerbUntag })
	case in.Object.ReadOnly:
		c.Tags = tagging.Observed(tagging.In(want), facts.Tags, c.Defaults)
		draft := d.Draft(want, got, c)
		plan.Problem, plan.Steps, plan.Notes = facts.Failed.Failure(), draft.Steps, readonly.Notes(draft.Notes, draft.Wait)
	case facts.Failed != nil:
		d.planAnew(&plan, in, got, facts)
	default:
		plan.Accepter, c.Accepter = d.accepter(in, want, got, c)
		draft := d.Draft(want, got, c)
		plan.Steps, plan.Notes, plan.InAWS, plan.Wait, plan.Advice = draft.Steps, draft.Notes, draft.InAWS, draft.Wait, draft.Advice
		plan.Later = d.later(in, want, got, c)
		if adoption.OnlyOurs(plan.Steps) {
			plan.Late = ignoring.Without(d.Late.Missing(in.Object.Spec, got), in.Object.Ignored)
		}
	}
	// The sweep is planned for an open claim as well: the resource that was found for it is
	// recorded before the sweep.
	plan.Sweep = d.Owned != nil && !in.Object.Claim.Nothing() && !in.Object.Claim.Lost.IsZero()
	return plan
}

func (d Definition[C, W, G]) newCase(in resource.ObserveInput, want W, id string, incarnation int) Case {
	return Case{
		ID: id, Tags: tagging.Wanted(tagging.In(want), in.Object.Owner, incarnation, ignoring.DefaultTags(in.Object)), Defaults: tagging.Added(ignoring.DefaultTags(in.Object), tagging.In(want)), Target: in.Target,
		Failures: in.Failures, Done: in.Done, Status: in.Object.Status,
	}
}

// read finds the resource: the recorded one, otherwise by ownership.
func (d Definition[C, W, G]) read(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (*G, error) {
	client, err := d.client(ctx, e, in.Target)
	if err != nil {
		return nil, err
	}
	q := Query[W]{
		Want: ignoring.Sought(in.Object.Ignores(), want, d.Secrets), Ignored: in.Object.Ignores(), NewSpec: in.Object.NewSpec, Now: now(ctx), Owner: in.Object.Owner, Target: in.Target, Deleting: in.Object.Deleting, Retain: in.Object.Retain,
		Force: in.Object.Force, ReadOnly: in.Object.ReadOnly, Whole: in.Object.Fills(), Done: in.Done, Status: in.Object.Status,
	}
	if claim := in.Object.Claim; claim.Recorded() {
		q.ID, q.ARN, q.RecordedAt, q.Fresh, q.Unseen = claim.ID, claim.ARN, claim.Time, in.Object.Fresh(), e.notVisible(in, q.Now) != nil
	} else if claim.Open() {
		q.Key = claim.Key
	}
	got, err := d.Find(ctx, client, q)
	switch {
	case q.ID != "" && awserror.IsMalformed(err):
		return nil, nil
	case err != nil:
		return nil, e.unread(ctx, in.Target, err)
	case got != nil && ownership.Past(in.Object.Claim, d.Facts(got).found()):
		return nil, nil
	}
	return got, nil
}

// lacks returns what a new resource must wait for. A create that was already sent does not wait, and AWS
// knows nothing about an id that does not exist yet.
func (d Definition[C, W, G]) lacks(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (*resource.Wait, error) {
	if d.Lacks == nil || in.Object.Deleting || in.Object.Claim.Open() || in.HasStandIns() {
		return nil, nil
	}
	client, err := d.client(ctx, e, in.Target)
	if err != nil {
		return nil, err
	}
	wait, err := d.Lacks(ctx, client, want)
	if err != nil {
		err = e.unread(ctx, in.Target, err)
	}
	return wait, err
}

// doubtWait returns the wait before an empty answer counts for an object in doubt.
func (e *Engine) doubtWait(ctx context.Context, in resource.ObserveInput) *resource.Wait {
	return ownership.DoubtWait(in.Object, now(ctx).Sub(in.Since), e.Windows.Visible, max(e.Windows.Resend, e.Windows.LookUp))
}

// notVisible reports whether a recorded resource that was not found may only be invisible for now.
// After our own delete it is gone.
func (e *Engine) notVisible(in resource.ObserveInput, now time.Time) *resource.Wait {
	claim := in.Object.Claim
	// If the claim was edited, the owner's tag is better evidence than time.
	if !claim.Recorded() || in.Object.Edited() || now.Sub(claim.Time) > e.Windows.Visible || in.Deleted() {
		return nil
	}
	return &resource.Wait{Reason: resource.ReasonNotVisibleYet, Message: fmt.Sprintf("%s was made %s ago and AWS does not show it yet", claim.ID, now.Sub(claim.Time).Round(time.Second))}
}

// planDeletion plans how a resource is deleted, or released.
func (d Definition[C, W, G]) planDeletion(plan *resource.Plan, in resource.ObserveInput, got *G, f Facts) {
	if f.Deletable {
		plan.Wait = nil
	}
	switch {
	case plan.Wait != nil:
	case f.Held != nil && !in.Object.Retain:
		steps := d.Unplan(got)
		plan.Wait, plan.Held, plan.Steps = f.Held, true, steps[len(steps)-1:]
	default:
		plan.Steps = d.leave(in.Object, got)
	}
}

// look is an observation that records the run that it was made for. While something holds the
// resource, it plans the delete only when the hourly one is due.
func (d Definition[C, W, G]) look(ctx context.Context, e *Engine, in resource.ObserveInput) (resource.Plan, error) {
	plan, err := d.observe(ctx, e, in)
	plan = planned.Only(d.Described, in, plan)
	info := activity.GetInfo(ctx)
	plan.Alone = len(plan.Steps) > 1
	if plan.Run = info.WorkflowExecution.RunID; plan.Held && !call.Due(info, in, plan.Steps) {
		plan.Steps = nil
	}
	return plan, err
}

// await is an observation that fails, benignly, while AWS is still working.
func (d Definition[C, W, G]) await(ctx context.Context, e *Engine, in resource.ObserveInput) (resource.Plan, error) { //nolint:gocyclo // each way in which a wait ends
	plan, err := d.look(ctx, e, in)
	if plan.Held && in.Held != "" && in.Held != plan.Wait.Message {
		return plan, err // by another holder: the object reports it
	}
	if err == nil && in.Reported != "" && plan.Wait != nil && plan.Wait.Reason != in.Reported {
		return plan, nil // AWS answers again, or the resource waits for something else: the object reports it
	}
	if err == nil && plan.Wait != nil && len(plan.Steps) == 0 {
		pause := time.Duration(0)
		if plan.Held { // by a holder that may stay for long
			pause = awserror.Pause(activity.GetInfo(ctx).Attempt, in.Waited)
		}
		err = awserror.Waiting(plan.Wait.Reason, plan.Wait.Message, pause)
	}
	if f, gated := awserror.Gate(err); gated && in.EndToReport && f.Code != in.Reported {
		return plan, err // the run reports it
	}
	return plan, awserror.UntilLetIn(err)
}

// lookUp searches for a resource that an unclear create may have made, by ownership and natural
// key. It ends when the resource is found or known not to exist. By then no earlier sender is alive,
// and the time that AWS may need to show a resource is over.
func (d Definition[C, W, G]) lookUp(ctx context.Context, e *Engine, in resource.ObserveInput) (resource.Found, error) {
	var want W
	if err := json.Unmarshal(in.Object.Spec, &want); err != nil {
		return resource.Found{}, fmt.Errorf("reading the spec: %w", err)
	}
	got, err := d.read(ctx, e, in, want)
	if err != nil {
		return resource.Found{}, err
	}
	if got != nil {
		if f := d.Facts(got); ownership.Owns(in.Object, f.found()) {
			return resource.Found{ID: f.ID, ARN: f.ARN, Incarnation: ownership.Incarnation(in.Object.Claim, f.found())}, nil
		}
	}
	if left := e.Windows.Search(d.NaturalKey) - now(ctx).Sub(in.Since); left > 0 {
		return resource.Found{}, awserror.Waiting(resource.ReasonNotFoundYet,
			fmt.Sprintf("the create may have succeeded; Tack sends it again if AWS shows no resource within %s", left.Round(time.Second)), min(left, 5*time.Second))
	}
	return resource.Found{}, nil
}
