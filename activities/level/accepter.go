package level

import (
	"context"
	"fmt"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Accepter returns the target for the account and Region for which a plan asked. The gate is that of
// the object's own target: the role map with its allowed namespaces. A selector and a team name no role
// for another account.
func Accepter(ctx context.Context, r kubeapi.Reader, s Settings, kind apis.Kind, l resource.Level, asked resource.Target) (resource.Accepter, error) {
	if l.Gone || l.Wait != nil || l.Target.RoleARN == "" || asked == (resource.Target{}) {
		return resource.Accepter{}, nil // the object itself may not call AWS, or needs nobody
	}
	at := resource.Accepter{Target: resource.Target{Partition: asked.Partition, AccountID: asked.AccountID, Region: asked.Region}}
	ref := l.Object.Owner.Ref
	u, err := r.Get(ctx, kubeapi.GVR(kind), ref.Namespace, ref.Name)
	if err != nil {
		return at, fmt.Errorf("reading %s: %w", ref, err)
	}
	f := &finder{r: r, s: s, kind: kind, u: u}
	wait, err := f.readNamespace(ctx)
	if err == nil && wait == nil {
		wait, err = f.accepter(ctx, l.Target, &at.Target)
	}
	if wait != nil {
		at.Target.RoleARN, at.Missing = "", wait.Message
	}
	return at, err
}

// accepter completes the target for another account or Region.
func (f *finder) accepter(ctx context.Context, own resource.Target, at *resource.Target) (wait *resource.Wait, err error) {
	switch {
	case !IsAccount(at.AccountID):
		return waitFor(resource.ReasonAccountMalformed, "%q is not an account id", at.AccountID), nil
	case !regionName.MatchString(at.Region):
		return waitFor(resource.ReasonRegionMalformed, "%q is not a Region", at.Region), nil
	case at.AccountID == own.AccountID:
		at.RoleARN = own.RoleARN
	default:
		at.RoleARN, wait, err = f.mappedRole(ctx, at.AccountID)
	}
	if wait != nil || err != nil {
		return wait, err
	}
	at.Partition = partitionOf(at.RoleARN)
	at.Endpoint, wait = f.endpoint()
	return wait, nil
}
