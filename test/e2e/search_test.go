package e2e

import (
	"testing"
	"time"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

// AWS fails every read while a deletion searches for the result of an unclear create. The object
// stays until AWS answers the search, and the resource is deleted.
func TestDeletionWhoseSearchFails(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	addRule(t, gateway.Rule{Action: gateway.Actions{"CreateVpc"}, Account: team.account, Fault: gateway.FaultLoseResponse, Times: 1})
	blind := blindFor(t, team, "CreateVpc")
	reads := func(skip int) string {
		return addRule(t, gateway.Rule{
			Account: team.account, Action: gateway.Actions{"DescribeVpcs"}, Fault: gateway.FaultError, Skip: skip,
			Status: 500, Code: "InternalError", Message: "An internal error has occurred",
		})
	}
	o := team.apply(t, "ec2.VPC", "lost", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "tried again since 20")
	down := reads(0)
	o.awaitLasting(t, "InternalError")
	deleted := time.Now()
	o.delete(t)
	o.awaitScheduled(t, deleted, "kube/Level", "ec2.VPC/Observe")
	// The observation succeeds and shows no VPC. The search fails.
	again, searched := reads(3), time.Now()
	endRule(t, down)
	o.awaitScheduled(t, searched, "ec2.VPC/Find", "ec2.VPC/Await")
	endRule(t, blind)
	endRule(t, again)
	o.awaitGone(t)
	if vpcs := w.vpcs(t, team.account); len(vpcs) != 0 {
		t.Errorf("remaining: %+v", vpcs)
	}
}

// awaitScheduled waits until the object's run has scheduled the activities since that time, in that
// order.
func (o object) awaitScheduled(t *testing.T, since time.Time, activities ...string) {
	t.Helper()
	ctx := within(t, soon)
	for {
		h, err := w.History(ctx, o.ref.WorkflowID(), "")
		left := activities
		for _, event := range h.GetEvents() {
			a := event.GetActivityTaskScheduledEventAttributes()
			if a != nil && len(left) > 0 && !event.GetEventTime().AsTime().Before(since) && a.GetActivityType().GetName() == left[0] {
				left = left[1:]
			}
		}
		if len(left) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%q is not scheduled: %v\n%s", left[0], err, w.story(o.ref))
		case <-time.After(200 * time.Millisecond):
		}
	}
}
