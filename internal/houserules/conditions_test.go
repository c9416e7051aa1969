package houserules

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/golden"
)

// docs/conditions.md explains each reason to users; it is generated from the table of reasons.
func TestReasonsAreDocumented(t *testing.T) {
	golden.Check(t, filepath.Join(root, "docs", "conditions.md"), conditionsPage())
}

const conditionsHead = `# Conditions and their reasons

Generated from ` + "`resource/reasons_table.go`" + ` and ` + "`resource/reasons_fixed.go`" + `: go test ./internal/houserules -run TestReasonsAreDocumented -update

## Conditions

| condition | True means | False means |
|---|---|---|
| ` + "`ACK.ResourceSynced`" + ` | AWS matches the spec | AWS does not match the spec yet; the reason says why |
| ` + "`Ready`" + ` | the same, under the name that other tools use | |
| ` + "`ACK.Terminal`" + ` | only a change to the object helps | |
| ` + "`ACK.Recoverable`" + ` | Tack retries; ` + "`status.nextTryTime`" + ` says when | |
| ` + "`ACK.Advisory`" + ` | information for the user, in any state | |
| ` + "`ACK.ReferencesResolved`" + ` | each reference has an id | a reference has no id; the message names it |
| ` + "`ACK.LateInitialized`" + ` | the fields that AWS fills in are in the spec | a field is missing |
| ` + "`ACK.IAMRoleSelected`" + ` | an IAMRoleSelector gave the role | |

## States

| state | conditions | what wakes the object |
|---|---|---|
| Synced | ` + "`ACK.ResourceSynced=True`" + ` | a change of an input, and ` + "`status.nextTryTime`" + ` if AWS changes the resource by itself |
| Waiting | ` + "`ACK.ResourceSynced=False`" + ` | the input or state that the object waits for, and any change |
| Blocked | ` + "`ACK.Recoverable=True`" + ` | ` + "`status.nextTryTime`" + `, and any change |
| Terminal | ` + "`ACK.Terminal=True`" + ` | a change of an input |
| Paused | ` + "`ACK.ResourceSynced=False`" + ` | the end of the pause |
| Foreign | ` + "`ACK.Advisory=True`" + `; all others stay unchanged | a change of the object |

An error code of AWS is a reason as well, for example ` + "`VpcLimitExceeded`" + `. Its message is AWS's message.
A message about a role that cannot be used begins with ACK's words, ` + "`" + resource.MessageNoRole + "`" + `.
`

// conditionsPage is docs/conditions.md.
func conditionsPage() string {
	var page strings.Builder
	page.WriteString(conditionsHead)
	last := resource.Subject("")
	for _, r := range resource.Reasons() {
		if r.About != last {
			fmt.Fprintf(&page, "\n## %s\n\n| reason | state | meaning | who acts | what to do |\n|---|---|---|---|---|\n", r.About)
			last = r.About
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s | %s |\n", r.Name, r.State, r.Means, r.Next, r.Remedy)
	}
	page.WriteString("\n## Reasons of single conditions\n\n| reason | condition | meaning |\n|---|---|---|\n")
	for _, r := range resource.FixedReasons() {
		if r.On != "" {
			fmt.Fprintf(&page, "| `%s` | `%s` | %s |\n", r.Name, r.On, r.Means)
		}
	}
	page.WriteString("\n## Events\n\nThe reason of an event is the state of the object, a reason from the tables above, or one of these:\n\n| reason | meaning |\n|---|---|\n")
	for _, r := range resource.FixedReasons() {
		if r.On == "" {
			fmt.Fprintf(&page, "| `%s` | %s |\n", r.Name, r.Means)
		}
	}
	return page.String()
}
