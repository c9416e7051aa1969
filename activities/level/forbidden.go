package level

import (
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/tack-dev/tack/resource"
)

// isForbidden reports whether the API server received a request and will not answer it. A person must
// act, and the object reports that. Any other failure passes: it is an error, and is retried.
func isForbidden(err error) bool {
	return apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err)
}

func notReadable(reason, what string) *resource.Wait {
	return waitFor(reason, "%s may not be read: give the bridge the rights of config/rbac", what)
}

// Unreadable reports whether a wait is for the right to read an input.
func Unreadable(wait *resource.Wait) bool {
	if wait == nil {
		return false
	}
	switch wait.Reason {
	case resource.ReasonNamespaceNotReadable, resource.ReasonRoleMapNotReadable, resource.ReasonSelectorsNotReadable, resource.ReasonReferenceNotReadable:
		return true
	default:
		return false
	}
}
