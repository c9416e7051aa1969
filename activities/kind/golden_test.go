package kind_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/test/golden"
)

// names is a registry that only records names.
type names []string

func (n *names) RegisterActivityWithOptions(_ any, options activity.RegisterOptions) {
	*n = append(*n, options.Name)
}

// TestActivityNames fixes the names of all activities: renaming one breaks every workflow that has
// planned it.
func TestActivityNames(t *testing.T) {
	var registered names
	for _, served := range slices.Concat(ec2.Kinds(), iam.Kinds()) {
		if returned := served.Register(&registered, &kind.Engine{}); !slices.Contains(returned, served.Name()+"/Delete") || !slices.Contains(returned, served.Name()+"/Create") {
			t.Errorf("%s does not create by Create and delete by Delete: %v", served.Name(), returned)
		}
	}
	slices.Sort(registered)
	if compact := slices.Compact(slices.Clone(registered)); len(compact) != len(registered) {
		t.Errorf("a name is registered twice: %v", registered)
	}
	golden.Check(t, filepath.Join("testdata", "activities.golden"), strings.Join(registered, "\n")+"\n")
}
