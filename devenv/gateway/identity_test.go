package gateway

import (
	"net/http"
	"strings"
	"testing"
)

func TestUnknownIdentities(t *testing.T) {
	s := serveFake(t)
	for _, key := range []string{"", "AKIASTRANGER"} {
		if got := s.call(t, key, serviceEC2, "Action", "DescribeVpcs"); got.status != http.StatusUnauthorized || got.code != "AuthFailure" {
			t.Errorf("key %q on EC2 got %+v", key, got)
		}
	}
	for _, service := range []string{serviceIAM, serviceSTS} {
		got := s.call(t, "AKIASTRANGER", service, "Action", "GetCallerIdentity")
		if got.status != http.StatusForbidden || got.code != "InvalidClientTokenId" {
			t.Errorf("%s got %+v", service, got)
		}
	}
	if got := s.moto.actions(); len(got) != 0 {
		t.Errorf("moto saw %v", got)
	}
	if got := s.entries(t, Query{}); len(got) != 4 || got[0].Code != "AuthFailure" || got[1].AccessKeyID != "AKIASTRANGER" {
		t.Errorf("journal has %+v", got)
	}
}

func TestAssumedRoleIsKnownAfterARestart(t *testing.T) {
	s := serveFake(t)
	if got := s.call(t, baseKey, serviceSTS, "Action", "AssumeRole", "RoleArn", roleARN, "RoleSessionName", "session"); got.status != http.StatusOK {
		t.Fatalf("AssumeRole got %+v", got)
	}
	for range 2 {
		if got := s.call(t, "ASIA1", serviceEC2, "Action", "DescribeVpcs"); got.status != http.StatusOK {
			t.Errorf("the role got %+v", got)
		}
		s = serveAgain(t, s)
	}
	for _, e := range s.entries(t, Query{Action: "DescribeVpcs"}) {
		if e.Principal != roleARN || e.Account != "111111111111" {
			t.Errorf("journal has %+v", e)
		}
	}
	// moto gets the account from the gateway, because it loses keys at a restart.
	if last := s.moto.accounts[len(s.moto.accounts)-1]; last != "111111111111" {
		t.Errorf("moto was asked for account %s", last)
	}
}

func TestCallerIdentity(t *testing.T) {
	s := serveFake(t)
	s.call(t, baseKey, serviceSTS, "Action", "AssumeRole", "RoleArn", roleARN, "RoleSessionName", "session")
	for key, want := range map[string]string{baseKey: "<Account>999999999999</Account>", "ASIA1": "assumed-role/tack/s"} {
		if got := s.call(t, key, serviceSTS, "Action", "GetCallerIdentity"); !strings.Contains(got.body, want) {
			t.Errorf("%s got %+v, want %s in it", key, got, want)
		}
	}
}

func TestIdentityNeedsAnAccount(t *testing.T) {
	if _, err := New(Options{Moto: "http://127.0.0.1:1", Identities: map[string]string{"K": "me"}}); err == nil {
		t.Error("an identity without an ARN was accepted")
	}
}
