// Package proposal reads the level of an object as it would be after a person applies a manifest or
// deletes the object. It writes nothing. References that have no id yet get a stand-in for it, so that
// the plan of the object shows every call.
package proposal

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Read returns the proposal for one object. The same code as for any pass reads its level.
func Read(ctx context.Context, r kubeapi.Reader, s level.Settings, kind apis.Kind, in resource.ProposeInput) (p resource.Proposal, err error) {
	live, err := r.Get(ctx, kubeapi.GVR(kind), in.Ref.Namespace, in.Ref.Name)
	switch {
	case apierrors.IsNotFound(err) && (in.Change.Delete || in.Change.TakeOver):
		return resource.Proposal{Level: resource.Level{Gone: true}}, nil
	case apierrors.IsNotFound(err):
		live = nil
	case err != nil:
		return p, fmt.Errorf("reading %s: %w", in.Ref, err)
	}
	u, err := changed(live, in.Change, s.Clock.Now())
	if err != nil {
		return p, err
	}
	a, err := newAssumed(ctx, r, s, kind, u, in)
	if err != nil {
		return p, err
	}
	p.Exists = live != nil
	if p.Level, err = level.Of(ctx, a, s, kind, in.Ref, u); err != nil {
		return p, err
	}
	if p.Level.Accepter, err = level.Accepter(ctx, a, s, kind, p.Level, in.Accepter); err != nil {
		return p, err
	}
	if p.Level.Object.PlanOnly {
		p.Level.Object.PlanOnly = false
		p.Advice = append(p.Advice, "the object is plan-only: Tack makes these calls only without that annotation")
	}
	p.Stand, p.Held = a.told(level.Targets(kind, in.Ref, u))
	p.Advice = append(p.Advice, adviceOf(live, u, in.Change)...)
	return p, nil
}

// adviceOf returns what a person should know about a proposal that differs from the command.
func adviceOf(live, u *unstructured.Unstructured, change resource.Change) (advice []string) {
	if !change.Delete && live != nil && u.GetDeletionTimestamp() != nil {
		advice = append(advice, "the object is being deleted: a manifest does not stop that")
	}
	return advice
}
