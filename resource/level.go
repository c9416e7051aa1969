package resource

import (
	"encoding/json"
	"strings"
	"time"
)

// Claim is written on an object before its first AWS request, and closed by the id that AWS
// returns. Without a claim, no request was ever sent. A claim without an id means that the outcome
// of a create is unknown.
type Claim struct {
	Install     string    `json:"install"`       // the installation that claimed
	UID         string    `json:"uid,omitempty"` // of the object with the claim
	For         Ref       `json:"for,omitzero"`  // that object; zero in claims of older versions
	Run         string    `json:"run,omitempty"` // the workflow run that wrote it
	Incarnation int       `json:"incarnation"`   // the number of the resource made for this object, from 1
	Target      Target    `json:"target"`        // the target of the request
	Request     string    `json:"request"`       // sha256 of the frozen create request, hex
	Key         string    `json:"key,omitempty"` // natural key of the request, if it has one
	Time        time.Time `json:"time"`          // of the claim; after the record, of the record
	ID          string    `json:"id,omitempty"`
	ARN         string    `json:"arn,omitempty"`
	Void        bool      `json:"void,omitempty"` // certainly, nothing was made
	// Lost is the time when a request without a known outcome was last given up. It may still
	// arrive and make a second resource.
	Lost time.Time `json:"lost,omitzero"`
	// Filled is the digest of the inputs after Tack's late initialization of the spec. With it, the
	// watch tells that write from a person's.
	Filled string `json:"filled,omitempty"`
	// Adopted is true when the resource existed before the object, which adopted it.
	Adopted bool `json:"adopted,omitempty"`
	// TakenOver is true when the object took the resource over from another controller. The annotation that
	// asked for it may be gone since.
	TakenOver bool `json:"takenOver,omitempty"`
	// Replaced is the resource in whose place this one is, or is about to be, until it is deleted.
	Replaced *Replaced `json:"replaced,omitempty"`
}

// WrittenOn reports whether the claim was written on that very object. The uid identifies the
// object. The name is compared as well, because anybody may copy an annotation. A claim without a
// uid proves nothing.
func (c *Claim) WrittenOn(uid string, ref Ref) bool {
	return c != nil && c.UID == uid && uid != "" && (c.For == Ref{} || c.For.sameName(ref))
}

// Nothing reports whether it is certain that this object has no resource.
func (c *Claim) Nothing() bool { return c == nil || c.Void }

// Open reports whether the claim still lacks the id of its resource.
func (c *Claim) Open() bool { return !c.Nothing() && c.ID == "" }

// Recorded reports whether the object has a resource with a known id.
func (c *Claim) Recorded() bool { return !c.Nothing() && c.ID != "" }

// Object is an object as the API server returned it at the start of a pass. Workflow history holds
// it, so that a replay needs no cluster.
type Object struct {
	Owner      Owner           `json:"owner"`
	Created    time.Time       `json:"created,omitzero"` // by the API server
	Generation int64           `json:"generation"`
	NewSpec    bool            `json:"newSpec,omitempty"` // the spec changed since the last report
	Deleting   bool            `json:"deleting,omitempty"`
	Retain     bool            `json:"retain,omitempty"`       // deletion policy: keep the AWS resource
	ReadOnly   bool            `json:"readOnly,omitempty"`     // Tack observes the AWS resource, and never writes to AWS
	PlanOnly   bool            `json:"planOnly,omitempty"`     // Tack reports the calls that it would make, and makes none
	Force      bool            `json:"forceDestroy,omitempty"` // a deletion first removes what holds the AWS resource
	Finalizer  bool            `json:"finalizer,omitempty"`
	Spec       json.RawMessage `json:"spec"`             // with every resolved reference filled in
	Status     json.RawMessage `json:"status,omitempty"` // as it was; kinds read from it what AWS does not return again
	Claim      *Claim          `json:"claim,omitempty"`  // the claim that was written on this very object
	Shown      string          `json:"shown,omitempty"`  // the id in the status
	Synced     string          `json:"synced,omitempty"` // the id that was last reported as Synced
	// Doubt is set for an object without a claim that may still have a resource: only AWS's tags
	// can resolve it.
	Doubt *Doubt `json:"doubt,omitempty"`
	// Adoption is set while the annotations ask for an existing resource.
	Adoption *Adoption `json:"adoption,omitempty"`
	// TakesOver is true when an annotation asks Tack to take the resource over from another controller, or
	// when the claim says that it did. It stays true after the take-over.
	TakesOver bool `json:"takesOver,omitempty"`
	// Replacement is set while an annotation lets Tack replace the resource where AWS cannot change a field.
	Replacement *Replacement `json:"replacement,omitempty"`
	// Ignored are the fields that the annotation names, such as "spec.routes", with the references
	// that fill them; see Ignores. Unready is what only a new resource waits for: references of such
	// fields.
	Ignored []string `json:"ignored,omitempty"`
	Unready *Wait    `json:"unready,omitempty"`
	// DefaultTags are those that the installation names; nil: it names none, so they are ACK's.
	DefaultTags []DefaultTag `json:"defaultTags,omitzero"`

	Retries int  `json:"retries,omitempty"` // consecutive tries of these inputs that ended blocked
	Early   bool `json:"early,omitempty"`   // the next of these tries is still to come: an event started the pass
}

// Goes reports whether the object is being deleted and has nothing in AWS.
func (o Object) Goes() bool { return o.Deleting && o.Claim.Nothing() && o.Doubt == nil }

// Edited reports whether claim and status name different resources: somebody edited one of them.
func (o Object) Edited() bool {
	return o.Claim.Recorded() && o.OnlyShown()
}

// OnlyShown reports whether the status names a resource that the claim does not name.
func (o Object) OnlyShown() bool { return o.Shown != "" && o.Shown != o.Claim.Present() }

// InDoubt reports whether one empty answer of AWS proves nothing about the object.
func (o Object) InDoubt() bool { return o.Doubt != nil || o.Edited() }

// Fresh reports whether our create made the resource since the object was read. The status shows
// the id once it is recorded. An adopted resource has no request, and an object from a backup has
// another uid.
func (o Object) Fresh() bool {
	var shown map[string]any
	_ = json.Unmarshal(o.Status, &shown) // without a status, it shows nothing
	return o.Claim.Recorded() && o.Claim.Request != "" && o.Claim.UID == o.Owner.UID && len(shown) == 0
}

// Doubt is what an object without a claim shows about a resource. Somebody removed or damaged the
// claim, or it was written on an earlier object with the same name.
type Doubt struct {
	// ID is the id in the status, or in a claim that proves nothing. Unless its tags name this very
	// object, it belongs to another controller, and Tack makes nothing.
	ID string `json:"id,omitempty"`
	// Lost is true when the claim was ours and is gone, because the conditions are ours.
	Lost bool `json:"lost,omitempty"`
	// Incarnation is the number in a claim without proof. The next create uses a higher one,
	// because the token of that number may be spent.
	Incarnation int `json:"incarnation,omitempty"`
	// Past is true when the claim belongs to an earlier object with this name. None of its requests
	// is in flight, so the next resource is made after one observation.
	Past bool `json:"past,omitempty"`
	// Reported is true when the object already reports that its resource is not proven to be its own.
	// Otherwise, each later observation would repeat the wait before that report.
	Reported bool `json:"told,omitempty"`
}

// Named reports whether the doubt names a certain resource. Until the doubt is resolved, the object
// may be another controller's. Tack makes nothing for it, and reads only what it needs to ask for
// tags.
func (d *Doubt) Named() bool { return d != nil && d.ID != "" }

// OfAnother reports whether the named resource may be another controller's, because no claim of ours
// was lost.
func (d *Doubt) OfAnother() bool { return d.Named() && !d.Lost }

// LeftAlone returns the beginning of the message of an object that Tack leaves alone because of AWS's
// tags. The bridge recognizes the object by it.
func (d *Doubt) LeftAlone() string { return "the status names " + d.ID + ", which " }

// WasLeftAlone reports whether a message says that Tack leaves the object alone because of AWS's
// tags. Earlier versions used other words.
func (d *Doubt) WasLeftAlone(message string) bool {
	return strings.HasPrefix(message, d.LeftAlone()) || strings.HasPrefix(message, "the status tells of "+d.ID+", which ")
}

// Level is the input of a pass: everything that decides about an object, read live and together.
type Level struct {
	Gone          bool        `json:"gone,omitempty"` // no object has that name, or it has another uid
	Object        Object      `json:"object"`
	Target        Target      `json:"target"`               // zero while Wait is set
	Asked         Target      `json:"asked,omitzero"`       // the place that the inputs name, for search while its role is missing
	Accepter      Accepter    `json:"accepter,omitzero"`    // the other account or Region, if a plan asked for one
	Digest        string      `json:"digest"`               // of every input that counts
	ReportedState State       `json:"settled,omitempty"`    // the state in the status for these very inputs; empty: none
	Wait          *Wait       `json:"wait,omitempty"`       // why no call may be made yet
	Problem       *Problem    `json:"problem,omitempty"`    // why no call will be made until an input changes
	Unresolved    []string    `json:"unresolved,omitempty"` // references that only steps need, in words
	References    *References `json:"references,omitempty"` // the state of all references; nil: the spec has none
	Dependants    []string    `json:"dependants,omitempty"` // objects that still refer to one that is being deleted
	Replacing     bool        `json:"replacing,omitempty"`  // the claim replaces a resource, and Unmoved is known
	Unmoved       []string    `json:"unmoved,omitempty"`    // objects that are not Synced with the new resource yet
	Moved         bool        `json:"moved,omitempty"`      // the inputs now name a place other than that of the open claim
	Relocating    bool        `json:"leaving,omitempty"`    // somebody asked to release the resource there and to make another where the inputs now name
	Kept          bool        `json:"kept,omitempty"`       // settled by references that are not proven but unchanged since the last apply: no request may use them
	Selected      string      `json:"selected,omitempty"`   // in words, the selector that gave the role
	Chain         []string    `json:"chain,omitempty"`      // in words, the inputs that gave account, role and Region
	Fresh         []Made      `json:"fresh,omitempty"`      // recently made resources that its references name

	// Run is the workflow run that read the level. A run that was reset holds such a level from the
	// part of history that was kept, and reads a new one before it acts.
	Run string `json:"run,omitempty"`

	Annotations map[string]string `json:"annotations,omitempty"` // of the object, those that count
}

// Made is a resource with the time when its id was recorded.
type Made struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
}

// References is the state of a spec's references, for the condition of that name.
type References struct {
	Status  string `json:"status"`            // of the condition: "True", "False" or "Unknown"
	Message string `json:"message,omitempty"` // which references are not resolved, and why
}

// Wait is a reason to wait. The reason is in CamelCase. The message names the missing thing and the
// remedy for a person.
type Wait struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// Problem stops an object until a person changes an input.
type Problem struct {
	State   State  `json:"state"` // Terminal, Blocked, Paused or Foreign
	Reason  string `json:"reason"`
	Message string `json:"message"`
	// Args are the values in the message. With the reason, they identify the problem, so the digest
	// of the inputs holds them and not the words.
	Args []string `json:"args,omitempty"`
	// Unproven is true when AWS's tags do not confirm the claim: the status keeps the id that it
	// shows.
	Unproven bool `json:"unproven,omitempty"`
	// ByAnother is true when another resource causes the problem and may go at any moment: the
	// first rest is short.
	ByAnother bool `json:"byAnother,omitempty"`
}

// InvalidSpec returns the problem of a spec that AWS would refuse, in words; nil: there are none.
func InvalidSpec(words ...string) *Problem {
	if len(words) == 0 {
		return nil
	}
	return &Problem{State: Terminal, Reason: ReasonInvalidSpec, Message: Several(words)}
}

// Failure returns the problem of an object whose resource AWS failed to create, for which Tack makes no
// other one; nil: it did not fail.
func (w *Wait) Failure() *Problem {
	if w == nil {
		return nil
	}
	return &Problem{State: Blocked, Reason: w.Reason, Message: w.Message}
}

// Pauses reports whether somebody asked Tack to wait.
func (p *Problem) Pauses() bool { return p != nil && p.State == Paused }
