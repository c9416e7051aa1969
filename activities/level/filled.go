package level

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// FilledBetween reports whether Tack wrote fields into the spec between two states of an object,
// perhaps among other changes.
func FilledBetween(was, is *unstructured.Unstructured, kind apis.Kind) bool {
	before, after := ClaimOf(was, kind), ClaimOf(is, kind)
	return after.Recorded() && after.Filled != "" && (before == nil || before.Filled != after.Filled)
}

// Filled reports whether the inputs are exactly those after our late initialization. Its run is
// about to write the status.
func Filled(l resource.Level) bool {
	claim := l.Object.Claim
	return claim.Recorded() && l.Object.Finalizer && !l.Object.Deleting && claim.Filled != "" && claim.Filled == l.Digest
}
