package replacement

import (
	"fmt"

	"github.com/tack-dev/tack/resource"
)

// Old returns an object as if it were deleted with the resource that its present one replaces.
func Old(o resource.Object) resource.Object {
	claim, old := *o.Claim, o.Claim.Replaced
	claim.ID, claim.ARN, claim.Replaced = old.ID, old.ARN, nil
	o.Claim, o.Deleting, o.Shown = &claim, true, old.ID
	return o
}

// Found is what AWS shows of the old resource.
type Found struct {
	Tags          map[string]string
	Gone, Tagless bool
	// Pending and Held keep AWS from deleting it; Deletable means that Pending does not.
	Pending, Held *resource.Wait
	Deletable     bool
}

// Clean plans the deletion of the old resource. Anybody who may edit the object may write the claim, so only AWS's
// tags count. An object for which Tack makes no calls keeps the old resource.
func Clean(o resource.Object, f Found, leave func() []resource.Step) (swept resource.Swept) {
	switch {
	case f.Gone || f.Tagless || !o.Owner.Owns(f.Tags):
		swept.Gone = true
	case o.ReadOnly:
		swept.Advice = append(swept.Advice, stays("read-only"))
	case f.Pending != nil && !f.Deletable:
		swept.Advice = append(swept.Advice, f.Pending.Message)
	case f.Held != nil && !o.Retain:
		swept.Advice = append(swept.Advice, f.Held.Message)
	case o.PlanOnly:
		swept.Advice = append(swept.Advice, "Tack would "+resource.Several(summaries(leave())))
	default:
		swept.Steps = leave()
	}
	if o.PlanOnly && !o.ReadOnly && !swept.Gone {
		swept.Advice = append([]string{stays("plan-only")}, swept.Advice...)
	}
	return swept
}

// stays says why the old resource stays.
func stays(annotation string) string {
	return fmt.Sprintf("the object is %s, so the old resource stays until somebody removes the annotation services.k8s.aws/%[1]s", annotation)
}

func summaries(steps []resource.Step) (words []string) {
	for _, step := range steps {
		words = append(words, step.Summary)
	}
	return words
}
