package kube

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/resource"
)

// maxObject bounds an object with its status, in bytes of JSON. The limit of etcd is 1.5 MiB; the
// rest is room for the next edit of the spec.
const maxObject = 1 << 20

// tooLargePause is the time between two tries of a write that is too large: only an edit helps.
const tooLargePause = time.Minute

// shorten removes the longest lists from a status while the object would be too large with them.
// The lists only repeat the spec and AWS for people: a pass without them asks AWS. It returns the
// advice to report.
func shorten(u *unstructured.Unstructured, status map[string]any, r resource.Report) *resource.Advice {
	if r.State == resource.Foreign {
		return nil // the status is another controller's
	}
	rest := u.DeepCopy()
	rest.Object["status"] = status
	size := sizeOf(rest.Object)
	var left []string
	for size > maxObject {
		field := longestList(status)
		if field == "" {
			break
		}
		size -= sizeOf(status[field])
		delete(status, field)
		left = append(left, "status."+field)
	}
	if len(left) == 0 {
		return keptAdvice(u, r)
	}
	slices.Sort(left)
	return &resource.Advice{Reason: resource.ReasonStatusShortened, Message: fmt.Sprintf(
		"%s: left out, because the object would exceed %d bytes in JSON. The resource is not affected; AWS shows the same. Make the spec smaller to see it",
		strings.Join(left, ", "), maxObject)}
}

// keptAdvice returns the object's present advice about its status. It applies when a report shows
// nothing of the resource, because the status then stays unchanged.
func keptAdvice(u *unstructured.Unstructured, r resource.Report) (kept *resource.Advice) {
	if r.Status == nil {
		level.Advises(u, resource.ReasonStatusShortened, func(message string) bool {
			kept = &resource.Advice{Reason: resource.ReasonStatusShortened, Message: message}
			return true
		})
	}
	return kept
}

// longestList returns the field of a status with the longest list, except the conditions.
func longestList(status map[string]any) (longest string) {
	size := 0
	for field, value := range status {
		if _, list := value.([]any); !list || resource.EngineOwned(field) {
			continue
		}
		if n := sizeOf(value); n > size || n == size && field < longest {
			longest, size = field, n
		}
	}
	return longest
}

func sizeOf(value any) int {
	raw, _ := json.Marshal(value) // it was decoded from JSON
	return len(raw)
}

// isTooLarge reports whether the API server, or etcd behind it, refuses an object because of its
// size.
// https://github.com/etcd-io/etcd/blob/main/api/v3rpc/rpctypes/error.go
func isTooLarge(err error) bool {
	return apierrors.IsRequestEntityTooLargeError(err) || err != nil &&
		(strings.Contains(err.Error(), "etcdserver: request is too large") || strings.Contains(err.Error(), "message larger than max"))
}

// tooLarge reports the problem by an event. A condition is not possible, because the object cannot
// be written.
func (a *Activities) tooLarge(u *unstructured.Unstructured, err error) error {
	message := fmt.Sprintf("the API server stores nothing more on the object, which has %d bytes in JSON: make its spec or its annotations smaller (%s)", sizeOf(u.Object), err)
	a.events.Event(u, corev1.EventTypeWarning, resource.ReasonObjectTooLarge, message)
	return temporal.NewApplicationErrorWithOptions(message, resource.ReasonObjectTooLarge, temporal.ApplicationErrorOptions{NextRetryDelay: tooLargePause, Cause: err})
}
