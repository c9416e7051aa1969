package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/tack-dev/tack/resource"
)

// observe validates, reads AWS, compares, and plans.
func (d Definition[C, W, G]) observe(ctx context.Context, e *Engine, in resource.ObserveInput) (resource.Plan, error) {
	want, problem := d.spec(in.Object)
	if problem != nil {
		return resource.Plan{Problem: problem}, nil
	}
	got, err := d.read(ctx, e, in, want)
	if err != nil {
		return resource.Plan{}, err
	}
	claim := in.Object.Claim
	if got == nil {
		if wait := e.notVisible(in); wait != nil {
			return resource.Plan{ID: claim.ID, ARN: claim.ARN, Wait: wait}, nil
		}
		if got, err = d.successor(ctx, e, in, want); err != nil {
			return resource.Plan{}, err
		}
		if got == nil {
			return d.planNew(in, want), nil
		}
		claim = nil // it tells of another
	}
	facts := d.Facts(got)
	plan := resource.Plan{ID: facts.ID, ARN: facts.ARN, Wait: facts.Pending, Incarnation: incarnation(claim, facts)}
	if plan.Problem = foreign(in.Object, facts); plan.Problem != nil {
		return plan, nil
	}
	if in.Object.Deleting {
		if plan.Wait == nil && !in.Object.Retain {
			plan.Wait = facts.Held
		}
		if plan.Wait == nil {
			plan.Steps = d.planDeletion(in, got, facts)
		}
		return plan, nil
	}
	c := d.newCase(in, want, facts.ID, plan.Incarnation)
	if facts.Pending == nil {
		draft := d.Plan(want, got, c)
		plan.Steps, plan.Notes = draft.Steps, draft.Notes
	}
	plan.Status = changed(d.Status(got, c), in.Object.Status)
	plan.Sweep = d.Owned != nil && claim.Recorded() && !claim.Lost.IsZero()
	return plan, nil
}

func (d Definition[C, W, G]) newCase(in resource.ObserveInput, want W, id string, incarnation int) Case {
	return Case{
		ID: id, Tags: wantedTags(d.Tags(want), in.Object.Owner, incarnation), Target: in.Target,
		Failures: in.Failures, Done: in.Done, Status: in.Object.Status,
	}
}

// read finds the resource: the recorded one, else by ownership.
func (d Definition[C, W, G]) read(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (*G, error) {
	client, err := d.client(ctx, e, in.Target)
	if err != nil {
		return nil, activityError(failureBeforeSend(err), false)
	}
	q := Query[W]{
		Want: want, Owner: in.Object.Owner, Target: in.Target, Deleting: in.Object.Deleting,
		Done: in.Done, Status: in.Object.Status,
	}
	if claim := in.Object.Claim; claim.Recorded() {
		q.ID = claim.ID
	} else if claim.Open() {
		q.Key = claim.Key
	}
	got, err := d.Find(ctx, client, q)
	if IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, e.failed(in.Target, err, false)
	}
	return got, nil
}

// planNew plans the making of a resource and, at once, all that follows.
func (d Definition[C, W, G]) planNew(in resource.ObserveInput, want W) resource.Plan {
	n := 1
	switch claim := in.Object.Claim; {
	case claim.Recorded(), claim != nil && claim.Void:
		// Known to be gone, or never to have been made: but its token may be spent.
		n = claim.Incarnation + 1
	case claim != nil:
		n = claim.Incarnation
	}
	plan := resource.Plan{Incarnation: n}
	if in.Object.Deleting {
		return plan
	}
	c := d.newCase(in, want, resource.NewID, n)
	create := d.Create(want, Making{Tags: c.Tags, Token: in.Object.Owner.Token(in.Target, n), Target: in.Target})
	plan.Create = &create
	plan.Steps = d.Plan(want, nil, c).Steps
	return plan
}

// notVisible says whether a recorded resource that was not found may merely not
// be visible yet. After our own delete it is not.
func (e *Engine) notVisible(in resource.ObserveInput) *resource.Wait {
	claim := in.Object.Claim
	if !claim.Recorded() || time.Since(claim.Time) > e.Windows.Visible || deletedHere(in) {
		return nil
	}
	return &resource.Wait{Reason: "NotVisibleYet", Message: fmt.Sprintf("%s was made %s ago and AWS does not show it yet", claim.ID, time.Since(claim.Time).Round(time.Second))}
}

// verbDelete is the verb by which every kind deletes its resource.
const verbDelete = "Delete"

// foreign says why a resource must be left alone, if it must.
func foreign(o resource.Object, f Facts) *resource.Problem {
	owner, want := f.Tags[resource.TagOwner], o.Owner.Tag()
	recorded := o.Claim.Recorded() && o.Claim.ID == f.ID
	switch {
	case owner == want:
		return nil
	case owner == "" && recorded && (!o.Deleting || o.Retain):
		return nil // someone dropped our tags: they are put back
	case owner == "" && recorded:
		return &resource.Problem{State: resource.Blocked, Reason: "NotOwned", Message: fmt.Sprintf(
			"%s no longer carries the tag %s: it is not deleted. Put the tag back (value %q), or set the annotation services.k8s.aws/deletion-policy: retain", f.ID, resource.TagOwner, want)}
	case owner == "":
		return &resource.Problem{State: resource.Blocked, Reason: "NameTaken", Message: fmt.Sprintf(
			"%s has this name already and is not ours: it is left alone. Choose another name, or remove it", f.ID)}
	}
	return &resource.Problem{State: resource.Blocked, Reason: "OwnedByAnother", Message: fmt.Sprintf(
		"%s belongs to %s: it is left alone", f.ID, owner)}
}

// incarnation is that of a resource which was found.
func incarnation(claim *resource.Claim, f Facts) int {
	if claim != nil {
		return claim.Incarnation
	}
	return tagged(f)
}

func (d Definition[C, W, G]) planDeletion(in resource.ObserveInput, got *G, f Facts) []resource.Step {
	if !in.Object.Retain {
		return d.Unplan(got)
	}
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(f.Tags)) {
		if ours(key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return []resource.Step{d.Untag(f.ID, keys)}
}

// await is an observation that fails, benignly, while AWS is still at work.
func (d Definition[C, W, G]) await(ctx context.Context, e *Engine, in resource.ObserveInput) (resource.Plan, error) {
	plan, err := d.observe(ctx, e, in)
	if err == nil && plan.Wait != nil && len(plan.Steps) == 0 {
		err = waiting(plan.Wait.Reason, plan.Wait.Message, 0)
	}
	return plan, err
}

// lookUp looks for a resource that an unclear create may have made, by ownership
// and natural key, until it is found or known not to be there: no earlier sender
// can be alive, and AWS had the time to show it.
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
		if f := d.Facts(got); f.Tags[resource.TagOwner] == in.Object.Owner.Tag() {
			return resource.Found{ID: f.ID, ARN: f.ARN}, nil
		}
	}
	window := e.Windows.Resend
	if !d.NaturalKey {
		window = max(window, e.Windows.LookUp)
	}
	if left := window - time.Since(in.Since); left > 0 {
		return resource.Found{}, waiting("NotFoundYet",
			fmt.Sprintf("a create may have been carried out; if it does not show within %s, it is sent again", left.Round(time.Second)), min(left, 5*time.Second))
	}
	return resource.Found{}, nil
}

// changed is status in JSON, or nil where the object shows all of it already.
func changed(status any, shown json.RawMessage) json.RawMessage {
	raw := compact(status)
	var want, got map[string]any
	if json.Unmarshal(raw, &want) != nil || len(want) == 0 {
		return nil
	}
	_ = json.Unmarshal(shown, &got) // no status yet: all of it is new
	for key := range got {
		if _, still := want[key]; !still && !resource.EngineOwned(key) {
			return raw
		}
	}
	for key, value := range want {
		if key == resource.StatusMetadata {
			shownMetadata, _ := got[key].(map[string]any)
			for field, v := range value.(map[string]any) {
				if v != "" && shownMetadata[field] != v {
					return raw
				}
			}
			continue
		}
		if !reflect.DeepEqual(got[key], value) {
			return raw
		}
	}
	return nil
}
