// Package adoption decides how an object adopts a resource that already exists: what the spec gets
// from AWS, and what differs.
package adoption

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/tack-dev/tack/activities/aws/request"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/ignoring"
	"github.com/tack-dev/tack/resource"
)

// NotFound returns the problem of an object whose resource AWS does not show.
func NotFound(o resource.Object, at resource.Target) *resource.Problem {
	id := o.Adoption.ID
	if o.Claim.Recorded() {
		id = o.Claim.ID
	}
	if o.Takes() {
		return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonTakeOverNotFound, Message: fmt.Sprintf(
			"AWS shows no %s in account %s, Region %s, and the status of the object names it: correct the account or the Region. If the resource is gone, delete the object and create it again",
			id, at.AccountID, at.Region)}
	}
	return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonAdoptionNotFound, Message: fmt.Sprintf(
		"AWS shows no %s in account %s, Region %s, and the object only adopts: correct services.k8s.aws/adoption-fields, or set services.k8s.aws/adoption-policy: adopt-or-create",
		id, at.AccountID, at.Region)}
}

// Only returns the one id among those that fit a spec, where the annotations name none. The problem says that
// there are several.
func Only(ids []string) (string, *resource.Problem) {
	if len(ids) == 0 {
		return "", nil
	}
	if len(ids) == 1 {
		return ids[0], nil
	}
	return "", &resource.Problem{State: resource.Blocked, Reason: resource.ReasonAdoptionAmbiguous, Message: fmt.Sprintf(
		"%s all have what AWS keeps unique about this spec: name one in services.k8s.aws/adoption-fields", strings.Join(ids, ", "))}
}

// Fields are fields directly below spec, with their values in JSON.
type Fields map[string]any

// Values returns AWS's values of the fields that a spec leaves out. described is the spec that describes
// the resource. tags are those of AWS; nil: its type has none. A field with a secret stays out of
// the spec, where everybody could read it.
func Values(spec json.RawMessage, described any, tags map[string]string, secrets []string) (Fields, error) {
	set, values := Fields{}, Fields{}
	if err := json.Unmarshal(spec, &set); err != nil {
		return nil, fmt.Errorf("reading back the spec: %w", err)
	}
	if err := json.Unmarshal(request.Compact(described), &values); err != nil {
		return nil, fmt.Errorf("reading back the description of the resource: %w", err)
	}
	if users := tagging.Users(tags); len(users) > 0 {
		values["tags"] = users
	}
	maps.DeleteFunc(values, func(field string, value any) bool {
		return set[field] != nil || !reflect.DeepEqual(without(map[string]any{field: value}, secrets), map[string]any{field: value})
	})
	return values, nil
}

// Fitting returns the fields that a spec may have. It leaves out those without which the problem of the
// spec ends or has fewer words, such as a second form of a field of the user.
func (f Fields) Fitting(problem func(Fields) *resource.Problem) Fields {
	is := problem(f)
	for _, field := range slices.Sorted(maps.Keys(f)) {
		if is == nil {
			break
		}
		fewer := maps.Clone(f)
		delete(fewer, field)
		if then := problem(fewer); then == nil || len(then.Message) < len(is.Message) {
			f, is = fewer, then
		}
	}
	return f
}

// In returns a spec with these fields.
func (f Fields) In(spec json.RawMessage) json.RawMessage {
	whole := Fields{}
	_ = json.Unmarshal(spec, &whole) // Values has read it
	maps.Copy(whole, f)
	raw, _ := json.Marshal(whole) // both were decoded from JSON
	return raw
}

// Without returns the fields without the ignored ones, whose values others manage. A field that the
// spec needs stays.
func (f Fields) Without(ignored []string, problem func(Fields) *resource.Problem) Fields {
	for _, path := range ignored {
		fewer := Fields{}
		_ = json.Unmarshal(ignoring.Without(f.JSON(), []string{path}), &fewer) // nil: none is left
		if problem(fewer) == nil {
			f = fewer
		}
	}
	return f
}

// JSON returns the fields in JSON; nil: there are none.
func (f Fields) JSON() json.RawMessage {
	if len(f) == 0 {
		return nil
	}
	raw, _ := json.Marshal(f) // decoded from JSON
	return raw
}

// Differences compares a spec with a resource to adopt, where the plan changes fields. Each field has
// an advice with both values; fields named as secrets show none. nil: the plan changes no field.
func Differences(plan resource.Plan, spec json.RawMessage, described any, tags map[string]string, secrets []string) (*resource.Problem, []resource.Advice) {
	fields, advice := differing(plan, spec, described, tags, secrets)
	if len(fields) == 0 {
		return nil, nil
	}
	return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonAdoptionDiffers, Message: fmt.Sprintf(
		"%s is not adopted yet, because the spec differs in %s: write AWS's value, remove the field, or set services.k8s.aws/adoption-policy: adopt-or-create to apply the spec",
		plan.ID, strings.Join(fields, ", "))}, advice
}

// differing returns the fields that a plan changes, with an advice for each.
func differing(plan resource.Plan, spec json.RawMessage, described any, tags map[string]string, secrets []string) (fields []string, advice []resource.Advice) {
	paths := slices.Clone(plan.Notes)
	for _, step := range plan.Steps {
		paths = append(paths, step.Path)
	}
	want, got := map[string]any{}, map[string]any{}
	_ = json.Unmarshal(spec, &want) // both were decoded before
	_ = json.Unmarshal(request.Compact(described), &got)
	got["tags"] = tagging.Users(tags)
	for _, path := range paths {
		field := topField(path)
		if field == "" || slices.Contains(fields, field) {
			continue
		}
		fields = append(fields, field)
		advice = append(advice, resource.Advice{Reason: resource.ReasonDifference, Message: fmt.Sprintf(
			"spec.%s: the spec has %s, AWS has %s", field, inWords(want[field], secrets), inWords(got[field], secrets))})
	}
	return fields, advice
}

// topField returns the field directly below spec that a path, or a note that begins with one, names.
func topField(path string) string {
	field, below := strings.CutPrefix(path, "spec.")
	if !below {
		return ""
	}
	if end := strings.IndexFunc(field, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); end >= 0 {
		field = field[:end]
	}
	return field
}

// mostWords bounds a value in a condition, in bytes.
const mostWords = 300

// inWords returns a value in JSON, shortened, without the values of secret fields.
func inWords(value any, secrets []string) string {
	if value == nil {
		return "nothing"
	}
	raw, _ := json.Marshal(without(value, secrets)) // it was decoded from JSON
	if len(raw) > mostWords {
		return strings.ToValidUTF8(string(raw[:mostWords]), "") + "…"
	}
	return string(raw)
}

func without(value any, secrets []string) any {
	switch value := value.(type) {
	case map[string]any:
		hidden := map[string]any{}
		for key, child := range value {
			hidden[key] = without(child, secrets)
			if slices.ContainsFunc(secrets, func(name string) bool { return strings.EqualFold(name, key) }) {
				hidden[key] = "(secret)"
			}
		}
		return hidden
	case []any:
		list := make([]any, 0, len(value))
		for _, child := range value {
			list = append(list, without(child, secrets))
		}
		return list
	}
	return value
}
