// Package steps builds the steps of a plan that several kinds share.
package steps

import "github.com/tack-dev/tack/resource"

// At puts steps into a stage.
func At(stage int, all ...resource.Step) []resource.Step {
	for i := range all {
		all[i].Stage = stage
	}
	return all
}

// About names the field of the spec that the steps are about.
func About(path string, all ...resource.Step) []resource.Step {
	for i := range all {
		all[i].Path = path
	}
	return all
}

// For returns one step with its stage and its field.
func For(stage int, path string, step resource.Step) resource.Step {
	step.Stage, step.Path = stage, path
	return step
}

// Turn begins the summary of a step that turns something on or off.
func Turn(on bool) string {
	if on {
		return "turn on "
	}
	return "turn off "
}
