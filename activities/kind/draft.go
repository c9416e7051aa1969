package kind

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
	if !d.PlansTags && d.Tagged.Set != nil {
		tags := d.Tagged.Plan(c.ID, c.Tags, d.Facts(got).Tags, d.Tagged.Rules, c.Done)
		draft.Steps = append(tags, draft.Steps...)
	}
	draft.Notes = append(draft.Notes, d.Fixed.Notes("spec", want, got)...)
	return draft
}
