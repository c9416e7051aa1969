package gateway

import (
	"strings"
	"testing"
	"time"
)

// in makes an exchange of an account at a gateway.
func in(s *states, account string, fails *failing) *exchange {
	return &exchange{call: &call{region: "eu-west-1", identity: identity{Principal: "arn:aws:iam::" + account + ":role/tack"}}, states: s, failing: fails}
}

func TestStatesLastAsLongAsIsSet(t *testing.T) {
	const one, two, long = "111111111111", "222222222222", 3_600_000
	s := newStates()
	x, other := in(s, one, nil), in(s, two, nil)
	shown := func(what, want string, x *exchange, id string) {
		t.Helper()
		if got, arrived := x.stateOf(id, "running"); got != want || (want == "running") == arrived.IsZero() {
			t.Errorf("%s: %s, arrived %v, want %s", what, got, arrived, want)
		}
	}
	s.setTime(StateTime{Type: "instance", State: "pending", Milliseconds: long})
	x.enters("instance", "i-1", "pending")
	shown("at first", "pending", x, "i-1")
	s.setTime(StateTime{Account: two, Type: "instance", State: "pending"})
	other.enters("instance", "i-1", "pending")
	shown("in an account with another time", "running", other, "i-1")
	shown("in the first account", "pending", x, "i-1")
	s.setTime(StateTime{Type: "instance", State: "pending"})
	shown("after its time", "running", x, "i-1")
	s.setTime(StateTime{Type: "instance", State: "stopping", Milliseconds: long})
	x.enters("instance", "i-1", "stopping")
	shown("when it enters another", "stopping", x, "i-1")
	if state, arrived := x.stateOf("i-2", "stopped"); state != "stopped" || !arrived.IsZero() {
		t.Errorf("one that entered none is %s since %v", state, arrived)
	}
}

func TestStatesLastAMomentByDefault(t *testing.T) {
	s := newStates()
	for kind, states := range transient {
		for _, state := range states {
			if d := s.time(stateKey{"1", kind, state}); d <= 0 || d > 5*time.Second {
				t.Errorf("%s of %s lasts %s", state, kind, d)
			}
		}
	}
}

func TestFailureStays(t *testing.T) {
	s := newStates()
	in(s, "111111111111", &failing{code: "InternalError"}).enters("natgateway", "nat-1", "pending")
	x := in(s, "111111111111", nil)
	x.enters("natgateway", "nat-1", "deleting")
	x.enters("natgateway", "nat-2", "pending")
	if f := x.failureOf("nat-1"); f == nil || f.code != "InternalError" {
		t.Errorf("the failure is %+v", f)
	}
	if f := x.failureOf("nat-2"); f != nil {
		t.Errorf("another's failure is %+v", f)
	}
}

func TestStateTimesAreChecked(t *testing.T) {
	s := serveFake(t)
	for want, bad := range map[string]StateTime{
		"want one of instance, natgateway": {Type: "nat", State: "pending"},
		"want one of pending, deleting":    {Type: "natgateway", State: "available"},
		"can't be negative":                {Type: "natgateway", State: "pending", Milliseconds: -1},
	} {
		if err := s.SetStateTime(t.Context(), bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gives %v, want %q", bad, err, want)
		}
	}
	good := StateTime{Account: "111111111111", Type: "natgateway", State: "deleting", Milliseconds: 7}
	if err := s.SetStateTime(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	if d := s.gate.states.time(stateKey{good.Account, good.Type, good.State}); d != 7*time.Millisecond {
		t.Errorf("the time is %s", d)
	}
}
