// Package planned tells of the AWS calls that a plan would make, in order.
package planned

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/resource"
)

// Calls returns the calls of a plan in the order in which a pass sends them, each with its step. The
// steps follow the create, stage by stage, and those of further rounds follow them.
func Calls(d call.Described, in resource.DescribeInput) (calls []resource.PlannedCall, steps []resource.Step) {
	order := 0
	if in.Plan.Create != nil {
		order++
		steps = append(steps, *in.Plan.Create)
		calls = append(calls, planned(d, in, *in.Plan.Create, order))
	}
	for _, round := range [][]resource.Step{in.Plan.Steps, in.Plan.Later} {
		round = slices.SortedStableFunc(slices.Values(round), func(a, b resource.Step) int { return cmp.Compare(a.Stage, b.Stage) })
		for i, step := range round {
			if i == 0 || step.Stage != round[i-1].Stage {
				order++
			}
			calls = append(calls, planned(d, in, step, order))
		}
		steps = append(steps, round...)
	}
	return calls, steps
}

func planned(d call.Described, in resource.DescribeInput, step resource.Step, order int) resource.PlannedCall {
	at := step.At(in.Target)
	request := d.Discreet(step.Input)
	if in.Owner.UID == resource.UnknownUID {
		token := in.Owner.Token(in.Target, in.Plan.Incarnation)
		request = bytes.ReplaceAll(request, []byte(token), []byte(resource.UnknownToken))
	}
	return resource.PlannedCall{
		Order: order, Action: d.Action(step.Verb), Summary: step.Summary, Field: step.Path,
		AccountID: at.AccountID, Region: at.Region, RoleARN: at.RoleARN, Request: request,
	}
}
