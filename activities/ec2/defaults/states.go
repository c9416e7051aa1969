package defaults

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// States are the states of a resource in which Tack does not work on it. S is the SDK's type.
type States[S ~string] struct {
	Pending  []S // AWS is changing it
	Deleting []S
	Failed   []S // AWS gave up creating it
	Gone     []S // AWS lists it, although nothing is left to delete
}

// Facts returns what the state of a resource means.
func (s States[S]) Facts(id *string, state S) (f kind.Facts) {
	switch {
	case slices.Contains(s.Pending, state):
		f.Pending = kind.Pending("%s is %s", aws.ToString(id), state)
	case slices.Contains(s.Deleting, state):
		f.Pending = &resource.Wait{Reason: resource.ReasonDeleting, Message: aws.ToString(id) + " is being deleted"}
	case slices.Contains(s.Failed, state):
		f.Failed = &resource.Wait{Reason: resource.ReasonFailed, Message: aws.ToString(id) + " failed" + NextTry}
	case slices.Contains(s.Gone, state):
		f.Gone = true
	}
	return f
}

// NextTry ends the message about a resource that AWS failed to create.
const NextTry = ". At the next try, or when the spec changes, Tack deletes it and creates another"

// NextBeside ends such a message where AWS deletes nothing, and allows another one beside the first.
const NextBeside = ". At the next try, or when the spec changes, Tack creates another"

// Attaching is the wait of a gateway that enters or leaves a VPC; nil: it is at rest.
func Attaching(id *string, attachments []types.InternetGatewayAttachment) (wait *resource.Wait) {
	for _, a := range attachments {
		if a.State == types.AttachmentStatusAttaching || a.State == types.AttachmentStatusDetaching {
			wait = kind.Pending("%s and %s are %s", aws.ToString(id), aws.ToString(a.VpcId), a.State)
		}
	}
	return wait
}
