package workflows

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tack-dev/tack/resource"
)

// refusedAlike is how many steps of one verb AWS must refuse with one code, and accept none of the
// stage, before the rest is skipped.
const refusedAlike = 10

// quoted matches each key and each string of a request.
var quoted = regexp.MustCompile(`"((?:[^"\\]|\\.)+)"`)

// answers is what AWS answered to the steps of a stage so far.
type answers struct {
	answered []resource.Failure // what AWS refused
	accepted []resource.Step    // what AWS accepted
	own      string             // the id of the object's resource, which each request names
	alike    bool               // the run is new enough to skip by the words of a refusal
	earlier  []resource.Failure // of an old run: what AWS refused and what was skipped
}

// answersSoFar returns what AWS answered in a stage so far. Old runs skipped only what a quota or a
// denial refuses, or counted the skipped steps as refused by AWS.
func (r *run) answersSoFar(answered, skipped []resource.Failure, accepted []resource.Step) answers {
	so := answers{answered: answered, accepted: accepted}
	if len(answered) == 0 {
		return so
	}
	if claim := r.level.Object.Claim; claim.Recorded() {
		so.own = claim.ID
	}
	if so.alike = r.supports(skipsAlike); !so.alike || !r.supports(skipsByTarget) {
		so.earlier = slices.Concat(answered, skipped)
	}
	return so
}

// without splits off the steps that AWS would refuse as it refused those of the same verb, with
// their failures.
func (so answers) without(steps []resource.Step) (left []resource.Step, skipped []resource.Failure) {
	concerns, failures := so.concerns, so.answered
	if so.earlier != nil {
		concerns, failures = so.concernedEarlier, so.earlier
	}
	for _, step := range steps {
		i := slices.IndexFunc(failures, func(f resource.Failure) bool {
			return f.Step.Verb == step.Verb && f.Step.Target == step.Target && concerns(f, step)
		})
		if i < 0 {
			left = append(left, step)
			continue
		}
		failure := failures[i]
		failure.Step = step
		skipped = append(skipped, failure)
	}
	return left, skipped
}

// concerns reports whether a refusal also holds for another step of its verb. AWS's answer must be
// a clear one: it may accept the rest after it throttles, or after an answer got lost.
//
// A policy of IAM may deny one item and allow the others, and AWS's message does not always name
// the item. A denial therefore holds for the verb only while AWS has accepted nothing of it.
func (so answers) concerns(f resource.Failure, step resource.Step) bool {
	switch f.Class {
	case resource.Quota:
		return true
	case resource.Denied:
		_, other := so.compare(f, step)
		return !other && !slices.ContainsFunc(so.accepted, func(s resource.Step) bool { return s.Verb == step.Verb })
	case resource.Invalid, resource.NotFound, resource.Dependent, resource.Exists:
		return so.names(f, step) || len(so.accepted) == 0 && so.count(f, step) >= refusedAlike
	default:
		return false
	}
}

// names reports whether a refusal names an id that the other step needs too, and nothing that only
// the refused step has.
func (so answers) names(f resource.Failure, step resource.Step) bool {
	shared, other := so.compare(f, step)
	return shared && !other
}

// compare reports whether a refusal names an id that another step needs too, and whether it names
// something that only the refused step has. Each request names the object's own resource, so its id
// counts only where AWS does not find it.
func (so answers) compare(f resource.Failure, step resource.Step) (shared, other bool) {
	input := string(step.Input)
	for _, match := range quoted.FindAllStringSubmatch(string(f.Step.Input), -1) {
		word := match[1]
		switch {
		case !strings.Contains(f.Message, word):
		case !strings.Contains(input, match[0]):
			other = true
		case resource.IsEC2ID(word) && (word != so.own || f.Class == resource.NotFound):
			shared = true
		}
	}
	return shared, other
}

// count returns how many steps AWS refused with the verb and the code of f, for a reason that
// may hold for another step. Both have the same target, and no message names something that only
// the refused step has.
func (so answers) count(f resource.Failure, step resource.Step) (n int) {
	for _, like := range so.answered {
		if like.Step.Verb != f.Step.Verb || like.Code != f.Code || !slices.Equal(idsIn(like.Step), idsIn(step)) {
			continue
		}
		if _, other := so.compare(like, step); !other {
			n++
		}
	}
	return n
}

// idsIn returns the ids and ARNs in a step's request: what it changes, and its target.
func idsIn(step resource.Step) (ids []string) {
	for _, match := range quoted.FindAllStringSubmatch(string(step.Input), -1) {
		if word := match[1]; resource.IsEC2ID(word) || strings.HasPrefix(word, "arn:") {
			ids = append(ids, word)
		}
	}
	return ids
}

// concernedEarlier is concerns of old runs.
func (so answers) concernedEarlier(f resource.Failure, step resource.Step) bool {
	switch f.Class {
	case resource.Quota, resource.Denied:
		return true
	case resource.Invalid, resource.NotFound, resource.Dependent, resource.Exists:
		return so.alike && (so.names(f, step) || len(so.accepted) == 0 && so.countEarlier(f) >= refusedAlike)
	default:
		return false
	}
}

// countEarlier is count of old runs.
func (so answers) countEarlier(f resource.Failure) (n int) {
	for _, other := range so.earlier {
		if other.Step.Verb == f.Step.Verb && other.Code == f.Code {
			n++
		}
	}
	return n
}
