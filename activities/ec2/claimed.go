package ec2

import (
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/resource"
)

// AWS gives a VPC or a subnet to the last one that asks. Two objects that claim the same one would
// take it from each other at each look, so Tack leaves it with the object that has it.

// claimed names who has what a spec asks for, by the id of the VPC or subnet.
type claimed map[string]string

// add records that a VPC or subnet uses a resource that carries the tags of another object.
func (c claimed) add(id, used string, has []types.Tag, us resource.Owner) {
	if owner := resource.OwnershipOf(tags.Of(has)).Owner; owner != "" && owner != us.Tag() {
		c[id] = id + " uses " + used + ", which belongs to " + owner
	}
}

// free splits the ids into those that no other object has, and the wait for the first of the rest.
func (c claimed) free(ids []string) (free []string, wait *resource.Wait) {
	for _, id := range ids {
		switch words := c[id]; {
		case words == "":
			free = append(free, id)
		case wait == nil:
			wait = &resource.Wait{Reason: resource.ReasonUsesAnother, Message: words + ": Tack takes it when that object leaves it"}
		}
	}
	return free, wait
}
