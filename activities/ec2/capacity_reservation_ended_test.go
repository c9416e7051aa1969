package ec2

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/plantest"
)

// A reservation that has ended is replaced only for a spec that changed since, and that does not end
// in the past. AWS forgets it after a while; its object then stands for it, whatever it showed last. One
// that is new may not be visible yet.
func TestEndedCapacityReservation(t *testing.T) {
	const as, other = `{instanceType: m5.large, instancePlatform: Linux/UNIX, instanceCount: 2`, `{instanceType: m5.large, instancePlatform: Linux/UNIX, instanceCount: 3`
	expired, active := gotReservation("expired"), gotReservation("active")
	past := `, endDate: "2026-06-01T12:00:00Z"}`
	later := `, endDate: "2027-06-01T12:00:00Z"}`
	shown := `{"capacityReservationID":"cr-1","state":"failed","totalInstanceCount":2,"ackResourceMetadata":{"arn":"a"}}`
	active1 := `{"capacityReservationID":"cr-1","state":"active"}`
	for name, test := range map[string]struct {
		spec  string
		found *reservation
		q     kind.Query[reservationSpec]
		gone  bool // another is made
		none  bool // AWS has none
	}{
		"as it was":                      {spec: as + past, found: expired},
		"the same, touched":              {spec: as + past, found: expired, q: kind.Query[reservationSpec]{NewSpec: true}},
		"changed, and past":              {spec: other + past, found: expired, q: kind.Query[reservationSpec]{NewSpec: true}},
		"a later end":                    {spec: as + later, found: expired, q: kind.Query[reservationSpec]{NewSpec: true}, gone: true},
		"without an end":                 {spec: other + `}`, found: expired, q: kind.Query[reservationSpec]{NewSpec: true}, gone: true},
		"changed in AWS before it ended": {spec: other + `}`, found: expired},
		"the object goes":                {spec: as + past, found: expired, q: kind.Query[reservationSpec]{Deleting: true}, gone: true},
		"active":                         {spec: other + later, found: active, q: kind.Query[reservationSpec]{NewSpec: true}},
		"AWS refused another":            {spec: other + `}`, found: expired, q: kind.Query[reservationSpec]{ID: "-"}, gone: true},
		"forgotten":                      {spec: as + `}`, q: kind.Query[reservationSpec]{Status: []byte(shown), RecordedAt: reservedUntil}},
		"forgotten, and a new spec":      {spec: other + `}`, q: kind.Query[reservationSpec]{Status: []byte(shown), RecordedAt: reservedUntil, NewSpec: true}, gone: true},
		"forgotten, and the object goes": {spec: as + `}`, q: kind.Query[reservationSpec]{Status: []byte(shown), RecordedAt: reservedUntil, Deleting: true}, gone: true},
		"a status without a claim":       {spec: as + `}`, q: kind.Query[reservationSpec]{Status: []byte(shown)}, none: true},
		"forgotten while active":         {spec: as + `}`, q: kind.Query[reservationSpec]{Status: []byte(active1), RecordedAt: reservedUntil}},
		"that, and a new spec":           {spec: other + `}`, q: kind.Query[reservationSpec]{Status: []byte(active1), RecordedAt: reservedUntil, NewSpec: true}, gone: true},
		"that, and an end in the past":   {spec: other + past, q: kind.Query[reservationSpec]{Status: []byte(active1), RecordedAt: reservedUntil, NewSpec: true}},
		"that, and the object goes":      {spec: as + `}`, q: kind.Query[reservationSpec]{Status: []byte(active1), RecordedAt: reservedUntil, Deleting: true}, gone: true},
		"that, and read-only":            {spec: as + `}`, q: kind.Query[reservationSpec]{Status: []byte(active1), RecordedAt: reservedUntil, ReadOnly: true}, none: true},
		"forgotten before it was shown":  {spec: as + `}`, q: kind.Query[reservationSpec]{RecordedAt: reservedUntil}},
		"not visible yet":                {spec: as + `}`, q: kind.Query[reservationSpec]{Status: []byte(active1), RecordedAt: reservedUntil, Unseen: true}, none: true},
		"the create is unclear":          {spec: as + `}`, q: kind.Query[reservationSpec]{ID: "-"}, none: true},
		"the status of another":          {spec: as + `}`, q: kind.Query[reservationSpec]{Status: []byte(`{"capacityReservationID":"cr-0","state":"failed"}`), RecordedAt: reservedUntil}, none: true},
	} {
		t.Run(name, func(t *testing.T) {
			q := test.q
			q.Want = plantest.Read[reservationSpec](t, test.spec)
			switch q.ID {
			case "":
				q.ID = "cr-1"
			case "-":
				q.ID = ""
			}
			var found *types.CapacityReservation
			if test.found != nil {
				found = &test.found.CapacityReservation
			}
			q.Now = reservedUntil.Add(time.Hour)
			got := judgedReservation(q, found)
			if got == nil || test.none {
				if (got == nil) != test.none {
					t.Errorf("got %+v", got)
				}
				return
			}
			facts := reservationFacts(got)
			if facts.Gone != test.gone || facts.Failed != nil {
				t.Errorf("the facts are %+v", facts)
			}
		})
	}
}

// AWS ends or begins a reservation at a time that it shows. Tack looks then, and again while AWS is late.
func TestNextLookAtACapacityReservation(t *testing.T) {
	future := gotFutureReservation("scheduled")
	begins := *future.StartDate
	endless := gotReservation("active")
	endless.EndDate = nil
	for name, test := range map[string]struct {
		got       *reservation
		now, want time.Time
	}{
		"before its end":  {gotReservation("active"), reservedUntil.Add(-time.Hour), reservedUntil},
		"at its end":      {gotReservation("active"), reservedUntil, reservedUntil.Add(30 * time.Second)},
		"AWS is late":     {gotReservation("active"), reservedUntil.Add(10 * time.Minute), reservedUntil.Add(15 * time.Minute)},
		"AWS is too late": {gotReservation("active"), reservedUntil.Add(5 * time.Hour), reservedUntil.Add(5*time.Hour + 10*time.Minute)},
		"without an end":  {endless, reservedUntil, time.Time{}},
		"ended":           {gotReservation("expired"), reservedUntil.Add(-time.Hour), time.Time{}},
		"scheduled":       {future, begins.Add(-time.Hour), begins},
	} {
		q := kind.Query[reservationSpec]{ID: "cr-1", Now: test.now}
		if got := reservationFacts(judgedReservation(q, &test.got.CapacityReservation)).Next; !got.Equal(test.want) {
			t.Errorf("%s: the next look is at %s, want %s", name, got, test.want)
		}
	}
}

// An object from a backup names a reservation that AWS has forgotten. Another one that is active and carries
// its tags stands in its place, and AWS charges for no third one.
func TestForgottenCapacityReservationWithASuccessor(t *testing.T) {
	owner := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "ec2.CapacityReservation", Cluster: "c", Namespace: "n", Name: "x"}}
	other := func(state string) string {
		return `<capacityReservationSet><item><capacityReservationId>cr-2</capacityReservationId><state>` + state + `</state><tagSet><item><key>` +
			resource.TagOwner + `</key><value>` + owner.Tag() + `</value></item></tagSet></item></capacityReservationSet>`
	}
	for name, test := range map[string]struct {
		list  string
		stays bool
	}{
		"another is active": {other("active"), false},
		"another has ended": {other("expired"), true},
		"there is no other": {"", true},
	} {
		s := &scripted{answers: map[string]string{"DescribeCapacityReservations": test.list}}
		got, err := findReservation(t.Context(), s.client(), kind.Query[reservationSpec]{ID: "cr-1", RecordedAt: reservedUntil, Owner: owner})
		if err != nil || (got != nil) != test.stays {
			t.Errorf("%s: found %+v, error %v", name, got, err)
		}
	}
}
