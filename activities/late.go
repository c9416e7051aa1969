package activities

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/tack-dev/tack/activities/request"
)

// Late are the fields of a spec that AWS fills in where the user leaves them
// out, by their names, each with how to read it from the resource; nil where it
// is not known. They are ACK's late-initialised fields: once in the spec they
// are wanted as any other, and drift is corrected.
type Late[G any] map[string]func(*G) any

// missing are those fields, in JSON, that the spec does not set and the resource
// has; nil if there are none.
func (l Late[G]) missing(spec json.RawMessage, got *G) json.RawMessage {
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

// FilledIn are the fields of the spec that AWS fills in, sorted.
func (d Definition[C, W, G]) FilledIn() []string { return slices.Sorted(maps.Keys(d.Late)) }
