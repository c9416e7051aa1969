package kube

import (
	"context"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// trust says by what the id of an object counts for those that refer to it. Claim and
// status may be edited by everybody with the right to them.
type trust int

const (
	// toCreate: claim and status show the same id.
	toCreate trust = iota
	// toChange, for an object that is made: the id that was Synced last confirms the
	// claim as well, so that an edit of the status does not unsettle it.
	toChange
	// toCompare, for an object that is made: any id that the other shows. It counts
	// only if the inputs with it are those that were applied last: see asApplied.
	toCompare
)

// referredID is the id by which references stand for an object. Of a kind of ours the
// claim's id counts, and the object's own pass puts a forged one right.
func referredID(u *unstructured.Unstructured, kind apis.Kind, by trust) string {
	shown := recordedID(u, kind)
	if _, served := apis.ByName(kind.Name()); !served {
		return shown
	}
	is := worthOf(u, kind)
	switch claim := is.claim; {
	case claim.Recorded() && (claim.ID == shown || by != toCreate && claim.ID == syncedOnce(u)):
		return claim.ID
	case by == toCompare && !is.copied && shown != "":
		return shown
	case by == toCompare && claim.Recorded():
		return claim.ID
	}
	return ""
}

// distrusted says in words why references do not go by the claim of an object of ours,
// if they do not.
func distrusted(u *unstructured.Unstructured, s Settings, kind apis.Kind, ref resource.Ref, by trust) string {
	claim := claimOf(u, kind)
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
	if id := recordedID(u, kind); id != "" {
		shown = id
	}
	return fmt.Sprintf("%s has no id yet: its claim tells of %s and its status of %s, until AWS's tags say which is right%s", ref, claim.ID, shown, trouble(u))
}

// referring is the level with its references filled in, as far as they are trusted.
func referring(ctx context.Context, r Reader, s Settings, kind apis.Kind, l resource.Level, u *unstructured.Unstructured) (resource.Level, error) {
	if !l.Object.Claim.Recorded() {
		return resolved(ctx, r, s, toCreate, kind, l, u)
	}
	strict, err := resolved(ctx, r, s, toChange, kind, l, u)
	if err != nil || strict.Settled != "" || strict.References == nil || strict.References.Status == "True" {
		return strict, err
	}
	return asApplied(ctx, r, s, kind, l, u, strict)
}

// resolved is the level with its references filled in.
func resolved(ctx context.Context, r Reader, s Settings, by trust, kind apis.Kind, l resource.Level, u *unstructured.Unstructured) (resource.Level, error) {
	spec, _, _ := unstructured.NestedMap(u.Object, "spec")
	if err := resolve(ctx, noting{r, s.Clock.Now().Add(-freshFor), &l}, s, by, &l, kind, spec); err != nil {
		return l, err
	}
	l.Object.Spec, _ = json.Marshal(spec) // came from JSON
	return digested(l, u, s), nil
}

// asApplied is the level of an object that is made while the claim of another one, to
// which it refers, is lost or edited. If the inputs with the id that the other shows
// are the ones that were applied last, nothing changes by them and the object stays
// settled. Else it waits, as strict does.
func asApplied(ctx context.Context, r Reader, s Settings, kind apis.Kind, l resource.Level, u *unstructured.Unstructured, strict resource.Level) (resource.Level, error) {
	kept, err := resolved(ctx, r, s, toCompare, kind, l, u)
	if err != nil || kept.Settled == "" || kept.Wait != nil {
		return strict, err
	}
	kept.Kept = true
	return kept, nil
}
