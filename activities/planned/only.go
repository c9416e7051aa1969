package planned

import (
	"fmt"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/resource"
)

// remedy says how the planned calls are made.
const remedy = "To let Tack make them, remove the annotation services.k8s.aws/plan-only"

// mostCalls limits the calls that a condition lists: one spec may have 1,000 rules. starter plan lists all.
const mostCalls = 200

// Only returns the plan of an object. That of a plan-only object holds nothing that writes: its calls
// become a problem and an advice, in words. A plan without calls stays as it is, unless Tack would
// record a resource for it. Only a plan-only object needs describe, which tells of the calls of the kind.
func Only(describe func() call.Described, in resource.ObserveInput, plan resource.Plan) resource.Plan {
	o := in.Object
	if !o.PlanOnly {
		return plan
	}
	calls, _ := Calls(describe(), resource.DescribeInput{Plan: plan, Owner: o.Owner, Target: in.Target})
	recorded := plan.ID == "" || isRecorded(o, plan)
	plan.Create, plan.Steps, plan.Later, plan.Late, plan.Sweep, plan.Adopted, plan.Held = nil, nil, nil, nil, false, false, false
	if !recorded {
		plan.Status, plan.Proven = nil, false // the object does not have it yet
	}
	if plan.Problem != nil || len(calls) == 0 && recorded {
		return plan
	}
	words := inWords(calls)
	if !recorded {
		words = append([]string{"record " + plan.ID + " as its resource"}, words...)
	}
	words = append(words, plan.Notes...)
	if plan.Wait != nil {
		words = append(words, "then it waits: "+plan.Wait.Message)
	}
	waits := "Tack makes none of them"
	if o.Deleting {
		waits = "its deletion waits"
	}
	plan.Problem = &resource.Problem{State: resource.Paused, Reason: resource.ReasonPlanned, Message: fmt.Sprintf(
		"the object is plan-only: Tack plans %d AWS calls, and %s. %s", len(calls), waits, remedy)}
	plan.Advice = append(plan.Advice, resource.Advice{Reason: resource.ReasonPlanned, Message: "Tack would, in this order: " + resource.First(mostCalls, words)})
	plan.Wait, plan.Notes, plan.InAWS = nil, nil, false
	return plan
}

// isRecorded reports whether an object needs no new record of the resource that was found.
func isRecorded(o resource.Object, plan resource.Plan) bool {
	claim := o.Claim
	return claim.Recorded() && claim.ID == plan.ID && o.Finalizer && (claim.ARN == "" || plan.ARN == "" || claim.ARN == plan.ARN)
}

// inWords returns the calls as a person would list them.
func inWords(calls []resource.PlannedCall) (words []string) {
	for _, c := range calls {
		text := fmt.Sprintf("%d. %s: ", c.Order, c.Action)
		if c.Field != "" {
			text += c.Field + ": "
		}
		words = append(words, text+c.Summary)
	}
	return words
}
