package level

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Known returns the information that an object gives before its run begins.
func Known(u *unstructured.Unstructured, kind apis.Kind) resource.Known {
	known := resource.Known{ID: ShownID(u, kind), State: stateOf(u)}
	is := WorthOf(u, kind)
	if is.Copied {
		known.ID = ""
	}
	if claim := is.Claim; claim.Recorded() {
		known.Account, known.Region, known.ID = claim.Target.AccountID, claim.Target.Region, claim.ID
	}
	return known
}

// Readiness is the part of an object that matters to the objects that refer to it.
type Readiness struct {
	ID       string // for an object that is not made yet
	Kept     string // for one that is made
	Claimed  string // by this installation and cluster
	State    resource.State
	Newest   bool // State is that of the newest spec
	Deleting bool
	Trouble  string // the objects that refer to it repeat this
}

// ReadyFor returns the readiness of an object.
func ReadyFor(u *unstructured.Unstructured, kind apis.Kind) Readiness {
	claimed := ""
	if claim := ClaimOf(u, kind); claim != nil {
		claimed = claim.Install + "/" + claim.For.Cluster
	}
	return Readiness{ID: referredID(u, kind, toCreate), Kept: referredID(u, kind, toChange), Claimed: claimed, State: stateOf(u), Newest: ofThisGeneration(u), Deleting: u.GetDeletionTimestamp() != nil, Trouble: trouble(u)}
}

// NothingMade reports whether it is certain that an object has no AWS resource.
func NothingMade(u *unstructured.Unstructured, kind apis.Kind) bool {
	is := WorthOf(u, kind)
	return is.Claim.Nothing() && is.Doubt == nil && (is.Copied || ShownID(u, kind) == "") // it may be another controller's
}
