package workflows

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tack-dev/tack/resource"
)

// refusedAlike is how many steps of one verb AWS must refuse with one code, and accept none of the
// stage, before the rest is spared.
const refusedAlike = 10

// quoted matches each key and each string of a request.
var quoted = regexp.MustCompile(`"((?:[^"\\]|\\.)+)"`)

// refused is what AWS refused in a stage so far.
type refused struct {
	failures []resource.Failure
	accepted bool   // AWS accepted a step of the stage
	own      string // the id of the object's resource, which each request names
	alike    bool   // the run is new enough to spare by the words of a refusal
}

// refusedSoFar returns what AWS refused in a stage so far. Old runs spared only what a quota or a
// denial refuses.
func (r *run) refusedSoFar(failures []resource.Failure, accepted bool) refused {
	so := refused{failures: failures, accepted: accepted}
	if len(failures) == 0 {
		return so
	}
	if claim := r.level.Object.Claim; claim.Recorded() {
		so.own = claim.ID
	}
	so.alike = r.since(sparesAlike)
	return so
}

// without splits off the steps that AWS would refuse as it refused those of the same verb, with
// their failures.
func (so refused) without(steps []resource.Step) (left []resource.Step, spared []resource.Failure) {
	for _, step := range steps {
		i := slices.IndexFunc(so.failures, func(f resource.Failure) bool { return f.Step.Verb == step.Verb && so.concerns(f, step) })
		if i < 0 {
			left = append(left, step)
			continue
		}
		failure := so.failures[i]
		failure.Step = step
		spared = append(spared, failure)
	}
	return left, spared
}

// concerns reports whether a refusal also holds for another step of its verb. AWS's answer must be
// a clear one: it may accept the rest after it throttles, or after an answer got lost.
func (so refused) concerns(f resource.Failure, step resource.Step) bool {
	switch f.Class {
	case resource.Quota, resource.Denied:
		return true
	case resource.Invalid, resource.NotFound, resource.Dependent, resource.Exists:
		return so.alike && (so.names(f, step) || !so.accepted && so.count(f) >= refusedAlike)
	default:
		return false
	}
}

// names reports whether a refusal names an id that the other step needs too, and nothing that only
// the refused step has. Each request names the object's own resource, so its id counts only where
// AWS does not find it.
func (so refused) names(f resource.Failure, step resource.Step) bool {
	byID, input := false, string(step.Input)
	for _, match := range quoted.FindAllStringSubmatch(string(f.Step.Input), -1) {
		word := match[1]
		switch {
		case !strings.Contains(f.Message, word):
		case !strings.Contains(input, match[0]):
			return false
		case resource.IsEC2ID(word) && (word != so.own || f.Class == resource.NotFound):
			byID = true
		}
	}
	return byID
}

// count returns how many steps were refused with the verb and the code of f.
func (so refused) count(f resource.Failure) (n int) {
	for _, other := range so.failures {
		if other.Step.Verb == f.Step.Verb && other.Code == f.Code {
			n++
		}
	}
	return n
}
