package resource

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// input is one value that decides what Tack does for an object.
type input struct {
	name string
	of   func(Level) any
	in   scope
}

// scope says where an input counts.
type scope int

const (
	// inDigest marks an input of the digest. An object whose status holds another value is not
	// settled, and a run that works on another value starts a new pass.
	inDigest scope = 1 << iota
	// ifSet is like inDigest, but nil leaves no trace. Digests written before the input existed
	// therefore remain valid.
	ifSet
	// inRun marks an input for which a run that works on another value starts a new pass. It does
	// not decide whether an object is settled, or ReportedState reads it directly.
	inRun
)

// inputs lists every value that decides what Tack does for an object. The digest, Same and Settled
// derive from it. The bridge wakes an object on changes that Kubernetes shows: its test changes
// each input there, and fails for one that wakes no object. The order is that of the digest and
// must not change: append new inputs, with ifSet.
var inputs = []input{
	{"uid", func(l Level) any { return l.Object.Owner.UID }, inDigest | inRun},
	{"spec, with the ids of its references", func(l Level) any { return l.Object.Spec }, inDigest},
	{"annotations of the object", func(l Level) any { return notNil(l.Annotations) }, inDigest},
	{"partition", func(l Level) any { return l.Target.Partition }, inDigest},
	{"account", func(l Level) any { return l.Target.AccountID }, inDigest},
	{"Region", func(l Level) any { return l.Target.Region }, inDigest},
	{"references of steps that are not resolved", func(l Level) any { return l.Unresolved }, inDigest},
	{"an open claim's other place", func(l Level) any { return l.Moved }, inDigest},
	{"problem", Level.problem, inDigest},
	{"endpoint", func(l Level) any { return set(l.Target.Endpoint) }, ifSet},
	{"retention", Level.retention, ifSet},
	{"take-over", Level.takeOver, ifSet},
	{"default tags", Level.defaultTags, ifSet},
	{"approval of a replacement", Level.replacement, ifSet},

	{"gone", func(l Level) any { return l.Gone }, inRun},
	{"deletion", func(l Level) any { return l.Object.Deleting }, inRun},
	{"finalizer", func(l Level) any { return l.Object.Finalizer }, inRun},
	// All roles of one account have the same effect. A different role is no reason to observe
	// again, but a run calls with the newest one.
	{"target, with its role", func(l Level) any { return targets{l.Target, l.Accepter} }, inRun},
	// The list of objects that still depend on it is only for people. When the last one is gone,
	// that is a reason to retry at once.
	{"dependants", func(l Level) any { return len(l.Dependants) == 0 }, inRun},
}

// targets are where a run may call: in the object's own account, and in that of the accepter.
type targets struct {
	Own      Target
	Accepter Accepter
}

// Same reports whether both levels ask for the same thing of the same object.
func (l Level) Same(other Level) bool {
	if l.Digest != other.Digest {
		return false
	}
	for _, in := range inputs {
		if in.in&inRun != 0 && in.of(l) != in.of(other) {
			return false
		}
	}
	return true
}

// Inputs returns the names of all inputs.
func Inputs() (names []string) {
	for _, in := range inputs {
		names = append(names, in.name)
	}
	return names
}

// Differing returns the names of the inputs in which two levels differ.
func (l Level) Differing(other Level) (names []string) {
	for _, in := range inputs {
		was, _ := json.Marshal(in.of(other)) // plain data cannot fail
		is, _ := json.Marshal(in.of(l))
		if !bytes.Equal(was, is) {
			names = append(names, in.name)
		}
	}
	return names
}

// Digested returns the level with the digest of its inputs.
func (l Level) Digested() Level {
	var values []any
	for _, in := range inputs {
		value := in.of(l)
		if in.in&inDigest != 0 || in.in&ifSet != 0 && value != nil {
			values = append(values, value)
		}
	}
	raw, _ := json.Marshal(values) // plain data cannot fail
	sum := sha256.Sum256(raw)
	l.Digest = hex.EncodeToString(sum[:16])
	return l
}

// retention counts only while the resource is being deleted. Until then, a change of the retention
// policy changes nothing in AWS.
func (l Level) retention() any {
	if !l.Object.Deleting || !l.Object.Retain {
		return nil
	}
	return map[string]bool{"retain": true}
}

// takeOver counts for the objects of another controller, also after the take-over: otherwise the end
// of a take-over would unsettle the object.
func (l Level) takeOver() any {
	if !l.Object.TakesOver {
		return nil
	}
	return map[string]bool{"takeOver": true}
}

// replacement counts only where it waits for an approval: the annotations say the rest.
func (l Level) replacement() any {
	if r := l.Object.Replacement; r == nil || !r.Asks {
		return nil
	}
	return map[string]bool{"asks": true}
}

// problem returns the reason of the problem and its values, without its words. A new wording
// therefore unsettles no object.
//
// Digests of earlier versions contain the words. Only an object with a problem has a different
// digest now. After the upgrade it gets one run, which reads the object, writes the present words
// and ends. That run calls AWS only if the object asks for a release. All other objects stay
// settled.
func (l Level) problem() any {
	if l.Problem == nil {
		return ""
	}
	return append([]string{l.Problem.Reason}, l.Problem.Args...)
}

func notNil(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func set(s string) any {
	if s == "" {
		return nil
	}
	return s
}
