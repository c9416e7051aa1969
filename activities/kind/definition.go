// Package kind is the engine that turns the definition of a kind into activities: observing and
// planning, looking up, and one activity per AWS call. Each kind has its own file, with companions,
// in packages ec2 and iam.
package kind

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/resource"
)

// Definition is everything that Tack knows about one kind. C is the SDK's client, W the spec as the
// user wrote it, G the resource as AWS shows it.
type Definition[C, W, G any] struct {
	Kind   string                        // "ec2.SecurityGroup": workflow type and prefix of the activities
	Client func(aws.Config) C            // of the SDK
	Tagged call.Tagged[C]                // how AWS changes tags; the engine plans them from the spec's field tags
	Check  func(W) []Invalid             // pure: what AWS would certainly refuse
	Advise func(W) []resource.Advice     // pure: what AWS accepts and a person should know; nil: nothing
	Find   Finder[C, W, G]               // nil: AWS has none
	Owned  Owned[C, G]                   // nil: a token or a natural key keeps AWS from making a second one
	Facts  func(*G) Facts                // pure
	Create func(W, Making) resource.Step // pure: the request that creates the resource
	Plan   func(W, *G, Case) Draft       // pure: all steps but tags; *G is nil for a resource that does not exist yet; nil: no steps
	Unplan func(*G) []resource.Step      // pure: teardown, the delete last
	// Later is pure: the steps that further rounds would plan once those of Plan are carried out. It is for
	// people, who ask for a plan. nil: one round does it all.
	Later  func(W, *G, Case) []resource.Step
	Status func(*G) any // pure: the status fields to show, as the API type
	// Spec is pure: the spec that describes the resource as AWS shows it, read with Query.Whole. It has
	// ids instead of references, no tags, and no field that AWS does not return. A comparison with
	// the same resource plans nothing.
	Spec  func(*G) W
	Fixed fixed.Fields[W, G] // the fields that AWS cannot change: each difference is a note
	// Unique names the fields of the spec that AWS keeps unique together: a second resource may exist if one of
	// them differs. nil: AWS allows any number of equal ones.
	Unique []string
	Late   late.Fields[G] // pure: the fields that AWS fills in where the spec leaves them out
	Calls  []call.Call[C]
	// Accepter returns the account and Region that must accept the resource; see Draft.Elsewhere. nil: AWS
	// asks nobody.
	Accepter func(W, *G, Case) resource.Target
	// PlansTags means that Plan plans the tags as well, because other steps depend on them.
	PlansTags bool
	// Lacks, if set, reads what a create requires and what does not exist yet, although no
	// reference names it. AWS accepts such a create, which then fails.
	Lacks func(context.Context, C, W) (*resource.Wait, error)
	// Secrets names fields of requests, such as "UserData", whose values no message may repeat. A
	// message appears in conditions, events and logs. Summaries and notes must not contain the
	// values either.
	Secrets []string
	// NaturalKey means that AWS itself refuses a second resource of the same name, or returns the
	// first one again for its token. Sending again is then safe without a long look-up.
	NaturalKey bool
	// Named reads the ids of the resources that have what AWS keeps unique about a spec, whoever owns
	// them. nil: AWS keeps nothing unique, or Find reads by it.
	Named func(context.Context, C, W) ([]string, error)
}

// Finder reads the resource: by q.ID when it is known, otherwise by owner tag or by the key
// that AWS keeps unique.
type Finder[C, W, G any] func(ctx context.Context, client C, q Query[W]) (*G, error)

// Owned lists all resources that carry the owner's tag.
type Owned[C, G any] func(ctx context.Context, client C, owner resource.Owner) ([]G, error)

// Query describes the resource to find.
type Query[W any] struct {
	ID      string // empty: unknown
	ARN     string // with ID, where the object recorded one
	Key     string // natural key of a create that is still unclear
	Want    W
	NewSpec bool // the spec changed since the object's last report
	Owner   resource.Owner
	Target  resource.Target
	// Force means that a deletion first removes what holds the resource, where the kind can.
	// Whole reads all that Definition.Spec returns, even what Want leaves out. Retain means that a
	// deletion only removes our tags: what holds the resource does not matter. Fresh means that our
	// create made it since the object was read: only steps of this pass have changed it. Unseen means that
	// AWS may need more time to show ID, which is new. ReadOnly means that Tack only observes the resource.
	Deleting, Force, Whole, Retain, Fresh, Unseen, ReadOnly bool

	Ignored         []string        // the fields, such as "spec.vpc", in which a comparison finds no difference
	RecordedAt, Now time.Time       // when the object recorded ID, and when the look began
	Done            []resource.Done // the calls of this pass, with AWS's answers
	Status          []byte          // the object's status, JSON
}

// Facts are what the engine must know about a resource of any kind.
type Facts struct {
	// TaggedAs names the resource in the requests that change its tags, if its id does not.
	// Key is the key of the create, if it is not the ARN.
	ID, ARN, TaggedAs, Key string
	Tags                   map[string]string
	// Plain means that AWS refuses a tag key with a slash on the resource at present.
	Plain bool
	// Tagless means that AWS has no tags for the type, or, with TagsFollow, that its create takes none and
	// our tags are not there yet. Made, when AWS created the resource, and Empty, that nothing was added
	// to it since, are then evidence of its owner. Next is as in resource.Plan.
	Tagless, TagsFollow, Empty bool
	Made, Next                 time.Time
	// Pending means that AWS is changing the resource: Tack does nothing until AWS has finished.
	Pending *resource.Wait
	// Deletable means that AWS deletes the resource even while it is pending.
	Deletable bool
	// Failed is why AWS gave up creating the resource. The object reports it, and the next try
	// deletes the resource, unless it is Gone, and creates a new one.
	Failed *resource.Wait
	// Gone means that AWS still lists the resource, but nothing is left to delete.
	Gone bool
	// Held is what prevents AWS from deleting the resource, where a read shows it. The deletion
	// waits and reports it, instead of sending a request that AWS refuses. Only the last step of
	// Unplan is sent, once an hour: AWS decides, and a refusal removes nothing.
	Held *resource.Wait
}

// Pending is a wait for AWS to finish a change.
func Pending(format string, args ...any) *resource.Wait {
	return &resource.Wait{Reason: resource.ReasonPending, Message: fmt.Sprintf(format, args...)}
}

// Making is what a create request carries besides the spec.
type Making struct {
	Tags   map[string]string // the user's and ours
	Token  string
	Target resource.Target
}

// Case is what a plan may depend on besides the spec and the resource.
type Case struct {
	ID       string                // of the resource, or resource.NewID
	Tags     map[string]string     // wanted
	Defaults []resource.DefaultTag // those among Tags
	Target   resource.Target
	Accepter resource.Accepter  // zero: the object's own account and Region
	Failures []resource.Failure // AWS's earlier refusals in this pass
	Done     []resource.Done    // the earlier calls of this pass
	Status   []byte             // the object's status, JSON
}

// Refused reports whether AWS refused a step with that verb in this pass, permanently.
func (c Case) Refused(verb string) bool {
	for _, f := range c.Failures {
		if f.Step.Verb == verb && f.Class != resource.Unclear && f.Class != resource.Throttled {
			return true
		}
	}
	return false
}

// Draft is a kind's plan: steps, and the differences that AWS cannot change beside those of Fixed.
type Draft struct {
	Steps  []resource.Step
	Notes  []string
	InAWS  bool              // as in resource.Plan
	Advice []resource.Advice // what AWS's answer says beside the differences, and no work waits for
	Wait   *resource.Wait    // what the resource waits for after the steps
}

// Invalid is a field that AWS would refuse.
type Invalid = finding.Finding
