package resource

import (
	"cmp"
	"fmt"
)

// Accepter is the account and Region that must accept an object's resource, where they are not the
// object's own. An example is the account of a transit gateway that another account shares.
type Accepter struct {
	Target Target `json:"target"` // without a role while Missing is set
	// Missing says why Tack may not call there, in words.
	Missing string `json:"missing,omitempty"`
}

// Answers reports whether the accepter is the one that a plan asked for.
func (a Accepter) Answers(asked Target) bool {
	return a.Target.AccountID == asked.AccountID && a.Target.Region == asked.Region && a != Accepter{}
}

// Must returns the wait for what only the accepter's account may do, such as "accept tgw-attach-1".
func (a Accepter) Must(what string) *Wait {
	message := fmt.Sprintf("account %s must %s in %s", a.Target.AccountID, what, a.Target.Region)
	if a.Missing != "" {
		message += ", because Tack may not: " + a.Missing
	}
	return &Wait{Reason: ReasonPendingAcceptance, Message: message}
}

// At returns the target of the step's call: the step's own target, or that of its object.
func (s Step) At(object Target) Target { return cmp.Or(s.Target, object) }
