package describe

import (
	"context"
	"slices"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// EndedReservation are the states in which a reservation reserves nothing, and AWS charges nothing.
var EndedReservation = []types.CapacityReservationState{
	types.CapacityReservationStateExpired, types.CapacityReservationStateCancelled, types.CapacityReservationStateFailed,
	types.CapacityReservationStatePaymentFailed, types.CapacityReservationStateUnsupported,
}

// CapacityReservations lists reservations of capacity, also those that other accounts share. AWS
// documents filters neither for their ids nor for their tags.
var CapacityReservations = List[types.CapacityReservation]{
	What: "capacity reservation", Type: types.ResourceTypeCapacityReservation,
	Is:   func(c types.CapacityReservation) *string { return c.CapacityReservationId },
	ARN:  func(c types.CapacityReservation) *string { return c.CapacityReservationArn },
	Tags: func(c types.CapacityReservation) []types.Tag { return c.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.CapacityReservation, error) {
		by, tagged := withoutTags(by)
		pages := awsec2.NewDescribeCapacityReservationsPaginator(client, &awsec2.DescribeCapacityReservationsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeCapacityReservationsOutput) []types.CapacityReservation {
			return slices.DeleteFunc(page.CapacityReservations, func(c types.CapacityReservation) bool { return !tagged(c.Tags) })
		})
	},
	Counts: byState(func(c types.CapacityReservation) types.CapacityReservationState { return c.State }, func(c types.CapacityReservation) []types.Tag { return c.Tags },
		slices.DeleteFunc(types.CapacityReservationState("").Values(), func(s types.CapacityReservationState) bool { return slices.Contains(EndedReservation, s) }),
		EndedReservation),
}
