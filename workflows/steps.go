package workflows

import (
	"math"
	"slices"

	"github.com/tack-dev/tack/resource"
)

// carryOut sends the steps stage by stage, and keeps AWS's answer to each. It stops after a stage
// in which AWS refused a step, so that nothing is removed when an addition failed. A newer level
// ends the pass. With looks, the activity of a single last step also observes AWS: the next
// observation then costs no activity.
func (r *run) carryOut(steps []resource.Step, how patience, looks bool) outcome {
	r.tried.seen = nil
	for len(steps) > 0 {
		if out := r.superseded(); out != goOn {
			return out
		}
		var stage []resource.Step
		stage, steps = firstStage(steps)
		closing := looks && len(steps) == 0 && len(r.tried.failures) == 0
		r.tried.closing = closing && len(stage) == 1
		refused, out := r.carryOutStage(stage, how, closing && r.tried.alone)
		if refused || out != goOn {
			return out.then(r.resetIf(false))
		}
	}
	out := r.resetIf(false)
	if out == goOn {
		r.next.plan = r.tried.seen
	}
	return out
}

// carryOutStage sends the steps of a stage in parallel, and reports whether AWS refused one. With splits,
// the stage ends the plan, and its last step may be sent alone: see sendSplit.
func (r *run) carryOutStage(stage []resource.Step, how patience, splits bool) (refused bool, out outcome) {
	var answered, skipped []resource.Failure
	before := len(r.tried.sent)
	chunks := r.chunks(stage)
	for i, together := range chunks {
		chunk, alike := r.answersSoFar(answered, skipped, r.tried.sent[before:]).without(together)
		skipped = append(skipped, alike...)
		if len(chunk) == 0 {
			continue
		}
		if out = r.newer(); out != goOn {
			break
		}
		var more []resource.Failure
		more, out = r.sendChunk(chunk, &how, splits && i == len(chunks)-1 && len(answered) == 0)
		answered = append(answered, more...)
		if out != goOn {
			break
		}
	}
	r.tried.failures = append(r.tried.failures, slices.Concat(answered, skipped)...)
	return len(answered) > 0, out
}

// firstStage splits off the steps of the lowest stage.
func firstStage(steps []resource.Step) (stage, rest []resource.Step) {
	lowest := steps[0].Stage
	for _, step := range steps {
		lowest = min(lowest, step.Stage)
	}
	for _, step := range steps {
		if step.Stage == lowest {
			stage = append(stage, step)
		} else {
			rest = append(rest, step)
		}
	}
	return stage, rest
}

// The sizes of chunks. A stage of many steps is sent in chunks that double. When AWS denies the
// caller or a quota is reached, it would refuse every remaining call as well.
//
// The server buffers at most 100 events during a workflow task and fails that task at the next
// event. A chunk therefore stays below that limit.
const (
	firstChunk   = 8
	largestChunk = 64
)

// chunks splits a stage into chunks. Old runs sent a stage at once.
func (r *run) chunks(stage []resource.Step) (chunks [][]resource.Step) {
	if len(stage) <= firstChunk || !r.supports(sendsInChunks) {
		return [][]resource.Step{stage}
	}
	for size := firstChunk; len(stage) > 0; size *= 2 {
		size = min(size, largestChunk, len(stage))
		chunks, stage = append(chunks, stage[:size]), stage[size:]
	}
	return chunks
}

// untried returns the steps that AWS did not refuse in this pass, up to the stage in which it
// refused one. Nothing is removed when an addition failed. A step that gets a second try is sent in
// any stage, because the step that made room for it may be done already.
func (r *run) untried(steps []resource.Step) (untried []resource.Step) {
	last := math.MaxInt
	for _, step := range steps {
		if r.triedEnough(step) {
			last = min(last, step.Stage)
		}
	}
	for _, step := range steps {
		if (step.Stage <= last || step.Again) && !r.triedEnough(step) {
			untried = append(untried, step)
		}
	}
	return untried
}

// triedEnough reports whether AWS refused the step in this pass, and it gets no second try. A step
// that is sent once and ended unclear gets one after an observation of AWS. So does a step for
// which the plan makes room.
func (r *run) triedEnough(step resource.Step) bool {
	failures := r.failuresOf(step)
	return len(failures) > 1 || len(failures) == 1 && !step.Again && (!step.Once || failures[0].Class != resource.Unclear)
}

// failuresOf returns the failures of this pass that concern the steps.
func (r *run) failuresOf(steps ...resource.Step) (failures []resource.Failure) {
	for _, failure := range r.tried.failures {
		if slices.ContainsFunc(steps, failure.Step.Same) {
			failures = append(failures, failure)
		}
	}
	return failures
}

// notShownYet reports whether AWS already carried out all of these steps in this pass. Then its
// reads are stale, and the steps need time instead of a repeat.
func (r *run) notShownYet(steps []resource.Step) bool {
	for _, step := range steps {
		if !slices.ContainsFunc(r.tried.sent, step.Same) {
			return false
		}
	}
	return r.supports(givesAWSTime)
}

// lastSteps names the last steps of a pass.
func (r *run) lastSteps() string {
	var words []string
	for _, step := range r.tried.last {
		text := step.Summary
		if step.Path != "" {
			text = step.Path + ": " + text
		}
		words = append(words, text)
	}
	return resource.Several(words)
}

func withID(steps []resource.Step, id string) []resource.Step {
	out := make([]resource.Step, 0, len(steps))
	for _, step := range steps {
		out = append(out, step.WithID(id))
	}
	return out
}
