package kube

import (
	"context"
	"slices"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/resource"
)

// mayClaim reports whether a claim may replace the claim of an object. If this run has not seen the
// present claim, another run wrote it. This run was then reset, and works from the kept part of its
// history.
func mayClaim(old *resource.Claim, in resource.ClaimInput) bool {
	switch {
	case old == nil:
		return true
	case old.Install != in.Claim.Install:
		return false // another installation was first
	case !old.Open():
		return old.Incarnation < in.Claim.Incarnation
	}
	return old.Run == "" || old.Run == in.Over || old.Run == in.Claim.Run
}

// mayRecord reports whether an id may be recorded over the claim of an object. A run that was reset
// records only the answer to the create for which the claim is still open.
func mayRecord(old *resource.Claim, in resource.RecordInput, run string) bool {
	reset := in.Planned != "" && run != "" && in.Planned != run
	switch {
	case old == nil: // somebody dropped it: only the run that observed knows what followed
		return !reset
	case old.Install != in.Claim.Install:
		return false
	case old.Incarnation > in.Claim.Incarnation:
		return false // a later resource was claimed since
	case reset && (!old.Open() || in.Found || old.Run != in.Claim.Run):
		return false
	case old.ID == in.Claim.ID:
		return !old.Void || in.Found // a released claim stays void
	case olderVoid(old, &in.Claim):
		return true // somebody put an older claim back while the create was in flight
	}
	return slices.Contains([]string{"", in.Claim.Run, run}, old.Run)
}

// olderVoid reports whether the claim on an object is void and older than the claim of a run. Tack
// never writes it over that one: somebody put it back.
func olderVoid(old, of *resource.Claim) bool {
	return old != nil && of != nil && old.Void && old.Install == of.Install && old.Incarnation < of.Incarnation
}

// runOf returns the workflow run that asks, or nothing outside of an activity.
func runOf(ctx context.Context) string {
	if !activity.IsActivity(ctx) {
		return ""
	}
	return activity.GetInfo(ctx).WorkflowExecution.RunID
}

// wasReset reports whether the run that asks differs from the run that observed AWS. A run that was
// reset works from the kept part of that run's history.
func wasReset(ctx context.Context, planned string) bool {
	run := runOf(ctx)
	return planned != "" && run != "" && planned != run
}
