package replacement

import "github.com/tack-dev/tack/resource"

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
// tags count.
func Clean(o resource.Object, f Found, leave func() []resource.Step) (swept resource.Swept) {
	switch {
	case f.Gone || f.Tagless || !o.Owner.Owns(f.Tags):
		swept.Gone = true
	case f.Pending != nil && !f.Deletable:
		swept.Advice = append(swept.Advice, f.Pending.Message)
	case f.Held != nil && !o.Retain:
		swept.Advice = append(swept.Advice, f.Held.Message)
	default:
		swept.Steps = leave()
	}
	return swept
}
