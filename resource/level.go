package resource

import (
	"encoding/json"
	"time"
)

// Claim is written on an object before anything is sent to AWS for it, and
// closed by the id that AWS gave. No claim means that nothing was ever sent; a
// claim without an id means a create of which nobody knows how it ended.
type Claim struct {
	Install     string    `json:"install"`       // who claimed
	UID         string    `json:"uid,omitempty"` // of the object that it was written on
	For         Ref       `json:"for,omitzero"`  // that object; zero in claims of older versions
	Run         string    `json:"run,omitempty"` // the workflow run that wrote it
	Incarnation int       `json:"incarnation"`   // counts the resources made for this object, from 1
	Target      Target    `json:"target"`        // where the request went
	Request     string    `json:"request"`       // sha256 of the frozen create request, hex
	Key         string    `json:"key,omitempty"` // natural key of the request, where it has one
	Time        time.Time `json:"time"`          // of the claim, or of the recording once there is an id
	ID          string    `json:"id,omitempty"`
	ARN         string    `json:"arn,omitempty"`
	Void        bool      `json:"void,omitempty"` // it is known that nothing was made
	// Lost is when a request was last given up that nobody had heard of: it may
	// arrive yet, and make a second resource.
	Lost time.Time `json:"lost,omitzero"`
	// Filled is the digest of the inputs with the fields that we put into the
	// spec: by it the watch knows that write from a person's.
	Filled string `json:"filled,omitempty"`
}

// WrittenOn says whether the claim was written on that very object. Its uid tells
// it apart from all others; the name is compared as well, because a claim is an
// annotation that everybody may copy. A claim without a uid proves nothing.
func (c *Claim) WrittenOn(uid string, ref Ref) bool {
	return c != nil && c.UID == uid && uid != "" && (c.For == Ref{} || c.For.sameName(ref))
}

// Nothing says whether it is certain that this object has no resource.
func (c *Claim) Nothing() bool { return c == nil || c.Void }

// Open says whether the claim still waits for the id of its resource.
func (c *Claim) Open() bool { return !c.Nothing() && c.ID == "" }

// Recorded says whether the object has a resource whose id is known.
func (c *Claim) Recorded() bool { return !c.Nothing() && c.ID != "" }

// Object is an object as the API server held it when a pass began. History
// holds it, so that a replay needs no cluster.
type Object struct {
	Owner      Owner           `json:"owner"`
	Generation int64           `json:"generation"`
	Deleting   bool            `json:"deleting,omitempty"`
	Retain     bool            `json:"retain,omitempty"` // deletion policy: let the AWS resource live
	Finalizer  bool            `json:"finalizer,omitempty"`
	Spec       json.RawMessage `json:"spec"`             // with every resolved reference filled in
	Status     json.RawMessage `json:"status,omitempty"` // as it was; kinds read from it what AWS does not repeat
	Claim      *Claim          `json:"claim,omitempty"`  // the one that was written on this very object
	Shown      string          `json:"shown,omitempty"`  // the id in the status
	// Doubt is set for an object without a claim that may have a resource all
	// the same: only AWS's tags can say so.
	Doubt   *Doubt `json:"doubt,omitempty"`
	Retries int    `json:"retries,omitempty"` // how often in a row a pass ended blocked
}

// Goes says whether the object is being deleted, and has nothing in AWS.
func (o Object) Goes() bool { return o.Deleting && o.Claim.Nothing() && o.Doubt == nil }

// Edited says whether claim and status name different resources: somebody edited one.
func (o Object) Edited() bool {
	return o.Claim.Recorded() && o.Shown != "" && o.Shown != o.Claim.ID
}

// InDoubt says whether one empty answer of AWS proves nothing about the object.
func (o Object) InDoubt() bool { return o.Doubt != nil || o.Edited() }

// Doubt is what an object without a claim tells of a resource. The claim was
// removed, damaged, or written on the object that had the name before.
type Doubt struct {
	// ID is what the status, or a claim that proves nothing, names. Without the
	// tags of this very object it is another controller's: nothing is made.
	ID string `json:"id,omitempty"`
	// Lost says that the claim was ours and is gone: the conditions are ours.
	Lost bool `json:"lost,omitempty"`
	// Incarnation is the one that a claim without proof tells: a higher one is made
	// next, because its token may be spent.
	Incarnation int `json:"incarnation,omitempty"`
	// Past says that the claim is of an object that had this name before. No request
	// of it is in flight, so the next resource is made after one look.
	Past bool `json:"past,omitempty"`
	// Told says that the object already reports that its resource is not proven to be
	// its own. Each later look would else repeat the wait before that report.
	Told bool `json:"told,omitempty"`
}

// Named says whether there is a doubt about a certain resource. Until it is settled
// the object may be another controller's: nothing is made for it, nor read of it
// that is not needed to ask for tags.
func (d *Doubt) Named() bool { return d != nil && d.ID != "" }

// Level is what a pass works on: everything that decides about an object, read
// live and together.
type Level struct {
	Gone       bool        `json:"gone,omitempty"` // no object of that name, or another uid
	Object     Object      `json:"object"`
	Target     Target      `json:"target"`               // zero while Wait is set
	Asked      Target      `json:"asked,omitzero"`       // the place that the inputs name, for search while its role is missing
	Digest     string      `json:"digest"`               // of every honoured input
	Settled    State       `json:"settled,omitempty"`    // how the status tells of these very inputs already; empty: it does not
	Wait       *Wait       `json:"wait,omitempty"`       // why no call may be made yet
	Problem    *Problem    `json:"problem,omitempty"`    // why none will be made until an input changes
	Unresolved []string    `json:"unresolved,omitempty"` // references that only steps need, in words
	References *References `json:"references,omitempty"` // how all references stand; nil: the spec has none
	Dependants []string    `json:"dependants,omitempty"` // objects that still refer to one that is being deleted
	Moved      bool        `json:"moved,omitempty"`      // the open claim is bound to another place than the inputs now name
	Leaving    bool        `json:"leaving,omitempty"`    // someone asked to let go of the resource there, and to make another where the inputs now name
	Kept       bool        `json:"kept,omitempty"`       // settled by references that are not proven, but as applied last: nothing is sent by them
	Selected   string      `json:"selected,omitempty"`   // in words, the selector that gave the role
	Chain      []string    `json:"chain,omitempty"`      // in words, by which inputs account, role and Region were found
	Fresh      []Made      `json:"fresh,omitempty"`      // what its references name and was made of late

	Annotations map[string]string `json:"annotations,omitempty"` // of the object, those that are honoured
}

// Made is a resource and when its id was recorded.
type Made struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
}

// References says how the references of a spec stand, for the condition of that name.
type References struct {
	Status  string `json:"status"`            // of the condition: "True", "False" or "Unknown"
	Message string `json:"message,omitempty"` // which are not resolved, and why
}

// Wait says what is waited for. The reason is CamelCase, the message tells a
// person which thing is missing and what to do.
type Wait struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// Problem is what stops an object until a person changes an input.
type Problem struct {
	State   State  `json:"state"` // Terminal, Blocked or Foreign
	Reason  string `json:"reason"`
	Message string `json:"message"`
	// Unproven says that AWS's tags do not confirm the claim: the status keeps the
	// id that it shows.
	Unproven bool `json:"unproven,omitempty"`
}
