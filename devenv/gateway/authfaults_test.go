package gateway

import (
	"net/http"
	"regexp"
	"testing"
	"time"
)

// assume returns the key of a new session of roleARN.
func (s *served) assume(t *testing.T) string {
	t.Helper()
	got := s.call(t, baseKey, serviceSTS, "Action", "AssumeRole", "RoleArn", roleARN, "RoleSessionName", "session")
	key := regexp.MustCompile(`<AccessKeyId>(.*)</AccessKeyId>`).FindStringSubmatch(got.body)
	if len(key) != 2 {
		t.Fatalf("assuming the role: %+v", got)
	}
	return key[1]
}

func TestRevokedPermission(t *testing.T) {
	s := serveFake(t)
	key := s.assume(t)
	if got := s.call(t, key, serviceEC2, createVPCParams...); got.status != http.StatusOK {
		t.Fatalf("before: %+v", got)
	}
	// The rule refuses every later action of the account, reads too.
	id := s.rule(t, Rule{Account: "111111111111", Fault: FaultDeny})
	for service, want := range map[string]string{serviceEC2: "UnauthorizedOperation", serviceIAM: "AccessDenied"} {
		action := map[string]string{serviceEC2: "DescribeVpcs", serviceIAM: "ListRoles"}[service]
		if got := s.call(t, key, service, "Action", action); got.status != http.StatusForbidden || got.code != want {
			t.Errorf("%s got %+v, want 403 %s", action, got, want)
		}
	}
	if got := s.ec2(t, "Action", "DescribeVpcs"); got.status != http.StatusOK {
		t.Errorf("another account got %+v", got)
	}
	s.rule(t, Rule{Action: Actions{"AssumeRole"}, Role: roleARN, Fault: FaultDeny})
	if got := s.call(t, baseKey, serviceSTS, "Action", "AssumeRole", "RoleArn", roleARN, "RoleSessionName", "session"); got.code != "AccessDenied" {
		t.Errorf("AssumeRole got %+v", got)
	}
	if err := s.EndRule(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := s.call(t, key, serviceEC2, "Action", "DescribeVpcs"); got.status != http.StatusOK {
		t.Errorf("given back: %+v", got)
	}
}

func TestExpiredCredentials(t *testing.T) {
	s := serveFake(t)
	old := s.assume(t)
	id := s.rule(t, Rule{Fault: FaultExpire})
	for service, want := range map[string]result{serviceEC2: {status: 400, code: "RequestExpired"}, serviceIAM: {status: 403, code: "ExpiredToken"}} {
		action := map[string]string{serviceEC2: "DescribeVpcs", serviceIAM: "ListRoles"}[service]
		if got := s.call(t, old, service, "Action", action); got.status != want.status || got.code != want.code {
			t.Errorf("%s got %+v, want %+v", service, got, want)
		}
	}
	// A user's own key does not expire, and assumes the role again.
	if got := s.call(t, s.assume(t), serviceEC2, "Action", "DescribeVpcs"); got.status != http.StatusOK {
		t.Errorf("new credentials got %+v", got)
	}
	if state, err := s.Rule(t.Context(), id); err != nil || state.Hit != 2 || state.Matched != 2 {
		t.Errorf("the rule says %+v, %v", state, err)
	}
}

func TestAgeOfSignatures(t *testing.T) {
	for name, c := range map[string]struct {
		service string
		age     time.Duration
		status  int
		code    string
	}{
		"EC2, in time":         {serviceEC2, 4 * time.Minute, 200, ""},
		"EC2, late":            {serviceEC2, 6 * time.Minute, 400, "RequestExpired"},
		"EC2, from the future": {serviceEC2, -6 * time.Minute, 400, "RequestExpired"},
		"IAM, in time":         {serviceIAM, 14 * time.Minute, 200, ""},
		"IAM, late":            {serviceIAM, 16 * time.Minute, 403, "SignatureDoesNotMatch"},
		"STS, late":            {serviceSTS, 16 * time.Minute, 403, "SignatureDoesNotMatch"},
	} {
		s := serveFake(t)
		action := map[string]string{serviceEC2: "DescribeVpcs", serviceIAM: "ListRoles", serviceSTS: "GetSessionToken"}[c.service]
		req := request(t, s.url, baseKey, c.service, "Action", action)
		req.Header.Set("X-Amz-Date", time.Now().Add(-c.age).UTC().Format("20060102T150405Z"))
		if got := send(req); got.status != c.status || got.code != c.code {
			t.Errorf("%s: got %+v, want %d %s", name, got, c.status, c.code)
		}
		if n := s.moto.count(action); (n == 1) != (c.status == 200) {
			t.Errorf("%s: moto saw %d calls", name, n)
		}
	}
}

// A request that is held on the way arrives after its sender is gone. AWS refuses it
// when its signature has expired.
func TestLateRequestExpires(t *testing.T) {
	s := serveFake(t)
	id := s.rule(t, Rule{Fault: FaultHoldBefore, Deliver: true})
	req := request(t, s.url, baseKey, serviceEC2, createVPCParams...)
	req.Header.Set("X-Amz-Date", time.Now().Add(time.Second-oldest(serviceEC2)).UTC().Format("20060102T150405Z"))
	done := make(chan result, 1)
	go func() { done <- send(req) }()
	s.holding(t, id)
	time.Sleep(2 * time.Second)
	if err := s.EndRule(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := <-done; got.code != "RequestExpired" || s.moto.count("CreateVpc") != 0 {
		t.Errorf("the delayed request got %+v", got)
	}
	if e := s.only(t); e.Accepted || e.Fault != FaultHoldBefore {
		t.Errorf("journal has %+v", e)
	}
}
