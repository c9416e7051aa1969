package gateway

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"
)

const soon = 5 * time.Second

// start makes a call in the background.
func (s *served) start(t *testing.T, params ...string) <-chan result {
	t.Helper()
	done := make(chan result, 1)
	req := request(t, s.url, baseKey, serviceEC2, params...)
	go func() { done <- send(req) }()
	return done
}

func (s *served) holding(t *testing.T, id string) {
	t.Helper()
	if err := s.WaitHolding(t.Context(), id, soon); err != nil {
		t.Fatal(err)
	}
}

func (s *served) idle(t *testing.T, id string) {
	t.Helper()
	for deadline := time.Now().Add(soon); ; time.Sleep(5 * time.Millisecond) {
		state, err := s.Rule(t.Context(), id)
		if err == nil && state.Holding == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it holds %d calls: %v", state.Holding, err)
		}
	}
}

func TestHoldBefore(t *testing.T) {
	s := serveFake(t)
	id := s.rule(t, Rule{Action: Actions{"CreateVpc"}, Fault: FaultHoldBefore, Times: 1})
	done := s.start(t, "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16")
	s.holding(t, id)
	if n := s.moto.count("CreateVpc"); n != 0 {
		t.Errorf("moto saw %d calls while held, want 0", n)
	}
	if err := s.EndRule(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := <-done; got.status != http.StatusOK {
		t.Errorf("after its end got %+v", got)
	}
	if e := s.only(t); e.Fault != FaultHoldBefore || !e.Accepted || !e.Delivered {
		t.Errorf("journal has %+v", e)
	}
}

func TestHoldBeforeAndTheClientGoes(t *testing.T) {
	for _, deliver := range []bool{false, true} {
		s := serveFake(t)
		id := s.rule(t, Rule{Fault: FaultHoldBefore, Times: 1, Deliver: deliver})
		ctx, kill := context.WithCancel(t.Context())
		req := request(t, s.url, baseKey, serviceEC2, "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16").WithContext(ctx)
		done := make(chan result, 1)
		go func() { done <- send(req) }()
		s.holding(t, id)
		kill()
		<-done
		<-s.last.Load().Context().Done() // the gateway has seen it too
		want := 0
		if deliver {
			want = 1
			if err := s.EndRule(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		s.idle(t, id)
		awaitEntries(t, s, 1)
		if n := s.moto.count("CreateVpc"); n != want {
			t.Errorf("deliver=%t: moto saw %d calls, want %d", deliver, n, want)
		}
		awaitEntry(t, s, func(e Entry) bool { return e.Accepted == deliver && !e.Delivered })
	}
}

func TestHoldAfter(t *testing.T) {
	s := serveFake(t)
	id := s.rule(t, Rule{Action: Actions{"CreateVpc"}, Fault: FaultHoldAfter, Times: 1})
	done := s.start(t, "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16")
	s.holding(t, id)
	// Now AWS has accepted the call, and its sender has no answer.
	if e := s.only(t); !e.Accepted || e.Delivered || len(e.Created) != 1 {
		t.Errorf("while held the journal has %+v", e)
	}
	if got := s.ec2(t, "Action", "DescribeVpcs"); got.status != http.StatusOK {
		t.Errorf("a hold stops other calls: %+v", got)
	}
	if err := s.DeleteRule(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := <-done; got.status != http.StatusOK {
		t.Errorf("after the deletion got %+v", got)
	}
	awaitEntry(t, s, func(e Entry) bool { return e.Action == "CreateVpc" && e.Delivered })
}

func TestHoldAfterAndTheClientGoes(t *testing.T) {
	s := serveFake(t)
	id := s.rule(t, Rule{Fault: FaultHoldAfter, Times: 1})
	ctx, kill := context.WithCancel(t.Context())
	req := request(t, s.url, baseKey, serviceEC2, "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16").WithContext(ctx)
	go send(req)
	s.holding(t, id)
	kill()
	s.idle(t, id)
	awaitEntry(t, s, func(e Entry) bool { return e.Accepted && !e.Delivered })
}

func TestLostResponseAndLostRequest(t *testing.T) {
	for fault, arrives := range map[Fault]bool{FaultLoseResponse: true, FaultLoseRequest: false} {
		s := serveFake(t)
		s.rule(t, Rule{Fault: fault, Times: 1})
		got := s.ec2(t, "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16")
		if !errors.Is(got.err, syscall.ECONNRESET) {
			t.Errorf("%s: the client got %+v, want a reset connection", fault, got)
		}
		if saw := s.moto.count("CreateVpc") == 1; saw != arrives {
			t.Errorf("%s: moto saw the call: %t", fault, saw)
		}
		if e := s.only(t); e.Accepted != arrives || e.Delivered || e.Fault != fault {
			t.Errorf("%s: journal has %+v", fault, e)
		}
		if got := s.ec2(t, "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16"); got.status != http.StatusOK {
			t.Errorf("%s: a rule for one time hits again: %+v", fault, got)
		}
	}
}

func TestErrorAndDeniedRole(t *testing.T) {
	s := serveFake(t)
	s.rule(t, Rule{Action: Actions{"AssumeRole"}, Role: roleARN, Fault: FaultError, Status: 403, Code: "AccessDenied", Message: "not you"})
	denied := s.call(t, baseKey, serviceSTS, "Action", "AssumeRole", "RoleArn", roleARN, "RoleSessionName", "session")
	if denied.status != 403 || denied.code != "AccessDenied" {
		t.Errorf("got %+v, want 403 AccessDenied", denied)
	}
	other := s.call(t, baseKey, serviceSTS, "Action", "AssumeRole", "RoleArn", "arn:aws:iam::111111111111:role/other", "RoleSessionName", "session")
	if other.status != http.StatusOK {
		t.Errorf("another role got %+v", other)
	}
	if e := s.entries(t, Query{Action: "AssumeRole"})[0]; e.Code != "AccessDenied" || e.Accepted || !e.Delivered || e.Mutation {
		t.Errorf("journal has %+v", e)
	}
}

func TestDelayAndLatency(t *testing.T) {
	s := serveFake(t)
	s.rule(t, Rule{Action: Actions{"DescribeVpcs"}, Fault: FaultDelay, Milliseconds: 60})
	if err := s.SetLatency(t.Context(), 40*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	s.ec2(t, "Action", "DescribeSubnets")
	s.ec2(t, "Action", "DescribeVpcs")
	e := s.entries(t, Query{})
	if e[0].Milliseconds < 40 || e[1].Milliseconds < 100 {
		t.Errorf("took %v and %v ms, want at least 40 and 100", e[0].Milliseconds, e[1].Milliseconds)
	}
}

func TestSkipAndTimes(t *testing.T) {
	s := serveFake(t)
	id := s.rule(t, Rule{Owner: "x/team-a/y", Fault: FaultError, Code: "RequestLimitExceeded", Status: 503, Skip: 1, Times: 2})
	var got []int
	for range 5 {
		got = append(got, s.ec2(t, "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16",
			"TagSpecification.1.ResourceType", "vpc",
			"TagSpecification.1.Tag.1.Key", OwnerTag, "TagSpecification.1.Tag.1.Value", "x/team-a/y").status)
	}
	want := []int{200, 503, 503, 200, 200}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	state, err := s.Rule(t.Context(), id)
	if err != nil || state.Matched != 3 || state.Hit != 2 {
		t.Errorf("got %+v, %v, want 3 matched, 2 hit", state, err)
	}
}

// awaitEntry waits for the entry of a call whose client has disconnected.
func awaitEntry(t *testing.T, s *served, ok func(Entry) bool) {
	t.Helper()
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if slices.ContainsFunc(s.entries(t, Query{}), ok) {
			return
		}
	}
	t.Errorf("journal has %+v", s.entries(t, Query{}))
}

func awaitEntries(t *testing.T, s *served, n int) {
	t.Helper()
	awaitEntry(t, s, func(e Entry) bool { return e.Seq >= int64(n) })
}

func TestActions(t *testing.T) {
	for _, test := range []struct {
		actions Actions
		action  string
		want    bool
	}{
		{nil, "CreateVpc", true},
		{Actions{"*"}, "CreateVpc", true},
		{Actions{"CreateVpc"}, "CreateVpc", true},
		{Actions{"CreateVpc"}, "CreateVpcEndpoint", false},
		{Actions{"Get*", "Describe*"}, "DescribeVpcs", true},
		{Actions{"Get*", "Describe*"}, "CreateVpc", false},
	} {
		if got := test.actions.matches(test.action); got != test.want {
			t.Errorf("%q matches %s: %v, want %v", test.actions, test.action, got, test.want)
		}
	}
}
