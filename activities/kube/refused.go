package kube

import (
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/tack-dev/tack/resource"
)

// askAgain is when a refused read is tried again: no event tells of a right that
// was given, so nobody pokes.
const askAgain = 30 * time.Second

// isRefused says whether the API server has read a request and will not answer it:
// a person must do something, and is told on the object. Any other failure passes,
// and is an error that is tried again.
func isRefused(err error) bool {
	return apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err)
}

func notReadable(reason, what string) *resource.Wait {
	return waitFor(reason, "%s may not be read: give the bridge the rights of config/rbac", what)
}

func isNotReadable(wait *resource.Wait) bool {
	return wait != nil && (wait.Reason == resource.ReasonNamespaceNotReadable || wait.Reason == resource.ReasonRoleMapNotReadable || wait.Reason == resource.ReasonSelectorsNotReadable)
}
