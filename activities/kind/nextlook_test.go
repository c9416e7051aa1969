package kind_test

import (
	"testing"
	"time"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/resource"
)

// The plan of a resource that AWS changes by itself says when. A recorded resource that AWS does not list
// is not made again: a new one may be invisible, and an old one has ended.
func TestNextLookAndForgottenResource(t *testing.T) {
	const list = `<DescribeCapacityReservationsResponse><capacityReservationSet>`
	const end = `</capacityReservationSet></DescribeCapacityReservationsResponse>`
	const spec = `{"instanceType":"m5.large","instancePlatform":"Linux/UNIX","instanceCount":1}`
	until := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	shown := observing("ec2.CapacityReservation", "cr-1", spec)
	item := `<item><capacityReservationId>cr-1</capacityReservationId><state>active</state><endDate>2099-01-01T00:00:00Z</endDate><totalInstanceCount>1</totalInstanceCount><instanceType>m5.large</instanceType><instancePlatform>Linux/UNIX</instancePlatform><tagSet><item><key>` +
		resource.TagOwner + `</key><value>` + shown.Object.Owner.Tag() + `</value></item></tagSet></item>`
	for name, test := range map[string]struct {
		says string
		age  time.Duration // of the record
		want func(resource.Plan) bool
	}{
		"listed":          {list + item + end, time.Hour, func(p resource.Plan) bool { return p.Next.Equal(until) }},
		"not visible yet": {list + end, 0, func(p resource.Plan) bool { return p.Wait != nil && p.Wait.Reason == resource.ReasonNotVisibleYet }},
		"forgotten":       {list + end, time.Hour, func(p resource.Plan) bool { return len(p.Notes) == 1 && p.Wait == nil }},
	} {
		c := newCrew(t, 0, ec2.CapacityReservation())
		c.aws.says = map[string][]string{"DescribeCapacityReservations": {test.says}}
		in := observing("ec2.CapacityReservation", "cr-1", spec)
		in.Object.Claim.Time, in.Object.Status = time.Now().Add(-test.age), []byte(`{"capacityReservationID":"cr-1","state":"active"}`)
		plan, err := c.observe(t, in)
		if err != nil || plan.ID != "cr-1" || plan.Create != nil || !test.want(plan) {
			t.Errorf("%s: the plan is %+v, error %v", name, plan, err)
		}
	}
}
