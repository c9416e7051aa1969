package workflows_test

import (
	"strings"
	"testing"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// The longest ARN of IAM appears in search, shortened, when the run ends.
func TestLongestIDIsShownInSearch(t *testing.T) {
	id := "arn:aws:iam::111122223333:policy/" + strings.Repeat("p", 510) + "/" + strings.Repeat("n", 128)
	first, last := having(add("a")), having()
	first.ID, last.ID = id, id
	w := newWorld(t, first, last).holds(resource.Claim{ID: id}).run()
	w.wantResult(resource.Synced, id)
	shown, _ := w.shown.GetKeyword(temporal.NewSearchAttributeKeyKeyword(resource.AttributeResourceID))
	if want := resource.AttributeValue(id); shown != want || len(shown) > 255 {
		t.Errorf("shown as %q, want %q", shown, want)
	}
}
