package apis

import "slices"

// Reference is a field of a spec that names another object and provides the value of another field.
// Paths are dotted and relative to the spec; "[]" stands for every item of a list.
type Reference struct {
	// Path is the path of the reference: "ingressRules[].userIDGroupPairs[].groupRef". A path that
	// ends in "[]" is a list of references, which fills a list.
	Path string
	Into string // the field beside it that the reference fills: "groupID"
	Kind string // kind of the named object: "ec2.SecurityGroup"
	// Named says that the value is the name at the end of the other's ARN, not its id. A spec may hold
	// another name, which AWS never gives.
	Named bool
	// Shown is the field, below the other's status, whose value is used instead of the id. The value
	// ends in the id: "serviceName" of an endpoint service.
	Shown string
	// Step marks a reference that only a step needs. Tack creates the resource without it, and the
	// object is not Synced until the other is ready. The create needs every other reference.
	Step bool
	// Exists marks a reference that needs only the other's id: the other need not be Synced. Two
	// objects that name each other would otherwise wait permanently.
	Exists bool
}

// References lists the references of a kind, by its Name.
func References(kind string) []Reference { return references[kind] }

// Others are kinds that references may name although Tack does not serve them. Tack reads only the
// status of another controller's object.
func Others() []Kind { return slices.Clone(others) }

// Referable returns the kind with that Name, if a reference may name it.
func Referable(name string) (Kind, bool) {
	for _, k := range slices.Concat(served, others) {
		if k.Name() == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Secrets lists the fields of a kind's spec, by its Name, that may contain secrets although ACK
// accepts them as plain text. Paths are dotted and relative to the spec. The values never appear in
// clear in a history, log, event or status, unless the operator allows it.
func Secrets(kind string) []string { return secrets[kind] }

// LateInitialized lists the fields of a kind's spec, by its Name, into which Tack writes AWS's
// choice if the user omits them.
func LateInitialized(kind string) []string { return lateInitialized[kind] }
