package adoption

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tack-dev/tack/resource"
)

// TakeOver returns the plan for a resource that an object adopts, or takes over from another controller. A
// take-over writes only the ownership tags. Everything else that plan would change becomes a difference, and AWS
// keeps its values. replan plans again for another form of the object.
func TakeOver(o resource.Object, plan resource.Plan, replan func(resource.Object) resource.Plan, describe func() any, tags map[string]string, secrets []string) resource.Plan {
	if !o.Takes() || o.Deleting {
		return closing(plan)
	}
	spec := o.Spec
	// A resource that is ours already may still differ: without this mark, the next pass would apply
	// the spec.
	plan.Adopted = o.Claim == nil || !o.Claim.Adopted
	// With AWS's tags as those of the user, the tag steps hold only ours.
	o.Ignored = append(slices.Clone(o.Ignored), "spec.tags")
	ours := slices.DeleteFunc(replan(o).Steps, func(s resource.Step) bool { return !ownership(s) })
	plan.Steps = slices.DeleteFunc(slices.Clone(plan.Steps), ownership)
	fields, differences := differing(plan, spec, describe(), tags, secrets)
	for _, words := range withoutField(plan) {
		fields = append(fields, "what no field names")
		differences = append(differences, resource.Advice{Reason: resource.ReasonDifference, Message: words})
	}
	plan.Steps, plan.Advice = ours, append(plan.Advice, differences...)
	if len(fields) == 0 {
		return closing(plan)
	}
	plan.Late, plan.Notes, plan.InAWS, plan.Accepter = nil, nil, false, resource.Target{}
	if len(ours) == 0 {
		plan.Problem = differs(plan.ID, slices.Compact(fields))
	}
	return plan
}

// ownership reports whether a step changes no tags but those that Tack adds to every resource.
func ownership(s resource.Step) bool {
	return s.Path == "" && (s.Verb == resource.VerbTag || s.Verb == resource.VerbUntag)
}

// OnlyOurs reports whether steps change no tags but those that Tack adds to every resource.
func OnlyOurs(steps []resource.Step) bool {
	return !slices.ContainsFunc(steps, func(s resource.Step) bool { return !ownership(s) })
}

// closing marks a plan that needs only our tags as the last one of its pass: AWS already shows everything
// else. An adoption then costs one read.
func closing(plan resource.Plan) resource.Plan {
	plan.Last = OnlyOurs(plan.Steps) && plan.Create == nil && plan.Problem == nil && plan.Wait == nil && len(plan.Notes) == 0 && plan.Accepter == resource.Target{}
	return plan
}

// withoutField returns, in words, what a plan changes although no field of the spec says so.
func withoutField(plan resource.Plan) (words []string) {
	for _, step := range plan.Steps {
		if topField(step.Path) == "" {
			words = append(words, "Tack would do this: "+step.Summary)
		}
	}
	return append(words, slices.DeleteFunc(slices.Clone(plan.Notes), func(note string) bool { return topField(note) != "" })...)
}

func differs(id string, fields []string) *resource.Problem {
	return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonTakeOverDiffers, Message: fmt.Sprintf(
		"%s is taken over, and AWS keeps its values, because the spec differs in %s: write AWS's value into the spec, or set services.k8s.aws/take-over: \"false\" on the object to apply the spec",
		id, strings.Join(fields, ", "))}
}
