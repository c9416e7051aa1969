package resource

import (
	"encoding/json"
	"slices"
	"time"
)

// Start is the input of a workflow. Carry is set when a run continues as new. Handed is set when the
// bridge read the level right before it started the run.
type Start struct {
	Ref    Ref     `json:"ref"`
	Carry  Carry   `json:"carry,omitzero"`
	Handed *Handed `json:"handed,omitempty"`
}

// Handed is a level that the bridge read live, with the time at which it began to read, by Temporal's clock
// as the bridge estimates it.
type Handed struct {
	Level Level     `json:"level"`
	Read  time.Time `json:"read"`
}

// HandedLasts bounds how long a run may start with a level that the bridge read.
const HandedLasts = 5 * time.Second

// Holds reports whether the level is recent enough at a time. The clocks may differ a little, in both
// directions.
func (h *Handed) Holds(at time.Time) bool { return h != nil && at.Sub(h.Read).Abs() < HandedLasts }

// Carry is the state that a run passes to the run that continues it. An id that is not yet recorded
// must never be lost.
type Carry struct {
	Record *RecordInput `json:"record,omitempty"`
	Force  bool         `json:"force,omitempty"`
	// Deleted is the id of the resource whose deletion AWS accepted. If AWS no longer shows that
	// id, the resource is gone; it is not a new resource that AWS does not show yet.
	Deleted string `json:"deleted,omitempty"`
	// Trouble is the repeated refusal by AWS that the object reports.
	Trouble Trouble `json:"trouble,omitzero"`
	// Doubted is the time of the workflow's first observation of the object in doubt.
	Doubted Doubted `json:"doubted,omitzero"`
	// Waited is true after a deletion has waited as long as a run may last.
	Waited bool `json:"waited,omitempty"`
	// Held is true after a deletion has waited, for as long as a run may last, for something that a
	// read shows. It is also true after its hourly delete.
	Held bool `json:"held,omitempty"`
}

// Trouble is a refusal that is retried, with the time of the first one. It is kept across runs, so
// that the object shows the same words until the trouble ends.
type Trouble struct {
	Verb  string    `json:"verb"`
	Code  string    `json:"code"`
	Since time.Time `json:"since"`
}

// Doubted is an object in doubt, with the time of its first observation. It is kept across runs, so
// that pokes do not restart the wait for a resource.
type Doubted struct {
	UID   string    `json:"uid"`
	Since time.Time `json:"since"`
}

// Poke wakes the workflow of an object. It says why, never what to do: the run reads the level
// live.
type Poke struct {
	UID             string `json:"uid,omitempty"`
	ResourceVersion string `json:"resourceVersion,omitempty"`
	Reason          string `json:"reason"`
	Force           bool   `json:"force,omitempty"` // observe AWS even when the status is settled
	Gone            bool   `json:"gone,omitempty"`  // the object with that uid no longer exists
}

// Known is the information about an object that exists before its run begins. The start of a run
// carries it without an extra event, so that a run that changes nothing adds none.
type Known struct {
	Account, Region, ID string
	State               State
	Handed              *Handed // nil: the run reads its level
}

// Result is the return value of a run.
type Result struct {
	State  State  `json:"state"`
	ID     string `json:"id,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// ObserveInput is the input of Observe, Await, Validate and Find.
type ObserveInput struct {
	Object   Object    `json:"object"`
	Target   Target    `json:"target"`
	Accepter Accepter  `json:"accepter,omitzero"`  // as in the level
	Failures []Failure `json:"failures,omitempty"` // of this pass, so far
	Done     []Done    `json:"done,omitempty"`     // of this pass, so far
	// Since is the start time of Find: an earlier sender may have been alive until then. For an
	// object in doubt, it is the time of the workflow's first observation.
	Since time.Time `json:"since,omitzero"`
	// Held is the obstacle to the deletion that the object reports. Await ends when AWS names a
	// different one.
	Held string `json:"held,omitempty"`
	// Waited is true when that obstacle has been there for minutes. The pauses of Await then start
	// with the longest one.
	Waited bool `json:"waited,omitempty"`
	// Ahead asks for the steps of further rounds, too: see Plan.Later.
	Ahead bool `json:"ahead,omitempty"`
	// EndToReport ends Find after seconds without a result, so that the object can report it. It ends
	// Await when AWS's refusals keep a code other than Reported for seconds.
	EndToReport bool `json:"tell,omitempty"`
	// Reported is the reason that the object reports while Await waits. Await ends when the resource
	// waits for another one.
	Reported string `json:"told,omitempty"`
}

// Place returns the target of the calls.
func (in ObserveInput) Place() Target { return in.Target }

// Deleted reports whether AWS accepted the deletion of the resource, in this pass or in an earlier
// one that the run remembers.
func (in ObserveInput) Deleted() bool {
	return slices.ContainsFunc(in.Done, func(done Done) bool { return done.Verb == VerbDelete })
}

// CallInput is the input of a mutating AWS activity.
type CallInput struct {
	Target  Target          `json:"target"`
	Request json.RawMessage `json:"request"`
	Once    bool            `json:"once,omitempty"` // as in the step
	Run     string          `json:"run,omitempty"`  // as in the plan; a call that another run planned is not sent
	// EndToReport ends the activity after seconds of retries, so that the object can report AWS's answer.
	// The run then sends the same request again.
	EndToReport bool `json:"tell,omitempty"`
	// Eager ends the activity of a deletion after seconds of retries: until the run reports AWS's
	// answer, the object reports a healthy resource.
	Eager bool `json:"leaving,omitempty"`
	// Waited is true when the run already waited for the dependents of the resource. The retries
	// then start with the longest pause.
	Waited bool `json:"waited,omitempty"`
	// Reported is AWS's message that the object shows while the call waits for another resource. The
	// activity ends when AWS says something else for seconds.
	Reported string `json:"told,omitempty"`
	// Fresh lists recently made resources that the request may name.
	Fresh []Made `json:"fresh,omitempty"`
	// Then, if set, asks for an observation once AWS has carried out the call. Its Done lacks this call.
	Then *ObserveInput `json:"then,omitempty"`
	// Owner is the value of the owner tag, for a create. If AWS has no tags for the type, the user
	// agent of the request names it.
	Owner string `json:"owner,omitempty"`
}

// Place returns the target of the call.
func (in CallInput) Place() Target { return in.Target }

// CallOutput is the result of a mutating AWS activity.
type CallOutput struct {
	ID     string          `json:"id,omitempty"` // of a create
	ARN    string          `json:"arn,omitempty"`
	Answer json.RawMessage `json:"answer,omitempty"` // AWS's answer, without empty fields
	Plan   *Plan           `json:"plan,omitempty"`   // of the observation after the call; nil: the run observes itself
}

// Found is the result of Find.
type Found struct {
	ID  string `json:"id,omitempty"` // empty: AWS showed none throughout the window
	ARN string `json:"arn,omitempty"`
	// Incarnation is the number of the resource; 0 from a worker that does not report it.
	Incarnation int `json:"incarnation,omitempty"`
}

// Swept is the result of Sweep, and of Clean, which reads the resource that another one replaced. After a success, Sweep searches for a resource made by a request
// that was given up as lost.
type Swept struct {
	Steps  []Step     `json:"steps,omitempty"`  // delete resources that are certainly ours and unused
	Advice []string   `json:"advice,omitempty"` // findings for people
	Again  *time.Time `json:"again,omitempty"`  // until then, such a request may still arrive
	Run    string     `json:"run,omitempty"`    // the workflow run that searched
	Gone   bool       `json:"gone,omitempty"`   // of Clean: the replaced resource is gone, or not the object's any more
}

// LevelInput is the input of kube/Level and kube/Await.
type LevelInput struct {
	Ref    Ref    `json:"ref"`
	Digest string `json:"digest,omitempty"` // Await ends when the digest differs
	Wait   *Wait  `json:"wait,omitempty"`   // or when this wait is over
	// Accepter is the account and Region for which a plan asked.
	Accepter Target `json:"accepter,omitzero"`
}

// ClaimInput is the input of kube/Claim.
type ClaimInput struct {
	Ref   Ref    `json:"ref"`
	UID   string `json:"uid"`
	Claim Claim  `json:"claim"`
	// Over is the run in the claim that the level held, or empty if it held none. This run has not
	// looked up an open claim of any other run.
	Over string `json:"over,omitempty"`
	// Generation is that of the spec for which the request was planned; zero: any.
	Generation int64 `json:"generation,omitempty"`
}

// CodeReset is the code of a call that was not sent because its run was reset. It is also the
// reason of a write that was not made for that cause.
const CodeReset = "RunWasReset"

// RecordInput is the input of kube/RecordID: the claim with its id.
type RecordInput struct {
	Ref   Ref    `json:"ref"`
	UID   string `json:"uid"`
	Claim Claim  `json:"claim"`
	Found bool   `json:"found,omitempty"` // found by a search, not just created
	// Proven is true when our create returned the id or AWS's tags confirm it. Only then does the
	// status show the id.
	Proven bool `json:"proven,omitempty"`
	// Planned is the run whose observation led to this record. A reset gives the plan to another
	// run, which records nothing on an object without a claim. Planned is empty for an id that a
	// run passes to the run that continues it.
	Planned string `json:"planned,omitempty"`
}

// GiveUpInput is the input of kube/Release and kube/RemoveFinalizer.
type GiveUpInput struct {
	Ref     Ref       `json:"ref"`
	UID     string    `json:"uid"`
	Message string    `json:"message,omitempty"` // for the Kubernetes event
	Lost    time.Time `json:"lost,omitzero"`     // as in the claim
	// ID is set by a run that released that resource in order to make another elsewhere.
	// kube/Release then drops the recorded claim.
	ID string `json:"id,omitempty"`
	// Run is the run in the claim that is released. An empty Run is not compared.
	Run string `json:"run,omitempty"`
	// Claim is the open claim as the run knows it. If somebody removed it from the object, the
	// release writes it back as void, because it records the request that was given up.
	Claim *Claim `json:"claim,omitempty"`
	// Planned is the run whose observation led to this release. A reset gives the plan to another
	// run, which releases nothing. Planned is empty where no observation was needed.
	Planned string `json:"planned,omitempty"`
}

// Written is the result of every kube activity that writes.
type Written struct {
	Gone     bool `json:"gone,omitempty"`     // no object with that uid exists any more
	Deleting bool `json:"deleting,omitempty"` // the object is being deleted: nothing was claimed
	Stale    bool `json:"stale,omitempty"`    // the object now has another claim, or the run was reset: nothing was written
	Changed  bool `json:"changed,omitempty"`
	// Run is the workflow run in the claim as it is now.
	Run string `json:"run,omitempty"`
}
