package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// PatchStatus reports the state of the object on the object, after late initialization of the spec.
// It writes nothing when the object already shows all of it, or when the run was reset: the object
// may report something newer since.
func (a *Activities) PatchStatus(ctx context.Context, asked resource.Report) (resource.Written, error) {
	return a.write(ctx, asked.Ref, asked.UID, func(o object) (resource.Written, error) {
		if wasReset(ctx, asked.Planned) {
			return resource.Written{Stale: true}, nil
		}
		r, err := a.fill(ctx, o, asked)
		if err != nil {
			return resource.Written{}, err
		}
		prior, _, _ := unstructured.NestedMap(o.u.Object, "status")
		is := level.WorthOf(o.u, o.kind)
		known := prior
		if is.Copied { // the rest describes another object's resource
			known = map[string]any{resource.StatusConditions: prior[resource.StatusConditions]}
		}
		now, late := a.settings.Clock.Now(), lateInitialized(o, r.State)
		status, err := statusFor(known, r, now, late...)
		if err != nil {
			return resource.Written{}, err
		}
		if confirms(r, is.Claim) {
			status = identified(status, o.kind, is.Claim)
			if id := syncedID(o, r.State); id != "" {
				status[resource.StatusSyncedID] = id
			}
		} else if r.State != resource.Foreign {
			keepID(status, known, o.kind)
		}
		if advice := shorten(o.u, status, r); advice != nil {
			r.Advices = append(slices.Clone(r.Advices), *advice)
			conditions, _ := known[resource.StatusConditions].([]any)
			status[resource.StatusConditions] = conditionsFor(conditions, r, now, late...)
		}
		if reflect.DeepEqual(prior, status) {
			return resource.Written{}, nil
		}
		next := o.u.DeepCopy()
		next.Object["status"] = status
		if _, err := o.client.UpdateStatus(ctx, next, metav1.UpdateOptions{FieldManager: level.FieldManager}); err != nil {
			return resource.Written{}, err
		}
		if !reflect.DeepEqual(prior[resource.StatusConditions], status[resource.StatusConditions]) {
			a.tell(o.u, r)
		}
		return resource.Written{Changed: true}, nil
	})
}

// confirms reports whether a report proves the id of a claim. Without proof, the status does not
// copy that id. The claim may be forged, and a later pass would find that claim and status agree. A
// report of an older version proves nothing.
func confirms(r resource.Report, claim *resource.Claim) bool {
	return r.State != resource.Foreign && !r.Unproven && claim.Recorded() && r.Proven == claim.ID
}

// keepID keeps the id in a status that already showed it.
func keepID(status, prior map[string]any, kind apis.Kind) {
	if id, _, _ := unstructured.NestedString(prior, level.FieldPath(kind.IDField)...); id != "" {
		_ = unstructured.SetNestedField(status, id, level.FieldPath(kind.IDField)...) // maps only
	}
}

// syncedID returns the id of the resource if it is Synced. A version that did not keep the id may
// have written the status; then the earlier condition counts.
func syncedID(o object, state resource.State) string {
	claim := level.ClaimOf(o.u, o.kind)
	if !claim.Recorded() || state != resource.Synced && !level.TrueSince(o.u, corev1alpha1.ConditionTypeResourceSynced, claim.Time) {
		return ""
	}
	return claim.ID
}

func (a *Activities) tell(u *unstructured.Unstructured, r resource.Report) {
	kind := corev1.EventTypeNormal
	if r.State != resource.Synced && r.State != resource.Waiting {
		kind = corev1.EventTypeWarning
	}
	message := r.Message
	shown, _, _ := unstructured.NestedSlice(u.Object, "status", resource.StatusConditions)
	for _, advice := range advicesOf(r) {
		if !slices.ContainsFunc(shown, func(c any) bool {
			old, _ := c.(condition)
			return old["reason"] == advice.Reason && old["message"] == advice.Message
		}) {
			a.events.Event(u, corev1.EventTypeWarning, advice.Reason, advice.Message)
		}
	}
	if r.Reason != "" {
		message = r.Reason + ": " + message
	}
	if message == "" {
		message = messageSynced
	}
	a.events.Event(u, kind, string(r.State), message)
}

// statusFor returns the status for a report. If the report has no fields of the kind, the fields in
// the status stay.
func statusFor(prior map[string]any, r resource.Report, now time.Time, more ...condition) (map[string]any, error) {
	status := map[string]any{}
	for field, value := range prior {
		if r.Status == nil || resource.EngineOwned(field) {
			status[field] = value
		}
	}
	if r.Status != nil {
		var fields map[string]any
		if err := json.Unmarshal(r.Status, &fields); err != nil {
			return nil, fmt.Errorf("reading the status of the report: %w", err)
		}
		for field, value := range fields {
			if field == resource.StatusMetadata {
				value = merged(prior[field], value)
			}
			status[field] = whole(value)
		}
	}
	conditions, _ := prior[resource.StatusConditions].([]any)
	if r.State == resource.Foreign {
		if prior[resource.StatusInputsDigest] != nil {
			conditions = withdrawn(conditions, r, now)
		}
		status[resource.StatusConditions] = conditionsFor(conditions, r, now, more...)
		for _, ours := range []string{resource.StatusInputsDigest, resource.StatusRetries, resource.StatusNextTry} {
			delete(status, ours)
		}
		return status, nil // the rest is another controller's
	}
	status[resource.StatusConditions] = conditionsFor(conditions, r, now, more...)
	status[resource.StatusObservedGeneration] = r.Generation
	set(status, resource.StatusInputsDigest, r.Digest, r.Digest != "")
	set(status, resource.StatusRetries, int64(r.Retries), r.Retries > 0)
	if r.NextTry != nil {
		status[resource.StatusNextTry] = r.NextTry.UTC().Format(time.RFC3339)
	} else {
		delete(status, resource.StatusNextTry)
	}
	return status, nil
}

func set(status map[string]any, field string, value any, there bool) {
	if there {
		status[field] = value
	} else {
		delete(status, field)
	}
}

// merged returns the shown metadata with the metadata from the kind. The account and Region come
// with the id, the ARN perhaps later.
func merged(prior, value any) any {
	out := map[string]any{}
	if p, ok := prior.(map[string]any); ok {
		maps.Copy(out, p)
	}
	if v, ok := value.(map[string]any); ok {
		maps.Copy(out, v)
	}
	return out
}

// whole turns whole numbers of decoded JSON into integers, as the API server's decoder does, so
// that equal statuses compare equal.
func whole(v any) any {
	switch v := v.(type) {
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
	case map[string]any:
		for key, child := range v {
			v[key] = whole(child)
		}
	case []any:
		for i, child := range v {
			v[i] = whole(child)
		}
	}
	return v
}
