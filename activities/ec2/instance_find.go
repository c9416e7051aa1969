package ec2

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// instance is an instance as AWS shows it, with the answers of other calls. Each of those calls is
// made only for fields that the spec sets, or to describe the instance.
type instance struct {
	types.Instance
	DisableAPITermination, DisableAPIStop *bool
	InstanceInitiatedShutdownBehavior     *string // the effect of a shutdown from inside

	userData    *string
	credits     *string
	association *string // with the profile to replace

	deleted   bool // by a call of this pass
	unprotect bool // the termination protection must be removed before the instance
}

// launchFailures are AWS's reasons for an instance that never came up.
var launchFailures = []string{
	"Server.InsufficientInstanceCapacity", "Server.InternalError",
	"Client.InternalError", "Client.VolumeLimitExceeded", "Client.InvalidSnapshot.NotFound",
}

// failed reports whether AWS accepted the instance and then ended it on its own. After our own call
// it is a terminated instance like any other.
func (s *instance) failed() bool {
	return state(s.Instance) == types.InstanceStateNameTerminated && !s.deleted &&
		s.StateReason != nil && slices.Contains(launchFailures, aws.ToString(s.StateReason.Code))
}

func state(i types.Instance) types.InstanceStateName {
	if i.State == nil {
		return ""
	}
	return i.State.Name
}

func findInstance(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.InstanceSpec]) (*instance, error) {
	found, err := soughtInstances(ctx, client, q)
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("describing the instance: %w", err))
	}
	if q.ID == "" && !q.Deleting {
		// An instance that is shutting down is not adopted.
		found = slices.DeleteFunc(found, func(i types.Instance) bool { return state(i) == types.InstanceStateNameShuttingDown })
	}
	newest := describe.Instances.Latest(found)
	if newest == nil {
		return nil, nil
	}
	got := &instance{Instance: *newest}
	got.deleted = resource.Did(q.Done, string(terminateInstances.Verb))
	return got, got.readAttributes(ctx, client, q)
}

// readAttributes reads what DescribeInstances does not show. An instance between two states is not
// compared, and for an instance that is ending, nothing matters any more.
func (s *instance) readAttributes(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.InstanceSpec]) error { //nolint:gocyclo // one line for each attribute, read top to bottom
	if !s.compared(q.Deleting || q.Whole) {
		return nil
	}
	want := q.Want
	if q.Deleting {
		others := resource.Covers(q.Ignored, "spec.disableAPITermination") // protect it
		s.unprotect = !others && want.DisableAPITermination != nil && !*want.DisableAPITermination
		want = protection(q)
	}
	for _, read := range []struct {
		wanted bool
		name   types.InstanceAttributeName
		keep   func(*awsec2.DescribeInstanceAttributeOutput)
	}{
		{q.Whole || want.DisableAPITermination != nil, types.InstanceAttributeNameDisableApiTermination, func(out *awsec2.DescribeInstanceAttributeOutput) {
			s.DisableAPITermination = isOn(out.DisableApiTermination)
		}},
		{q.Whole || want.DisableAPIStop != nil, types.InstanceAttributeNameDisableApiStop, func(out *awsec2.DescribeInstanceAttributeOutput) { s.DisableAPIStop = isOn(out.DisableApiStop) }},
		{q.Whole || want.InstanceInitiatedShutdownBehavior != nil, types.InstanceAttributeNameInstanceInitiatedShutdownBehavior, func(out *awsec2.DescribeInstanceAttributeOutput) {
			s.InstanceInitiatedShutdownBehavior = text(out.InstanceInitiatedShutdownBehavior)
		}},
		{want.UserData != nil, types.InstanceAttributeNameUserData, func(out *awsec2.DescribeInstanceAttributeOutput) { s.userData = text(out.UserData) }},
	} {
		if !read.wanted {
			continue
		}
		out, err := client.DescribeInstanceAttribute(ctx, &awsec2.DescribeInstanceAttributeInput{InstanceId: s.InstanceId, Attribute: read.name})
		if err != nil {
			return fmt.Errorf("reading %s of %s: %w", read.name, s.id(), err)
		}
		read.keep(out)
	}
	if want.CreditSpecification != nil || q.Whole && burstable(s.InstanceType) {
		if err := s.readCredits(ctx, client); err != nil {
			return err
		}
	}
	return s.readAssociation(ctx, client, want.IAMInstanceProfile)
}

// compared reports whether the attributes of an instance in its state matter, even between two states.
func (s *instance) compared(between bool) bool {
	switch state(s.Instance) {
	case types.InstanceStateNameTerminated, types.InstanceStateNameShuttingDown:
		return false
	case types.InstanceStateNamePending, types.InstanceStateNameStopping:
		return between
	default:
		return true
	}
}

func (s *instance) readCredits(ctx context.Context, client *awsec2.Client) error {
	specifications, err := describe.Credits(ctx, client, s.id())
	if err != nil {
		return fmt.Errorf("reading the CPU credits of %s: %w", s.id(), err)
	}
	for _, c := range specifications {
		s.credits = c.CpuCredits
	}
	return nil
}

// readAssociation reads the association with an unwanted profile: AWS replaces it by the
// association's id.
func (s *instance) readAssociation(ctx context.Context, client *awsec2.Client, want *ec2v1alpha1.IAMInstanceProfileSpecification) error {
	if want == nil || s.IamInstanceProfile == nil || sameProfile(want, s.IamInstanceProfile) {
		return nil
	}
	associations, err := describe.ProfileAssociations.By(ctx, client, describe.Filter("instance-id", s.id()))
	if err != nil {
		return fmt.Errorf("describing the instance profile of %s: %w", s.id(), err)
	}
	for _, a := range associations {
		if a.State != types.IamInstanceProfileAssociationStateDisassociated {
			s.association = a.AssociationId
		}
	}
	return nil
}

func isOn(v *types.AttributeBooleanValue) *bool {
	if v == nil {
		return nil
	}
	return v.Value
}

func text(v *types.AttributeValue) *string {
	if v == nil {
		return nil
	}
	return v.Value
}

// protection returns a spec with the only attribute that matters for a deletion. One that retains the
// instance needs none.
func protection(q kind.Query[ec2v1alpha1.InstanceSpec]) (want ec2v1alpha1.InstanceSpec) {
	if !q.Retain {
		want.DisableAPITermination = aws.Bool(true)
	}
	return want
}
