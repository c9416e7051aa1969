package apis

import "slices"

// Reference is a field of a spec that names another object, from which another
// field is filled. Paths are dotted and relative to the spec; "[]" stands for
// every item of a list.
type Reference struct {
	// Path is that of the reference: "ingressRules[].userIDGroupPairs[].groupRef".
	// One that ends in "[]" is a list of references, which fill a list.
	Path string
	Into string // the field beside it that is filled: "groupID"
	Kind string // of the object named: "ec2.SecurityGroup"
	From string // path of the value to take from that object, "spec.name"; empty: its id
	// Step says that only a step needs it: the resource is made without, and the
	// object is not Synced until the other is ready. Any other reference is
	// needed by the create.
	Step bool
	// Exists says that the other's id is enough: it need not be Synced. Two
	// objects that name each other would otherwise wait for ever.
	Exists bool
}

// References lists the references of a kind, by its Name.
func References(kind string) []Reference { return references[kind] }

// Others are the kinds that references may name although Tack does not serve
// them: of another controller's object only the status is read.
func Others() []Kind { return slices.Clone(others) }

// Referable is the kind of that Name, which a reference may name.
func Referable(name string) (Kind, bool) {
	for _, k := range slices.Concat(served, others) {
		if k.Name() == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Secrets lists the fields of a kind's spec, by its Name, that may hold secrets
// although ACK takes them as plain text: dotted paths relative to the spec. Their
// values are never in clear in a history, a log, an event or a status, unless the
// operator accepts it.
func Secrets(kind string) []string { return secrets[kind] }

// LateInitialized lists the fields of a kind's spec, by its Name, into which the value
// that AWS chose is written where the user leaves them out.
func LateInitialized(kind string) []string { return late[kind] }
