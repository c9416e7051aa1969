package workflows_test

import (
	"fmt"
	"strings"
	"testing"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// A refusal that names an id holds for the steps that name it too. One that also names something
// that only the refused step has does not, nor one that names the object's own resource.
func TestStepsWithARefusedIDAreNotSent(t *testing.T) {
	const own, gateway, other = "rtb-0123456789abcdef0", "igw-0123456789abcdef0", "igw-00000000000000001"
	var steps []resource.Step
	for i := range 100 {
		via := gateway
		if i%2 == 1 {
			via = other
		}
		s := add(fmt.Sprint(i))
		s.Input = fmt.Appendf(nil, `{"RouteTableId":%q,"GatewayId":%q,"DestinationCidrBlock":"10.0.%d.0/24"}`, own, via, i)
		steps = append(steps, s)
	}
	for name, test := range map[string]struct {
		class   resource.Class
		message string
		want    int
	}{
		"the gateway":           {resource.Invalid, "route table " + own + " and network gateway " + gateway + " belong to different networks", 54},
		"the gateway is gone":   {resource.NotFound, "The gateway ID '" + gateway + "' does not exist", 54},
		"the table is gone":     {resource.NotFound, "The routeTable ID '" + own + "' does not exist", 8},
		"the table":             {resource.Invalid, "not possible in " + own, 100},
		"one route":             {resource.Invalid, "more specific than the local route: ", 100},
		"nothing that it needs": {resource.NotFound, "The ID 'igw-00000000000000002' does not exist", 100},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, having(steps...)).holds(resource.Claim{ID: own})
			w.refusesStep = func(in resource.CallInput) error {
				if strings.Contains(string(in.Request), gateway) || name == "the table is gone" {
					message := test.message
					if name == "one route" {
						message += string(in.Request)
					}
					return temporal.NewApplicationErrorWithOptions(message, "Code", temporal.ApplicationErrorOptions{
						NonRetryable: true, Details: []any{resource.Failure{Code: "Code", Class: test.class, Message: message}},
					})
				}
				return nil
			}
			plan := having(steps...)
			plan.ID = own
			w.plans = []resource.Plan{plan}
			w.during("Observe", 2, func() {
				w.change(func(*resource.Level) {
					w.firstRound = w.counts["Add"]
					w.plans[0].Steps = nil
				})
			}).run()
			if w.firstRound != test.want {
				t.Errorf("%d steps are sent, want %d", w.firstRound, test.want)
			}
		})
	}
}
