package kube

import (
	"strings"
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// One condition shows a long message of AWS in full; the conditions beside it show only its
// beginning.
func TestALongMessageIsSaidOnce(t *testing.T) {
	zones := "InvalidParameterValue: Value (us-west-2z) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: " +
		strings.Repeat("us-west-2a, ", 40) + "us-west-2b."
	for state, whole := range map[resource.State]string{
		resource.Terminal: "ACK.Terminal", resource.Blocked: "ACK.Recoverable", resource.Waiting: "ACK.ResourceSynced",
	} {
		t.Run(string(state), func(t *testing.T) {
			for _, message := range []string{zones, "short", strings.Repeat("ü", 200)} {
				said := 0
				for _, c := range conditionsFor(nil, resource.Report{State: state, Reason: "R", Message: message}, time.Now()) {
					c := c.(condition)
					text, _ := c["message"].(string)
					switch {
					case text == message:
						said++
					case len(text) > maxShort+60 || !strings.HasPrefix(message, strings.Split(text, " … ")[0]) || !strings.HasSuffix(text, "(full message in "+whole+")"):
						t.Errorf("%s says %q", c["type"], text)
					}
				}
				if said != 1 && len(message) > maxShort {
					t.Errorf("the whole is said %d times", said)
				}
			}
		})
	}
}
