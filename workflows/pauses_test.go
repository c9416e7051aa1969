package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// When another resource makes AWS refuse, the object rests for seconds, and longer each time. What
// fills a quota may go at any moment as well.
func TestFirstPauses(t *testing.T) {
	for _, test := range []struct {
		code    string
		class   resource.Class
		retries int
		want    time.Duration
	}{
		{"InvalidSubnet.Conflict", resource.Exists, 0, 5 * time.Second},
		{"InvalidSubnet.Conflict", resource.Exists, 1, 10 * time.Second},
		{"InvalidSubnet.Conflict", resource.Exists, 3, 40 * time.Second},
		{"InvalidSubnet.Conflict", resource.Exists, 40, 30 * time.Minute},
		{"InvalidGroup.Duplicate", resource.Exists, 0, 5 * time.Second},
		{"InvalidIPAddress.InUse", resource.Dependent, 0, 5 * time.Second},
		{"InvalidGroup.NotFound", resource.NotFound, 0, 5 * time.Second},
		{"VpcLimitExceeded", resource.Quota, 0, 5 * time.Second},
		{"VpcLimitExceeded", resource.Quota, 40, 30 * time.Minute},
		{"UnauthorizedOperation", resource.Denied, 0, time.Minute},
	} {
		t.Run(fmt.Sprint(test.code, test.retries), func(t *testing.T) {
			w := newWorld(t, making())
			w.level.Object.Retries = test.retries
			w.fails("Create", refuse(test.code, test.class)).run()
			w.wantCalls("kube/Level Observe kube/Claim Create kube/Release kube/PatchStatus").wantReports("Blocked " + test.code)
			if got := w.reports[0].NextTry.Sub(w.env.Now()).Round(time.Second); got != test.want {
				t.Errorf("it rests %s, want %s", got, test.want)
			}
		})
	}
	for reason, want := range map[string]time.Duration{
		resource.ReasonNameTaken: 5 * time.Second, resource.ReasonOwnedByAnother: 5 * time.Second, resource.ReasonNotOwned: time.Minute,
	} {
		t.Run(reason, func(t *testing.T) {
			w := newWorld(t, resource.Plan{Problem: &resource.Problem{State: resource.Blocked, Reason: reason}}).run()
			if got := w.reports[0].NextTry.Sub(w.env.Now()).Round(time.Second); got != want {
				t.Errorf("it rests %s, want %s", got, want)
			}
		})
	}
	for byAnother, want := range map[bool]time.Duration{true: 5 * time.Second, false: time.Minute} {
		t.Run(fmt.Sprint("failed, by another ", byAnother), func(t *testing.T) {
			w := newWorld(t, resource.Plan{Problem: &resource.Problem{State: resource.Blocked, Reason: "Code", ByAnother: byAnother}}).run()
			if got := w.reports[0].NextTry.Sub(w.env.Now()).Round(time.Second); got != want {
				t.Errorf("it rests %s, want %s", got, want)
			}
		})
	}
}

// Events that start tries before their time do not lengthen the rest: each may remove what AWS
// refuses for.
func TestEarlyTriesDoNotLengthenTheRest(t *testing.T) {
	w := newWorld(t, making())
	w.level.Object.Retries, w.level.Object.Early = 2, true
	w.fails("Create", refuse("InvalidSubnet.Conflict", resource.Exists)).run()
	if got := w.reports[0]; got.Retries != 2 || got.NextTry.Sub(w.env.Now()).Round(time.Second) != 10*time.Second {
		t.Errorf("after %d tries, the next is at %s", got.Retries, got.NextTry)
	}
}
