package level

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// FilledBetween reports whether Tack wrote fields into the spec between two states of an object,
// perhaps among other changes.
func FilledBetween(was, is *unstructured.Unstructured, kind apis.Kind) bool {
	before, after := ClaimOf(was, kind), ClaimOf(is, kind)
	return after.Recorded() && after.Filled != "" && (before == nil || before.Filled != after.Filled)
}

// Missing returns the late-initialized fields that the spec of the level lacks, and the digest with
// them. values may be empty. The digest is empty when the level differs in anything else from the one with the given digest. A person's edit,
// or another input, then came in between.
func Missing(l resource.Level, values json.RawMessage, digest string) (missing map[string]any, with string, err error) {
	var fields, spec map[string]any
	if len(values) > 0 {
		if err := utiljson.Unmarshal(values, &fields); err != nil {
			return nil, "", fmt.Errorf("reading the late-initialized fields of the report: %w", err)
		}
	}
	if err := utiljson.Unmarshal(l.Object.Spec, &spec); err != nil {
		return nil, "", fmt.Errorf("reading back the spec: %w", err)
	}
	missing = map[string]any{}
	before, after := maps.Clone(spec), maps.Clone(spec)
	for field, value := range fields {
		switch {
		case spec[field] == nil:
			missing[field], after[field] = value, value
		case reflect.DeepEqual(spec[field], value):
			delete(before, field)
		}
	}
	digestOf := func(spec map[string]any) string {
		l.Object.Spec, _ = json.Marshal(spec) // it was decoded from JSON
		return l.Digested().Digest
	}
	if l.Object.Claim == nil || digestOf(before) != digest {
		return nil, "", nil
	}
	return missing, digestOf(after), nil
}
