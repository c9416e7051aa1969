// Package readonly turns the plan of a read-only object into one that writes nothing to AWS.
package readonly

import (
	"fmt"

	"github.com/tack-dev/tack/resource"
)

// Plan returns the plan of an object. That of a read-only object holds nothing that writes to AWS: what
// it would change becomes one advice. An adoption still fills the spec.
func Plan(o resource.Object, plan resource.Plan) resource.Plan {
	if !o.ReadOnly {
		return plan
	}
	if words := inWords(plan); len(words) > 0 {
		plan.Advice = append(plan.Advice, resource.Advice{Reason: resource.ReasonReadOnly, Message: fmt.Sprintf(
			"the object is read-only, so Tack does not apply its spec, which differs from %s: %s", plan.ID, resource.Several(words))})
	}
	plan.Create, plan.Steps, plan.Notes, plan.InAWS, plan.Sweep, plan.Accepter = nil, nil, nil, false, false, resource.Target{}
	if !o.Fills() {
		plan.Late = nil
	}
	return plan
}

// inWords returns what a plan would change. Tags without a field are our own: nobody expects them on a
// resource that Tack only observes.
func inWords(plan resource.Plan) (words []string) {
	for _, step := range plan.Steps {
		switch tags := step.Verb == resource.VerbTag || step.Verb == resource.VerbUntag; {
		case step.Path != "":
			words = append(words, step.Path+": "+step.Summary)
		case !tags:
			words = append(words, step.Summary)
		}
	}
	return append(words, plan.Notes...)
}

// Notes returns the notes of a draft. What the resource would wait for after the steps is a note as
// well, because a read-only object waits for nobody.
func Notes(notes []string, wait *resource.Wait) []string {
	if wait == nil {
		return notes
	}
	return append(notes, wait.Message)
}

// NotFound returns the problem of a read-only object whose resource AWS does not show.
func NotFound(o resource.Object, at resource.Target) *resource.Problem {
	what := "no resource of it"
	if o.Adoption != nil && o.Adoption.ID != "" {
		what = "no " + o.Adoption.ID
	}
	if o.Claim.Recorded() {
		what = "no " + o.Claim.ID
	}
	return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonReadOnlyNotFound, Message: fmt.Sprintf(
		"AWS shows %s in account %s, Region %s, and the object is read-only, so Tack creates none: correct the id, the account or the Region, or remove services.k8s.aws/read-only",
		what, at.AccountID, at.Region)}
}
