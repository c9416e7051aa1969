package bench

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
)

// waiting is how many groups wait for the role of one account.
const waiting = 1000

// Measures the time from the entry in the role map until the first and the last of many waiting
// groups pass the gate. A group passes the gate when its run starts to read AWS; the first AWS call
// for the account is measured too. AWS refuses the creates, because the test measures the gate, not
// moto.
func BenchmarkGate(b *testing.B) {
	for b.Loop() {
		t, neighbour := newTeam(b), newTeam(b)
		neighbour.warm(b)
		alone := neighbour.thrice(b, "alone")
		mapRole(b, t.Account, nil)
		if _, err := w.AWS.AddRule(b.Context(), gateway.Rule{
			Account: t.Account, Action: gateway.Actions{"CreateSecurityGroup"}, Fault: gateway.FaultError, Status: 400, Code: refusedAs, Message: "other",
		}); err != nil {
			b.Fatal(err)
		}
		names := namesOf("waiting", waiting)
		each(b, names, t.create)
		t.await(b, names, because("RoleNotMapped"))
		time.Sleep(rest)
		idle := cpuNow(b)
		time.Sleep(rest)
		wait := cpuNow(b).since(idle)
		report(b, "cpu-s/min", (wait.total() * time.Minute / rest).Seconds(), fmt.Sprintf("%d groups waiting for a role, CPU in %s", waiting, rest), wait.total().String(), wait.String())
		beside := neighbour.thrice(b, "beside")
		ratio := beside.median().Seconds() / alone.median().Seconds()
		report(b, "x", ratio, "    ten groups of another account in parallel", fmt.Sprintf("%.2f× (alone %s, in parallel %s)", ratio, alone, beside), "")

		mark := lastSeq(b)
		mapped, busy := time.Now(), cpuNow(b)
		mapRole(b, t.Account, scenario.RoleIn(t.Account))
		t.await(b, names, because(refusedAs))
		burst := cpuNow(b).since(busy)
		report(b, "cpu-s/burst", burst.total().Seconds(), "    until all are refused by AWS: CPU", burst.total().String(), burst.String())
		gate := t.gateTimes(b, names, mapped)
		call, assumed := t.firstCalls(b, mark, mapped)
		for _, figure := range []struct {
			unit, what string
			times      spread
			goal       string
		}{
			{"poked", "each is woken", gate.poked, "2 s for the last"},
			{"past", "each passes the gate", gate.past, "2 s for the first, 30 s for the last"},
			{"called", "AWS is called for each", call, ""},
		} {
			report(b, "s/last-"+figure.unit, slices.Max(figure.times).Seconds(), "    entry in the map until "+figure.what, figure.times.String(), figure.goal)
		}
		report(b, "AssumeRole", float64(assumed), "    AssumeRole, two workers", fmt.Sprint(assumed), "one each")
		t.deleteAll(b, names)
	}
}

// refusedAs is AWS's permanent refusal of the creates, so that the runs end.
const refusedAs = "InvalidParameterValue"

// rest is how long the waiting groups are left alone before the test checks them.
const rest = 20 * time.Second

// because matches a group that is not synced for that reason.
func because(reason string) func(*unstructured.Unstructured) bool {
	return func(u *unstructured.Unstructured) bool {
		return scenario.Condition(u, corev1alpha1.ConditionTypeResourceSynced)["reason"] == reason
	}
}

// thrice returns the times of ten groups from apply to Synced.
func (t *team) thrice(b *testing.B, name string) (times spread) {
	b.Helper()
	for n := range 3 {
		took, _ := t.measured(b, namesOf(fmt.Sprintf("%s-%d", name, n), 10))
		times = append(times, took)
	}
	return times
}

// gateTimes is when each of some groups was woken, and passed the gate.
type gateTimes struct{ poked, past spread }

// gateTimes reads from the histories the first events after the entry in the map.
func (t *team) gateTimes(b *testing.B, names []string, since time.Time) (times gateTimes) {
	b.Helper()
	for _, name := range names {
		var poked, past time.Duration
		history, err := w.History(b.Context(), t.ref(name).WorkflowID(), "")
		if err != nil {
			b.Fatal(err)
		}
		for _, event := range history.GetEvents() {
			after := event.GetEventTime().AsTime().Sub(since)
			switch {
			case after < 0 || past > 0:
			case poked == 0 && (event.GetWorkflowExecutionSignaledEventAttributes() != nil || event.GetActivityTaskCompletedEventAttributes() != nil):
				poked = after // or the run's wait ended
			case event.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName() == securityGroup.Name()+"/"+resource.VerbObserve:
				past = after
			}
		}
		if past == 0 {
			b.Fatalf("the history has no event that shows %s past the gate", name)
		}
		times.past = append(times.past, past)
		times.poked = append(times.poked, poked)
	}
	return times
}

// firstCalls returns when AWS was first called for each group of a team.
func (t *team) firstCalls(b *testing.B, mark int64, since time.Time) (times spread, assumed int) {
	b.Helper()
	entries, err := w.AWS.Journal(b.Context(), gateway.Query{Since: mark})
	if err != nil {
		b.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if e.Action == "AssumeRole" {
			assumed++
		}
		if e.Account != t.Account || e.Owner == "" || seen[e.Owner] {
			continue
		}
		seen[e.Owner] = true
		times = append(times, e.Time.Sub(since))
	}
	if len(times) != waiting {
		b.Errorf("AWS was called for %d groups, want %d", len(times), waiting)
	}
	return times, assumed
}
