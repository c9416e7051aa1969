package shown

import (
	"encoding/json"
	"testing"
)

func TestChanged(t *testing.T) {
	type status map[string]any
	for name, test := range map[string]struct {
		want    status
		shown   string
		changed bool
	}{
		"nothing to show":            {status{}, `{"id":"x"}`, false},
		"no status yet":              {status{"id": "x"}, ``, true},
		"the same":                   {status{"id": "x", "n": 1, "rules": []any{map[string]any{"a": nil, "b": 2}}}, `{"id":"x","n":1,"rules":[{"b":2}]}`, false},
		"another value":              {status{"id": "x", "n": 1}, `{"id":"x","n":2}`, true},
		"a field more":               {status{"id": "x", "n": 1}, `{"id":"x"}`, true},
		"a field less":               {status{"id": "x"}, `{"id":"x","n":2}`, true},
		"what the engine writes":     {status{"id": "x"}, `{"id":"x","conditions":[],"observedGeneration":3,"inputsDigest":"d","retries":1,"nextTryTime":"t","syncedID":"x"}`, false},
		"metadata with more fields":  {status{"id": "x", "ackResourceMetadata": map[string]any{"arn": "a"}}, `{"id":"x","ackResourceMetadata":{"arn":"a","region":"r"}}`, false},
		"metadata that is different": {status{"id": "x", "ackResourceMetadata": map[string]any{"arn": "b"}}, `{"id":"x","ackResourceMetadata":{"arn":"a","region":"r"}}`, true},
	} {
		if raw := Changed(test.want, json.RawMessage(test.shown)); (raw != nil) != test.changed {
			t.Errorf("%s: changed is %s", name, raw)
		}
	}
}
