package ec2

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

const (
	// batchParts is the number of parts into which a refused batch is split. One bad rule among n
	// is found by 1 + log4(n) refused calls, rounded up: six for a thousand rules. In addition AWS
	// accepts at most three calls a round, each with wanted rules. Halves would take as many calls
	// in total, eleven of them refused, in twice the rounds.
	batchParts = 4
	// maxRefusedBatches ends the search for the rules that AWS refuses: each refused call uses
	// budget that the account's other objects need. The next try sends only the missing rules. If
	// all bad rules were found, it sends only those. Until then the object is Blocked.
	maxRefusedBatches = 20
)

// refusedBatch is a batch of rules that AWS refused in this pass.
type refusedBatch struct {
	step    resource.Step
	final   bool // a smaller batch would be refused as well
	message string
	grants  map[grant]bool
}

// planAuthorize adds rules in one batch, which AWS accepts or refuses as a whole. A refused batch
// is split, so that AWS accepts the good rules and the bad one is identified.
func planAuthorize(c kind.Case, verb string, missing []rule) (steps []resource.Step) {
	refused := refusedBatches(c, verb)
	left := make([][]rule, len(refused)) // by the smallest batch that contained them
	var fresh []rule
	for _, r := range missing {
		if i := smallestWith(refused, r.grant); i >= 0 {
			left[i] = append(left[i], r)
		} else {
			fresh = append(fresh, r)
		}
	}
	if len(fresh) > 0 {
		steps = append(steps, authorize(c.ID, fresh))
	}
	split := toSplit(refused, left)
	for i, rules := range left {
		switch batch := refused[i]; {
		case len(rules) == 0:
		case split[i]:
			for _, part := range splitBatch(rules, batch.message) {
				steps = append(steps, authorize(c.ID, part))
			}
		default:
			// The same request, which is not sent again in this try.
			batch.step.Unfinished = !batch.final
			steps = append(steps, batch.step)
		}
	}
	return steps
}

// toSplit are the refused batches that are split in this round. The smallest come
// first. Each try then gets to the bad rules of some batch, and applies the good ones
// beside them. A batch of a few rules is always split, so that what is left in the end
// is named rule by rule.
func toSplit(refused []refusedBatch, left [][]rule) map[int]bool {
	split := map[int]bool{}
	var order []int
	for i, batch := range refused {
		switch {
		case len(left[i]) == 0 || batch.final:
		case len(batch.grants) <= batchParts:
			split[i] = true
		default:
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(left[a]), len(left[b])) })
	if room := maxRefusedBatches - len(refused); room > 0 {
		for _, i := range order[:min(len(order), max(1, room/batchParts))] {
			split[i] = true
		}
	}
	return split
}

// refusedBatches reads the refused batches of a verb from the failures of this pass. A quota, a
// throttle, a denial and a missing answer concern the whole batch.
func refusedBatches(c kind.Case, verb string) (out []refusedBatch) {
	for _, f := range c.Failures {
		var request struct{ IpPermissions []types.IpPermission }
		if f.Step.Verb != verb || json.Unmarshal(f.Step.Input, &request) != nil {
			continue
		}
		batch := refusedBatch{step: f.Step, message: f.Message, grants: map[grant]bool{}}
		for _, p := range request.IpPermissions {
			for _, r := range rules(p, verb == string(authorizeEgress.Verb), "") {
				batch.grants[r.grant] = true
			}
		}
		batch.final = len(batch.grants) == 1 || f.Class != resource.Invalid && f.Class != resource.NotFound &&
			f.Class != resource.Exists && f.Class != resource.Other
		out = append(out, batch)
	}
	return out
}

func smallestWith(refused []refusedBatch, g grant) int {
	smallest := -1
	for i, batch := range refused {
		if batch.grants[g] && (smallest < 0 || len(batch.grants) < len(refused[smallest].grants)) {
			smallest = i
		}
	}
	return smallest
}

// splitBatch splits rules that AWS refused together. AWS's message often repeats the refused value,
// such as a CIDR block or a group's id. The rules with that value are separated from the rest.
func splitBatch(rules []rule, message string) (parts [][]rule) {
	var named, rest []rule
	for _, r := range rules {
		if peer := r.cidr + r.prefixList + strings.TrimPrefix(r.group, nameMark); strings.Contains(message, peer) {
			named = append(named, r)
		} else {
			rest = append(rest, r)
		}
	}
	if len(named) == 0 || len(rest) == 0 {
		named, rest = rules, nil
	}
	if len(rest) > 0 {
		parts = append(parts, rest)
	}
	return append(parts, slices.Collect(slices.Chunk(named, (len(named)+batchParts-1)/batchParts))...)
}
