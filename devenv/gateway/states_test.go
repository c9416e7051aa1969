package gateway

import (
	"strings"
	"testing"
)

// Types and states that the tests with moto use.
const (
	natGatewayType = "natgateway"
	instanceType   = "instance"

	pending      = "pending"
	shuttingDown = "shutting-down"
	stopping     = "stopping"
)

func TestStateTimesAreChecked(t *testing.T) {
	s := serveFake(t)
	for want, bad := range map[string]StateTime{
		"instance, natgateway, ":                 {Type: "nat", State: "pending"},
		"want one of pending, deleting, deleted": {Type: "natgateway", State: "available"},
		"can't be negative":                      {Type: "natgateway", State: "pending", Milliseconds: -1},
	} {
		if err := s.SetStateTime(t.Context(), bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gives %v, want %q", bad, err, want)
		}
	}
}

// Each call carries the AWS settings of its account to moto.
func TestCallsCarryTheSettingsOfTheirAccount(t *testing.T) {
	s := serveFake(t)
	for _, set := range []StateTime{
		{Type: "instance", State: "pending", Milliseconds: 5}, {Type: "instance", State: "stopping", Milliseconds: 6},
		{Account: "999999999999", Type: "instance", State: "pending"}, {Account: "111111111111", Type: "natgateway", State: "deleting", Milliseconds: 7},
	} {
		if err := s.SetStateTime(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetQuota(t.Context(), Quota{Account: "999999999999", Name: QuotaRulesPerSecurityGroup, Value: 61}); err != nil {
		t.Fatal(err)
	}
	s.rule(t, Rule{Action: Actions{"CreateNatGateway"}, Fault: FaultFailed, Code: "InternalError", Message: "m"})
	s.ec2(t, "Action", "DescribeVpcs")
	s.ec2(t, createNAT("t1", "subnet-1")...)
	const always = `{"states":{"instance pending":0,"instance stopping":6},"quotas":{"rulesPerSecurityGroup":61}`
	for i, want := range []string{always + `}`, always + `,"failing":{"code":"InternalError","message":"m"}}`} {
		if got := s.moto.settings[i]; got != want {
			t.Errorf("call %d has the settings %s, want %s", i+1, got, want)
		}
	}
}
