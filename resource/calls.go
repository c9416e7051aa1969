package resource

import (
	"encoding/json"
	"slices"
	"time"
)

// Start is the input of a workflow. Carry is set when a run continues as new.
type Start struct {
	Ref   Ref   `json:"ref"`
	Carry Carry `json:"carry,omitzero"`
}

// Carry is what a run hands to the one that continues it: an id that is not yet
// recorded must outlive everything.
type Carry struct {
	Record *RecordInput `json:"record,omitempty"`
	Force  bool         `json:"force,omitempty"`
	// Deleted is the id of the resource that AWS has taken the deletion of: if it
	// is not found any more, it is gone, not merely not to be seen yet.
	Deleted string `json:"deleted,omitempty"`
	// Trouble is what the object says that AWS keeps answering.
	Trouble Trouble `json:"trouble,omitzero"`
	// Doubted is when the workflow first looked at the object in doubt.
	Doubted Doubted `json:"doubted,omitzero"`
	// Waited says that a deletion has waited for as long as a run may last.
	Waited bool `json:"waited,omitempty"`
}

// Trouble is a refusal that is retried, and since when. It lasts over several runs, so
// that the object shows the same words until it ends.
type Trouble struct {
	Verb  string    `json:"verb"`
	Code  string    `json:"code"`
	Since time.Time `json:"since"`
}

// Doubted is an object in doubt and the time of the first look at it. It lasts over
// several runs, so that pokes do not begin the wait for a resource again.
type Doubted struct {
	UID   string    `json:"uid"`
	Since time.Time `json:"since"`
}

// Poke wakes the workflow of an object. It says why, never what to do: the level
// is read live.
type Poke struct {
	UID             string `json:"uid,omitempty"`
	ResourceVersion string `json:"resourceVersion,omitempty"`
	Reason          string `json:"reason"`
	Force           bool   `json:"force,omitempty"` // look at AWS even when the status says settled
	Gone            bool   `json:"gone,omitempty"`  // the object of that uid is no longer there
}

// Known is what is known of an object before its run begins. What a run is
// started with costs no event, so that a run which changes nothing adds none.
type Known struct {
	Account, Region, ID string
	State               State
}

// Result is what a run returns.
type Result struct {
	State  State  `json:"state"`
	ID     string `json:"id,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// ObserveInput is the input of Observe, Await, Validate and Find.
type ObserveInput struct {
	Object   Object    `json:"object"`
	Target   Target    `json:"target"`
	Failures []Failure `json:"failures,omitempty"` // of this pass, so far
	Done     []Done    `json:"done,omitempty"`     // of this pass, so far
	// Since is when Find began: an earlier sender may have been alive until then. For
	// an object in doubt, it is when the workflow first looked at it.
	Since time.Time `json:"since,omitzero"`
	// Held is what the object says that keeps AWS from deleting the resource: Await ends
	// when something else does.
	Held string `json:"held,omitempty"`
	// Tell ends Find after seconds without a result, so that the object tells. It ends
	// Await when AWS's refusals have another code than Told for seconds.
	Tell bool `json:"tell,omitempty"`
	// Told is the reason that the object tells while Await waits.
	Told string `json:"told,omitempty"`
	// Unread says that Told is why AWS could not be looked at: Await ends when it can.
	Unread bool `json:"unread,omitempty"`
}

// Place is where the calls go.
func (in ObserveInput) Place() Target { return in.Target }

// Deleted says whether AWS took the deletion of the resource: in this pass, or in an
// earlier one that the run remembers.
func (in ObserveInput) Deleted() bool {
	return slices.ContainsFunc(in.Done, func(done Done) bool { return done.Verb == VerbDelete })
}

// CallInput is the input of a mutating AWS activity.
type CallInput struct {
	Target  Target          `json:"target"`
	Request json.RawMessage `json:"request"`
	Once    bool            `json:"once,omitempty"` // as the step says
	Run     string          `json:"run,omitempty"`  // as the plan says; another run's call is not sent
	// Tell ends the activity once it has been retried for seconds, so that the object
	// tells what AWS answers. The run then sends the same request again.
	Tell bool `json:"tell,omitempty"`
	// Waited says that what depends on the resource has been waited for already: the
	// pauses are the longest from the start.
	Waited bool `json:"waited,omitempty"`
	// Fresh is what the request may name and was made of late.
	Fresh []Made `json:"fresh,omitempty"`
}

// Place is where the call goes.
func (in CallInput) Place() Target { return in.Target }

// CallOutput is the result of a mutating AWS activity.
type CallOutput struct {
	ID     string          `json:"id,omitempty"` // of a create
	ARN    string          `json:"arn,omitempty"`
	Answer json.RawMessage `json:"answer,omitempty"` // what AWS said, without empty fields
}

// Found is the result of Find.
type Found struct {
	ID  string `json:"id,omitempty"` // empty: shown absent over the whole window
	ARN string `json:"arn,omitempty"`
}

// Swept is the result of Sweep, which looks after success for what a request made
// that had been given up for lost.
type Swept struct {
	Steps  []Step     `json:"steps,omitempty"`  // that take away what is certainly ours and not used
	Advice []string   `json:"advice,omitempty"` // what was found, for people
	Again  *time.Time `json:"again,omitempty"`  // such a request may arrive until then
	Run    string     `json:"run,omitempty"`    // the workflow run that looked
}

// LevelInput is the input of kube/Level and kube/Await.
type LevelInput struct {
	Ref    Ref    `json:"ref"`
	Digest string `json:"digest,omitempty"` // Await ends when it is another
	Wait   *Wait  `json:"wait,omitempty"`   // or when this is
}

// ClaimInput is the input of kube/Claim.
type ClaimInput struct {
	Ref   Ref    `json:"ref"`
	UID   string `json:"uid"`
	Claim Claim  `json:"claim"`
	// Over is the run of the claim that the level held; empty: it held none. An
	// open claim of any other run is one that this run has not looked up.
	Over string `json:"over,omitempty"`
}

// CodeReset is the code of a call that was not sent, and the reason of a write that
// was not made, because the run was reset.
const CodeReset = "RunWasReset"

// RecordInput is the input of kube/RecordID: the claim with its id.
type RecordInput struct {
	Ref   Ref    `json:"ref"`
	UID   string `json:"uid"`
	Claim Claim  `json:"claim"`
	Found bool   `json:"found,omitempty"` // looked up, not just created
	// Proven says that our create returned the id, or that AWS's tags confirm it: only
	// then the status shows it.
	Proven bool `json:"proven,omitempty"`
	// Planned is the run whose look led to this: another run, which was reset, records
	// nothing on an object without a claim. It is empty for an id that a run hands to
	// the one that continues it.
	Planned string `json:"planned,omitempty"`
}

// ReleaseInput is the input of kube/Release and kube/RemoveFinalizer.
type ReleaseInput struct {
	Ref     Ref       `json:"ref"`
	UID     string    `json:"uid"`
	Message string    `json:"message,omitempty"` // for the Kubernetes event
	Lost    time.Time `json:"lost,omitzero"`     // as the claim has it
	// ID is set by a run that let go of that very resource, to make another
	// elsewhere: kube/Release then drops the recorded claim.
	ID string `json:"id,omitempty"`
	// Run is the run of the claim that is released; empty: it is not compared.
	Run string `json:"run,omitempty"`
	// Claim is the open claim as the run knows it. If somebody dropped it from the
	// object, it is written back as void: it tells of the request that was given up.
	Claim *Claim `json:"claim,omitempty"`
	// Planned is the run whose look led to this: another run, which was reset, releases
	// nothing. It is empty where no look was needed.
	Planned string `json:"planned,omitempty"`
}

// Written is the result of every kube activity that writes.
type Written struct {
	Gone     bool `json:"gone,omitempty"`     // no object of that uid any more
	Deleting bool `json:"deleting,omitempty"` // it is being deleted: nothing was claimed
	Stale    bool `json:"stale,omitempty"`    // it has another claim meanwhile: nothing was written
	Changed  bool `json:"changed,omitempty"`
	// Run is the workflow run that the claim holds now.
	Run string `json:"run,omitempty"`
}
