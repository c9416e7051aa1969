package gateway

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
)

const reservationType = "capacity-reservation"

func (a *account) reservation(id *string) types.CapacityReservation {
	a.t.Helper()
	return must[*ec2.DescribeCapacityReservationsOutput](a)(a.ec2.DescribeCapacityReservations(a.ctx(), &ec2.DescribeCapacityReservationsInput{CapacityReservationIds: []string{*id}})).CapacityReservations[0]
}

// reserve returns the id of a reservation of two instances.
func (a *account) reserve(change func(*ec2.CreateCapacityReservationInput)) *string {
	a.t.Helper()
	in := &ec2.CreateCapacityReservationInput{
		InstanceType: aws.String("m5.large"), InstancePlatform: types.CapacityReservationInstancePlatformLinuxUnix,
		InstanceCount: aws.Int32(2), AvailabilityZone: aws.String("us-west-2a"), TagSpecifications: tags(reservationType, "k", "v"),
	}
	change(in)
	return must[*ec2.CreateCapacityReservationOutput](a)(a.ec2.CreateCapacityReservation(a.ctx(), in)).CapacityReservation.CapacityReservationId
}

func TestCapacityReservation(t *testing.T) {
	a := newAccount(t)
	a.stays(reservationType, "pending", true)
	id := a.reserve(func(*ec2.CreateCapacityReservationInput) {})
	modify := func(in ec2.ModifyCapacityReservationInput) error {
		in.CapacityReservationId = id
		_, err := a.ec2.ModifyCapacityReservation(a.ctx(), &in)
		return err
	}
	more := ec2.ModifyCapacityReservationInput{InstanceCount: aws.Int32(3)}
	a.wantRefused("changing a pending one", modify(more), http.StatusBadRequest, "InvalidCapacityReservationState")
	a.stays(reservationType, "pending", false)
	got := a.reservation(id)
	shown := []any{got.State, *got.TotalInstanceCount, *got.AvailableInstanceCount, got.EndDateType, got.InstanceMatchCriteria, *got.InstanceType, *got.Tags[0].Key}
	if diff := cmp.Diff([]any{types.CapacityReservationStateActive, int32(2), int32(2), types.EndDateTypeUnlimited, types.InstanceMatchCriteriaOpen, "m5.large", "k"}, shown); diff != "" {
		t.Errorf("AWS shows (-want +got):\n%s", diff)
	}
	a.wantRefused("a date alone", modify(ec2.ModifyCapacityReservationInput{EndDate: aws.Time(time.Now())}), http.StatusBadRequest, "InvalidParameterCombination")
	more.InstanceMatchCriteria, more.EndDateType, more.EndDate = "targeted", "limited", aws.Time(time.Now().Add(time.Second))
	if err := modify(more); err != nil {
		t.Fatal(err)
	}
	if got := a.reservation(id); *got.TotalInstanceCount != 3 || got.InstanceMatchCriteria != "targeted" || got.EndDate == nil {
		t.Errorf("after the change: %+v", got)
	}
	for a.reservation(id).State == "active" {
		time.Sleep(100 * time.Millisecond)
	}
	if got := a.reservation(id); got.State != "expired" || *got.AvailableInstanceCount != 0 {
		t.Errorf("after its end: %+v", got)
	}
	a.wantRefused("changing an expired one", modify(more), http.StatusBadRequest, "InvalidCapacityReservationState")
}

func TestCapacityReservationThatAWSDoesNotMake(t *testing.T) {
	a := newAccount(t)
	for _, state := range []string{"pending", "assessing"} {
		a.stays(reservationType, state, false)
	}
	must[string](a)(a.AddRule(a.ctx(), Rule{Action: Actions{"CreateCapacityReservation"}, Account: a.id, Fault: FaultFailed, Times: 1, Code: "InsufficientInstanceCapacity", Message: "none left"}))
	if got := a.reservation(a.reserve(func(*ec2.CreateCapacityReservationInput) {})); got.State != "failed" {
		t.Errorf("the state is %s", got.State)
	}
	_, err := a.ec2.CreateCapacityReservation(a.ctx(), &ec2.CreateCapacityReservationInput{
		InstanceType: aws.String("m5.large"), InstancePlatform: types.CapacityReservationInstancePlatformLinuxUnix,
		InstanceCount: aws.Int32(1), AvailabilityZone: aws.String("us-west-2a"), EndDate: aws.Time(time.Now().Add(time.Hour)),
	})
	a.wantRefused("an end date without its type", err, http.StatusBadRequest, "InvalidParameterCombination")
	start := time.Now().Add(30 * 24 * time.Hour).UTC().Truncate(time.Second)
	later := a.reserve(func(in *ec2.CreateCapacityReservationInput) {
		in.StartDate, in.CommitmentDuration, in.InstanceMatchCriteria = &start, aws.Int64(3600), "targeted"
	})
	if got := a.reservation(later); got.State != "scheduled" || !got.CommitmentInfo.CommitmentEndDate.Equal(start.Add(time.Hour)) {
		t.Errorf("a future-dated one: %+v", got)
	}
	_, err = a.ec2.CancelCapacityReservation(a.ctx(), &ec2.CancelCapacityReservationInput{CapacityReservationId: later})
	a.wantRefused("cancelling a scheduled one", err, http.StatusBadRequest, "InvalidCapacityReservationState")
}
