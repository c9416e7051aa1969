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
					return says(test.class, message)
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

// says returns AWS's refusal with a message.
func says(class resource.Class, message string) error {
	return temporal.NewApplicationErrorWithOptions(message, "Code", temporal.ApplicationErrorOptions{
		NonRetryable: true, Details: []any{resource.Failure{Code: "Code", Class: class, Message: message}},
	})
}

// Good steps at the end of a stage are sent, however many bad ones precede them. The exception is
// a step that AWS's answers say it would refuse too.
func TestGoodStepsAfterManyBadOnesAreSent(t *testing.T) {
	const own, bad, good = "rtb-0123456789abcdef0", "nat-0123456789abcdef0", "nat-00000000000000001"
	for name, test := range map[string]struct {
		class   resource.Class
		message string // %s stands for the block of the route
		target  string // of the last step
		sent    int
		isSent  bool // the last step
	}{
		"another gateway":                {resource.NotFound, "The NAT gateway '" + bad + "' does not exist", good, 9, true},
		"another gateway, invalid":       {resource.Invalid, bad + " is in another VPC", good, 9, true},
		"another gateway, without words": {resource.Invalid, "The gateway is not in this VPC", good, 25, true},
		"the same, without words":        {resource.Invalid, "The gateway is not in this VPC", bad, 24, false},
		"each names its block":           {resource.Invalid, "%s is more specific than the local route", bad, 31, true},
		"each names its block, denied":   {resource.Denied, "not authorized to use %s", bad, 31, true},
		"denied":                         {resource.Denied, "not authorized to perform: ec2:CreateRoute", good, 8, false},
	} {
		t.Run(name, func(t *testing.T) {
			plan := having()
			plan.ID = own
			for i := range 31 {
				s := add(fmt.Sprint(i))
				block, target := fmt.Sprintf("10.0.%d.0/24", i+100), bad
				if i == 30 {
					target = test.target
				}
				s.Input = fmt.Appendf(nil, `{"RouteTableId":%q,"NatGatewayId":%q,"DestinationCidrBlock":%q}`, own, target, block)
				plan.Steps = append(plan.Steps, s)
			}
			last := string(plan.Steps[30].Input)
			w := newWorld(t, plan).holds(resource.Claim{ID: own})
			sent := map[string]bool{}
			w.refusesStep = func(in resource.CallInput) error {
				sent[string(in.Request)] = true
				if string(in.Request) == last {
					return nil
				}
				message := test.message
				if strings.Contains(message, "%s") {
					message = fmt.Sprintf(message, strings.Split(string(in.Request), `"`)[11])
				}
				return says(test.class, message)
			}
			w.run()
			if len(sent) != test.sent || sent[last] != test.isSent {
				t.Errorf("%d steps are sent, the last: %t; want %d and %t", len(sent), sent[last], test.sent, test.isSent)
			}
		})
	}
}

// A policy of IAM that denies one item does not withhold the others. Its message need not name the
// item.
func TestADeniedItemSparesNoOthers(t *testing.T) {
	var steps []resource.Step
	for i := range 30 {
		s := add(fmt.Sprint(i))
		s.Input = fmt.Appendf(nil, `{"RoleName":"r","PolicyArn":"arn:aws:iam::111122223333:policy/p%d"}`, i)
		steps = append(steps, s)
	}
	w := newWorld(t, having(steps...), having(steps[3])).holds(recorded)
	sent := map[string]bool{}
	w.refusesStep = func(in resource.CallInput) error {
		sent[string(in.Request)] = true
		if strings.HasSuffix(string(in.Request), `/p3"}`) {
			return says(resource.Denied, "not authorized to perform: iam:AttachRolePolicy on resource: role r")
		}
		return nil
	}
	w.run().wantReports("Blocked Code")
	if len(sent) != len(steps) {
		t.Errorf("%d policies are attached, want all %d", len(sent), len(steps))
	}
}
