// Package room plans changes of lists that are full.
package room

import (
	"slices"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// Make plans a change of a list that is full. Where AWS refuses adds only for a quota, Make returns
// removals for the first stage, and gives the adds a second try after them. It does so once in a
// pass: it keeps the plan unchanged after AWS refuses the second try, or a removal. The function
// take plans up to n removals, with those verbs.
func Make(c kind.Case, adds []resource.Step, take func(n int) []resource.Step, verbs ...string) (removals []resource.Step) {
	full := overQuota(c, adds)
	if len(full) == 0 || slices.ContainsFunc(verbs, c.Refused) {
		return nil
	}
	made := resource.Did(c.Done, verbs...)
	if !made {
		if removals = take(len(full)); len(removals) == 0 {
			return nil
		}
	}
	for i := range removals {
		removals[i].Stage = 0
	}
	for _, i := range full {
		adds[i].Again = true
		adds[i].Stage = max(adds[i].Stage, 1)
		adds[i].Summary += ", after making room"
	}
	return removals
}

// First returns a function that takes the first n of the removals, or all.
func First(removals []resource.Step) func(n int) []resource.Step {
	return func(n int) []resource.Step { return slices.Clone(removals[:min(n, len(removals))]) }
}

// overQuota returns the places of the steps that AWS refused once in this pass, for a quota. There
// are none if AWS refused one for another reason, or twice.
func overQuota(c kind.Case, steps []resource.Step) (full []int) {
	for i, step := range steps {
		refusals := 0
		for _, f := range c.Failures {
			if !f.Step.Same(step) {
				continue
			}
			refusals++
			if refusals > 1 || f.Class != resource.Quota {
				return nil
			}
		}
		if refusals > 0 {
			full = append(full, i)
		}
	}
	return full
}
