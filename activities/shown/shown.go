// Package shown compares what a status is to show with what it shows already.
package shown

import (
	"encoding/json"
	"reflect"

	"github.com/tack-dev/tack/activities/aws/request"
	"github.com/tack-dev/tack/resource"
)

// Changed is status in JSON, or nil where the object shows all of it already.
func Changed(status any, shown json.RawMessage) json.RawMessage {
	raw := request.Compact(status)
	var want, got map[string]any
	if json.Unmarshal(raw, &want) != nil || len(want) == 0 {
		return nil
	}
	_ = json.Unmarshal(shown, &got) // no status yet: all of it is new
	for key := range got {
		if _, still := want[key]; !still && !resource.EngineOwned(key) {
			return raw
		}
	}
	for key, value := range want {
		if key == resource.StatusMetadata {
			shownMetadata, _ := got[key].(map[string]any)
			for field, v := range value.(map[string]any) {
				if v != "" && shownMetadata[field] != v {
					return raw
				}
			}
			continue
		}
		if !reflect.DeepEqual(got[key], value) {
			return raw
		}
	}
	return nil
}
