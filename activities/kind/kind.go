package kind

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/fairness"
	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/request"
	"github.com/tack-dev/tack/activities/aws/session"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/ensuing"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/ignoring"
	"github.com/tack-dev/tack/activities/patience"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/turn"
	"github.com/tack-dev/tack/activities/windows"
	"github.com/tack-dev/tack/resource"
)

// Engine carries out the activities of every kind.
type Engine struct {
	Sessions *session.Sessions
	Turns    fairness.Turns
	Windows  windows.Windows
}

// Registry is where activities are registered: a worker, or a test environment.
type Registry interface {
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// Kind is a definition without its type parameters.
type Kind interface {
	Name() string
	// Register registers the activities of the kind and returns their names.
	Register(to Registry, e *Engine) []string
	// LateInitialized returns the fields of the spec that AWS fills in, sorted.
	LateInitialized() []string
	// Described tells of the calls of the kind.
	Described() call.Described
}

// Name returns the kind's name: "ec2.SecurityGroup".
func (d Definition[C, W, G]) Name() string { return d.Kind }

// LateInitialized returns the fields of the spec that AWS fills in, sorted.
func (d Definition[C, W, G]) LateInitialized() []string { return slices.Sorted(maps.Keys(d.Late)) }

// Described tells of the calls of the kind.
func (d Definition[C, W, G]) Described() call.Described {
	return call.Describe(d.Kind, d.Client, d.Secrets, d.calls())
}

func (d Definition[C, W, G]) calls() []call.Call[C] { return slices.Concat(d.Tagged.Calls, d.Calls) }

// Register registers the activities of the kind and returns their names.
func (d Definition[C, W, G]) Register(to Registry, e *Engine) []string {
	var names []string
	shape.Places[W](d.Unique)
	add := func(verb string, run any) {
		name := d.Kind + "/" + verb
		to.RegisterActivityWithOptions(run, activity.RegisterOptions{Name: name})
		names = append(names, name)
	}
	add(resource.VerbValidate, func(_ context.Context, in resource.ObserveInput) (resource.Plan, error) {
		want, problem := d.spec(in.Object) // without calling anything
		return resource.Plan{Problem: problem, Advice: d.advice(in.Object, want)}, nil
	})
	add(resource.VerbObserve, patience.UntilLasting(patience.EndsLook, inTurn(e, d.look)))
	add(resource.VerbAwait, patience.UntilNews(inTurn(e, d.await)))
	add(resource.VerbFind, patience.UntilLasting(patience.EndsLook, inTurn(e, d.lookUp)))
	if d.Owned != nil {
		add(resource.VerbSweep, patience.UntilLasting(patience.EndsLook, inTurn(e, d.sweep)))
	}
	add(resource.VerbClean, patience.UntilLasting(patience.EndsLook, inTurn(e, d.clean)))
	for _, c := range d.calls() {
		add(c.Verb, patience.UntilLasting(patience.EndsCall, inTurn(e, func(ctx context.Context, e *Engine, in resource.CallInput) (resource.CallOutput, error) {
			return d.call(ctx, e, c, in)
		})))
	}
	return names
}

// call sends one request. A retry never repeats a request that is sent once, such as a create,
// while its outcome is unknown.
func (d Definition[C, W, G]) call(ctx context.Context, e *Engine, c call.Call[C], in resource.CallInput) (out resource.CallOutput, err error) {
	if own := activity.GetInfo(ctx).WorkflowExecution.RunID; in.Run != "" && in.Run != own {
		return out, awserror.Reset()
	}
	client, err := d.clientFor(ctx, e, c, in)
	if err != nil {
		return out, err
	}
	unbroken, done := patience.Uncancelled(ctx)
	defer done()
	answer, err := c.Send(unbroken, client, in, d.Secrets)
	if err != nil {
		patient := now(ctx).Sub(activity.GetInfo(ctx).ScheduledTime) < e.Windows.Visible
		if f := awserror.Of(err); patient && c.Verb != resource.VerbDelete && awserror.MissesNew(f, in.Fresh, c.Removes) {
			return out, awserror.NotShown(f)
		}
		if f := awserror.Of(err); c.Made != nil && in.EndToReport && f.Class == resource.Dependent {
			return out, awserror.ToReport(f) // the run retries later, and notices changes meanwhile
		}
		return out, e.Sessions.Refused(ctx, in.Target, err, session.Retrying{Once: c.Made != nil || in.Once, Waited: in.Waited})
	}
	out.Answer = request.Compact(answer)
	if c.Made == nil {
		out.Plan = ensuing.Look(ctx, in.Then, resource.Done{Verb: c.Verb, Output: out.Answer}, c.AtOnce, func(ctx context.Context, in resource.ObserveInput) (resource.Plan, error) {
			return d.look(ctx, e, in)
		})
		return out, nil
	}
	if out.ID, out.ARN = c.Made(answer); out.ID == "" {
		return out, e.Sessions.Refused(ctx, in.Target, fmt.Errorf("%w: it names no id", reads.ErrIncomplete), session.Retrying{Once: true})
	}
	return out, nil
}

// inTurn runs an activity of the engine in its account's turn.
func inTurn[In turn.Aimed, Out any](e *Engine, do func(context.Context, *Engine, In) (Out, error)) func(context.Context, In) (Out, error) {
	return turn.Taking(&e.Turns, func(ctx context.Context, in In) (Out, error) { return do(ctx, e, in) })
}

// unread converts the error of a read. AWS did not find a part of a resource that it has just
// shown, or something that the read needs. Either a replica lags, or somebody removed it between
// two calls. This says nothing about the resource, so the whole read is retried.
func (e *Engine) unread(ctx context.Context, t resource.Target, err error) error {
	if f := awserror.Of(err); f.Class == resource.NotFound {
		f.Class, f.Message = resource.Unclear, err.Error() // a lasting failure is reported
		return awserror.NotShown(f)
	}
	return e.Sessions.Refused(ctx, t, err, session.Retrying{})
}

// now returns the time by Temporal's clock, which dates claims and windows: the clock of the
// worker's machine may differ. It is the start of this attempt, so that no window ends too early.
func now(ctx context.Context) time.Time { return activity.GetInfo(ctx).StartedTime }

// client returns the client for a target; the error is the activity's.
func (d Definition[C, W, G]) client(ctx context.Context, e *Engine, t resource.Target) (client C, err error) {
	return d.clientFor(ctx, e, call.Call[C]{}, resource.CallInput{Target: t})
}

// clientFor returns the client for a call. The create of a resource without tags names the owner in
// its user agent.
func (d Definition[C, W, G]) clientFor(ctx context.Context, e *Engine, c call.Call[C], in resource.CallInput) (client C, err error) {
	cfg, err := e.Sessions.Config(ctx, in.Target)
	if err != nil {
		return client, awserror.BeforeSend(err)
	}
	if c.Made != nil && !c.Tags() {
		cfg = session.ForOwner(cfg, d.Kind, in.Owner)
	}
	return d.Client(cfg), nil
}

// spec decodes the spec and returns the problem that makes it hopeless, if any.
func (d Definition[C, W, G]) spec(o resource.Object) (want W, problem *resource.Problem) {
	raw := o.Spec
	if o.Claim.Recorded() {
		// References of an object to itself are resolved before its id is known.
		raw = bytes.ReplaceAll(raw, []byte(resource.NewID), []byte(o.Claim.ID))
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		return want, resource.InvalidSpec("spec: " + err.Error())
	}
	if problem := ignoring.Problem[W](o); problem != nil || o.Deleting || o.Fills() {
		return want, problem // a deletion does not depend on the current spec, and an adoption completes it
	}
	invalid := d.Check(want)
	tagging.Check(tagging.In(want), d.Tagged.Rules.With(ignoring.DefaultTags(o)), func(i Invalid) { invalid = append(invalid, i) })
	return want, resource.InvalidSpec(finding.Words(invalid)...)
}

// advice returns what a person should know about a spec that AWS accepts.
func (d Definition[C, W, G]) advice(o resource.Object, want W) []resource.Advice {
	if o.Deleting {
		return nil
	}
	advice := append(ignoring.Advice[W](o), tagging.Advise(tagging.In(want))...)
	if d.Advise == nil {
		return advice
	}
	return append(advice, d.Advise(want)...)
}
