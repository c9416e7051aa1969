package resource

// Replacement is what an object says about another resource in place of one with a field that AWS cannot
// change.
type Replacement struct {
	Asks     bool   `json:"asks,omitempty"`     // it waits for a person's approval
	Approved string `json:"approved,omitempty"` // the id of the resource whose replacement somebody approved
}

// Lacks reports whether the replacement of the resource with that id still waits for an approval.
func (r Replacement) Lacks(id string) bool { return r.Asks && r.Approved != id }

// Replaced is the resource that another one replaces, until it is deleted.
type Replaced struct {
	ID      string `json:"id"`
	ARN     string `json:"arn,omitempty"`
	Adopted bool   `json:"adopted,omitempty"` // as in the claim on it
}

// Replaces reports whether the resource of the claim replaces another one, which is not deleted yet.
func (c *Claim) Replaces() bool { return c != nil && c.Replaced != nil }

// Succeeds reports whether the resource of the claim replaces the one with that id.
func (c *Claim) Succeeds(id string) bool { return c.Replaces() && c.Replaced.ID == id }

// Standing returns the claim that counts. Where nothing was made in place of a resource, the claim on that
// one counts again. Its number stays the higher one, because the token of that number is spent.
func (c Claim) Standing() Claim {
	if old := c.Replaced; c.Void && old != nil {
		c.ID, c.ARN, c.Adopted = old.ID, old.ARN, old.Adopted
		c.Void, c.Replaced, c.Request, c.Key = false, nil, "", ""
	}
	return c
}

// Present returns the id that other objects use: the recorded one, or that of the old resource while the
// create of its successor is unclear.
func (c *Claim) Present() string {
	switch {
	case c.Open() && c.Replaces():
		return c.Replaced.ID
	case c.Recorded():
		return c.ID
	}
	return ""
}
