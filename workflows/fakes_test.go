package workflows_test

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// register registers a fake for every activity that a run may use.
func (w *world) register() {
	for name, fake := range map[string]any{
		resource.KubeLevel:           w.kubeLevel,
		resource.KubeAwait:           w.kubeAwait,
		resource.KubeClaim:           w.kubeClaim,
		resource.KubeRecordID:        w.kubeRecordID,
		resource.KubeVoidClaim:       w.kubeRelease,
		resource.KubePatchStatus:     w.kubePatchStatus,
		resource.KubeRemoveFinalizer: w.kubeRemoveFinalizer,

		kind + "/" + resource.VerbValidate: w.validate,
		kind + "/" + resource.VerbObserve:  w.observe,
		kind + "/" + resource.VerbAwait:    w.await,
		kind + "/" + resource.VerbFind:     w.find,
		kind + "/" + resource.VerbCreate:   w.create,
		kind + "/" + resource.VerbSweep:    w.sweep,
		kind + "/" + resource.VerbClean:    w.clean,
		kind + "/Add":                      w.step,
		kind + "/Remove":                   w.step,
		kind + "/Delete":                   w.step,
	} {
		w.env.RegisterActivityWithOptions(fake, activity.RegisterOptions{Name: name})
	}
}

// fake notes the call of an activity, and then acts on the world.
func fake[Out any](ctx context.Context, w *world, act func() (Out, error)) (Out, error) {
	var none Out
	if err := w.note(ctx); err != nil {
		return none, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return act()
}

func (w *world) kubeLevel(ctx context.Context, _ resource.LevelInput) (resource.Level, error) {
	return fake(ctx, w, func() (resource.Level, error) { return w.level, nil })
}

func (w *world) kubeAwait(ctx context.Context, in resource.LevelInput) (resource.Level, error) {
	return fake(ctx, w, func() (resource.Level, error) {
		if w.level.Digest == in.Digest && (w.level.Wait != nil || len(w.level.Unresolved) > 0) {
			return w.level, notYet()
		}
		return w.level, nil
	})
}

// notYet returns the failure of an attempt that waits. The test environment allows only ten
// attempts, so the fake spreads them over ten minutes.
func notYet() error {
	return temporal.NewApplicationErrorWithOptions("still missing", "NotYet", temporal.ApplicationErrorOptions{
		Category: temporal.ApplicationErrorCategoryBenign, NextRetryDelay: 65 * time.Second,
	})
}

// write is a kube activity that writes, only to the object with that uid.
func (w *world) write(ctx context.Context, uid string, change func(*resource.Object) resource.Written) (resource.Written, error) {
	return fake(ctx, w, func() (resource.Written, error) {
		if w.level.Gone || w.level.Object.Owner.UID != uid {
			return resource.Written{Gone: true}, nil
		}
		return change(&w.level.Object), nil
	})
}

func (w *world) kubeClaim(ctx context.Context, in resource.ClaimInput) (resource.Written, error) {
	return w.write(ctx, in.UID, func(o *resource.Object) resource.Written {
		if o.Deleting {
			return resource.Written{Deleting: true}
		}
		o.Claim, o.Finalizer = &in.Claim, true
		return resource.Written{Changed: true}
	})
}

func (w *world) kubeRecordID(ctx context.Context, in resource.RecordInput) (resource.Written, error) {
	return w.write(ctx, in.UID, func(o *resource.Object) resource.Written {
		if w.stale {
			return resource.Written{Stale: true}
		}
		o.Claim = &in.Claim
		return resource.Written{Changed: true}
	})
}

func (w *world) kubeRelease(ctx context.Context, in resource.GiveUpInput) (resource.Written, error) {
	return w.write(ctx, in.UID, func(o *resource.Object) resource.Written {
		if w.stale {
			return resource.Written{Stale: true}
		}
		void := *o.Claim
		void.Void = true
		void.Lost = in.Lost
		standing := void.Standing() // as the next reader sees it
		o.Claim = &standing
		return resource.Written{Changed: true}
	})
}

func (w *world) kubePatchStatus(ctx context.Context, r resource.Report) (resource.Written, error) {
	return w.write(ctx, r.UID, func(o *resource.Object) resource.Written {
		if w.stale {
			w.refused = r
			return resource.Written{Stale: true}
		}
		w.reports = append(w.reports, r)
		o.Retries, w.level.ReportedState = r.Retries, ""
		if r.Digest == w.level.Digest {
			w.level.ReportedState = r.State
		}
		return resource.Written{Changed: true}
	})
}

func (w *world) kubeRemoveFinalizer(ctx context.Context, in resource.GiveUpInput) (resource.Written, error) {
	return w.write(ctx, in.UID, func(o *resource.Object) resource.Written {
		if w.stale {
			return resource.Written{Stale: true}
		}
		o.Finalizer, w.level.Gone = false, true
		return resource.Written{Changed: true}
	})
}

func (w *world) validate(ctx context.Context, _ resource.ObserveInput) (resource.Plan, error) {
	return fake(ctx, w, func() (resource.Plan, error) { return resource.Plan{Problem: w.invalid}, nil })
}

func (w *world) observe(ctx context.Context, in resource.ObserveInput) (resource.Plan, error) {
	return fake(ctx, w, func() (resource.Plan, error) {
		w.looks = append(w.looks, in)
		if len(w.plans) == 0 {
			return resource.Plan{}, errors.New("no plan is scripted")
		}
		plan := w.plans[0]
		if len(w.plans) > 1 {
			w.plans = w.plans[1:]
		}
		return plan, nil
	})
}

func (w *world) await(ctx context.Context, in resource.ObserveInput) (resource.Plan, error) {
	return fake(ctx, w, func() (resource.Plan, error) {
		w.awaits = append(w.awaits, in)
		if w.ready == nil || w.ready.Held && len(w.ready.Steps) == 0 && w.ready.Wait.Message == in.Held {
			return resource.Plan{}, notYet()
		}
		return *w.ready, nil
	})
}

func (w *world) find(ctx context.Context, _ resource.ObserveInput) (resource.Found, error) {
	return fake(ctx, w, func() (resource.Found, error) { return w.found, nil })
}

func (w *world) sweep(ctx context.Context, _ resource.ObserveInput) (resource.Swept, error) {
	return fake(ctx, w, func() (resource.Swept, error) { return w.swept, nil })
}

func (w *world) create(ctx context.Context, in resource.CallInput) (resource.CallOutput, error) {
	return fake(ctx, w, func() (resource.CallOutput, error) {
		w.sent = append(w.sent, in)
		return resource.CallOutput{ID: thingID}, nil
	})
}

func (w *world) step(ctx context.Context, in resource.CallInput) (resource.CallOutput, error) {
	return fake(ctx, w, func() (resource.CallOutput, error) {
		w.sent = append(w.sent, in)
		if w.refusesStep != nil {
			return resource.CallOutput{}, w.refusesStep(in)
		}
		return resource.CallOutput{}, nil
	})
}
