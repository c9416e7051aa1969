// Package shown compares the wanted status with the status that the object shows.
package shown

import (
	"encoding/json"
	"reflect"

	"github.com/tack-dev/tack/activities/aws/request"
	"github.com/tack-dev/tack/resource"
)

// Changed returns status in JSON, or nil where the object already shows all of it.
func Changed(status any, shown json.RawMessage) json.RawMessage {
	raw := request.Compact(status)
	var want, got map[string]any
	if json.Unmarshal(raw, &want) != nil || len(want) == 0 {
		return nil
	}
	_ = json.Unmarshal(shown, &got) // without a status, all of it is new
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
