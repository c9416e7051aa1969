package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

const (
	// cleanSoon is the time until the objects that refer to a new resource know its id.
	cleanSoon = time.Second
	// maxCleanPause is the longest pause between two tries to delete a replaced resource that something uses.
	maxCleanPause = 10 * time.Minute
	// maxCleans is how often a pass looks whether a replaced resource is gone.
	maxCleans = 2
)

// replace removes a resource with a field that AWS cannot change, because somebody asked for it. The next
// pass creates another one.
func (r *run) replace() outcome {
	r.level.Relocating = true
	return r.moveAway()
}

// clean ends a pass with success, after it deleted the resource that the present one replaces. Until that
// is possible, the object is Synced, says what it waits for, and tries again.
func (r *run) clean(report resource.Report) outcome {
	waits, out := r.cleanUp()
	if out != goOn {
		return out
	}
	if waits != "" {
		claim := r.level.Object.Claim
		r.seen.advice = append(r.seen.advice, resource.Advice{Reason: resource.ReasonReplaced, Message: fmt.Sprintf("%s replaces %s, which %s", claim.ID, claim.Replaced.ID, waits)})
		at := workflow.Now(r.ctx).Add(r.cleanPause())
		report.NextTry = &at
	}
	return r.end(report)
}

// cleanPause grows with the age of the new resource.
func (r *run) cleanPause() time.Duration {
	age := workflow.Now(r.ctx).Sub(r.level.Object.Claim.Time)
	return min(max(age/4, cleanSoon), maxCleanPause)
}

// cleanUp deletes a replaced resource once nothing uses it. It returns what that waits for; empty: the
// resource is gone. The objects that refer to the new resource move first: AWS would delete a NAT gateway
// that routes still name.
func (r *run) cleanUp() (waits string, out outcome) {
	switch {
	case !r.level.Replacing:
		return "Tack deletes next", goOn
	case len(r.level.Unmoved) > 0:
		return r.waitsForUnmoved(), goOn
	}
	for range maxCleans {
		swept, out := r.lookBeside(resource.VerbClean, "look at "+r.level.Object.Claim.Replaced.ID+", which is replaced")
		switch {
		case out != goOn:
			return "", out
		case swept.Gone:
			return "", r.forgetReplaced()
		case len(swept.Advice) > 0:
			return "Tack deletes later: " + resource.Several(swept.Advice), goOn
		}
		if refused, out := r.sendCleaning(swept.Steps); refused != "" || out != goOn {
			return "AWS does not delete yet: " + refused, out
		}
	}
	return "AWS is deleting", goOn
}

// waitsForUnmoved names the objects that still use a replaced resource.
func (r *run) waitsForUnmoved() string {
	also := ""
	if o := r.level.Object; o.ReadOnly || o.PlanOnly {
		also = "the object is neither read-only nor plan-only, and "
	}
	return "Tack deletes once " + also + "these objects are Synced with the new id: " + resource.Several(r.level.Unmoved)
}

// sendCleaning sends the steps one after the other, up to the first that AWS refuses. A newer level ends the pass.
func (r *run) sendCleaning(steps []resource.Step) (refused string, out outcome) {
	for i, step := range steps {
		if out = r.betweenDeletes(i); out != goOn {
			return "", out
		}
		refused = r.sendOnce(step)
		if cancelled := r.ctx.Err(); cancelled != nil {
			return "", r.fail(cancelled)
		}
		if refused != "" {
			break
		}
	}
	return refused, r.resetIf(false)
}

// forgetReplaced writes a claim that names no replaced resource.
func (r *run) forgetReplaced() outcome {
	claim := *r.level.Object.Claim
	claim.Replaced = nil
	r.carry.Record = &resource.RecordInput{Ref: r.ref, UID: r.uid(), Claim: claim, Found: true, Planned: r.seen.planned}
	if out := r.recordCarried(); out != goOn {
		return out
	}
	r.level.Object.Claim = &claim
	return goOn
}

// backToReplaced voids the claim of a resource that is gone and that replaces another one. The claim on
// that one counts in the next pass, which removes it as well.
func (r *run) backToReplaced(why string) outcome {
	if r.level.Object.Claim.Open() {
		return r.voidClaim().then(nextPass)
	}
	return r.voidRecorded(why)
}
