package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// fill puts into the spec what AWS filled in, and makes the report speak of the
// inputs as they then are, so that our own write settles and wakes nobody. It
// writes no field that somebody has set, and nothing at all when the inputs are
// no longer those of the report: the pass that they wake sees to it.
//
// The spec is written before the status. A crash in between leaves the activity
// to be tried again: then the fields are there, and count as filled in by us.
func (a *Activities) fill(ctx context.Context, o object, r resource.Report) (resource.Report, error) {
	if len(r.Late) == 0 || o.u.GetDeletionTimestamp() != nil {
		return r, nil
	}
	level, err := levelOf(ctx, a.live, a.settings, o.kind, r.Ref, o.u)
	if err != nil || level.Problem != nil || level.Wait != nil {
		return r, err
	}
	missing, digest, err := late(level, r)
	if err != nil || digest == "" {
		return r, err
	}
	if len(missing) > 0 {
		claim := *level.Object.Claim
		claim.Filled = digest
		patch := o.claimPatch(claim, false)
		patch["spec"] = missing
		if err := o.patch(ctx, patch); err != nil {
			return r, err
		}
	}
	r.Digest, r.Generation = digest, o.u.GetGeneration()
	return r, nil
}

// late says which fields of the report the spec of the level lacks, and what the
// digest is with them in it. It is empty when the level is not the report's,
// apart from such fields: a person's edit, or another input, came in between.
func late(level resource.Level, r resource.Report) (missing map[string]any, with string, err error) {
	var fields, spec map[string]any
	if err := utiljson.Unmarshal(r.Late, &fields); err != nil {
		return nil, "", fmt.Errorf("reading the late fields of the report: %w", err)
	}
	if err := utiljson.Unmarshal(level.Object.Spec, &spec); err != nil {
		return nil, "", fmt.Errorf("reading back the spec: %w", err)
	}
	missing = map[string]any{}
	before, after := maps.Clone(spec), maps.Clone(spec)
	for field, value := range fields {
		switch {
		case spec[field] == nil:
			missing[field], after[field] = value, value
		case reflect.DeepEqual(spec[field], value):
			delete(before, field)
		}
	}
	digestOf := func(spec map[string]any) string {
		level.Object.Spec, _ = json.Marshal(spec) // came from JSON
		return level.Digested().Digest
	}
	if level.Object.Claim == nil || digestOf(before) != r.Digest {
		return nil, "", nil
	}
	return missing, digestOf(after), nil
}

// FilledBetween says whether fields were put into the spec by us between two
// states of an object, perhaps among other changes.
func FilledBetween(was, is *unstructured.Unstructured, kind apis.Kind) bool {
	before, after := claimOf(was, kind), claimOf(is, kind)
	return after.Recorded() && after.Filled != "" && (before == nil || before.Filled != after.Filled)
}

// Filled says whether the inputs are just what we made of them when we put
// fields into the spec: the run that did it is about to tell the status.
func Filled(level resource.Level) bool {
	claim := level.Object.Claim
	return claim.Recorded() && level.Object.Finalizer && !level.Object.Deleting && claim.Filled != "" && claim.Filled == level.Digest
}
