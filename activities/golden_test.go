package activities_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities"
	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
)

var update = flag.Bool("update", false, "write the golden files anew")

// names is a registry that only remembers names.
type names []string

func (n *names) RegisterActivityWithOptions(_ any, options activity.RegisterOptions) {
	*n = append(*n, options.Name)
}

// TestActivityNames holds the names of all activities: a renamed one breaks every
// workflow that has planned it.
func TestActivityNames(t *testing.T) {
	var registered names
	for _, kind := range slices.Concat(ec2.Kinds(), iam.Kinds()) {
		if returned := kind.Register(&registered, &activities.Engine{}); !slices.Contains(returned, kind.Name()+"/Delete") || !slices.Contains(returned, kind.Name()+"/Create") {
			t.Errorf("%s does not create by Create and delete by Delete: %v", kind.Name(), returned)
		}
	}
	slices.Sort(registered)
	if compact := slices.Compact(slices.Clone(registered)); len(compact) != len(registered) {
		t.Errorf("a name is registered twice: %v", registered)
	}
	got := strings.Join(registered, "\n") + "\n"
	golden := filepath.Join("testdata", "activities.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("activities (-golden +registered), go test -update writes them anew:\n%s", diff)
	}
}
