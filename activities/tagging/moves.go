package tagging

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tack-dev/tack/resource"
)

// Move is one call that changes tags: it sets some or removes some.
type Move struct {
	Set    map[string]string
	Remove []string // sorted
}

// Exact is how EC2 compares keys.
func Exact(key string) string { return key }

// Folded is how IAM compares keys: without regard to letter case. A key in
// another case replaces the one that is there.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
func Folded(key string) string { return strings.ToLower(key) }

// Moves brings the tags of a resource from got to want, in this order. What is
// wanted is set before anything is removed, so that no tag is missing for a
// moment. A resource that would pass AWS's limit loses first what makes room.
func Moves(want, got map[string]string, fold func(string) string) []Move {
	want = withEarlierForm(want, got)
	set, surplus := change(want, got, fold)
	have := map[string]bool{}
	for key := range got {
		if !Reserved(key) { // AWS does not count its own
			have[fold(key)] = true
		}
	}
	replacing, adding := map[string]string{}, map[string]string{}
	for key, value := range set {
		if have[fold(key)] {
			replacing[key] = value
		} else {
			adding[key] = value
		}
	}
	over := len(have) + len(adding) - maxTags
	if over <= 0 || len(surplus) == 0 {
		return moves(Move{Set: set}, Move{Remove: surplus})
	}
	slices.SortStableFunc(surplus, func(a, b string) int { return cmp.Compare(importance(a, adding), importance(b, adding)) })
	cut := min(over, len(surplus))
	first, rest := surplus[:cut], surplus[cut:]
	if last := first[cut-1]; owns(last) {
		// The owner's tag in its other form is set before the old one goes.
		later := map[string]string{}
		for _, key := range slices.Sorted(maps.Keys(adding)) {
			if !owns(key) && len(later) == 0 {
				later[key] = adding[key]
				delete(adding, key)
			}
		}
		return moves(Move{Set: replacing}, Move{Remove: first[:cut-1]}, Move{Set: adding}, Move{Remove: []string{last}}, Move{Set: later})
	}
	return moves(Move{Set: replacing}, Move{Remove: first}, Move{Set: adding}, Move{Remove: rest})
}

func owns(key string) bool { return key == resource.TagOwner || key == resource.PlainTagOwner }

// Stages orders moves: each is a stage after the one before. What only removes
// follows the first stage, in which other changes are made.
func Stages(moves []Move) []int {
	stages := make([]int, len(moves))
	for i := range moves {
		stages[i] = i
	}
	if len(moves) == 1 && len(moves[0].Remove) > 0 {
		stages[0] = 1
	}
	return stages
}

// moves leaves out those that change nothing: a request without keys would remove
// all tags.
func moves(all ...Move) (needed []Move) {
	for _, m := range all {
		if len(m.Set)+len(m.Remove) == 0 {
			continue
		}
		slices.Sort(m.Remove)
		needed = append(needed, m)
	}
	return needed
}

// importance ranks what is to be removed: ours goes before the user's, then a key
// that comes back in another letter case, and the owner last.
func importance(key string, adding map[string]string) int {
	if owns(key) {
		return 3
	}
	if strings.HasPrefix(key, resource.TagPrefix) {
		return 0
	}
	for other := range adding {
		if strings.EqualFold(key, other) {
			return 2
		}
	}
	return 1
}

// change compares the tags of a resource. A key that IAM has in another letter case
// is replaced by being set, and removing it would remove the new one.
func change(want, got map[string]string, fold func(string) string) (set map[string]string, surplus []string) {
	set = map[string]string{}
	wanted := map[string]bool{}
	for key, value := range want {
		wanted[fold(key)] = true
		old, there := got[key]
		// Another version of the controller is no drift: it would write to every
		// resource at each upgrade.
		if there && (old == value || key == resource.TagControllerVersion) || Reserved(key) {
			continue
		}
		set[key] = value
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if !wanted[fold(key)] && !Reserved(key) {
			surplus = append(surplus, key)
		}
	}
	return set, surplus
}

// withEarlierForm wants uid and incarnation in two tags where a resource has them
// so, they are right, and there is room: an upgrade changes the tags of nothing.
func withEarlierForm(want, got map[string]string) map[string]string {
	incarnation, two := got[resource.TagIncarnation]
	_, slashed := want[resource.TagUID]
	is, should := resource.OwnershipOf(got), resource.OwnershipOf(want)
	if !two || !slashed || strings.Contains(got[resource.TagUID], "/") || is.UID != should.UID || is.Incarnation != should.Incarnation || len(want) >= maxTags {
		return want
	}
	want = maps.Clone(want)
	want[resource.TagUID], want[resource.TagIncarnation] = is.UID, incarnation
	return want
}
