package ec2

import (
	"strings"

	"github.com/tack-dev/tack/activities/steps"
	"github.com/tack-dev/tack/resource"
)

// together collects what one request changes, in words, with the field of the first change.
type together struct {
	words []string
	path  string
}

func (t *together) change(path, words string) {
	t.words = append(t.words, words)
	if t.path == "" {
		t.path = path
	}
}

// fields adds the words of shape.Edit, each with the name of its field first.
func (t *together) fields(all []string) {
	for _, words := range all {
		field, _, _ := strings.Cut(words, " ")
		t.change("spec."+field, words)
	}
}

// list returns what to add and what to remove.
func (t *together) list(path string, want, got []string) (add, remove []string) {
	add, remove = without(want, got), without(got, want)
	if len(add) > 0 {
		t.change(path, "add "+strings.Join(add, ", "))
	}
	if len(remove) > 0 {
		t.change(path, "remove "+strings.Join(remove, ", "))
	}
	return add, remove
}

// steps returns the one step; none where nothing changes.
func (t *together) steps(step func(words string) resource.Step) []resource.Step {
	if len(t.words) == 0 {
		return nil
	}
	return steps.About(t.path, step(strings.Join(t.words, ", ")))
}
