package ec2

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

func TestAdviceOnPorts(t *testing.T) {
	for rules, want := range map[string][]resource.Advice{
		`{ingressRules: [{ipProtocol: tcp, fromPort: 443, toPort: 443}, {ipProtocol: icmp, fromPort: 8, toPort: 0}]}`:                                                                   nil,
		`{ingressRules: [{ipProtocol: "-1"}, {ipProtocol: all, fromPort: 0, toPort: 0}, {ipProtocol: "-1", fromPort: -1, toPort: -1}, {ipProtocol: "50", fromPort: 0, toPort: 65535}]}`: nil,
		`{ingressRules: [{ipProtocol: "6", fromPort: 1, toPort: 2}, {ipProtocol: "-1", fromPort: 443, toPort: 443}], egressRules: [{ipProtocol: "50", fromPort: 0, toPort: 80}]}`: {
			{Reason: "PortsIgnored", Message: `spec.ingressRules[1]: AWS ignores fromPort and toPort for ipProtocol "-1": the rule opens all ports. Set ipProtocol to tcp or udp, or remove the ports`},
			{Reason: "PortsIgnored", Message: `spec.egressRules[0]: AWS ignores fromPort and toPort for ipProtocol "50": the rule opens all ports. Set ipProtocol to tcp or udp, or remove the ports`},
		},
	} {
		if diff := cmp.Diff(want, adviseGroup(groupSpec(t, rules))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", rules, diff)
		}
	}
}
