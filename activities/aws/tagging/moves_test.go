package tagging

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

var owner = resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: "v"}}

// many returns n tags of a user.
func many(n int) (tags []Tag) {
	for i := range n {
		tags = append(tags, Tag{Key: fmt.Sprintf("k%02d", i), Value: "v"})
	}
	return tags
}

// earlier returns the tags that a resource got from a version with a separate tag for the
// incarnation.
func earlier(user []Tag) map[string]string {
	tags := Wanted(user, owner, 2, nil)
	tags[resource.TagUID], tags[resource.TagIncarnation] = "u", "2"
	tags[resource.TagControllerVersion], tags[resource.TagNamespace] = "tack", "n"
	return tags
}

// described describes each move in short.
func described(moves []Move) (out []string) {
	for _, m := range moves {
		word, keys := "set", slices.Sorted(maps.Keys(m.Set))
		if len(m.Remove) > 0 {
			word, keys = "remove", m.Remove
		}
		var short []string
		for _, key := range keys {
			short = append(short, strings.TrimPrefix(key, resource.TagPrefix))
		}
		if len(short) > 4 {
			short = []string{fmt.Sprint(len(short), " tags")}
		}
		out = append(out, word+" "+strings.Join(short, " "))
	}
	return out
}

func TestMoves(t *testing.T) {
	with := func(tags map[string]string, more ...string) map[string]string {
		tags = maps.Clone(tags)
		for i := 0; i < len(more); i += 2 {
			tags[more[i]] = more[i+1]
		}
		return tags
	}
	for name, test := range map[string]struct {
		want, got map[string]string
		fold      func(string) string
		moves     []string
	}{
		"nothing": {want: Wanted(many(3), owner, 2, nil), got: Wanted(many(3), owner, 2, nil)},
		"values, AWS's own and another controller-version": {
			want:  map[string]string{"same": "1", "other": "2", "new": "", resource.TagControllerVersion: "tack", "aws:mine": "x"},
			got:   map[string]string{"same": "1", "other": "1", "old": "1", resource.TagControllerVersion: "ec2-v1", "aws:cloudformation:stack-name": "s", "AWS:x": "y"},
			moves: []string{"set new other", "remove old"},
		},
		"made by the version before": {want: Wanted(many(45), owner, 2, nil), got: earlier(many(45))},
		"made by the version before, another value": {
			want: Wanted([]Tag{{"k00", "x"}}, owner, 2, nil), got: earlier(many(1)), moves: []string{"set k00"},
		},
		"made by the version before, of another making": {
			want: Wanted(many(1), owner, 3, nil), got: earlier(many(1)), moves: []string{"set tack-uid", "remove tack-incarnation"},
		},
		"made by the version before, 40 to 48": {
			want: Wanted(many(48), owner, 2, nil), got: earlier(many(40)),
			moves: []string{"set tack-uid", "remove controller-version namespace tack-incarnation", "set 8 tags"},
		},
		"40 to 48": {
			want: Wanted(many(48), owner, 2, nil), got: Wanted(many(40), owner, 2, nil),
			moves: []string{"remove controller-version namespace", "set 8 tags"},
		},
		"40 to 47": {
			want: Wanted(many(47), owner, 2, nil), got: Wanted(many(40), owner, 2, nil),
			moves: []string{"remove controller-version", "set 7 tags"},
		},
		"48 to 40": {
			want: Wanted(many(40), owner, 2, nil), got: Wanted(many(48), owner, 2, nil),
			moves: []string{"remove k40 k41", "set controller-version namespace", "remove 6 tags"},
		},
		"one of 48 for another": {
			want: Wanted(append(many(47), Tag{"x", "y"}), owner, 2, nil), got: Wanted(many(48), owner, 2, nil),
			moves: []string{"remove k47", "set x"},
		},
		"49 that AWS counts, beside its own": {
			want: Wanted(many(48), owner, 2, nil), got: with(Wanted(many(47), owner, 2, nil), "aws:a", "b", "aws:c", "d"),
			moves: []string{"remove namespace", "set k47"},
		},
		"another letter case": {
			want: map[string]string{"team": "a", "x": "1"}, got: map[string]string{"Team": "a"},
			moves: []string{"set team x", "remove Team"},
		},
		"another letter case, to IAM": {
			want: map[string]string{"team": "a", "x": "1"}, got: map[string]string{"Team": "a", "old": "1"}, fold: Folded,
			moves: []string{"set team x", "remove old"},
		},
		"another letter case of one of 48, to IAM": {
			want: Wanted(append(many(47), Tag{"Team", "y"}), owner, 2, nil), got: Wanted(append(many(47), Tag{"team", "y"}), owner, 2, nil), fold: Folded,
			moves: []string{"set Team"},
		},
		"room comes from what does not come back": {
			want: Wanted(append(many(46), Tag{"A", ""}, Tag{"x", ""}), owner, 2, nil), got: Wanted(append(many(46), Tag{"a", ""}, Tag{"z", ""}), owner, 2, nil),
			moves: []string{"remove z", "set A", "remove a", "set x"},
		},
		"two come back in another letter case, with room for one": {
			want:  Wanted(append(many(45), Tag{"A", ""}, Tag{"B", ""}, Tag{"x", ""}), owner, 2, nil),
			got:   Wanted(append(many(45), Tag{"a", ""}, Tag{"b", ""}, Tag{"z", ""}), owner, 2, nil),
			moves: []string{"remove z", "set A", "remove a", "set B", "remove b", "set x"},
		},
		"an informational tag is replaced by another letter case": {
			want: Wanted(append(many(46), Tag{"A", ""}), owner, 2, nil), got: Wanted(append(many(46), Tag{"a", ""}), owner, 2, nil),
			moves: []string{"remove namespace", "set A", "remove a", "set namespace"},
		},
		"nothing is replaced by two in another letter case": {
			want: Wanted(append(many(46), Tag{"A", ""}, Tag{"B", ""}), owner, 2, nil), got: Wanted(append(many(46), Tag{"a", ""}, Tag{"b", ""}), owner, 2, nil),
			moves: []string{"remove b", "set A", "remove a", "set B"},
		},
		"to slash-free keys": {
			want: Plain(Wanted(many(2), owner, 2, nil), many(2)), got: Wanted(many(2), owner, 2, nil),
			moves: []string{"set services.k8s.aws:tack-owner services.k8s.aws:tack-uid", "remove controller-version namespace tack-owner tack-uid"},
		},
		"to slash-free keys without room: one owner is always there": {
			want: Plain(Wanted(many(48), owner, 2, nil), many(48)), got: Wanted(many(48), owner, 2, nil),
			moves: []string{"remove tack-uid", "set services.k8s.aws:tack-owner", "remove tack-owner", "set services.k8s.aws:tack-uid"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if test.fold == nil {
				test.fold = Exact
			}
			if diff := cmp.Diff(test.moves, described(Moves(test.want, test.got, Rules{Fold: test.fold}))); diff != "" {
				t.Errorf("moves (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever a user does, no move exceeds AWS's limit, and the owner's tag is always there. So is a
// key that only changes case. Nothing remains to do after the last move. Without any room, one such
// key may be missing.
func TestMovesKeepWithinTheLimit(t *testing.T) { //nolint:gocyclo // one invariant after the other, read top to bottom
	random := rand.New(rand.NewPCG(1, 2))
	tags := func() (user []Tag) {
		n := random.IntN(49)
		if random.IntN(2) == 0 {
			n = 45 + random.IntN(4)
		}
		for _, i := range random.Perm(60)[:n] {
			key := fmt.Sprint("k", i)
			if random.IntN(2) == 0 {
				key = strings.ToUpper(key)
			}
			user = append(user, Tag{key, fmt.Sprint(random.IntN(2))})
		}
		return user
	}
	for range 2000 {
		before, after := tags(), tags()
		if random.IntN(2) == 0 {
			after = recased(random, before)
		}
		got, want := Wanted(before, owner, 2, nil), Wanted(after, owner, 2, nil)
		if len(before) <= 45 && random.IntN(2) == 0 {
			got = earlier(before)
		}
		fold := Exact
		switch random.IntN(3) {
		case 0:
			fold = Folded
		case 1:
			want = Plain(want, after)
		}
		got["aws:autoscaling:groupName"] = "x"
		at := maps.Clone(got)
		for _, m := range Moves(want, got, Rules{Fold: fold}) {
			for key, value := range m.Set {
				maps.DeleteFunc(at, func(old, _ string) bool { return fold(old) == fold(key) })
				at[key] = value
			}
			for _, key := range m.Remove {
				maps.DeleteFunc(at, func(old, _ string) bool { return fold(old) == fold(key) })
			}
			if len(at) > maxTags+1 {
				t.Fatalf("%d tags beside AWS's own after %v in %v, of\n%v\nto\n%v", len(at)-1, described([]Move{m}), described(Moves(want, got, Rules{Fold: fold})), got, want)
			}
			if lost := missing(want, got, at); len(lost) > 1 || len(lost) == 1 && roomFor(want, got) {
				t.Fatalf("no %v after %v in %v, of\n%v\nto\n%v", lost, described([]Move{m}), described(Moves(want, got, Rules{Fold: fold})), got, want)
			}
			if resource.OwnershipOf(at).Owner != owner.Tag() {
				t.Fatalf("no owner after %v", described([]Move{m}))
			}
		}
		if left := Moves(want, at, Rules{Fold: fold}); len(left) > 0 {
			t.Fatalf("there is more to do: %v, of\n%v\nto\n%v", described(left), got, want)
		}
	}
}

// recased returns the tags with some keys in another letter case, and sometimes the last one
// replaced.
func recased(random *rand.Rand, tags []Tag) []Tag {
	tags = slices.Clone(tags)
	for i := range tags {
		if random.IntN(4) == 0 {
			tags[i].Key = strings.ToLower(tags[i].Key)
		}
	}
	if n := len(tags); n > 0 && random.IntN(2) == 0 {
		tags[n-1].Key = "another"
	}
	return tags
}

func hasFolded(tags map[string]string, key string) bool {
	for other := range tags {
		if strings.EqualFold(key, other) {
			return true
		}
	}
	return false
}

// missing returns the keys that existed and are wanted, in any letter case, and do not exist now.
// Informational keys may be missing.
func missing(want, got, at map[string]string) (keys []string) {
	for key := range want {
		if !strings.HasPrefix(key, resource.TagPrefix) && hasFolded(got, key) && !hasFolded(at, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// roomFor reports whether there is room for one more tag, or a tag that can make room.
func roomFor(want, got map[string]string) bool {
	counted := 0
	for key := range got {
		if Reserved(key) {
			continue
		}
		counted++
		if key == resource.TagControllerVersion || key == resource.TagNamespace || key != resource.TagOwner && !hasFolded(want, key) {
			return true
		}
	}
	return counted < maxTags
}

// A move of tags names its field; a move of only our own tags names none.
func TestPathOfAMove(t *testing.T) {
	for path, moves := range map[string][]Move{
		"spec.tags": {{Set: map[string]string{"env": "a", resource.TagOwner: "x"}}, {Remove: []string{resource.TagUID, "env"}}},
		"":          {{Set: map[string]string{resource.TagOwner: "x", resource.TagNamespace: "n"}}, {Remove: []string{resource.TagIncarnation}}},
	} {
		for _, m := range moves {
			if got := m.Path(nil); got != path {
				t.Errorf("%+v: %q, want %q", m, got, path)
			}
		}
	}
}
