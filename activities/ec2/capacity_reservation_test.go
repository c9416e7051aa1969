package ec2

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

type reservationSpec = ec2v1alpha1.CapacityReservationSpec

var reservedUntil = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// gotReservation returns a reservation of two instances as AWS shows it.
func gotReservation(state types.CapacityReservationState) *reservation {
	return &reservation{CapacityReservation: types.CapacityReservation{
		CapacityReservationId: aws.String("cr-1"), CapacityReservationArn: aws.String("arn:aws:ec2:eu-west-1:111122223333:capacity-reservation/cr-1"), State: state,
		InstanceType: aws.String("m5.large"), InstancePlatform: "Linux/UNIX", AvailabilityZone: aws.String("eu-west-1a"), AvailabilityZoneId: aws.String("euw1-az1"),
		TotalInstanceCount: aws.Int32(2), InstanceMatchCriteria: "open", EndDateType: "limited", EndDate: &reservedUntil, Tenancy: "default",
		Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}}
}

// gotFutureReservation shows every field.
func gotFutureReservation(state types.CapacityReservationState) *reservation {
	got := gotReservation(state)
	start := reservedUntil.Add(-60 * 24 * time.Hour)
	got.StartDate, got.DeliveryPreference, got.InstanceMatchCriteria = &start, "incremental", "targeted"
	got.CommitmentInfo = &types.CapacityReservationCommitmentInfo{CommittedInstanceCount: aws.Int32(2), CommitmentEndDate: aws.Time(start.Add(14 * 24 * time.Hour))}
	got.OutpostArn, got.PlacementGroupArn, got.EphemeralStorage, got.EbsOptimized = aws.String("o"), aws.String("p"), aws.Bool(true), aws.Bool(true)
	got.AvailableInstanceCount, got.OwnerId, got.CreateDate, got.ReservationType = aws.Int32(1), aws.String("111122223333"), &start, "default"
	got.CapacityAllocations = []types.CapacityAllocation{{AllocationType: "used", Count: aws.Int32(1)}}
	got.CapacityReservationFleetId, got.UnusedReservationBillingOwnerId = aws.String("crf-1"), aws.String("444455556666")
	return got
}

func TestFieldsOfCapacityReservations(t *testing.T) {
	head := `instanceType: m5.large, instancePlatform: Linux/UNIX, availabilityZone: eu-west-1a, `
	// AWS shows the start also of a reservation that began at once, which a request cannot have.
	started, endless := gotReservation("active"), gotReservation("active")
	started.StartDate, started.DeliveryPreference = &reservedUntil, "fixed"
	endless.EndDate, endless.EndDateType, endless.StartDate = nil, "unlimited", &reservedUntil
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.CapacityReservationSpec, reservation]{
		Kind: CapacityReservation(),
		Base: `{` + head + `instanceCount: 2, startDate: "2026-04-02T14:00:00+02:00", commitmentDuration: 1209600, tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"additionalInfo":        `{additionalInfo: x}`,
			"availabilityZone":      `{availabilityZone: eu-west-1b}`,
			"availabilityZoneID":    `{availabilityZoneID: euw1-az2}`,
			"commitmentDuration":    `{commitmentDuration: 2592000}`,
			"deliveryPreference":    `{deliveryPreference: fixed}`,
			"ebsOptimized":          `{ebsOptimized: false}`,
			"endDate":               `{endDate: "2026-07-01T00:00:00Z"}`,
			"endDateType":           `{endDateType: unlimited}`,
			"ephemeralStorage":      `{ephemeralStorage: false}`,
			"instanceCount":         `{instanceCount: 3}`,
			"instanceMatchCriteria": `{instanceMatchCriteria: open}`,
			"instancePlatform":      `{instancePlatform: Windows}`,
			"instanceType":          `{instanceType: m5.xlarge}`,
			"outpostARN":            `{outpostARN: "arn:aws:outposts:eu-west-1:111122223333:outpost/op-0123456789abcdef0"}`,
			"placementGroupARN":     `{placementGroupARN: "arn:aws:ec2:eu-west-1:111122223333:placement-group/other"}`,
			"startDate":             `{startDate: "2026-05-01T00:00:00Z"}`,
			"tenancy":               `{tenancy: dedicated}`,
		},
		Unread: map[string]string{
			"additionalInfo": "AWS does not show it", "availabilityZoneID": "a request names the zone once, and availabilityZone does",
		},
		Described: []*reservation{gotFutureReservation("active"), started, endless},
		Unsent:    map[string]string{"additionalInfo": "AWS reserves it; a note says so"},
		Check: map[string][]string{
			`{` + head + `instanceCount: 1000, endDate: "2026-07-01T00:00:00Z"}`:                                                                                         nil,
			`{` + head + `instanceCount: 1, startDate: "2026-07-01T00:00:00Z", commitmentDuration: 1, deliveryPreference: incremental, instanceMatchCriteria: targeted}`: nil,
			`{` + head + `instanceCount: 0, endDateType: limited, commitmentDuration: 1}`: {
				"spec.instanceCount: 0: AWS reserves 1 to 1000 instances",
				"spec.endDate: is required with endDateType: limited",
				"spec.startDate: is required with commitmentDuration and deliveryPreference",
			},
			`{` + head + `instanceCount: 1, endDateType: unlimited, endDate: "2026-07-01T00:00:00Z", startDate: "2026-07-01T00:00:00Z"}`: {
				"spec.endDate: needs endDateType: limited",
				"spec.commitmentDuration: is required with startDate",
				"spec.instanceMatchCriteria: must be targeted with startDate",
			},
		},
		Silent: map[string]finding.Unsaid{
			"is required with endDateType: limited":                      finding.Undocumented,
			"is required with commitmentDuration and deliveryPreference": finding.Undocumented,
			"needs endDateType: limited":                                 finding.Undocumented,
			"is required with startDate":                                 finding.Undocumented,
			"must be targeted with startDate":                            finding.Undocumented,
		},
		ID: "cr-1", Got: gotFutureReservation(types.CapacityReservationStateActive),
		Pending: map[string]*reservation{
			"cr-1 is pending":       gotReservation(types.CapacityReservationStatePending),
			"cr-1 is assessing":     gotReservation(types.CapacityReservationStateAssessing),
			"cr-1 is being deleted": gotReservation(types.CapacityReservationStateCancelling),
		},
	}.Run(t)
}

// AWS makes what it can of a change: after a refusal, the end and the count have a call each.
func TestPlanCapacityReservation(t *testing.T) {
	const head = `instanceType: m5.large, instancePlatform: Linux/UNIX`
	refusedChange := []resource.Failure{{Step: resource.Step{Verb: "Modify"}, Code: "InsufficientInstanceCapacity", Class: resource.Other}}
	plantest.Table[*awsec2.Client, reservationSpec, reservation]{
		Kind: CapacityReservation(), ID: "cr-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[reservation]{
			"nothing to do": {Spec: `{` + head + `, instanceCount: 2, endDate: "2026-06-01T14:00:00+02:00"}`, Got: gotReservation("active")},
			"one call changes the number and the end": {
				Spec: `{` + head + `, instanceCount: 3, endDateType: unlimited}`, Got: gotReservation("active"),
				Want: []string{"0 Modify: change the reservation: endDateType unlimited, instanceCount 3 (spec.endDateType)"},
			},
			"a call each after AWS refused both": {
				Spec: `{` + head + `, instanceCount: 3, endDate: "2026-07-01T00:00:00Z"}`, Got: gotReservation("active"), Failures: refusedChange,
				Want: []string{
					"0 Modify: change the reservation: endDate 2026-07-01T00:00:00Z (spec.endDate)",
					"0 Modify: change the reservation: instanceCount 3 (spec.instanceCount)",
				},
			},
			"the end is changed, and the count is refused": {
				Spec: `{` + head + `, instanceCount: 3, endDate: "2026-06-01T12:00:00Z"}`, Got: gotReservation("active"), Failures: refusedChange,
				Want: []string{"0 Modify: change the reservation: instanceCount 3 (spec.instanceCount)"},
			},
			"the criteria have their own": {
				Spec: `{` + head + `, instanceCount: 3, instanceMatchCriteria: targeted}`, Got: gotReservation("active"),
				Want: []string{
					"0 Modify: change the reservation: instanceCount 3 (spec.instanceCount)",
					"1 Modify: change the reservation: instanceMatchCriteria targeted (spec.instanceMatchCriteria)",
				},
			},
			"what is scheduled is as wanted": {Spec: `{` + head + `, instanceCount: 2}`, Got: gotFutureReservation("scheduled")},
			"what is scheduled waits for a change": {
				Spec: `{` + head + `, instanceCount: 3}`, Got: gotFutureReservation("scheduled"), Wait: "cr-1 is scheduled: AWS changes it once it is active",
			},
			"a delayed one": {Spec: `{` + head + `, instanceCount: 2}`, Got: gotFutureReservation("delayed"), Wait: "cr-1 is delayed: AWS changes it once it is active"},
			"an expired one": {
				Spec: `{` + head + `, instanceCount: 3, instanceMatchCriteria: targeted, tenancy: dedicated}`, Got: gotReservation("expired"), Tags: map[string]string{"env": "prod"},
				Notes: []string{"cr-1 is expired and reserves nothing. Tack makes another after a change of what the spec reserves, with an end date in the future if it has one"},
			},
			"one that AWS forgot": {
				Spec: `{` + head + `, instanceCount: 3}`, Got: &reservation{unlisted: true}, Tags: map[string]string{"env": "prod"},
				Notes: []string{"cr-1 is not in AWS's list any more and reserves nothing. Tack makes another after a change of what the spec reserves, with an end date in the future if it has one"},
			},
		},
	}.Run(t)
}

// A create with an end names its type too: AWS takes both or none.
func TestEndOfANewCapacityReservation(t *testing.T) {
	for spec, want := range map[string]types.EndDateType{
		`{instanceCount: 1}`:                                                             "",
		`{instanceCount: 1, endDateType: unlimited}`:                                     "unlimited",
		`{instanceCount: 1, endDate: "2026-06-01T14:00:00+02:00"}`:                       "limited",
		`{instanceCount: 1, endDate: "2026-06-01T14:00:00+02:00", endDateType: limited}`: "limited",
	} {
		in, _ := capacityRequest(plantest.Read[reservationSpec](t, spec))
		if in.EndDateType != want || (in.EndDate != nil) != (want == "limited") {
			t.Errorf("%s: the end is %q at %v", spec, in.EndDateType, in.EndDate)
		}
	}
}

// AWS cancels a committed reservation only for a charge.
func TestCommittedCapacityReservation(t *testing.T) {
	for name, test := range map[string]struct {
		state types.CapacityReservationState
		after time.Duration
		held  bool
	}{
		"scheduled":                {"scheduled", 0, true},
		"active and committed":     {"active", 13 * 24 * time.Hour, true},
		"active, the time is over": {"active", 15 * 24 * time.Hour, false},
		"delayed":                  {"delayed", 0, false},
	} {
		found := gotFutureReservation(test.state)
		got := judgedReservation(kind.Query[reservationSpec]{ID: "cr-1", Now: found.StartDate.Add(test.after)}, &found.CapacityReservation)
		if held := reservationFacts(got).Held; (held != nil) != test.held {
			t.Errorf("%s: held by %+v", name, held)
		}
	}
}
