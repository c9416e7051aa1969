package ec2

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createReservation = defaults.Creates(describe.CapacityReservations, (*awsec2.Client).CreateCapacityReservation)
	changeReservation = call.To("Modify", (*awsec2.Client).ModifyCapacityReservation)
	cancelReservation = call.Delete((*awsec2.Client).CancelCapacityReservation)
)

// reservation is a capacity reservation, with what depends on the spec and on the time of the look.
type reservation struct {
	types.CapacityReservation
	replaced  bool      // it has ended, and another may be made, or the object goes
	committed bool      // AWS cancels it only for a charge
	unlisted  bool      // AWS does not list it any more: it reserves nothing
	next      time.Time // when AWS changes its state by itself
}

// One call changes the end and the count. After AWS refused it, each has a call: AWS may have no more
// capacity. AWS refuses other criteria while instances use the reservation, and the other changes must not
// fail with them.
var (
	reservationEnd      = shape.Edit[awsec2.ModifyCapacityReservationInput, ec2v1alpha1.CapacityReservationSpec, reservation]("endDate", "endDateType")
	reservationCount    = shape.Edit[awsec2.ModifyCapacityReservationInput, ec2v1alpha1.CapacityReservationSpec, reservation]().As("instanceCount", "TotalInstanceCount", "InstanceCount")
	reservationCriteria = shape.Edit[awsec2.ModifyCapacityReservationInput, ec2v1alpha1.CapacityReservationSpec, reservation]("instanceMatchCriteria")
	reservationFixed    = fixed.Of[ec2v1alpha1.CapacityReservationSpec, reservation](
		"availabilityZone", "availabilityZoneID", "deliveryPreference", "ebsOptimized", "ephemeralStorage", "instancePlatform", "instanceType",
		"outpostARN", "placementGroupARN", "tenancy").As("startDate", "StartDate", "OriginalStartDate")
)

// CapacityReservation manages a reservation of capacity, which costs as much as its instances. One
// that has ended is neither active nor made again, unless the spec asks for another.
func CapacityReservation() kind.Kind {
	type spec = ec2v1alpha1.CapacityReservationSpec
	return defaults.Of(describe.CapacityReservations, createReservation, cancelReservation, defaults.Definition[spec, reservation]{
		Kind:       "ec2.CapacityReservation",
		Check:      checkReservation,
		Find:       findReservation,
		Facts:      reservationFacts,
		Create:     defaults.Sends(createReservation, capacityRequest),
		Plan:       planReservation,
		Status:     shape.Shown[ec2v1alpha1.CapacityReservationStatus, reservation](),
		Spec:       describedReservation,
		Calls:      call.All(changeReservation),
		PlansTags:  true, // AWS changes nothing of one that has ended
		NaturalKey: true, // the token
	})
}

var requestedCapacity = shape.Request[awsec2.CreateCapacityReservationInput, ec2v1alpha1.CapacityReservationSpec](shape.Out("additionalInfo"))

// capacityRequest names the type of the end with its date: AWS takes both or none.
func capacityRequest(want ec2v1alpha1.CapacityReservationSpec) (in awsec2.CreateCapacityReservationInput, summary string) {
	if in = requestedCapacity(want); in.EndDate != nil {
		in.EndDateType = types.EndDateTypeLimited
	}
	return in, "reserve capacity for " + aws.ToString(want.InstanceType)
}

// reservationDescribed names the zone once, as a request does.
var reservationDescribed = shape.Spec[ec2v1alpha1.CapacityReservationSpec, reservation](
	shape.As("instanceCount", "TotalInstanceCount"), shape.Out("additionalInfo", "availabilityZoneID", "commitmentDuration"))

// describedReservation has a start only with a commitment: AWS shows the start of each reservation, and takes
// it only for a future one.
func describedReservation(got *reservation) ec2v1alpha1.CapacityReservationSpec {
	spec := reservationDescribed(got)
	if c := got.CommitmentInfo; c != nil && c.CommitmentEndDate != nil && got.StartDate != nil {
		spec.CommitmentDuration = aws.Int64(int64(c.CommitmentEndDate.Sub(*got.StartDate).Seconds()))
	} else {
		spec.StartDate, spec.DeliveryPreference = nil, nil
	}
	return spec
}

func hasEnded(got *reservation) bool {
	return got.unlisted || slices.Contains(describe.EndedReservation, got.State)
}

// findReservation reads the reservation, and judges it by the spec and by the time of the look.
func findReservation(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.CapacityReservationSpec]) (*reservation, error) {
	found, err := describe.CapacityReservations.Find(ctx, client, q.ID, q.Owner)
	if err != nil {
		return nil, err
	}
	if found == nil && q.ID != "" {
		// An object from a backup may name one that another has replaced since: the engine finds that one.
		other, err := describe.CapacityReservations.Find(ctx, client, "", q.Owner)
		if err != nil || other != nil && !hasEnded(&reservation{CapacityReservation: *other}) {
			return nil, err
		}
	}
	return judgedReservation(q, found), nil
}

func reservationFacts(got *reservation) kind.Facts {
	facts := defaults.States[types.CapacityReservationState]{
		Pending: []types.CapacityReservationState{
			types.CapacityReservationStatePending, types.CapacityReservationStateAssessing, types.CapacityReservationStatePaymentPending,
		},
		Deleting: []types.CapacityReservationState{types.CapacityReservationStateCancelling},
	}.Facts(got.CapacityReservationId, got.State)
	facts.Gone, facts.Next = got.replaced, got.next
	facts.Deletable = got.State == types.CapacityReservationStateAssessing
	if got.AdjustmentStatus == types.CapacityReservationAdjustmentStatusRequested {
		facts.Pending = kind.Pending("AWS is changing %s", aws.ToString(got.CapacityReservationId))
	}
	if got.committed {
		facts.Held = &resource.Wait{Reason: resource.ReasonCommitted, Message: aws.ToString(got.CapacityReservationId) + " is committed: AWS cancels it early only with a quote, which Tack does not ask for"}
	}
	return facts
}

func planReservation(want ec2v1alpha1.CapacityReservationSpec, got *reservation, c kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft
	}
	if hasEnded(got) {
		is := string(got.State)
		if got.unlisted {
			is = "not in AWS's list any more"
		}
		draft.Notes = []string{c.ID + " is " + is + " and reserves nothing. Tack makes another after a change of what the spec reserves, with an end date in the future if it has one"}
		return draft
	}
	draft.Steps = tags.Calls.Plan(c.ID, c.Tags, tags.Of(got.Tags), tags.Calls.Rules.With(c.Defaults), c.Done)
	draft.Notes = reservationNotes(want, got)
	changes := reservationChanges(want, got, c.Refused(string(changeReservation.Verb)))
	switch state := got.State; {
	case state == types.CapacityReservationStateScheduled && len(changes) == 0:
	case state == types.CapacityReservationStateActive:
		draft.Steps = append(draft.Steps, changes...)
	default:
		draft.Wait = kind.Pending("%s is %s: AWS changes it once it is active", c.ID, state)
	}
	return draft
}

// reservationChanges plans the changes that AWS makes of an active reservation. Apart means that the end and
// the count have a call each.
func reservationChanges(want ec2v1alpha1.CapacityReservationSpec, got *reservation, apart bool) (changes []resource.Step) {
	var first awsec2.ModifyCapacityReservationInput
	words := changedEnd(&first, want, got)
	if apart {
		changes = append(changes, reservationChange(0, first, got, words)...)
		first, words = awsec2.ModifyCapacityReservationInput{}, nil
	}
	words = append(words, reservationCount.Into(&first, &want, got)...)
	changes = append(changes, reservationChange(0, first, got, words)...)
	var criteria awsec2.ModifyCapacityReservationInput
	words = reservationCriteria.Into(&criteria, &want, got)
	return append(changes, reservationChange(1, criteria, got, words)...)
}

// changedEnd sets another end. AWS takes the date and its type together, or none.
func changedEnd(in *awsec2.ModifyCapacityReservationInput, want ec2v1alpha1.CapacityReservationSpec, got *reservation) []string {
	words := reservationEnd.Into(in, &want, got)
	if want.EndDate != nil && len(words) > 0 {
		in.EndDate, in.EndDateType = aws.Time(want.EndDate.UTC()), types.EndDateTypeLimited
	}
	return words
}

// reservationChange returns the step of a change in words; none for no words.
func reservationChange(stage int, in awsec2.ModifyCapacityReservationInput, got *reservation, words []string) []resource.Step {
	if len(words) == 0 {
		return nil
	}
	in.CapacityReservationId = got.CapacityReservationId
	field, _, _ := strings.Cut(words[0], " ")
	return []resource.Step{steps.For(stage, "spec."+field, changeReservation.Step("change the reservation: "+strings.Join(words, ", "), in))}
}

// reservationNotes names what AWS cannot change. It shows the end of a commitment, and not its length:
// a reservation may have started late.
func reservationNotes(want ec2v1alpha1.CapacityReservationSpec, got *reservation) []string {
	notes := reservationFixed.WhereShown().Notes("spec", want, got)
	if until := got.CommitmentInfo; want.CommitmentDuration != nil && until != nil && until.CommitmentEndDate != nil && got.StartDate != nil {
		is := until.CommitmentEndDate.Sub(*got.StartDate)
		if off := time.Duration(*want.CommitmentDuration)*time.Second - is; off.Abs() >= 24*time.Hour {
			notes = append(notes, fixed.Note("spec.commitmentDuration", strconv.Itoa(int(is.Seconds()))))
		}
	}
	if optional.Given(want.AdditionalInfo) {
		notes = append(notes, "spec.additionalInfo: AWS reserves this field and does not show it, so Tack does not send it: remove it")
	}
	return notes
}
