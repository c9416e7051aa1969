package workflows_test

import (
	"encoding/json"

	"github.com/tack-dev/tack/resource"
)

// making returns the plan for an object without a resource.
func making(steps ...resource.Step) resource.Plan {
	return resource.Plan{
		Create:      &resource.Step{Verb: resource.VerbCreate, Summary: "make it", Input: json.RawMessage(`{"Name":"web"}`)},
		Incarnation: 1, Steps: steps,
	}
}

// having returns the plan for an object with a resource.
func having(steps ...resource.Step) resource.Plan {
	return resource.Plan{ID: thingID, Proven: true, Incarnation: 1, Steps: steps}
}

// nothing returns the plan for a deleted object without a resource.
func nothing() resource.Plan { return resource.Plan{Incarnation: 1} }

func add(what string) resource.Step { return step("Add", what, 0) }

func remove(what string) resource.Step { return step("Remove", what, 1) }

func del() resource.Step { return step("Delete", "it", 9) }

func step(verb, what string, stage int) resource.Step {
	return resource.Step{
		Verb: verb, Summary: verb + " " + what, Stage: stage,
		Input: json.RawMessage(`{"Id":"` + resource.NewID + `","What":"` + what + `"}`),
	}
}
