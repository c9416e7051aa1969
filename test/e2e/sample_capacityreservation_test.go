package e2e

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

var _ = register(sample{
	kind: "ec2.CapacityReservation", create: "CreateCapacityReservation", ends: true,
	spec: reservationSpec, change: `{"spec":{"instanceCount":3}}`,
	full: func(string) fields {
		spec := reservationSpec()
		spec["ebsOptimized"], spec["ephemeralStorage"], spec["tenancy"] = false, false, "default"
		spec["endDateType"], spec["endDate"], spec["instanceMatchCriteria"] = "limited", "2099-01-01T02:00:00+02:00", "targeted"
		spec["tags"] = teamA()
		return spec
	},
	fullChange: `{"spec":{"instanceCount":1,"instanceMatchCriteria":"open","endDateType":"unlimited","endDate":null,"tags":[{"key":"team","value":"b"}]}}`,
	count:      counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeCapacityReservations),
	remove:     removed(awsec2.NewFromConfig, (*awsec2.Client).CancelCapacityReservation, "CapacityReservationId"),
})

func reservationSpec() fields {
	return fields{"instanceType": "m5.large", "instancePlatform": "Linux/UNIX", "availabilityZone": "us-west-2a", "instanceCount": int64(2)}
}

// reservationsStay sets how long a state of a team's capacity reservations lasts.
func (team team) reservationsStay(t *testing.T, state string, d time.Duration) {
	t.Helper()
	set := gateway.StateTime{Account: team.account, Type: "capacity-reservation", State: state, Milliseconds: d.Milliseconds()}
	if err := w.AWS.SetStateTime(t.Context(), set); err != nil {
		t.Fatal(err)
	}
}

// A reservation costs money. One that AWS refuses for lack of capacity rests. One that AWS gave up or
// that somebody cancelled is not made again. A new spec makes exactly one.
func TestCapacityReservationThatEnded(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	none := addRule(t, gateway.Rule{
		Action: gateway.Actions{"CreateCapacityReservation"}, Account: team.account,
		Fault: gateway.FaultError, Code: "InsufficientInstanceCapacity", Message: "We currently do not have sufficient capacity", Status: 500,
	})
	o := team.apply(t, "ec2.CapacityReservation", "main", reservationSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "InsufficientInstanceCapacity: We currently do not have sufficient capacity")
	w.result(t, o.ref)
	endRule(t, none)
	fails := addRule(t, gateway.Rule{
		Action: gateway.Actions{"CreateCapacityReservation"}, Account: team.account, Times: 1,
		Fault: gateway.FaultFailed, Code: "InsufficientInstanceCapacity", Message: "none left",
	})
	o.patch(t, `{"spec":{"instanceCount":4}}`)
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "is failed and reserves nothing")
	endRule(t, fails)
	o.wantNoOtherCreate(t)
	o.patch(t, `{"spec":{"instanceCount":2}}`)
	second := o.awaitSynced(t)
	if err := sampleOf("ec2.CapacityReservation").remove(t.Context(), w.config(t, team.account), second); err != nil {
		t.Fatal(err)
	}
	w.force(t, o.ref)
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", second+" is cancelled and reserves nothing")
	w.result(t, o.ref)
	o.patch(t, `{"spec":{"instanceCount":3,"endDate":"2020-01-01T00:00:00Z"}}`)
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "an end date in the future")
	w.result(t, o.ref)
	o.patch(t, `{"spec":{"endDate":"2099-01-01T00:00:00Z"}}`)
	third := o.awaitSynced(t)
	out, err := awsec2.NewFromConfig(w.config(t, team.account)).DescribeCapacityReservations(t.Context(), &awsec2.DescribeCapacityReservationsInput{})
	if err != nil {
		t.Fatal(err)
	}
	active := 0
	for _, r := range out.CapacityReservations {
		if r.State == "active" {
			active++
			if aws.ToString(r.CapacityReservationId) != third || *r.TotalInstanceCount != 3 || r.EndDateType != "limited" {
				t.Errorf("AWS has %+v", r)
			}
		}
	}
	if n := len(o.creates(t)); n != 3 || active != 1 {
		t.Errorf("AWS accepted %d creates, and %d are active; want 3 and 1", n, active)
	}
	o.delete(t)
	o.awaitGone(t)
}

// wantNoOtherCreate checks that another look leads to no second create.
func (o object) wantNoOtherCreate(t *testing.T) {
	t.Helper()
	w.result(t, o.ref)
	w.force(t, o.ref)
	w.result(t, o.ref)
	if n := len(o.creates(t)); n != 1 {
		t.Fatalf("AWS accepted %d creates, want the first one alone", n)
	}
}

// AWS ends a reservation at its end date, and no event reports that. The object looks then by itself, and
// shows the end. Nothing else is reserved.
func TestCapacityReservationThatExpires(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	spec := reservationSpec()
	spec["endDate"] = time.Now().Add(expiring).UTC().Format(time.RFC3339)
	o := team.apply(t, "ec2.CapacityReservation", "main", spec)
	id := o.awaitSynced(t)
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", id+" is expired and reserves nothing")
	if state, _, _ := unstructured.NestedString(o.get(t).Object, "status", "state"); state != "expired" {
		t.Errorf("the status shows the state %q", state)
	}
	o.wantWake(t, "next try")
	o.wantOneCreate(t, id)
	o.delete(t)
	o.awaitGone(t)
}

// expiring leaves a busy machine the time to make a reservation before its end.
const expiring = 30 * time.Second

// AWS does not list a recorded reservation any more, for longer than it may need to show a new one. Tack
// reserves no other one, although the object never showed an end. A change of the spec makes exactly one.
func TestCapacityReservationThatAWSForgot(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	addRule(t, gateway.Rule{
		Action: gateway.Actions{"CreateCapacityReservation"}, Account: team.account, Fault: gateway.FaultInvisible, Times: 1,
		By: []gateway.By{gateway.ByID, gateway.ByFilter, gateway.ByTags},
	})
	o := team.apply(t, "ec2.CapacityReservation", "main", reservationSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "is not in AWS's list any more and reserves nothing")
	o.wantNoOtherCreate(t)
	o.patch(t, `{"spec":{"instanceCount":3}}`)
	second := o.awaitSynced(t)
	creates := o.creates(t)
	if len(creates) != 2 || creates[1].Created[0] != second {
		t.Errorf("AWS accepted %+v, want a second create of %s", creates, second)
	}
	o.delete(t)
	o.awaitGone(t)
}
