package main

import (
	"flag"
	"os"
	"testing"

	"github.com/tack-dev/tack/activities/aws/budget"
)

// parsed returns the options that a command line sets.
func parsed(t *testing.T, args ...string) options {
	t.Helper()
	flags, given := flag.CommandLine, os.Args
	t.Cleanup(func() { flag.CommandLine, os.Args = flags, given })
	flag.CommandLine, os.Args = flag.NewFlagSet("worker", flag.ExitOnError), append([]string{"worker"}, args...)
	return parse()
}

// An account has half of the calls unless the flags say otherwise: while AWS is slow for one
// account, the calls of the others continue.
func TestCallsPerAccount(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want int
	}{
		"as it is":     {nil, 50},
		"fewer calls":  {[]string{"--calls=32"}, 16},
		"an odd one":   {[]string{"--calls=7"}, 4},
		"a single one": {[]string{"--calls=1"}, 1},
		"as set":       {[]string{"--calls=32", "--calls-per-account=30"}, 30},
	} {
		if got := newEngine(nil, parsed(t, test.args...)).Turns.PerAccount; got != test.want {
			t.Errorf("%s: an account has %d calls at a time, want %d", name, got, test.want)
		}
	}
}

// By default the worker uses AWS's documented rates, and its rate budgets remember throttles.
func TestRateShare(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want bool
	}{
		"as it is": {nil, true},
		"a half":   {[]string{"--rate-share=0.5"}, true},
		"off":      {[]string{"--rate-share=0"}, false},
	} {
		o := parsed(t, test.args...)
		if got := budget.New(o.rateShare) != nil; got != test.want || newEngine(nil, o).Turns.Budgeted != test.want {
			t.Errorf("%s: rate budgets: %t, want %t", name, got, test.want)
		}
	}
}

// The trust policy in config/iam names the sessions of a worker that runs with the default session
// name.
func TestSessionsAreNamedTack(t *testing.T) {
	if got := parsed(t).session.Name; got != "tack" {
		t.Errorf("the names of sessions begin with %q: correct config/iam/trust-policy.json and its test", got)
	}
}
