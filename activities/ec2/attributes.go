package ec2

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/steps"
	"github.com/tack-dev/tack/resource"
)

// flag is an attribute that is on or off.
type flag[I any] struct {
	name      string // in the spec
	api       string // AWS's name, for the summary; empty: name
	want, got *bool
	on, off   int // the stages in which it is turned on and off
	field     func(*I) **types.AttributeBooleanValue
}

// planFlags changes one attribute per call, as AWS requires. in names the resource. A flag that the
// spec leaves out stays unchanged.
func planFlags[I any](modify call.Verb[I], in I, flags ...flag[I]) (changes []resource.Step) {
	for _, f := range flags {
		if f.want == nil || *f.want == aws.ToBool(f.got) {
			continue
		}
		stage := f.off
		if *f.want {
			stage = f.on
		}
		request := in
		*f.field(&request) = &types.AttributeBooleanValue{Value: f.want}
		change := modify.Step(steps.Turn(*f.want)+cmp.Or(f.api, f.name), request)
		changes = append(changes, steps.For(stage, "spec."+f.name, change))
	}
	return changes
}

// differs compares a text of the spec; a text that the spec leaves out never differs.
func differs(want *string, got string) bool { return aws.ToString(want) != "" && *want != got }
