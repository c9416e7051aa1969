// Package holders describes what prevents the deletion of a resource.
package holders

import (
	"fmt"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// Holding is what holds a resource, and AWS's answer to a delete meanwhile.
type Holding struct {
	By            []string
	Code, Message string
}

// Refusal returns AWS's expected answer to a delete, with the holders of the resource; nil if there
// are none.
func (h Holding) Refusal() error {
	if len(h.By) == 0 {
		return nil
	}
	return h.Explained(&smithy.GenericAPIError{Code: h.Code, Message: h.Message})
}

// Explained returns AWS's refusal with the holders of the resource, if known.
func (h Holding) Explained(refusal error) error {
	if len(h.By) == 0 {
		return refusal
	}
	return awserror.Explained(refusal, "It is held by "+several(h.By)+".")
}

// Wait makes the deletion of a resource wait for its holders; nil if there are none. A teardown of
// several steps reads them before its first step, because no step is undone.
func Wait(id string, by []string) *resource.Wait {
	if len(by) == 0 {
		return nil
	}
	return &resource.Wait{Reason: resource.ReasonInUse, Message: fmt.Sprintf("%s is in use by %s: Tack removes no part of it until it is free", id, several(by))}
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
