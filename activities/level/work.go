package level

import (
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Work says whether an object has anything to do, and if not, why. Everything here compares the status
// and the claim with the digest of the present inputs. An open run compares two levels by
// resource.Level.Same, because workflow code reads no object; both derive from one list of inputs.
type Work int

const (
	// Unfinished means that a run must work on the object.
	Unfinished Work = iota
	// Absent means that there is no object.
	Absent
	// Settled means that the status reports the result for these inputs.
	Settled
	// Resting means that AWS refused these inputs, and that the next try is not due. The digest
	// excludes the role, so another role may end the rest.
	Resting
	// Reported means that the object reports a problem of its inputs, although its status settles
	// nothing. Another run would find the same, and only an event can change it.
	Reported
	// LeftAlone means that the object reports that AWS's tags do not name it. Somebody may restore
	// the tags, and no event reports that.
	LeftAlone
	// Filling means that Tack has just written AWS's values into the spec. The run that did so is
	// about to write the status.
	Filling
)

// WorkOf returns the work of an object, from its level.
func WorkOf(u *unstructured.Unstructured, l resource.Level) Work {
	switch {
	case l.Gone:
		return Absent
	case l.ReportedState == resource.Blocked && l.Problem == nil:
		return Resting
	case l.ReportedState != "":
		return Settled
	case !l.Relocating && reported(u, l):
		return Reported
	case !l.Relocating && leftAlone(u, l):
		return LeftAlone
	case filled(l):
		return Filling
	}
	return Unfinished
}

// Done reports whether another run would write and call nothing, with any role.
func (w Work) Done() bool { return w == Settled || w == Resting || w == Reported }

// reported reports whether an object already reports the problem of its level. The status of another
// controller's object holds no digest of ours, and an object in doubt is never settled.
func reported(u *unstructured.Unstructured, l resource.Level) bool {
	switch problem := l.Problem; {
	case problem == nil:
		return false
	case problem.State == resource.Foreign:
		return Advises(u, problem.Reason, func(message string) bool { return message == problem.Message })
	}
	return ofTheseInputs(u, l)
}

// leftAlone reports whether an object already reports that AWS's tags do not name it. AWS may show
// the tags of an object that was ours with a delay, so that one is observed again soon.
func leftAlone(u *unstructured.Unstructured, l resource.Level) bool {
	doubt := l.Object.Doubt
	return l.Problem == nil && doubt.Named() && !doubt.Lost && l.Wait == nil && Advises(u, resource.ReasonOtherController, doubt.WasLeftAlone)
}

// filled reports whether the inputs are exactly those after our late initialization.
func filled(l resource.Level) bool {
	claim := l.Object.Claim
	return claim.Recorded() && l.Object.Finalizer && !l.Object.Deleting && claim.Filled != "" && claim.Filled == l.Digest
}

// settle sets the state that the status gives, if that belongs to the level.
func settle(l *resource.Level, u *unstructured.Unstructured, now time.Time) {
	if !statusMatches(u, *l) {
		return
	}
	at, tries := NextTry(u)
	resting := tries && now.Before(at)
	switch {
	case l.Problem != nil && !l.Relocating:
		l.ReportedState = l.Problem.State
	case Holds(u, corev1alpha1.ConditionTypeTerminal):
		l.ReportedState = resource.Terminal
	case Holds(u, corev1alpha1.ConditionTypeResourceSynced):
		if l.Object.Claim.Recorded() && l.Object.Finalizer && (!tries || resting) {
			l.ReportedState = resource.Synced
		}
	case showsPlan(u, l.Object), awaitsReplacement(u, l.Object):
		l.ReportedState = resource.Paused
	case resting:
		l.ReportedState = resource.Blocked
	}
}

// statusMatches reports whether the status is about the inputs of the level and about the recorded
// resource. A deletion and an object in doubt are never settled.
func statusMatches(u *unstructured.Unstructured, l resource.Level) bool {
	claim := l.Object.Claim
	return !l.Object.Deleting && l.Object.Doubt == nil && ofTheseInputs(u, l) && (!claim.Recorded() || claim.ID == l.Object.Shown)
}

// ofTheseInputs reports whether the status is about the inputs of the level, in the newest spec.
func ofTheseInputs(u *unstructured.Unstructured, l resource.Level) bool {
	digest, _ := reportedInputs(u)
	return digest == l.Digest && ofThisGeneration(u)
}

// reportedInputs returns the digest of the inputs that the status is about, and whether it has one.
func reportedInputs(u *unstructured.Unstructured) (digest string, found bool) {
	digest, found, _ = unstructured.NestedString(u.Object, "status", resource.StatusInputsDigest)
	return digest, found
}

// ReportsOtherInputs reports whether a new status of an object is about other inputs than the
// previous status.
func ReportsOtherInputs(was, is *unstructured.Unstructured) bool {
	before, _ := reportedInputs(was)
	after, _ := reportedInputs(is)
	return after != "" && after != before
}
