package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestRulesAreChecked(t *testing.T) {
	s := serveFake(t)
	for _, r := range []Rule{{Fault: "explode"}, {Fault: FaultError}, {Fault: FaultDelay, Skip: -1}, {Fault: FaultError, Code: "X", Status: 200}, {Fault: FaultFailed, Code: "X"}, {Fault: FaultFailed, Code: "X", Action: Actions{"CreateVpc"}}, {Fault: FaultFailed, Action: Actions{"CreateNatGateway"}}} {
		if id, err := s.AddRule(t.Context(), r); err == nil {
			t.Errorf("%+v was accepted as %s", r, id)
		}
	}
	resp, err := http.Post(s.url+"/_gateway/rules", "application/json", strings.NewReader(`{"fault":"delay","acton":"X"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a misspelled field got %s", resp.Status)
	}
}

func TestActionMayBeAString(t *testing.T) {
	s := serveFake(t)
	resp, err := http.Post(s.url+"/_gateway/rules", "application/json", strings.NewReader(`{"fault":"error","code":"X","action":"CreateVpc"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := s.ec2(t, "Action", "CreateVpc"); got.code != "X" {
		t.Errorf("got %+v", got)
	}
	if got := s.ec2(t, "Action", "DescribeVpcs"); got.status != http.StatusOK {
		t.Errorf("another action got %+v", got)
	}
}

func TestWaitEndsAtItsTimeout(t *testing.T) {
	s := serveFake(t)
	id := s.rule(t, Rule{Fault: FaultHoldAfter})
	if err := s.WaitHolding(t.Context(), id, 20*time.Millisecond); err == nil {
		t.Error("WaitHolding returns without a held call")
	}
	if err := s.WaitHolding(t.Context(), "rule-77", time.Second); err == nil || !strings.Contains(err.Error(), "rule-77") {
		t.Errorf("an unknown rule gives %v", err)
	}
}

func TestDeleteRuleEnds(t *testing.T) {
	s := serveFake(t)
	id := s.rule(t, Rule{Fault: FaultHoldBefore})
	done := s.start(t, "Action", "DescribeVpcs")
	s.holding(t, id)
	if err := s.DeleteRule(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := <-done; got.status != http.StatusOK {
		t.Errorf("got %+v", got)
	}
}

func TestControlIsForLoopback(t *testing.T) {
	s := serveFake(t)
	for path, want := range map[string]int{"/_gateway/journal": http.StatusForbidden, "/_gateway/healthz": http.StatusOK} {
		req := httptest.NewRequest(http.MethodGet, path, nil)
		req.RemoteAddr = "192.0.2.1:1234"
		w := httptest.NewRecorder()
		s.gate.ServeHTTP(w, req)
		if w.Code != want {
			t.Errorf("%s from elsewhere got %d, want %d", path, w.Code, want)
		}
	}
}
