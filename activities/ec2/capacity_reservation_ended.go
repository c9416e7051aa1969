package ec2

import (
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/ignoring"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// judgedReservation says what the reservation that AWS shows means for the object. It also returns one
// that the object recorded, and that AWS does not list any more: otherwise AWS would charge for a second
// one that nobody asked for.
func judgedReservation(q kind.Query[ec2v1alpha1.CapacityReservationSpec], found *types.CapacityReservation) *reservation {
	if found == nil {
		return forgottenReservation(q)
	}
	got := &reservation{CapacityReservation: *found}
	got.replaced = hasEnded(got) && (q.Deleting || another(q) && differsFrom(ignoring.Merged(q.Want, describedReservation(got), q.Ignored), got))
	got.committed = got.State == types.CapacityReservationStateScheduled ||
		got.State == types.CapacityReservationStateActive && got.CommitmentInfo != nil && aws.ToTime(got.CommitmentInfo.CommitmentEndDate).After(q.Now)
	got.next = nextLook(found, q.Now)
	return got
}

const (
	// soonAfterEnd and lateAfterEnd are the shortest and the longest time between two looks at a reservation
	// whose time has come: AWS ends it within an hour after its end date.
	// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCapacityReservation.html
	soonAfterEnd = 30 * time.Second
	lateAfterEnd = 10 * time.Minute
)

// nextLook returns when AWS changes the state of a reservation by itself; zero: never.
func nextLook(found *types.CapacityReservation, now time.Time) time.Time {
	var at time.Time
	switch found.State { //nolint:exhaustive // AWS leaves the other states soon, or never
	case types.CapacityReservationStateScheduled:
		at = aws.ToTime(found.StartDate)
	case types.CapacityReservationStateActive:
		at = aws.ToTime(found.EndDate)
	}
	if at.IsZero() || at.After(now) {
		return at
	}
	return now.Add(min(max(now.Sub(at)/2, soonAfterEnd), lateAfterEnd))
}

// another reports whether AWS may make another reservation in place of one that has ended: only for a
// spec that changed since the object reported the end. Without a recorded id, AWS refused it before.
func another(q kind.Query[ec2v1alpha1.CapacityReservationSpec]) bool {
	return (q.NewSpec || q.ID == "") && (q.Want.EndDate == nil || q.Want.EndDate.After(q.Now))
}

// differsFrom reports whether the spec asks for another reservation than this one.
func differsFrom(want ec2v1alpha1.CapacityReservationSpec, got *reservation) bool {
	want.AdditionalInfo = nil
	return len(reservationChanges(want, got, false))+len(reservationNotes(want, got)) > 0
}

// asShown reads a reservation from the status of its object.
var asShown = shape.Request[types.CapacityReservation, ec2v1alpha1.CapacityReservationStatus](
	shape.Out("ackResourceMetadata", "conditions", "observedGeneration", "inputsDigest", "retries", "nextTryTime", "syncedID"))

// forgottenReservation returns the recorded reservation that AWS does not list: AWS lists a failed one for
// an hour. Its state is the end that the object shows, or unknown. The claim proves whose it is, unless
// somebody edited it: then the status names another. AWS may not show a new one yet.
func forgottenReservation(q kind.Query[ec2v1alpha1.CapacityReservationSpec]) *reservation {
	var status ec2v1alpha1.CapacityReservationStatus
	if q.RecordedAt.IsZero() || q.Unseen || len(q.Status) > 0 && json.Unmarshal(q.Status, &status) != nil {
		return nil
	}
	if shown := aws.ToString(status.CapacityReservationID); shown != "" && shown != q.ID {
		return nil
	}
	got := &reservation{CapacityReservation: asShown(status)}
	if !hasEnded(got) {
		if q.ReadOnly {
			return nil // the object reports that AWS does not show it
		}
		got = &reservation{CapacityReservation: types.CapacityReservation{CapacityReservationId: &q.ID}, unlisted: true}
	}
	got.CapacityReservationArn = aws.String(q.ARN)
	got.Tags = tags.List(map[string]string{resource.TagOwner: q.Owner.Tag()})
	got.replaced = q.Deleting || another(q)
	return got
}
