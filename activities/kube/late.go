package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/resource"
)

// fill performs the late initialization: it writes AWS's values into the spec. The report then gets
// the new inputs, so that our own write settles the object and wakes no run. It writes no field
// that somebody has set. It writes nothing when the inputs differ from those of the report, because
// they wake a new pass.
//
// The spec is written before the status. After a crash in between, Temporal retries the activity.
// Then the fields exist, and count as written by Tack.
func (a *Activities) fill(ctx context.Context, o object, r resource.Report) (resource.Report, error) {
	if len(r.Late) == 0 || o.u.GetDeletionTimestamp() != nil {
		return r, nil
	}
	l, err := level.Of(ctx, a.live, a.settings, o.kind, r.Ref, o.u)
	if err != nil || l.Problem != nil || l.Wait != nil {
		return r, err
	}
	missing, digest, err := late(l, r)
	if err != nil || digest == "" {
		return r, err
	}
	if len(missing) > 0 {
		claim := *l.Object.Claim
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

// late returns the fields of the report that the spec of the level lacks, and the digest with them.
// It is empty when the level differs from the report's in anything else. A person's edit, or
// another input, then came in between.
func late(l resource.Level, r resource.Report) (missing map[string]any, with string, err error) {
	var fields, spec map[string]any
	if err := utiljson.Unmarshal(r.Late, &fields); err != nil {
		return nil, "", fmt.Errorf("reading the late fields of the report: %w", err)
	}
	if err := utiljson.Unmarshal(l.Object.Spec, &spec); err != nil {
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
		l.Object.Spec, _ = json.Marshal(spec) // it was decoded from JSON
		return l.Digested().Digest
	}
	if l.Object.Claim == nil || digestOf(before) != r.Digest {
		return nil, "", nil
	}
	return missing, digestOf(after), nil
}
