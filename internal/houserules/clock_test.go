package houserules

import (
	"regexp"
	"slices"
	"testing"
)

// ownClock lists the files of the activities that may read this machine's clock: they measure
// durations within this process, or compare with AWS's times.
var ownClock = []string{
	"activities/level/clock.go",       // corrects it by Temporal's time
	"activities/kubeapi/crowd.go",     // how long a crowd's reads stay valid
	"activities/patience/patience.go", // how long an attempt took
	"activities/aws/session/login.go", // AWS says when credentials expire
	"activities/aws/session/role.go",
	"activities/aws/fairness/turns.go", // waits of a throttled call
	"activities/aws/budget/budget.go",  // waits for tokens
	"activities/aws/sharing/line.go",   // waits for more reads
}

var readsClock = regexp.MustCompile(`\btime\.(Now|Since|Until)\(`)

// A time that Temporal recorded is compared with Temporal's time, which an activity takes from its
// own start. Two clocks may differ by more than a window lasts.
func TestActivitiesGoByTemporalsClock(t *testing.T) {
	for _, s := range goFiles(t) {
		folder := s.folder()
		ours := folder == "activities" || len(folder) > len("activities/") && folder[:len("activities/")] == "activities/"
		if ours && !s.test() && !slices.Contains(ownClock, s.path) && readsClock.MatchString(s.text) {
			t.Errorf("%s reads this machine's clock: take the activity's StartedTime, or Settings.Clock", s.path)
		}
	}
}
