package bench

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tack-dev/tack/devenv/gateway"
)

// crowd is how many groups of account A wait while AWS throttles all its calls.
const crowd = 60

// standstill is how long it takes until all of them are only waiting.
const standstill = 6 * time.Second

// Compares the time of account B from apply to Synced, while AWS throttles account A to a
// standstill, with B's time alone. There are five pairs; each measures B alone first.
func BenchmarkThrottledNeighbour(b *testing.B) {
	for b.Loop() {
		a, own := newTeam(b), newTeam(b)
		own.warm(b)
		a.warm(b)
		var alone, beside spread
		var ratios []float64
		for pair := range 5 {
			first, calls := own.measured(b, namesOf(fmt.Sprintf("alone-%d", pair), 10))
			alone = append(alone, first)

			rule, err := w.AWS.AddRule(b.Context(), gateway.Rule{
				Account: a.Account, Fault: gateway.FaultError, Status: 503, Code: "RequestLimitExceeded", Message: "Request limit exceeded.",
			})
			if err != nil {
				b.Fatal(err)
			}
			stuck := namesOf(fmt.Sprintf("stuck-%d", pair), crowd)
			each(b, stuck, a.create)
			if err := w.AWS.WaitHit(b.Context(), rule, time.Minute); err != nil {
				b.Fatal(err)
			}
			time.Sleep(standstill) // starting so many runs takes CPU, which the test does not measure
			second, more := own.measured(b, namesOf(fmt.Sprintf("beside-%d", pair), 10))
			beside = append(beside, second)
			ratios = append(ratios, second.Seconds()/first.Seconds())
			if more != calls {
				b.Errorf("got %d calls in parallel with a throttled account, %d alone", more, calls)
			}
			if err := w.AWS.DeleteRule(b.Context(), rule); err != nil {
				b.Fatal(err)
			}
			a.await(b, stuck, synced)
		}
		slices.Sort(ratios)
		middle := ratios[len(ratios)/2]
		report(b, "x", middle, fmt.Sprintf("account B while A is throttled, %d of its groups waiting", crowd),
			fmt.Sprintf("%.2f× (alone %s, in parallel %s)", middle, alone, beside), "at most 1.5×")
	}
}

// measured creates groups, and returns how long that took and how many AWS calls.
func (t *team) measured(b *testing.B, names []string) (took time.Duration, calls int) {
	b.Helper()
	mark, began := lastSeq(b), time.Now()
	t.createAll(b, names)
	took = time.Since(began)
	for _, name := range names {
		t.events(b, name) // the run has ended
	}
	return took, len(t.calls(b, mark))
}
