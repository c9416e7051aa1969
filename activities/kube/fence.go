package kube

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/resource"
)

// mayClaim says whether a claim may be written over the one that an object has.
// One that this run has not seen was written by another: it was reset, and goes by
// what was kept of its history.
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

// mayRecord says whether an id may be recorded over the claim that an object has.
func mayRecord(old *resource.Claim, in resource.RecordInput, run string) bool {
	switch {
	case old == nil: // somebody dropped it: only the run that looked knows what followed
		return in.Planned == "" || run == "" || in.Planned == run
	case old.Install != in.Claim.Install:
		return false
	case old.ID == in.Claim.ID:
		return !old.Void || in.Found // one that was released stays so
	}
	return old.Run == "" || old.Run == in.Claim.Run || old.Run == run
}

// runOf is the workflow run that asks; empty outside of an activity.
func runOf(ctx context.Context) string {
	if !activity.IsActivity(ctx) {
		return ""
	}
	return activity.GetInfo(ctx).WorkflowExecution.RunID
}

// wasReset says whether the run that asks is another than the one that looked at AWS.
// A run that was reset goes by what was kept of that one's history.
func wasReset(ctx context.Context, planned string) bool {
	run := runOf(ctx)
	return planned != "" && run != "" && planned != run
}
