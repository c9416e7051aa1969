package kind

import "github.com/tack-dev/tack/resource"

// accepter returns the account and Region that must accept the resource, and the answer of the level
// for them. Both are zero where these are the object's own.
func (d Definition[C, W, G]) accepter(in resource.ObserveInput, want W, got *G, c Case) (asked resource.Target, is resource.Accepter) {
	if d.Accepter == nil {
		return asked, is
	}
	asked = d.Accepter(want, got, c)
	switch {
	case asked.SamePlace(in.Target):
		return resource.Target{}, is
	case in.Accepter.Answers(asked):
		return asked, in.Accepter
	}
	return asked, resource.Accepter{Target: asked}
}

// Elsewhere adds a step that only the accepter's account can carry out, such as "accept tgw-attach-1".
// Where Tack may not call there, the draft waits and names who must do what.
func (d *Draft) Elsewhere(c Case, what string, step resource.Step) {
	to := c.Accepter
	if to.Target == (resource.Target{}) || to.Target.RoleARN != "" {
		step.Target = to.Target
		d.Steps = append(d.Steps, step)
		return
	}
	d.Wait = to.Must(what)
}
