// Package holders words what keeps a resource from being deleted.
package holders

import (
	"fmt"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// Holding is what holds a resource, and what AWS answers to a delete meanwhile.
type Holding struct {
	By            []string
	Code, Message string
}

// Refusal is what AWS would answer to a delete, with who holds the resource; nil where
// nothing does.
func (h Holding) Refusal() error {
	if len(h.By) == 0 {
		return nil
	}
	return h.Explained(&smithy.GenericAPIError{Code: h.Code, Message: h.Message})
}

// Explained is AWS's refusal with who holds the resource, where that is known.
func (h Holding) Explained(refusal error) error {
	if len(h.By) == 0 {
		return refusal
	}
	return awserror.Explained(refusal, "It is held by "+several(h.By)+".")
}

// Wait has the deletion of a resource wait for its holders; nil where there are
// none. A teardown of several steps asks before the first: none is undone.
func Wait(id string, by []string) *resource.Wait {
	if len(by) == 0 {
		return nil
	}
	return &resource.Wait{Reason: resource.ReasonInUse, Message: fmt.Sprintf("%s is in use by %s: nothing of it is removed before that ends", id, several(by))}
}

// mostNamed is how many holders a message names.
const mostNamed = 5

// several lists things in words, the first few by name.
func several(things []string) string {
	if more := len(things) - mostNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(things[:mostNamed], ", "), more)
	}
	return strings.Join(things, ", ")
}
