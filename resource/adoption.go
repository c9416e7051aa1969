package resource

// Adoption asks Tack to manage a resource that already exists.
type Adoption struct {
	ID     string `json:"id,omitempty"`     // of the resource, as the annotation names it; empty: its natural key finds it
	ByName bool   `json:"byName,omitempty"` // ID is the name in the spec, by which AWS knows the resource
	Create bool   `json:"create,omitempty"` // the spec wins over AWS, and a resource that does not exist is created
	Force  bool   `json:"force,omitempty"`  // even a resource of another owner
	Done   bool   `json:"done,omitempty"`   // the object has adopted its resource
	// Takes means that the status names the resource, which another controller managed. AWS gets only
	// the ownership tags until it matches the spec for the first time.
	Takes bool `json:"takes,omitempty"`
}

// Adopts reports whether the object has yet to adopt its resource.
func (o Object) Adopts() bool { return o.Adoption != nil && !o.Adoption.Done }

// Fills reports whether the object has yet to get the fields that its spec leaves out from AWS.
func (o Object) Fills() bool { return o.Adopts() && !o.Adoption.Create && !o.Adoption.Takes }

// Takes reports whether the object has yet to take its resource over from another controller.
func (o Object) Takes() bool { return o.Adopts() && o.Adoption.Takes }

// Adopted reports whether the resource existed before the object: it adopted it, or has yet to.
func (o Object) Adopted() bool {
	return o.Adopts() || o.Claim.Recorded() && o.Claim.Adopted
}

// Observes reports whether the object observes a resource that it adopted, or has yet to adopt. Nothing
// is written to AWS for it, so the owner of the resource does not matter.
func (o Object) Observes() bool {
	return o.ReadOnly && o.Adopted()
}

// Stays reports whether the deletion of the object leaves its resource as it is. Tack also leaves a
// read-only object alone that another controller may manage.
func (o Object) Stays() bool {
	return o.Deleting && o.ReadOnly && !o.Doubt.OfAnother()
}

// OnlyAdopts reports whether Tack creates no resource for the object. A deletion creates none anyway.
func (o Object) OnlyAdopts() bool {
	return o.Adoption != nil && !o.Adoption.Create && !o.Deleting
}
