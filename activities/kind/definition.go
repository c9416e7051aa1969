// Package kind is the engine that turns the definition of a kind into
// activities: observing and planning, looking up, and one activity per AWS call.
// What a kind is stands in one file per kind, in packages ec2 and iam.
package kind

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/resource"
)

// Definition is all that Tack knows about one kind. C is the SDK's client, W
// the spec as the user wrote it, G what AWS has got.
type Definition[C, W, G any] struct {
	Kind   string                                       // "ec2.SecurityGroup": workflow type and prefix of the activities
	Client func(aws.Config) C                           // of the SDK
	Tags   func(W) []tagging.Tag                        // the user's tags
	Check  func(W) []Invalid                            // pure: what AWS would refuse for certain
	Advise func(W) []resource.Advice                    // pure: what AWS takes and a person should know; nil: nothing
	Find   Finder[C, W, G]                              // nil: AWS has none
	Owned  Owned[C, G]                                  // nil: a token or a natural key keeps AWS from making a second one
	Facts  func(*G) Facts                               // pure
	Create func(W, Making) resource.Step                // pure: the request that makes one
	Plan   func(W, *G, Case) Draft                      // pure: what else; *G is nil for a resource yet to be made
	Unplan func(*G) []resource.Step                     // pure: teardown, the delete last
	Untag  func(id string, keys []string) resource.Step // pure: lets go of it
	Status func(*G, Case) any                           // pure: the status fields to show, as the API type
	Late   late.Fields[G]                               // pure: what AWS fills in where the spec leaves it out
	Calls  []Call[C]
	// Lacks, where it is set, reads what is not there yet of what a create would
	// fail without although no reference names it. AWS accepts such a create.
	Lacks func(context.Context, C, W) (*resource.Wait, error)
	// TagRules are what the service takes as tags; the zero value is EC2's.
	TagRules tagging.Rules
	// Secrets names fields of requests, "UserData", whose values no message may
	// repeat: it is shown in conditions, events and logs. Summaries and notes must
	// not hold them either.
	Secrets []string
	// NaturalKey says that AWS itself refuses a second resource of the same
	// name, or gives the first one again for its token, so that sending again is
	// safe without a long look-up.
	NaturalKey bool
}

// Finder reads the resource: by q.ID when it is known, else by ownership tag or
// by the key that AWS holds unique.
type Finder[C, W, G any] func(ctx context.Context, client C, q Query[W]) (*G, error)

// Owned lists all that carry the owner's tag.
type Owned[C, G any] func(ctx context.Context, client C, owner resource.Owner) ([]G, error)

// Query says what to find.
type Query[W any] struct {
	ID       string // empty: unknown
	Key      string // natural key of a create that is still unclear
	Want     W
	Owner    resource.Owner
	Target   resource.Target
	Deleting bool
	Fresh    bool            // our create made it since the object was read: only steps of this pass have changed it
	Done     []resource.Done // what this pass did, with AWS's answers
	Status   []byte          // the object's status, JSON
}

// Facts are what the engine must know of a resource of any kind.
type Facts struct {
	ID, ARN string
	Tags    map[string]string
	// Pending says that AWS is at work on it: nothing is done until it is not.
	Pending *resource.Wait
	// Deletable says that AWS deletes it although it is pending.
	Deletable bool
	// Failed says why AWS gave up making it: it is shown, and at the next try
	// deleted and made anew.
	Failed *resource.Wait
	// Gone says that AWS only still lists it: there is nothing left to delete.
	Gone bool
	// Held says what keeps AWS from deleting it, where that can be seen: the
	// deletion waits for it and shows it, rather than try and be refused.
	Held *resource.Wait
}

// Making is what a create request carries besides the spec.
type Making struct {
	Tags   map[string]string // the user's and ours
	Token  string
	Target resource.Target
}

// Case is what a plan may depend on besides the spec and the resource.
type Case struct {
	ID       string            // of the resource, or resource.NewID
	Tags     map[string]string // wanted
	Target   resource.Target
	Failures []resource.Failure // what AWS refused earlier in this pass
	Done     []resource.Done    // what was done earlier in this pass
	Status   []byte             // the object's status, JSON
}

// Refused says whether AWS refused a step of that verb for good in this pass.
func (c Case) Refused(verb string) bool {
	for _, f := range c.Failures {
		if f.Step.Verb == verb && f.Class != resource.Unclear && f.Class != resource.Throttled {
			return true
		}
	}
	return false
}

// Draft is what a kind plans: steps, and what AWS cannot change.
type Draft struct {
	Steps []resource.Step
	Notes []string
}

// CannotChange notes a field that AWS fixed when it made the resource.
func CannotChange(path, is string) string {
	return fmt.Sprintf("%s: AWS cannot change it; make a new object, or put back %q", path, is)
}

// Invalid is a field that AWS would refuse.
type Invalid = finding.Finding

// Windows are the times that AWS's eventual consistency and a dead worker's last
// request may take.
type Windows struct {
	// Resend is how long after an unclear create no earlier sender can be alive:
	// longer than an attempt of the activity (15 s), which is longer than an HTTP
	// call (10 s).
	Resend time.Duration
	// LookUp is how long a resource without natural key must stay out of sight
	// before it counts as not made.
	LookUp time.Duration
	// Visible is how long after its making a resource may not be found although
	// it exists.
	Visible time.Duration
	// Late is how long a request that was given up for lost may still arrive: AWS
	// refuses it once its signature is too old.
	Late time.Duration
}

// DefaultWindows follow AWS's behaviour: tags and ids of new resources are
// usually seen within seconds, documented as up to some minutes.
func DefaultWindows() Windows {
	return Windows{Resend: 30 * time.Second, LookUp: time.Minute, Visible: 2 * time.Minute, Late: 15 * time.Minute}
}
