package workflows

import (
	"fmt"
	"slices"

	"github.com/tack-dev/tack/resource"
)

// someHope takes the failures of unfinished steps out of those that only an edit can cure: the next
// try sends parts of these requests.
func someHope(failures []resource.Failure, refused []resource.Step) []resource.Failure {
	for i, f := range failures {
		if f.Class == resource.Invalid && slices.ContainsFunc(refused, func(s resource.Step) bool { return s.Unfinished && s.Same(f.Step) }) {
			failures[i].Class = resource.Other
		}
	}
	return failures
}

// bySomethingElse reports whether AWS refuses because of another resource, which may appear or
// disappear at any moment.
func bySomethingElse(failures []resource.Failure) bool {
	for _, f := range failures {
		if f.Class != resource.Invalid && !f.Class.ByAnother() { // Invalid rests anyway
			return false
		}
	}
	return true
}

// passing reports whether time or another object can cure every failure, and every step was retried
// for as long as a run may last. A step that is sent once fails at the first unclear answer, and
// must rest before a retry.
func passing(failures []resource.Failure) bool {
	for _, f := range failures {
		switch {
		case f.Class == resource.Throttled || f.Class == resource.Gated:
		case f.Class == resource.Dependent && !f.Step.Once: // a create rests, and receives signals meanwhile
		case f.Class == resource.Unclear && !f.Step.Once:
		default:
			return false
		}
	}
	return true
}

// inOneLine joins all of AWS's answers, step by step, without repeats.
func inOneLine(failures []resource.Failure) string {
	messages := make([]string, 0, len(failures))
	for _, f := range failures {
		if text := describe(f); !slices.Contains(messages, text) {
			messages = append(messages, text)
		}
	}
	return resource.Several(messages)
}

// describe names the step and AWS's answer. Code and message stand side by side, because ACK's
// users search for them in that form.
func describe(f resource.Failure) string {
	text := fmt.Sprintf("%s: %s", f.Code, f.Message)
	if f.Step.Summary != "" {
		text = f.Step.Summary + ": " + text
	}
	if f.Step.Path != "" {
		text = f.Step.Path + ": " + text
	}
	return text
}
