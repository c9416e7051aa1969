package workflows

import (
	"cmp"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// askForAccepter ends the pass if the plan needs a call in another account or Region. The next level
// says whether the object may call there. A run asks once for each place: a bridge of an older
// version does not answer, and the plan then waits for a person.
//
// Plans of old runs name no accepter, so stored histories still replay.
func (r *run) askForAccepter(plan resource.Plan) outcome {
	if plan.Accepter == (resource.Target{}) || plan.Accepter == r.accepter {
		return goOn
	}
	r.accepter = plan.Accepter
	return nextPass
}

// fairlyFor shares workers by the account in which the step calls.
func (r *run) fairlyFor(step resource.Step) temporal.Priority {
	p := r.fairly()
	p.FairnessKey = cmp.Or(resource.FairnessKey(step.Target.AccountID), p.FairnessKey)
	return p
}
