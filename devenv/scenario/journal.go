package scenario

import (
	"context"
	"fmt"
	"slices"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

// OwnerOf returns the value of the owner tag of an object's resource.
func OwnerOf(ref resource.Ref) string { return resource.Owner{Install: InstallID, Ref: ref}.Tag() }

// CallsIn returns the calls in an account after a mark. It omits AssumeRole, which each worker
// calls once an hour per account, independent of the objects.
func (w *World) CallsIn(ctx context.Context, account string, since int64) ([]gateway.Entry, error) {
	entries, err := w.AWS.Journal(ctx, gateway.Query{Account: account, Since: since})
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	return slices.DeleteFunc(entries, func(e gateway.Entry) bool { return e.Action == "AssumeRole" }), nil
}

// Creates returns the creates that AWS accepted for an object after a mark.
func (w *World) Creates(ctx context.Context, ref resource.Ref, since int64) ([]gateway.Entry, error) {
	entries, err := w.AWS.Creates(ctx, OwnerOf(ref))
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	return slices.DeleteFunc(entries, func(e gateway.Entry) bool { return e.Seq <= since }), nil
}

// CheckOneCreate checks that AWS accepted exactly one create for an object after a mark, and that
// it created the resource with that id.
func (w *World) CheckOneCreate(ctx context.Context, ref resource.Ref, id string, since int64) (gateway.Entry, error) {
	entries, err := w.Creates(ctx, ref, since)
	if err != nil {
		return gateway.Entry{}, err
	}
	if len(entries) != 1 {
		return gateway.Entry{}, fmt.Errorf("checking %s: AWS accepted %d creates, want 1: %+v", ref, len(entries), entries)
	}
	if e := entries[0]; len(e.Created) != 1 || e.Created[0] != id {
		return e, fmt.Errorf("checking %s: it has the id %q; AWS created %q", ref, id, e.Created)
	}
	return entries[0], nil
}
