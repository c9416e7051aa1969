package kind

import "cmp"

// Draft plans the change of a resource, with its tags and with notes about the fields that AWS
// cannot change. The create of a new one sets both: got is nil.
func (d Definition[C, W, G]) Draft(want W, got *G, c Case) Draft {
	var draft Draft
	if d.Plan != nil {
		draft = d.Plan(want, got, c)
	}
	if got == nil {
		return draft
	}
	if facts := d.Facts(got); !d.PlansTags && d.Tagged.Set != nil {
		draft.Steps = append(d.Tagged.Plan(cmp.Or(facts.TaggedAs, c.ID), c.Tags, facts.Tags, d.Tagged.Rules.With(c.Defaults), c.Done), draft.Steps...)
	}
	draft.Notes = append(draft.Notes, d.Fixed.Notes("spec", want, got)...)
	return draft
}
