// Package late finds the fields of a spec that AWS fills in where the user leaves them out, as
// ACK's late initialization does.
package late

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/tack-dev/tack/activities/aws/request"
	"github.com/tack-dev/tack/activities/shape"
)

// Fields maps the names of those fields to functions that read them from the resource; nil where
// the value is unknown. Once a field is in the spec it is like any other: drift is corrected.
type Fields[G any] map[string]func(*G) any

// Of names fields whose name in AWS's answer differs only in letter case. It panics where AWS's type
// lacks one.
func Of[G any](names ...string) Fields[G] {
	fields := Fields[G]{}
	for _, name := range names {
		place := shape.Place(reflect.TypeFor[G](), name)
		fields[name] = func(got *G) any { return reflect.ValueOf(got).Elem().FieldByIndex(place).Interface() }
	}
	return fields
}

// Missing returns the fields, in JSON, that the spec does not set and the resource has; nil if
// there are none.
func (l Fields[G]) Missing(spec json.RawMessage, got *G) json.RawMessage {
	if len(l) == 0 {
		return nil
	}
	var set map[string]any
	if err := json.Unmarshal(spec, &set); err != nil {
		panic(fmt.Sprintf("reading back a spec: %v", err)) // it was decoded before it was compared
	}
	missing := map[string]any{}
	for field, read := range l {
		if set[field] == nil {
			missing[field] = read(got)
		}
	}
	if raw := request.Compact(missing); string(raw) != "{}" {
		return raw
	}
	return nil
}
