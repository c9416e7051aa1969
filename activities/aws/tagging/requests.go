package tagging

import (
	"maps"
	"reflect"
	"slices"

	"github.com/tack-dev/tack/resource"
)

// Requests are the two requests of a kind that change the tags of a resource.
type Requests struct {
	Set    func(id string, tags map[string]string) resource.Step
	Remove func(id string, keys []string) resource.Step // at least one key: a request without keys would remove all
}

// Plan plans the steps that change the tags of a resource from got to want. done are the earlier
// calls of this pass.
func (r Requests) Plan(id string, want, got map[string]string, rules Rules, done []resource.Done) (steps []resource.Step) {
	if slices.ContainsFunc(done, func(d resource.Done) bool { return d.Verb == resource.VerbTag }) {
		want = asShown(want, got, rules.fold())
	}
	moves := Moves(want, got, rules)
	for i, stage := range Stages(moves) {
		var step resource.Step
		if len(moves[i].Remove) > 0 {
			step = r.Remove(id, moves[i].Remove)
		} else {
			step = r.Set(id, moves[i].Set)
		}
		step.Stage, step.Path = stage, moves[i].Path(rules.Defaults)
		steps = append(steps, step)
	}
	return steps
}

// Release plans the removal of our tags.
func (r Requests) Release(id string, got map[string]string) []resource.Step {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if Ours(key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return []resource.Step{r.Remove(id, keys)}
}

// asShown returns want with keys in the letter case of got, where the service treats them as equal
// and the values agree. If the tags were already set in this pass, no further call brings them
// closer.
func asShown(want, got map[string]string, fold func(string) string) map[string]string {
	want = maps.Clone(want)
	for shown, value := range got {
		for key := range want {
			if key != shown && fold(key) == fold(shown) && want[key] == value {
				delete(want, key)
				want[shown] = value
			}
		}
	}
	return want
}

// In returns the tags of a spec: its field Tags, a list of keys with values.
func In(spec any) (tags []Tag) {
	if !Carries(spec) {
		return nil // such a resource has no tags
	}
	list := reflect.ValueOf(spec).FieldByName("Tags")
	for i := range list.Len() {
		if tag := list.Index(i); !tag.IsNil() {
			tags = append(tags, Tag{Key: textOf(tag.Elem(), "Key"), Value: textOf(tag.Elem(), "Value")})
		}
	}
	return tags
}

// Carries reports whether a spec has tags.
func Carries(spec any) bool {
	of := reflect.ValueOf(spec)
	return of.Kind() == reflect.Struct && of.FieldByName("Tags").IsValid()
}

// Users returns the tags of a resource that belong in a spec, by key: neither AWS's, nor those that Tack
// or AWS Controllers for Kubernetes adds. Each is a map with key and value, as objects have them.
func Users(tags map[string]string) (users []any) {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if !Reserved(key) && !added(key) {
			users = append(users, map[string]any{"key": key, "value": tags[key]})
		}
	}
	return users
}

func textOf(tag reflect.Value, field string) string {
	if text := tag.FieldByName(field); !text.IsNil() {
		return text.Elem().String()
	}
	return ""
}
