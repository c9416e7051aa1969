package main

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// next handles one item. It retries a failed item without a limit: a wake is never lost. Of two
// times, the queue keeps the sooner, which is right here, because an item that fails again is put
// back. Exact times use alarms.
func (b *bridge) next(ctx context.Context) bool {
	it, shutdown := b.queue.Get()
	if shutdown {
		return false
	}
	defer b.queue.Done(it)
	if err := b.wake(ctx, it); err != nil && ctx.Err() == nil {
		b.log.Warn("trying again", "object", it.ref.String(), "error", err)
		b.queue.AddRateLimited(it)
		return true
	}
	b.queue.Forget(it)
	return true
}

func (b *bridge) wake(ctx context.Context, it item) error {
	ctx, cancel := context.WithTimeout(ctx, pokeTimeout)
	defer cancel()
	switch {
	case it.gone != "":
		return b.tellGone(ctx, it)
	case it.crowd != nil && b.host.EndWait(ctx, b.temporal, it.crowd, it.ref):
		return nil
	}
	return b.poke(ctx, it)
}

// tellGone signals an object's run, if it has one, that the object is gone.
func (b *bridge) tellGone(ctx context.Context, it item) error {
	poke := resource.Poke{Reason: it.reason, Gone: true, UID: string(it.gone)}
	err := b.temporal.SignalWorkflow(ctx, it.ref.WorkflowID(), "", resource.SignalPoke, poke)
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		return nil
	}
	return err
}

// poke signals an object's run, and starts one if there is none. It skips an item that requires a
// check if there is nothing to do.
func (b *bridge) poke(ctx context.Context, it item) error {
	end, wasQuiet, err := b.wakings.begin(ctx, it.ref)
	if err != nil {
		return err
	}
	defer end()
	poke := resource.Poke{Reason: it.reason, Force: it.force}
	kind, _ := apis.ByName(it.ref.Kind)
	u, err := b.Get(ctx, kubeapi.GVR(kind), it.ref.Namespace, it.ref.Name)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if it.since != "" && it.since != ownInputs(u) {
		return nil
	}
	if it.check || it.own {
		var done bool
		done, poke.Force, err = b.nothingToDo(ctx, it, kind, u)
		if done || err != nil {
			return err
		}
	}
	ref := it.ref
	ref.ClusterUID = b.settings.ClusterUID
	poke.UID, poke.ResourceVersion = string(u.GetUID()), u.GetResourceVersion()
	known := b.knownOf(kind, u)
	if wasQuiet {
		known.Handed = b.handOver(ctx, it, ref, known)
	}
	_, err = workflows.Wake(ctx, b.temporal, ref, known, poke)
	return err
}

// nothingToDo reports whether the item's object, as it is now, needs no wake. Otherwise, it reports
// whether the wake must ask AWS.
func (b *bridge) nothingToDo(ctx context.Context, it item, kind apis.Kind, u *unstructured.Unstructured) (done, force bool, err error) {
	l, err := level.Read(ctx, b, b.settings, kind, it.ref)
	if err != nil {
		return false, false, err
	}
	work := level.WorkOf(u, l)
	force = it.force && l.ReportedState == "" || it.role && work == level.Resting
	done = it.check && !force && it.idle(work) || it.own && (it.idle(work) || work == level.Filling)
	if done && (l.ReportedState == resource.Blocked || l.ReportedState == resource.Synced) {
		b.remindAt(it.ref, u) // the reminder was early, by Temporal's clock
	}
	return done, force, nil
}

// idle reports whether a run would only find what the object reports. With another role, AWS may
// show other tags.
func (it item) idle(work level.Work) bool {
	return work.Done() || work == level.LeftAlone && !it.role
}

// knownOf returns the information about an object that exists before its run begins. The account is
// that of its resource, or else the one in its namespace. It is only a hint for Temporal's fairness
// among accounts; the run reads it again.
func (b *bridge) knownOf(kind apis.Kind, u *unstructured.Unstructured) resource.Known {
	known := level.Known(u, kind)
	if known.Account != "" {
		return known
	}
	if accounts := b.accountsOf(u, b.namespaceOf(u)); len(accounts) > 0 {
		known.Account = accounts[0]
	}
	return known
}
