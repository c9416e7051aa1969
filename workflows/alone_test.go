package workflows_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// alone marks a plan: its last step may be sent after the others.
func alone(plan resource.Plan) resource.Plan {
	plan.Alone = true
	return plan
}

// sentSteps returns the steps that were sent, sorted; those that observe AWS afterwards have a plus.
func (w *world) sentSteps() (sent []string) {
	for _, in := range w.sent {
		text := string(in.Request)
		if in.Then != nil {
			text += "+"
		}
		sent = append(sent, text)
	}
	slices.Sort(sent)
	return sent
}

// The activity of the last step observes AWS, so the last of several steps waits for the others.
func TestLastStepLooks(t *testing.T) {
	request := func(what string) string { return `{"Id":"` + thingID + `","What":"` + what + `"}` }
	once := add("c")
	once.Once = true
	for name, test := range map[string]struct {
		plan  resource.Plan
		fails error // of the first step
		want  []string
	}{
		"one step":              {having(add("a")), nil, []string{request("a") + "+"}},
		"several":               {alone(having(add("a"), add("b"), add("c"))), nil, []string{request("a"), request("b"), request("c") + "+"}},
		"of an older version":   {having(add("a"), add("b")), nil, []string{request("a"), request("b")}},
		"the last is sent once": {alone(having(add("a"), once)), nil, []string{request("a"), request("c")}},
		"an earlier stage":      {alone(having(add("a"), add("b"), remove("c"))), nil, []string{request("a"), request("b"), request("c") + "+"}},
		"AWS refuses another":   {alone(having(add("a"), add("b"))), refuse("Code", resource.Invalid), []string{request("a"), request("b")}},
	} {
		t.Run(name, func(t *testing.T) {
			plans := []resource.Plan{test.plan, having()}
			if test.fails != nil {
				plans = []resource.Plan{test.plan, test.plan, having()}
			}
			w := newWorld(t, plans...).holds(recorded)
			w.refusesStep = func(in resource.CallInput) error {
				if string(in.Request) == request("a") {
					return test.fails
				}
				return nil
			}
			w.run()
			if diff := cmp.Diff(test.want, w.sentSteps()); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
		})
	}
}
