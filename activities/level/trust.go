package level

import (
	"context"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// trust says which evidence makes the id of an object count for the objects that refer to it.
// Anybody with the permission may edit a claim or a status.
type trust int

const (
	// toCreate requires that claim and status show the same id.
	toCreate trust = iota
	// toChange is for an object that is made. The id that was Synced last also confirms the claim,
	// so that an edit of the status does not unsettle the object.
	toChange
	// toCompare is for an object that is made, and accepts any id that the other object shows. It
	// counts only if the inputs with it equal those of the last apply: see asApplied.
	toCompare
)

// referredID returns the id that references use for an object. For a kind of ours, the claim's id
// counts, and the object's own pass corrects a forged one.
func referredID(u *unstructured.Unstructured, kind apis.Kind, by trust) string {
	shown := ShownID(u, kind)
	if _, served := apis.ByName(kind.Name()); !served {
		return shown
	}
	is := WorthOf(u, kind)
	switch id := is.Claim.Present(); {
	case id != "" && (id == shown || by != toCreate && id == syncedOnce(u)):
		return id
	case by == toCompare && !is.Copied && shown != "":
		return shown
	case by == toCompare && id != "":
		return id
	}
	return ""
}

// distrusted describes why references do not use the claim of an object of ours, if they do not.
func distrusted(u *unstructured.Unstructured, s Settings, kind apis.Kind, ref resource.Ref, by trust) string {
	claim := ClaimOf(u, kind)
	if _, served := apis.ByName(kind.Name()); !served || !claim.Recorded() {
		return ""
	}
	if other := otherOwner(claim, s); other != nil {
		return fmt.Sprintf("%s has no id yet: %s", ref, other.Message)
	}
	if referredID(u, kind, by) != "" {
		return ""
	}
	shown := "none"
	if id := ShownID(u, kind); id != "" {
		shown = id
	}
	return fmt.Sprintf("%s has no id yet: its claim tells of %s and its status of %s, until AWS's tags say which is right%s", ref, claim.ID, shown, trouble(u))
}

// referring returns the level with its references resolved, as far as they are trusted.
func referring(ctx context.Context, r kubeapi.Reader, s Settings, kind apis.Kind, l resource.Level, u *unstructured.Unstructured) (resource.Level, error) {
	if !l.Object.Claim.Recorded() && !l.Object.Takes() { // a resource to take over exists
		return resolved(ctx, r, s, toCreate, kind, l, u)
	}
	strict, err := resolved(ctx, r, s, toChange, kind, l, u)
	if err != nil || strict.ReportedState != "" || strict.References == nil || strict.References.Status == "True" {
		return strict, err
	}
	return asApplied(ctx, r, s, kind, l, u, strict)
}

// resolved returns the level with its references resolved.
func resolved(ctx context.Context, r kubeapi.Reader, s Settings, by trust, kind apis.Kind, l resource.Level, u *unstructured.Unstructured) (resource.Level, error) {
	spec, _, _ := unstructured.NestedMap(u.Object, "spec")
	if err := resolve(ctx, noting{r, s.Clock.Now().Add(-freshFor), &l}, s, by, &l, kind, spec); err != nil {
		return l, err
	}
	l.Object.Spec, _ = json.Marshal(spec) // it was decoded from JSON
	return digested(l, u, s), nil
}

// asApplied returns the level of a made object while the claim of a referenced object is lost or
// edited. If the inputs with the shown id equal those of the last apply, nothing changes and the
// object stays settled. Otherwise it waits, as strict does.
func asApplied(ctx context.Context, r kubeapi.Reader, s Settings, kind apis.Kind, l resource.Level, u *unstructured.Unstructured, strict resource.Level) (resource.Level, error) {
	kept, err := resolved(ctx, r, s, toCompare, kind, l, u)
	if err != nil || kept.ReportedState == "" || kept.Wait != nil {
		return strict, err
	}
	kept.Kept = true
	return kept, nil
}
