// Package replacement turns the plan of an object into one for another resource, where AWS cannot change a field
// and an annotation lets Tack replace the resource.
package replacement

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/resource"
)

// Kind is what a replacement must know about the kind and the resource.
type Kind struct {
	// Unique are the fields of the spec that AWS keeps unique together; nil: it allows any number of equal
	// resources. Tagless means that AWS has no tags for the type.
	Unique  []string
	Tagless bool
	// Lacks returns what a new resource must wait for. Next plans one for an object with that claim. Leave
	// returns the steps after which the object has nothing to do with the present one.
	Lacks func() (*resource.Wait, error)
	Next  func(*resource.Claim) resource.Plan
	Leave func() []resource.Step
}

// Plan returns the plan for a resource that was found.
//
// Only a resource that was Synced is replaced. Where AWS shows another value than a create asked for,
// the next resource would differ in the same way, and so on without end.
func Plan(in resource.ObserveInput, plan resource.Plan, k Kind) (resource.Plan, error) {
	o, fields := in.Object, fixed.Named(plan.Notes)
	if o.Replacement == nil || len(fields) == 0 || plan.Problem != nil || !plan.Proven || o.Synced != plan.ID || o.ReadOnly || o.OnlyAdopts() || o.Claim.Replaces() {
		return plan, nil
	}
	switch ahead := in.Ahead || o.PlanOnly; {
	case o.Replacement.Lacks(plan.ID) && len(plan.Steps) > 0: // the other changes do not wait
		return plan, nil
	case o.Replacement.Lacks(plan.ID):
		plan.Problem = waits(o, plan.ID, fields)
		return plan, nil
	case k.beside(o.Spec, fields):
		return k.newFirst(o, plan, ahead)
	default:
		return k.oldFirst(plan, fields, ahead), nil
	}
}

// beside reports whether AWS allows a second resource that differs in these fields, such as "spec.vpcID". It does
// where the spec has nothing that AWS keeps unique, such as a private NAT gateway without an address. The old one
// is then deleted by its tags, so a type without tags never has two.
func (k Kind) beside(spec json.RawMessage, fields []string) bool {
	var has map[string]any
	_ = json.Unmarshal(spec, &has) // the engine has read it
	differs := func(name string) bool { return slices.Contains(fields, "spec."+name) }
	kept := func(name string) bool { return has[name] != nil && has[name] != "" }
	return !k.Tagless && (!slices.ContainsFunc(k.Unique, kept) || slices.ContainsFunc(k.Unique, differs))
}

// newFirst plans a resource beside the one that it replaces: see Clean.
func (k Kind) newFirst(o resource.Object, plan resource.Plan, ahead bool) (resource.Plan, error) {
	wait, err := k.Lacks()
	if wait = cmp.Or(o.Unready, wait); wait != nil || err != nil {
		plan.Steps, plan.Notes, plan.Wait = nil, nil, wait
		return plan, err
	}
	claim := *o.Claim
	claim.Incarnation = plan.Incarnation
	next := k.Next(&claim)
	next.Replaced = &resource.Replaced{ID: plan.ID, ARN: plan.ARN, Adopted: claim.Adopted}
	if ahead {
		next.Later = append(next.Later, after(next.Later, k.Leave())...)
	}
	return next, nil
}

// oldFirst plans the deletion of a resource, because AWS keeps what both would have unique.
func (k Kind) oldFirst(plan resource.Plan, fields []string, ahead bool) resource.Plan {
	plan.Replaces, plan.Notes, plan.Late, plan.Wait, plan.Accepter = true, nil, nil, nil, resource.Target{}
	plan.Steps = k.Leave()
	if len(plan.Steps) > 0 {
		plan.Steps[0].Summary = fmt.Sprintf("replace %s, because AWS cannot change %s: %s", plan.ID, strings.Join(fields, ", "), plan.Steps[0].Summary)
	}
	if ahead {
		next := k.Next(&resource.Claim{Void: true, Incarnation: plan.Incarnation})
		create := []resource.Step{*next.Create}
		plan.Later = slices.Concat(create, after(create, slices.Concat(next.Steps, next.Later)))
	}
	return plan
}

// after moves steps to stages after those of others.
func after(others, steps []resource.Step) []resource.Step {
	last := 0
	for _, step := range others {
		last = max(last, step.Stage)
	}
	for i := range steps {
		steps[i].Stage += last + 1
	}
	return steps
}

// waits returns the problem of an object whose resource is replaced once somebody approves it.
func waits(o resource.Object, id string, fields []string) *resource.Problem {
	ref := o.Owner.Ref
	return &resource.Problem{State: resource.Paused, Reason: resource.ReasonApprovalRequired, Message: fmt.Sprintf(
		"AWS cannot change %s, and the replacement of %s waits for an approval: nothing is deleted in AWS. To approve it, run starter approve %s %s/%s, or set the annotation services.k8s.aws/approved: replace:%[2]s by <your name>. Otherwise, put the old values back",
		strings.Join(fields, ", "), id, ref.Kind, ref.Namespace, ref.Name)}
}
