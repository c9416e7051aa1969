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

// The faults. A hold lasts until a test ends or deletes the rule, or the client
// disconnects.
const (
	// FaultHoldBefore holds the call before it reaches AWS. If the client
	// disconnects meanwhile, the request is lost, unless the rule has Deliver.
	FaultHoldBefore Fault = "hold-before"
	// FaultHoldAfter holds the answer of a call that AWS carried out.
	FaultHoldAfter Fault = "hold-after"
	// FaultLoseResponse resets the connection after AWS carried out the call.
	FaultLoseResponse Fault = "lose-response"
	// FaultLoseRequest resets the connection. The call never reaches AWS.
	FaultLoseRequest Fault = "lose-request"
	// FaultError answers with Code, Status and Message. The call never reaches AWS.
	FaultError Fault = "error"
	// FaultDelay delays the call by Milliseconds before it reaches AWS.
	FaultDelay Fault = "delay"
	// FaultFailed lets a create succeed, but its resource fails with Code and
	// Message when it leaves "pending".
	FaultFailed Fault = "failed"
)

var faults = []Fault{
	FaultHoldBefore, FaultHoldAfter, FaultLoseResponse, FaultLoseRequest, FaultError, FaultDelay, FaultFailed,
	FaultHangResponse, FaultCutResponse, FaultErrorResponse, FaultEmptyResponse, FaultDeny, FaultExpire, FaultInvisible, FaultStale, FaultPages,
}

// Actions is a list of actions. JSON also allows a single string. An action that ends
// in "*" matches every action that begins so. An empty list matches every action.
type Actions []string

// UnmarshalJSON accepts a string or a list.
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
	return len(a) == 0 || slices.ContainsFunc(a, func(one string) bool {
		beginning, open := strings.CutSuffix(one, "*")
		return one == action || open && strings.HasPrefix(action, beginning)
	})
}

// Rule gives a fault to calls. An empty field matches every call. The oldest rule
// that matches applies. Rules for FaultInvisible, FaultStale and FaultPages apply in
// addition.
type Rule struct {
	ID      string  `json:"id,omitempty"`
	Action  Actions `json:"action,omitempty"`
	Account string  `json:"account,omitempty"`
	// Principal is the ARN of the user or the role that calls.
	Principal string `json:"principal,omitempty"`
	Owner     string `json:"owner,omitempty"`
	// Role is the RoleArn of an AssumeRole.
	Role string `json:"role,omitempty"`
	// Skip is how many matching calls pass first. Times is how many calls then get
	// the fault, 0 for all.
	Skip  int   `json:"skip,omitempty"`
	Times int   `json:"times,omitempty"`
	Fault Fault `json:"fault"`
	// Deliver sends a held call to AWS at the end even if its client has
	// disconnected: a delayed request.
	Deliver bool `json:"deliver,omitempty"`
	// Code, Status and Message are the answer of FaultError and FaultErrorResponse.
	// Code and Message are the failure of FaultFailed.
	Code    string `json:"code,omitempty"`
	Status  int    `json:"status,omitempty"`
	Message string `json:"message,omitempty"`
	// Milliseconds is the delay of FaultDelay. For FaultInvisible and FaultStale it
	// is their duration, and 0 means until the rule is ended or deleted.
	Milliseconds int `json:"milliseconds,omitempty"`
	// By and Flapping are for FaultInvisible.
	By       []By `json:"by,omitempty"`
	Flapping bool `json:"flapping,omitempty"`
	// Items is how many items FaultPages puts on a page; 0 means one.
	Items int `json:"items,omitempty"`
}

func (r *Rule) validate() error {
	if !slices.Contains(faults, r.Fault) {
		return fmt.Errorf("reading a rule: unknown fault %q, want one of %v", r.Fault, faults)
	}
	if r.Skip < 0 || r.Times < 0 || r.Milliseconds < 0 {
		return fmt.Errorf("reading a rule: skip, times and milliseconds can't be negative")
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

// validateFault checks the fields that single faults need or allow.
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
		(r.Owner == "" || SameOwner(owner, r.Owner)) &&
		(r.Role == "" || r.Role == c.form.Get("RoleArn"))
}

// RuleState is a rule with its counts.
type RuleState struct {
	Rule
	// Matched counts the calls that match, including skipped ones. Hit counts those
	// that got the fault. Holding counts those that are held now.
	Matched int `json:"matched"`
	Hit     int `json:"hit"`
	Holding int `json:"holding"`
	// Ended means that the rule has ended and holds no call.
	Ended bool `json:"ended"`
}
