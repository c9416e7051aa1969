package resource

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// NewID stands in a planned request for the id that the create will give.
const NewID = "tack:id-of-the-create"

// Plan is what Observe found and what is to be done about it. It is recorded in
// history and carried out as it stands, so that the workflow needs no code of a
// kind, and a planner may change without breaking a running workflow.
type Plan struct {
	ID     string          `json:"id,omitempty"`     // of the resource found; empty: there is none
	ARN    string          `json:"arn,omitempty"`    //
	Proven bool            `json:"proven,omitempty"` // AWS's tags say that ID is this object's
	Create *Step           `json:"create,omitempty"` // set when a resource is to be made
	Steps  []Step          `json:"steps,omitempty"`  // after Create, NewID stands for its id
	Wait   *Wait           `json:"wait,omitempty"`   // AWS is not in the wanted state yet
	Held   bool            `json:"held,omitempty"`   // Wait is for what keeps AWS from deleting it
	Status json.RawMessage `json:"status,omitempty"` // what to show of the resource
	Late   json.RawMessage `json:"late,omitempty"`   // fields that the spec leaves out, as AWS has filled them in
	// Problem is a hopeless spec, or a resource that is not ours.
	Problem *Problem `json:"problem,omitempty"`
	// Notes name what AWS cannot change or what was left out, in words; an
	// object with notes is not Synced.
	Notes []string `json:"notes,omitempty"`
	// Advice is what a person should know of a spec that AWS takes.
	Advice []Advice `json:"advice,omitempty"`
	// Sweep says that a second resource may have come into being since: see Swept.
	Sweep bool `json:"sweep,omitempty"`
	// Incarnation is the one that Create makes.
	Incarnation int `json:"incarnation,omitempty"`
	// Run is the workflow run that looked. No other run may carry the plan out: one
	// that was reset holds a plan out of the part of history that was kept.
	Run string `json:"run,omitempty"`
}

// Advice is what a person should know and nothing waits for: a condition
// ACK.Advisory with that reason, beside whatever state the object is in.
type Advice struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// Step is one AWS call to come.
type Step struct {
	Verb    string          `json:"verb"`    // "AuthorizeIngress": the activity is "<kind>/<verb>"
	Summary string          `json:"summary"` // in words: "allow tcp 443 from 10.0.0.0/8"
	Path    string          `json:"path,omitempty"`
	Stage   int             `json:"stage,omitempty"` // steps of one stage may run side by side; a failed stage stops the plan
	Once    bool            `json:"once,omitempty"`  // not idempotent: never sent again before AWS was looked at
	Input   json.RawMessage `json:"input"`           // the SDK's request
	// Again allows a second try in the pass in which AWS refused the step: an earlier
	// stage, or an earlier round of the pass, makes room in a list that is full.
	Again bool `json:"again,omitempty"`
	// Key is the natural key that a create asks for, where the spec names it:
	// the claim keeps it, so that an edit of the spec does not hide the resource
	// that an unclear create made under its old name.
	Key string `json:"key,omitempty"`
}

// WithID is the step with the id of the new resource put in.
func (s Step) WithID(id string) Step {
	// The workflow calls this, where package encoding/json is not allowed. AWS's
	// ids are printable ASCII, which Go quotes as JSON does.
	s.Input = bytes.ReplaceAll(s.Input, []byte(strconv.Quote(NewID)), []byte(strconv.Quote(id)))
	return s
}

// Same says whether both steps send the same request.
func (s Step) Same(other Step) bool {
	return s.Verb == other.Verb && bytes.Equal(s.Input, other.Input)
}

// Class is what an AWS error means for what to do next.
type Class string

// The classes. The table from AWS codes to classes is in package activities.
const (
	Throttled Class = "Throttled" // not executed, try again soon: stays inside the activity
	Unclear   Class = "Unclear"   // nobody knows whether it was executed
	NotFound  Class = "NotFound"  // it, or what it names, is not there
	Exists    Class = "Exists"    // the name is taken, or it is done already
	Dependent Class = "Dependent" // something still depends on it: stays inside the activity
	Denied    Class = "Denied"    // a role or permission is missing
	Quota     Class = "Quota"     // a limit of the account
	Invalid   Class = "Invalid"   // only another spec can cure it
	Expired   Class = "Expired"   // credentials: get new ones at once
	Gated     Class = "Gated"     // no identity to call with: waited for, asked for again within a minute
	Other     Class = "Other"     // no code of the table
)

// Failure is a step that AWS refused.
type Failure struct {
	Step    Step   `json:"step"`
	Code    string `json:"code"` // AWS's code
	Class   Class  `json:"class"`
	Message string `json:"message"`
	// Lasting says that the activity ended although a retry may help: it lasted for
	// seconds, and the object is to tell it.
	Lasting bool `json:"lasting,omitempty"`
}

// Done is a step that was carried out, with AWS's answer.
type Done struct {
	Verb   string          `json:"verb"`
	Output json.RawMessage `json:"output,omitempty"`
}
