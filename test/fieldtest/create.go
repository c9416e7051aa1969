package fieldtest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// creates checks what keeps a create single and owned. Without the token, AWS makes a second resource
// when a request is repeated. With tags of another type, AWS refuses the request.
func creates[C, W, G any](t *testing.T, d kind.Definition[C, W, G], create resource.Step) {
	t.Helper()
	i := slices.IndexFunc(d.Calls, func(c call.Call[C]) bool { return c.Verb == create.Verb })
	if i < 0 {
		return // bound reports it
	}
	var request struct {
		ClientToken       string
		TagSpecifications []struct{ ResourceType string }
	}
	if err := json.Unmarshal(create.Input, &request); err != nil {
		t.Fatalf("reading the create of %s: %v", d.Kind, err)
	}
	if _, takes := d.Calls[i].Request.FieldByName("ClientToken"); takes && request.ClientToken != token {
		t.Errorf("the create of %s has the token %q: set ClientToken to m.Token", d.Kind, request.ClientToken)
	}
	name := strings.ToLower(d.Kind)
	for _, tags := range request.TagSpecifications {
		// AWS calls a flow log a vpc-flow-log, whatever it logs.
		for word := range strings.SplitSeq(strings.TrimPrefix(tags.ResourceType, "vpc-"), "-") {
			if !strings.Contains(name, word) {
				t.Errorf("the create of %s tags a resource of type %s", d.Kind, tags.ResourceType)
			}
		}
	}
}
