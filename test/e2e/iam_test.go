package e2e

import (
	"encoding/json"
	"strings"
)

// nameIn returns the name at the end of an ARN.
func nameIn(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// quoted returns a text as JSON.
func quoted(text string) string {
	raw, _ := json.Marshal(text) // a string
	return string(raw)
}
