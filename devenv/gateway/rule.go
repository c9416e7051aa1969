package gateway

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Fault is what a rule does to a call.
type Fault string

// The faults. A hold lasts until the rule is released or deleted, or the
// client is gone.
const (
	// FaultHoldBefore holds the call before AWS sees it. When the client goes
	// meanwhile, the request is lost, unless the rule says Deliver.
	FaultHoldBefore Fault = "hold-before"
	// FaultHoldAfter holds the answer of a call that AWS has carried out.
	FaultHoldAfter Fault = "hold-after"
	// FaultLoseResponse resets the connection after AWS has carried it out.
	FaultLoseResponse Fault = "lose-response"
	// FaultLoseRequest resets the connection, and AWS never sees the call.
	FaultLoseRequest Fault = "lose-request"
	// FaultError answers with Code, Status and Message; AWS never sees the call.
	FaultError Fault = "error"
	// FaultDelay adds Milliseconds before AWS sees the call.
	FaultDelay Fault = "delay"
	// FaultFailed lets a create succeed whose resource, when it is no longer
	// pending, has failed with Code and Message.
	FaultFailed Fault = "failed"
)

var faults = []Fault{
	FaultHoldBefore, FaultHoldAfter, FaultLoseResponse, FaultLoseRequest, FaultError, FaultDelay, FaultFailed,
	FaultHangResponse, FaultCutResponse, FaultErrorResponse, FaultEmptyResponse, FaultDeny, FaultExpire, FaultInvisible, FaultStale, FaultPages,
}

// Actions is a list of actions, in JSON also a single string. Empty and "*"
// match every action.
type Actions []string

// UnmarshalJSON takes a string or a list.
func (a *Actions) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = Actions{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(data, &many); err != nil {
		return fmt.Errorf("reading actions: %w", err)
	}
	*a = many
	return nil
}

func (a Actions) matches(action string) bool {
	return len(a) == 0 || slices.Contains(a, "*") || slices.Contains(a, action)
}

// Rule says which calls get which fault. An empty field matches every call; of
// several rules the oldest that matches is applied, and besides it every one
// that comes on top (FaultInvisible, FaultStale, FaultPages).
type Rule struct {
	ID      string  `json:"id,omitempty"`
	Action  Actions `json:"action,omitempty"`
	Account string  `json:"account,omitempty"`
	// Principal is the ARN of the user or of the role that calls.
	Principal string `json:"principal,omitempty"`
	// Owner is the whole owner, OwnerContains a part of it.
	Owner         string `json:"owner,omitempty"`
	OwnerContains string `json:"ownerContains,omitempty"`
	// Role is the RoleArn of an AssumeRole.
	Role string `json:"role,omitempty"`
	// Skip lets that many matching calls pass first; Times is how many are hit
	// then, 0 for all.
	Skip  int `json:"skip,omitempty"`
	Times int `json:"times,omitempty"`
	// Probability is the part of the calls after Skip that is hit, drawn from
	// Seed, so that the same calls are hit again in the same order; 0 is all.
	Probability float64 `json:"probability,omitempty"`
	Seed        uint64  `json:"seed,omitempty"`
	Fault       Fault   `json:"fault"`
	// Deliver makes a call held before AWS arrive there on release even when
	// its client is gone: a late request.
	Deliver bool `json:"deliver,omitempty"`
	// Code, Status and Message are what FaultError and FaultErrorResponse answer,
	// Code and Message what FaultFailed shows.
	Code    string `json:"code,omitempty"`
	Status  int    `json:"status,omitempty"`
	Message string `json:"message,omitempty"`
	// Milliseconds is for FaultDelay, and how long FaultInvisible and FaultStale
	// last: 0 is until the rule is released or deleted.
	Milliseconds int `json:"milliseconds,omitempty"`
	// By and Flapping are for FaultInvisible.
	By       []By `json:"by,omitempty"`
	Flapping bool `json:"flapping,omitempty"`
	// Items is how many items FaultPages leaves on a page; 0 is one.
	Items int `json:"items,omitempty"`
}

func (r *Rule) validate() error {
	if !slices.Contains(faults, r.Fault) {
		return fmt.Errorf("reading a rule: unknown fault %q, want one of %v", r.Fault, faults)
	}
	if r.Skip < 0 || r.Times < 0 || r.Milliseconds < 0 {
		return fmt.Errorf("reading a rule: skip, times and milliseconds can't be negative")
	}
	if r.Probability < 0 || r.Probability > 1 {
		return fmt.Errorf("reading a rule: probability %v is not between 0 and 1", r.Probability)
	}
	if err := r.validateFault(); err != nil {
		return err
	}
	r.fillErrorResponse()
	if r.Status == 0 {
		r.Status = http.StatusBadRequest
	}
	if r.Status < 400 || r.Status > 599 {
		return fmt.Errorf("reading a rule: status %d is not an error", r.Status)
	}
	return nil
}

// validateFault looks at what one fault needs, and at what is for one alone.
func (r *Rule) validateFault() error {
	if r.Fault == FaultFailed && (len(r.Action) == 0 || slices.ContainsFunc(r.Action, func(a string) bool { return !slices.Contains(failable(), a) })) {
		return fmt.Errorf("reading a rule: fault %q is for the actions %s, not for %q", r.Fault, strings.Join(failable(), ", "), r.Action)
	}
	if (r.Fault == FaultError || r.Fault == FaultFailed) && r.Code == "" {
		return fmt.Errorf("reading a rule: fault %q needs a code", r.Fault)
	}
	if r.Fault != FaultInvisible && (len(r.By) > 0 || r.Flapping) {
		return fmt.Errorf("reading a rule: by and flapping are for fault %q, not for %q", FaultInvisible, r.Fault)
	}
	if r.Items < 0 || r.Items > 0 && r.Fault != FaultPages {
		return fmt.Errorf("reading a rule: items is for fault %q, and can't be negative", FaultPages)
	}
	return validateBy(r.By)
}

func (r *Rule) matches(c *call, owner string) bool {
	return r.Action.matches(c.action) && r.Fault.concerns(c) &&
		(r.Account == "" || r.Account == c.identity.account()) &&
		(r.Principal == "" || r.Principal == c.identity.Principal) &&
		(r.Owner == "" || r.Owner == owner) &&
		strings.Contains(owner, r.OwnerContains) &&
		(r.Role == "" || r.Role == c.form.Get("RoleArn"))
}

// RuleState is a rule and what has come of it.
type RuleState struct {
	Rule
	// Matched counts the calls that match, with the skipped ones; Hit those
	// that got the fault; Holding those that are held now.
	Matched int `json:"matched"`
	Hit     int `json:"hit"`
	Holding int `json:"holding"`
	// Released says that the rule is over and holds nothing any more.
	Released bool `json:"released"`
}
