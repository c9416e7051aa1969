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

// Path returns the field of the spec that the move concerns. A move that only changes our own tags, or
// sets default tags, concerns none.
func (m Move) Path(defaults []resource.DefaultTag) string {
	for key, value := range m.Set {
		if !added(key) && !isDefault(defaults, key, value) {
			return "spec.tags"
		}
	}
	if slices.ContainsFunc(m.Remove, func(key string) bool { return !added(key) }) {
		return "spec.tags"
	}
	return ""
}

// isDefault reports whether a wanted tag is a default tag, and not one of the user with its key.
func isDefault(defaults []resource.DefaultTag, key, value string) bool {
	return slices.ContainsFunc(defaults, func(d resource.DefaultTag) bool { return d.Key == key && d.Value == value })
}

// Exact is how EC2 compares keys, and IAM those of policies and instance profiles.
func Exact(key string) string { return key }

// Folded is how IAM compares the keys of roles and users: without regard to letter case. A key in
// another case replaces the existing one. The keys of its other resources are case-sensitive.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
func Folded(key string) string { return strings.ToLower(key) }

// Moves returns the calls that change the tags of a resource from got to want, in order. Tags are
// set before others are removed, so that no tag is missing for a moment. Where a resource would
// exceed AWS's limit, tags are first removed to make room.
func Moves(want, got map[string]string, rules Rules) []Move {
	fold := rules.fold()
	want = withEarlierForm(want, got)
	set, surplus := change(want, got, rules)
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
	gone, pairs := renamed(surplus, adding)
	if over <= len(gone) {
		rest := append(slices.Clone(gone[over:]), olds(pairs)...)
		return moves(Move{Set: replacing}, Move{Remove: gone[:over]}, Move{Set: adding}, Move{Remove: rest})
	}
	room := maxTags - len(have) + len(gone)
	if room <= 0 && len(pairs) > 0 {
		if key, found := informational(want, got); found {
			// The others replace an informational tag, which is set again last.
			delete(replacing, key)
			gone, adding[key] = append(gone, key), want[key]
		} else {
			// There is no room at all. One key is missing for a moment, so that the others are not.
			// The owner is the last choice.
			gone, pairs = append(gone, pairs[len(pairs)-1].old), pairs[:len(pairs)-1]
		}
		room = 1
	}
	all := []Move{{Set: replacing}, {Remove: gone}}
	for batch := range slices.Chunk(pairs, max(room, 1)) {
		set := map[string]string{}
		for _, p := range batch {
			set[p.new] = adding[p.new]
			delete(adding, p.new)
		}
		all = append(all, Move{Set: set}, Move{Remove: olds(batch)})
	}
	return moves(append(all, Move{Set: adding})...)
}

// A pair is a surplus key and the wanted key that replaces it. The new key has another letter case,
// or is the owner's tag in its other form. It is set before the old key is removed.
type pair struct{ old, new string }

func olds(pairs []pair) (keys []string) {
	for _, p := range pairs {
		keys = append(keys, p.old)
	}
	return keys
}

// renamed splits the surplus into keys to remove, ours first, and pairs, the owner's first.
func renamed(surplus []string, adding map[string]string) (gone []string, pairs []pair) {
	free := slices.Sorted(maps.Keys(adding))
	for _, old := range surplus {
		at := slices.IndexFunc(free, func(key string) bool { return strings.EqualFold(old, key) || owns(old) && owns(key) })
		if at < 0 {
			gone = append(gone, old)
			continue
		}
		pairs = append(pairs, pair{old, free[at]})
		free = slices.Delete(free, at, at+1)
	}
	slices.SortStableFunc(gone, func(a, b string) int { return cmp.Compare(importance(a), importance(b)) })
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(importance(b.old), importance(a.old)) })
	return gone, pairs
}

// informational returns a tag that the resource has and keeps, and that nothing depends on.
func informational(want, got map[string]string) (key string, found bool) {
	for _, key := range []string{resource.TagControllerVersion, resource.TagNamespace} {
		_, wanted := want[key]
		if _, there := got[key]; there && wanted {
			return key, true
		}
	}
	return "", false
}

func owns(key string) bool { return key == resource.TagOwner || key == resource.PlainTagOwner }

// Stages orders moves: each has its own stage, after the previous one. A lone removal follows the
// first stage, in which other changes are made.
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

// moves leaves out the moves that change nothing: a request without keys would remove all tags.
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

// importance ranks the tags to remove: ours go before the user's, and the owner's last.
func importance(key string) int {
	switch {
	case owns(key):
		return 2
	case strings.HasPrefix(key, resource.TagPrefix):
		return 0
	}
	return 1
}

// change compares the tags of a resource. Where keys fold, a key in another letter case is
// replaced when it is set, and removing it would remove the new one.
func change(want, got map[string]string, rules Rules) (set map[string]string, surplus []string) {
	set = map[string]string{}
	fold := rules.fold()
	wanted := map[string]bool{}
	for key, value := range want {
		wanted[fold(key)] = true
		old, there := got[key]
		// Another version of the controller is not drift: it would write to every resource at each
		// upgrade.
		if there && (old == value || rules.anyValue(key, value)) || Reserved(key) {
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

// anyValue reports whether a wanted tag may have another value in AWS.
func (r Rules) anyValue(key, value string) bool {
	return key == resource.TagControllerVersion || slices.Contains(r.Defaults, resource.DefaultTag{Key: key, Value: value, AnyValue: true})
}

// withEarlierForm keeps uid and incarnation in two tags if the resource has them in this form, they
// are right, and there is room. An upgrade then changes no tags.
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
