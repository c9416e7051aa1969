// Package dryrun describes the calls of a plan for people, and asks EC2 which of them the role may
// make. EC2's dry run checks a request and carries nothing out.
package dryrun

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/heartbeat"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/planned"
	"github.com/tack-dev/tack/resource"
)

// most is how many calls of one plan are asked about: EC2 counts each dry run as a call.
const most = 100

// EC2's answers to a dry run:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
const (
	codeAllowed = "DryRunOperation"
	codeLacking = "UnauthorizedOperation"
)

// Configs returns the SDK's configuration for a target.
type Configs func(context.Context, resource.Target) (aws.Config, error)

// Register registers the activity of a kind that describes a plan.
func Register(to kind.Registry, configs Configs, k kind.Kind) {
	name := k.Name() + "/" + resource.VerbDescribe
	to.RegisterActivityWithOptions(func(ctx context.Context, in resource.DescribeInput) ([]resource.PlannedCall, error) {
		return describe(ctx, configs, k.Described(), in), nil
	}, activity.RegisterOptions{Name: name})
}

// describe returns the calls of a plan, in order.
func describe(ctx context.Context, configs Configs, d call.Described, in resource.DescribeInput) []resource.PlannedCall {
	calls, steps := planned.Calls(d, in)
	if !in.DryRun {
		return calls
	}
	defer heartbeat.Start(ctx)()
	for i := range calls {
		calls[i].Permission, calls[i].Answer = resource.Unknown, fmt.Sprintf("only the first %d calls of an object are asked about", most)
		if i < most {
			calls[i].Permission, calls[i].Answer = ask(ctx, configs, d, steps[i], steps[i].At(in.Target))
		}
	}
	return calls
}

// ask asks EC2 whether the role may make a call.
func ask(ctx context.Context, configs Configs, d call.Described, step resource.Step, at resource.Target) (resource.Permission, string) {
	if bytes.Contains(step.Input, []byte(resource.NewID)) || bytes.Contains(step.Input, []byte(resource.StandInMark)) {
		return resource.Unknown, "the request needs an id that does not exist yet"
	}
	cfg, err := configs(ctx, at)
	if err != nil {
		return resource.Unknown, err.Error()
	}
	ok, answer := d.DryRun(ctx, cfg, step.Verb, step.Input)
	if !ok {
		return resource.Unknown, "AWS has no dry run for this call"
	}
	api, isAPI := errors.AsType[smithy.APIError](answer)
	switch {
	case answer == nil:
		return resource.Unknown, "AWS did not answer as to a dry run"
	case !isAPI:
		return resource.Unknown, answer.Error()
	case api.ErrorCode() == codeAllowed:
		return resource.Allowed, ""
	case api.ErrorCode() == codeLacking:
		return resource.Lacking, api.ErrorMessage()
	}
	return resource.Unknown, api.ErrorCode() + ": " + api.ErrorMessage()
}
