package resource

import (
	"bytes"
	"encoding/json"
	"strings"
)

// WorkflowPlan is the type of a workflow that tells what Tack would do for an object, and does nothing.
const WorkflowPlan = "plan"

// UnknownUID is the uid of an object that does not exist yet. UnknownToken stands for the client token
// of its create, which depends on the uid.
const (
	UnknownUID   = "tack:uid-of-the-object"
	UnknownToken = "tack:token-of-the-create"
)

// PlanStart is the input of a workflow that plans.
type PlanStart struct {
	Ref    Ref             `json:"ref"`
	Change Change          `json:"change"`
	DryRun bool            `json:"dryRun,omitempty"` // ask EC2 which calls the role may make
	With   []Beside        `json:"with,omitempty"`   // the objects of the same command to which it refers
	Space  json.RawMessage `json:"space,omitempty"`  // its namespace, if the same command has it
}

// Change is what a person is about to do with an object.
type Change struct {
	Manifest json.RawMessage `json:"manifest,omitempty"` // to apply
	Delete   bool            `json:"delete,omitempty"`
	TakeOver bool            `json:"takeOver,omitempty"` // take the resource over from another controller
}

// Beside is another object of the same command.
type Beside struct {
	Ref  Ref    `json:"ref"`
	Name string `json:"name,omitempty"` // in its spec
}

// ProposeInput is the input of kube/Propose.
type ProposeInput struct {
	PlanStart
	Accepter Target `json:"accepter,omitzero"` // as in LevelInput
}

// Proposal is an object as it would be after a change, and what is known of it before.
type Proposal struct {
	Level  Level     `json:"level"`
	Exists bool      `json:"exists,omitempty"` // the cluster has the object
	Stand  []StandIn `json:"stand,omitempty"`  // the ids that do not exist yet
	Held   []string  `json:"held,omitempty"`   // what the apply would wait for, in words
	Advice []string  `json:"advice,omitempty"` // what a person should know about the proposal
}

// StandIn stands in a request for the id of an object's resource.
type StandIn struct {
	Text string `json:"text"` // in the request
	Of   Ref    `json:"of"`
	Why  string `json:"why"` // there is no id yet
}

// String returns the stand-in as a person would name it: "<id of VPC team-a/main>".
func (s StandIn) String() string { return "<id of " + s.Of.String() + ">" }

// StandInMark begins each text that stands for an id.
const StandInMark = "tack:id-of:"

// HasStandIns reports whether an observation is for a plan, and the spec refers to ids that do not exist
// yet.
func (in ObserveInput) HasStandIns() bool {
	return in.Ahead && bytes.Contains(in.Object.Spec, []byte(StandInMark))
}

// StandInFor returns the text that stands for the id of an object. For a resource with an ARN, it has
// the form of one; name is the end of that, if it is known.
func StandInFor(ref Ref, arn bool, name string) string {
	id := StandInMark + strings.Join([]string{ref.Kind, ref.Namespace, ref.Name}, ":")
	if !arn {
		return id
	}
	id = "arn:aws:iam::000000000000:" + strings.ToLower(ref.ShortKind()) + "/" + id
	if name != "" {
		id += "/" + name
	}
	return id
}

// DescribeInput is the input of Describe: the plan of an observation, for the same object.
type DescribeInput struct {
	Plan   Plan   `json:"plan"`
	Owner  Owner  `json:"owner"`
	Target Target `json:"target"`
	DryRun bool   `json:"dryRun,omitempty"`
}

// Place returns the target of the calls.
func (in DescribeInput) Place() Target { return in.Target }

// PlannedCall is an AWS call as a plan tells of it.
type PlannedCall struct {
	Order     int             `json:"order"`  // from 1; calls with the same number may run in parallel
	Action    string          `json:"action"` // "ec2:CreateVpc"
	Summary   string          `json:"summary"`
	Field     string          `json:"field,omitempty"`
	AccountID string          `json:"account"`
	Region    string          `json:"region"`
	RoleARN   string          `json:"role"`
	Request   json.RawMessage `json:"request"` // without secrets
	// Permission is what EC2 says of the call: Allowed, Lacking or Unknown. It is empty if nobody asked.
	Permission Permission `json:"permission,omitempty"`
	Answer     string     `json:"answer,omitempty"` // why it is lacking or unknown
}

// Permission says whether a role may make a call.
type Permission string

// The permissions.
const (
	Allowed Permission = "allowed"
	Lacking Permission = "lacking"
	Unknown Permission = "unknown"
)

// Planned is the result of a workflow that plans.
type Planned struct {
	Exists  bool          `json:"exists"`             // the cluster has the object
	ID      string        `json:"id,omitempty"`       // of its resource
	Adopted bool          `json:"adopts,omitempty"`   // the object would adopt ID
	Target  Target        `json:"target,omitzero"`    // where the calls go
	Calls   []PlannedCall `json:"calls,omitempty"`    // in order
	Stand   []StandIn     `json:"standIns,omitempty"` // in the requests
	Notes   []string      `json:"notes,omitempty"`    // what AWS cannot change
	Advice  []string      `json:"advice,omitempty"`   // what a person should know
	Waits   []string      `json:"waits,omitempty"`    // what the object would wait for
	Problem *Problem      `json:"problem,omitempty"`  // why no call, or no other call, is made
	// Later is true if AWS must finish a change first: further calls may follow.
	Later bool `json:"later,omitempty"`
}
