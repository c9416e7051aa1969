package ec2

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// checkReservation foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCapacityReservation.html
func checkReservation(want ec2v1alpha1.CapacityReservationSpec) []kind.Invalid {
	var f findings
	if n := aws.ToInt64(want.InstanceCount); n < 1 || n > 1000 {
		f.Add("spec.instanceCount", refusal.Says(refusal.BadValue, refusal.ValueSaid), "%d: AWS reserves 1 to 1000 instances", n)
	}
	limited := types.EndDateType(aws.ToString(want.EndDateType)) == types.EndDateTypeLimited
	switch {
	case limited && want.EndDate == nil:
		f.Add("spec.endDate", refusal.Unsaid(), "is required with endDateType: limited")
	case !limited && optional.Given(want.EndDateType) && want.EndDate != nil:
		f.Add("spec.endDate", refusal.Unsaid(), "needs endDateType: limited")
	}
	if want.StartDate == nil {
		if want.CommitmentDuration != nil || optional.Given(want.DeliveryPreference) {
			f.Add("spec.startDate", refusal.Unsaid(), "is required with commitmentDuration and deliveryPreference")
		}
		return f.All
	}
	if want.CommitmentDuration == nil {
		f.Add("spec.commitmentDuration", refusal.Unsaid(), "is required with startDate")
	}
	if aws.ToString(want.InstanceMatchCriteria) != string(types.InstanceMatchCriteriaTargeted) {
		f.Add("spec.instanceMatchCriteria", refusal.Unsaid(), "must be targeted with startDate")
	}
	return f.All
}
