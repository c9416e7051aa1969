package resource

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// NewID is a placeholder in a planned request for the id that the create will return.
const NewID = "tack:id-of-the-create"

// Plan is the result of Observe: what exists, and what to do about it. History records it, and the
// workflow carries it out unchanged. The workflow therefore needs no code of a kind, and a planner
// may change without breaking a running workflow.
type Plan struct {
	ID     string          `json:"id,omitempty"`     // of the resource found; empty: there is none
	ARN    string          `json:"arn,omitempty"`    //
	Proven bool            `json:"proven,omitempty"` // AWS's tags confirm that ID is this object's
	Create *Step           `json:"create,omitempty"` // set when a resource must be made
	Steps  []Step          `json:"steps,omitempty"`  // after Create, its id replaces NewID
	Later  []Step          `json:"later,omitempty"`  // what further rounds would do after Steps, for people: nobody carries it out
	Wait   *Wait           `json:"wait,omitempty"`   // AWS is not in the required state yet
	Held   bool            `json:"held,omitempty"`   // Wait is for an obstacle to the deletion; Steps, if any, are the hourly delete
	Status json.RawMessage `json:"status,omitempty"` // what the status shows of the resource
	Late   json.RawMessage `json:"late,omitempty"`   // fields that the spec omits, with AWS's values
	// Problem is a spec that cannot succeed, or a resource that is not ours.
	Problem *Problem `json:"problem,omitempty"`
	// Notes name changes that AWS cannot make and parts that were left out, in words. An object
	// with notes is not Synced.
	Notes []string `json:"notes,omitempty"`
	// Replaces is true when another resource must take the place of ID, because AWS cannot change a field.
	// Steps then delete ID, and a later pass creates the other one. Where AWS allows both at a time, Replaced
	// is set instead: Create makes the other one beside it.
	Replaces bool      `json:"replaces,omitempty"`
	Replaced *Replaced `json:"replaced,omitempty"`
	// InAWS is true when somebody may end what a note names in AWS, without an edit of the spec. The
	// object is then observed again.
	InAWS bool `json:"inAWS,omitempty"`
	// Advice is what a person should know about a spec that AWS accepts, or about a resource as it is.
	Advice []Advice `json:"advice,omitempty"`
	// Sweep is true when a delayed request may have made a second resource: see Swept.
	Sweep bool `json:"sweep,omitempty"`
	// Accepter is the account and Region, without a role, in which a step must call. The next level
	// says whether the object may call there.
	Accepter Target `json:"accepter,omitzero"`
	// Adopted is true when ID existed before the object, which adopts it.
	Adopted bool `json:"adopted,omitempty"`
	// Last is true when nothing is left to do after Steps: once AWS accepts them all, the pass ends without
	// another observation.
	Last bool `json:"last,omitempty"`
	// Alone is true when the last of several steps may be sent after the others, so that its activity also
	// observes AWS. Plans of older versions do not have it: their steps are sent together.
	Alone bool `json:"alone,omitempty"`
	// Next is when the object is observed again after it is Synced, because AWS changes ID by itself then
	// and no event reports that. Zero: never.
	Next time.Time `json:"next,omitzero"`
	// Incarnation is the number of the resource that Create makes.
	Incarnation int `json:"incarnation,omitempty"`
	// Run is the workflow run that observed. No other run may carry out the plan. A run that was
	// reset holds such a plan from the part of history that was kept.
	Run string `json:"run,omitempty"`
}

// Advice is information for a person; no work waits for it. It appears as a condition ACK.Advisory
// with that reason, in any state of the object.
type Advice struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// Step is one planned AWS call.
type Step struct {
	Verb    string          `json:"verb"`    // "AuthorizeIngress": the activity is "<kind>/<verb>"
	Summary string          `json:"summary"` // in words: "allow tcp 443 from 10.0.0.0/8"
	Path    string          `json:"path,omitempty"`
	Stage   int             `json:"stage,omitempty"` // steps of one stage may run in parallel; a failed stage stops the plan
	Once    bool            `json:"once,omitempty"`  // not idempotent: never sent again before an observation of AWS
	Input   json.RawMessage `json:"input"`           // the SDK's request
	// Target is where the call goes instead of the object's own account and Region. The gate of the
	// level gave it; see Accepter.
	Target Target `json:"target,omitzero"`
	// Again allows a second try of the step in the pass in which AWS refused it. An earlier stage,
	// or an earlier round of the pass, makes room in a full list.
	Again bool `json:"again,omitempty"`
	// Instead names what an earlier stage removes to make room for the step. If AWS refuses the step,
	// the next plan of the pass can put it back.
	Instead string `json:"instead,omitempty"`
	// Unfinished says that AWS refused the request, but may accept a part of it. This try
	// sends no more parts, and the next try does.
	Unfinished bool `json:"unfinished,omitempty"`
	// Key is the natural key of a create, where the spec names it. The claim keeps it: after an
	// edit of the spec, Tack still finds a resource that an unclear create made under its old name.
	Key string `json:"key,omitempty"`
}

// WithID returns the step with the id of the new resource inserted.
func (s Step) WithID(id string) Step {
	// The workflow calls this function, and package encoding/json is not allowed there. AWS's ids
	// are printable ASCII, which Go and JSON quote identically.
	s.Input = bytes.ReplaceAll(s.Input, []byte(strconv.Quote(NewID)), []byte(strconv.Quote(id)))
	return s
}

// Same reports whether both steps send the same request to the same place.
func (s Step) Same(other Step) bool {
	return s.Verb == other.Verb && s.Target == other.Target && bytes.Equal(s.Input, other.Input)
}

// Class is the class of an AWS error: it decides what happens next.
type Class string

// The classes. The table from AWS codes to classes is in package awserror/codes.
const (
	Throttled Class = "Throttled" // not executed, retry soon: stays inside the activity
	Unclear   Class = "Unclear"   // it is unknown whether it was executed
	NotFound  Class = "NotFound"  // the resource, or one that it names, does not exist
	Exists    Class = "Exists"    // the name is taken, or the work is already done
	Dependent Class = "Dependent" // another resource depends on it: stays inside the activity
	Denied    Class = "Denied"    // a role or permission is missing
	Quota     Class = "Quota"     // a limit of the account
	Invalid   Class = "Invalid"   // only another spec can succeed
	Expired   Class = "Expired"   // credentials: get new ones at once
	Gated     Class = "Gated"     // no identity to call with: the object waits and retries within a minute
	Other     Class = "Other"     // a code that is not in the table
)

// ByAnother reports whether AWS refuses because of another resource, which may appear or disappear
// at any moment. What fills a quota is another resource as well.
func (c Class) ByAnother() bool {
	switch c {
	case Exists, Dependent, NotFound, Quota:
		return true
	default:
		return false
	}
}

// Failure is a step that AWS refused.
type Failure struct {
	Step    Step   `json:"step"`
	Code    string `json:"code"` // AWS's code
	Class   Class  `json:"class"`
	Message string `json:"message"`
	// Lasting is true when the activity ended although a retry may succeed. The error lasted for
	// seconds, and the object must report it.
	Lasting bool `json:"lasting,omitempty"`
}

// Done is a step that was carried out, with AWS's answer.
type Done struct {
	Verb   string          `json:"verb"`
	Output json.RawMessage `json:"output,omitempty"`
}

// Did reports whether a step with one of the verbs was carried out.
func Did(done []Done, verbs ...string) bool {
	return slices.ContainsFunc(done, func(d Done) bool { return slices.Contains(verbs, d.Verb) })
}
