package ec2

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// spelled returns v under the field names of another type. CRDs and SDK differ only in letter case
// (kmsKeyID, KmsKeyId), which JSON ignores, so that a large request needs no list of its fields. It
// drops fields that the other type does not have. It also drops empty texts: the SDK's enums have
// no other form for unset.
func spelled[T any](v any) (out T, err error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return out, fmt.Errorf("encoding a %T: %w", v, err)
	}
	var tree any
	if err = json.Unmarshal(raw, &tree); err != nil {
		return out, fmt.Errorf("reading back a %T: %w", v, err)
	}
	raw, err = json.Marshal(filledOnly(tree))
	if err != nil {
		return out, fmt.Errorf("encoding what is filled of a %T: %w", v, err)
	}
	if err = json.Unmarshal(raw, &out); err != nil {
		return out, fmt.Errorf("reading a %T as a %T: %w", v, out, err)
	}
	return out, nil
}

// mustSpell is spelled for a spec that was checked, and for AWS's answers.
func mustSpell[T any](v any) T {
	out, err := spelled[T](v)
	if err != nil {
		panic(err)
	}
	return out
}

// filledOnly drops the fields of v that are null or an empty text. It also drops the suffix of a
// name that ACK could not use unchanged: type_.
func filledOnly(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Collect(maps.Keys(v)) {
			child := v[key]
			delete(v, key)
			if child != nil && child != "" {
				v[strings.TrimSuffix(key, "_")] = filledOnly(child)
			}
		}
	case []any:
		for i := range v {
			v[i] = filledOnly(v[i])
		}
	}
	return v
}
