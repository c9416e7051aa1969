// Package ownership determines the owner of a resource by AWS's tags.
package ownership

import (
	"fmt"
	"time"

	"github.com/tack-dev/tack/resource"
)

// Found is a resource that AWS shows.
type Found struct {
	ID, ARN string
	Key     string // of the create, if it is not the ARN
	Tags    map[string]string
	Plain   bool // AWS refuses a tag key with a slash on it
	Gone    bool // AWS still lists it, but it is gone
	// Tagless means that AWS has no tags for its type, or, with TagsFollow, that it has none yet: its create
	// takes none. Made and Empty are then evidence: when AWS created it, and that nothing was added to it
	// since.
	Tagless, TagsFollow bool
	Made                time.Time
	Empty               bool
}

// OwnerKey returns the key of the owner tag on the resource, or the key under which to set it.
func (f Found) OwnerKey() string {
	key, _ := resource.OwnerKeys(f.Tags, f.Plain)
	return key
}

// Making returns the incarnation that the tags name.
func (f Found) Making() int { return max(resource.OwnershipOf(f.Tags).Incarnation, 1) }

// Past reports whether f is a resource of an earlier incarnation that AWS still lists. For an
// incarnation that is still unclear, f is the answer: it was created, and is gone. The create of a
// resource that replaces f did not make f.
func Past(claim *resource.Claim, f Found) bool {
	return claim.Open() && claim.Succeeds(f.ID) || f.Gone && !claim.Recorded() && (!claim.Open() || f.Making() != claim.Incarnation)
}

// Incarnation returns the incarnation of a resource that was found: the higher number of claim and
// tags. Somebody may have put back an older claim. Tags without a number count only where there is
// no claim.
func Incarnation(claim *resource.Claim, f Found) int {
	if claim != nil {
		return max(claim.Incarnation, resource.OwnershipOf(f.Tags).Incarnation)
	}
	return f.Making()
}

// Succeeded returns what remains of an object's claim after f was found in place of the resource that
// it names. Only its number still counts: no later resource may get that number or the one of f. For
// a type without tags, the claim on f itself remains: nothing in AWS could prove it again.
func Succeeded(o resource.Object, f Found) *resource.Claim {
	if reported(o, f) {
		return &resource.Claim{ID: f.ID, ARN: f.ARN, Incarnation: Incarnation(o.Claim, f)}
	}
	return &resource.Claim{Void: true, Incarnation: Incarnation(o.Claim, f)}
}

// Next returns the incarnation of the resource that a create makes.
func Next(o resource.Object) int {
	switch claim := o.Claim; {
	case claim.Recorded(), claim != nil && claim.Void:
		// The resource is known to be gone, or was never created, but its token may be spent.
		return claim.Incarnation + 1
	case claim != nil:
		return claim.Incarnation
	case o.Doubt != nil:
		return o.Doubt.Incarnation + 1
	}
	return 1
}

// Foreign returns why a resource must be left alone, or nil.
func Foreign(o resource.Object, f Found) *resource.Problem {
	recorded := o.Claim.Recorded() && o.Claim.ID == f.ID
	owner := resource.OwnershipOf(f.Tags).Owner
	switch {
	case Owns(o, f), o.Observes():
		return nil
	case o.Adopts(), recorded && owner == "" && o.Claim.Adopted && !o.Deleting && toolOf(f.Tags) != "":
		return notAdoptable(o, f)
	case f.Tagless && recorded:
		return disputed(o, f)
	case owner == "" && recorded:
		return withoutOurTags(o, f)
	case owner == "":
		return blocked(resource.ReasonNameTaken, "%s already has this name and is not Tack's: %s", f.ID, wayPast(o))
	}
	return blocked(resource.ReasonOwnedByAnother, "%s belongs to %s: %s", f.ID, owner, wayOut(o))
}

// withoutOurTags returns why a recorded resource that lacks our tags must be left alone, or nil.
func withoutOurTags(o resource.Object, f Found) *resource.Problem {
	switch {
	case o.Shown == f.ID && (!o.Deleting || o.Retain):
		return nil // somebody removed our tags: they are put back
	case !o.Deleting:
		return blocked(resource.ReasonNotOwned, "%s does not carry the tag %s, and the status does not name it: nothing is changed. If it belongs to this object, add the tag with the value %q; otherwise remove the object's annotation services.k8s.aws/tack-claim",
			f.ID, f.OwnerKey(), o.Owner.Tag())
	}
	return blocked(resource.ReasonNotOwned, "%s does not carry the tag %s: it is not deleted. Put the tag back (value %q), or set the annotation services.k8s.aws/deletion-policy: retain",
		f.ID, f.OwnerKey(), o.Owner.Tag())
}

func blocked(reason, format string, args ...any) *resource.Problem {
	return &resource.Problem{State: resource.Blocked, Reason: reason, Message: fmt.Sprintf(format, args...), Unproven: true}
}

// wayOut says what a person may do about a resource of another owner.
func wayOut(o resource.Object) string {
	if o.Deleting {
		return "it is not deleted. To release this object, set the annotation services.k8s.aws/deletion-policy: retain"
	}
	return "nothing is changed. Choose another name, or delete the other object"
}

// wayPast says what a person may do about a resource that has the object's name and no owner. A create
// of the object may have made it, if its answer was lost.
func wayPast(o resource.Object) string {
	if o.Deleting {
		return "it is not deleted. Delete it in AWS if this object made it; otherwise set the annotation services.k8s.aws/deletion-policy: retain"
	}
	return "nothing is changed. Choose another name, or remove that resource"
}

// Follows reports whether f is another resource of the object than the recorded one. Tack created
// f for this very object, or later for an object with its name. In a deletion, a request that was
// given up as lost may also have created it.
func Follows(o resource.Object, f Found) bool {
	wanted := f.Making() > o.Claim.Incarnation || !f.Gone && (o.Owner.Made(f.Tags) || o.Deleting && !o.Claim.Lost.IsZero())
	return wanted && f.ID != o.Claim.ID && !o.Claim.Succeeds(f.ID) && o.Owner.Owns(f.Tags)
}

// Vouched plans for an object in doubt. named is the resource with the doubtful id; tagged is the
// one with the owner's tag. A resource whose tags name this very object is claimed again, and the
// next pass follows the claim. Vouched creates nothing.
func Vouched(o resource.Object, named, tagged *Found) resource.Plan {
	for _, f := range []*Found{named, tagged} {
		if f != nil && (o.Owner.Made(f.Tags) || reported(o, *f)) {
			return resource.Plan{ID: f.ID, ARN: f.ARN, Proven: true, Incarnation: f.Making()}
		}
	}
	if o.Deleting && o.Doubt.Lost && (named == nil || tagged == nil && ofAnother(o, named)) {
		return resource.Plan{} // it was ours, and is gone or belongs to somebody else
	}
	return resource.Plan{Problem: unclaimed(o, named)}
}

// OfAnother reports whether AWS's tags name an owner. A resource without an owner tag may have been
// tagged a moment ago.
func OfAnother(f *Found) bool { return f != nil && resource.OwnershipOf(f.Tags).Owner != "" }

// ofAnother reports whether AWS's tags name another object than o.
func ofAnother(o resource.Object, f *Found) bool { return OfAnother(f) && !o.Owner.Owns(f.Tags) }

// unclaimed returns why an object with a doubtful id is left alone.
func unclaimed(o resource.Object, named *Found) *resource.Problem {
	what, remedy := "AWS does not show", "delete the object and create it again"
	if named != nil {
		what, remedy = untagged(o, named)
	}
	message := o.Doubt.LeftAlone() + what + ", and no claim assigns it to this object: nothing is changed"
	if o.Doubt.Lost {
		message += ". If no other controller serves the object, " + remedy
	}
	return &resource.Problem{State: resource.Foreign, Reason: resource.ReasonOtherController, Message: message, Unproven: true}
}

// untagged returns why the tags of a resource do not prove that it is the object's, and the remedy.
func untagged(o resource.Object, named *Found) (what, remedy string) {
	const anew = "delete the object and create it again"
	owner, uid := resource.OwnerKeys(named.Tags, named.Plain)
	switch {
	case named.Tagless:
		return "has no tags in AWS", "put the claim back, or delete both the resource and the object"
	case ofAnother(o, named):
		return "belongs to " + resource.OwnershipOf(named.Tags).Owner, anew
	case OfAnother(named):
		what = "belongs to " + resource.OwnershipOf(named.Tags).Owner
	default:
		what = "does not carry the tags of this object"
	}
	return what, fmt.Sprintf("tag it with %s = %q and %s = %q", owner, o.Owner.Tag(), uid, o.Owner.Tags(1)[resource.TagUID])
}
