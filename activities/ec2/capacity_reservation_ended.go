package ec2

import (
	"encoding/json"

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
// that the object reported as ended, and that AWS does not list any more: otherwise AWS would charge
// for a second one that nobody asked for.
func judgedReservation(q kind.Query[ec2v1alpha1.CapacityReservationSpec], found *types.CapacityReservation) *reservation {
	if found == nil {
		return forgottenReservation(q)
	}
	got := &reservation{CapacityReservation: *found}
	got.replaced = hasEnded(got) && (q.Deleting || another(q) && differsFrom(ignoring.Merged(q.Want, describedReservation(got), q.Ignored), got))
	got.committed = got.State == types.CapacityReservationStateScheduled ||
		got.State == types.CapacityReservationStateActive && got.CommitmentInfo != nil && aws.ToTime(got.CommitmentInfo.CommitmentEndDate).After(q.Now)
	return got
}

// another reports whether AWS may make another reservation in place of one that has ended: only for a
// spec that changed since the object reported the end. Without a recorded id, AWS refused it before.
func another(q kind.Query[ec2v1alpha1.CapacityReservationSpec]) bool {
	return (q.NewSpec || q.ID == "") && (q.Want.EndDate == nil || q.Want.EndDate.After(q.Now))
}

// differsFrom reports whether the spec asks for another reservation than this one.
func differsFrom(want ec2v1alpha1.CapacityReservationSpec, got *reservation) bool {
	want.AdditionalInfo = nil
	return len(reservationChanges(want, got))+len(reservationNotes(want, got)) > 0
}

// asShown reads a reservation from the status of its object.
var asShown = shape.Request[types.CapacityReservation, ec2v1alpha1.CapacityReservationStatus](
	shape.Out("ackResourceMetadata", "conditions", "observedGeneration", "inputsDigest", "retries", "nextTryTime", "syncedID"))

// forgottenReservation returns the recorded reservation as its object shows it, if it has ended: AWS
// lists a failed one for an hour. The claim proves whose it is.
func forgottenReservation(q kind.Query[ec2v1alpha1.CapacityReservationSpec]) *reservation {
	var status ec2v1alpha1.CapacityReservationStatus
	if q.RecordedAt.IsZero() || json.Unmarshal(q.Status, &status) != nil || aws.ToString(status.CapacityReservationID) != q.ID {
		return nil
	}
	got := &reservation{CapacityReservation: asShown(status)}
	if !hasEnded(got) {
		return nil
	}
	got.CapacityReservationArn = aws.String(q.ARN)
	got.Tags = tags.List(map[string]string{resource.TagOwner: q.Owner.Tag()})
	got.replaced = q.Deleting || another(q)
	return got
}
