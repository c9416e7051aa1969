package ec2

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
)

// said returns the findings as text, one per item.
func said(invalid []kind.Invalid) []string {
	var out []string
	for _, i := range invalid {
		out = append(out, i.Path+": "+i.Message)
	}
	return out
}

func TestCheckGroup(t *testing.T) {
	const peer = `ipRanges: [{cidrIP: 10.0.0.0/8}]`
	for name, test := range map[string]struct {
		spec string
		want []string
	}{
		"good": {spec: `{ingressRules: [
			{ipProtocol: tcp, fromPort: 0, toPort: 65535, ipRanges: [{cidrIP: 10.1.2.3/8}, {cidrIP: 10.1.2.3/8}]},
			{ipProtocol: all, ` + peer + `}, {ipProtocol: "-1", ` + peer + `}, {ipProtocol: "255", ` + peer + `},
			{ipProtocol: icmp, ` + peer + `}, {ipProtocol: icmp, fromPort: 8, toPort: 0, ` + peer + `}, {ipProtocol: "58", fromPort: -1, toPort: -1, ipv6Ranges: [{cidrIPv6: "::/0"}]}],
			egressRules: [{ipProtocol: udp, fromPort: 1, toPort: 1, prefixListIDs: [{prefixListID: pl-1}], userIDGroupPairs: [{groupName: db}, {groupID: sg-1}, {groupRef: {from: {name: x}}}]}]}`},
		"no name, no description": {
			spec: `{name: "", description: ""}`,
			want: []string{"spec.name: a security group needs a name", "spec.description: a security group needs a description"},
		},
		"names that AWS keeps": {spec: `{name: sg-1}`, want: []string{"spec.name: \"sg-1\": AWS reserves names that begin with sg- for ids"}},
		"default":              {spec: `{name: default}`, want: []string{`spec.name: AWS reserves the name "default" for the default group of a VPC`}},
		"characters":           {spec: `{name: "a|b"}`, want: []string{`spec.name: "a|b" has characters other than letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*`}},
		"length":               {spec: `{description: ` + strings.Repeat("x", 256) + `}`, want: []string{"spec.description: has 256 characters, AWS allows 255"}},
		"missing ports": {
			spec: `{ingressRules: [{ipProtocol: tcp, ` + peer + `}]}`,
			want: []string{"spec.ingressRules[0].fromPort: tcp needs a port", "spec.ingressRules[0].toPort: tcp needs a port"},
		},
		"from greater than to": {
			spec: `{egressRules: [{ipProtocol: udp, fromPort: 9, toPort: 8, ` + peer + `}]}`,
			want: []string{"spec.egressRules[0].fromPort: 9 is greater than toPort 8"},
		},
		"out of range": {
			spec: `{ingressRules: [{ipProtocol: tcp, fromPort: -1, toPort: 65536, ` + peer + `}]}`,
			want: []string{"spec.ingressRules[0].fromPort: -1 is not a port: ports are 0 to 65535", "spec.ingressRules[0].toPort: 65536 is not a port: ports are 0 to 65535"},
		},
		"unknown protocol": {
			spec: `{ingressRules: [{ipProtocol: tpc, ` + peer + `}, {ipProtocol: "256", ` + peer + `}, {` + peer + `}]}`,
			want: []string{
				`spec.ingressRules[0].ipProtocol: "tpc" is not a protocol: set tcp, udp, icmp, icmpv6, a number from 0 to 255, or -1 for all`,
				`spec.ingressRules[1].ipProtocol: "256" is not a protocol: set tcp, udp, icmp, icmpv6, a number from 0 to 255, or -1 for all`,
				"spec.ingressRules[2].ipProtocol: is empty: set tcp, udp, icmp, icmpv6, a protocol number, or -1 for all",
			},
		},
		"ICMP code of all types; AWS decides about one without a type": {
			spec: `{ingressRules: [{ipProtocol: icmp, fromPort: -1, toPort: 3, ` + peer + `}, {ipProtocol: icmp, fromPort: 256, ` + peer + `}, {ipProtocol: icmp, toPort: 3, ` + peer + `}]}`,
			want: []string{
				"spec.ingressRules[0].toPort: an ICMP code needs an ICMP type in fromPort",
				"spec.ingressRules[1].fromPort: 256 is not an ICMP type: use 0 to 255, or -1 for all",
			},
		},
		"CIDRs": {
			spec: `{ingressRules: [{ipProtocol: all, ipRanges: [{cidrIP: 10.0.0.0/33}, {cidrIP: "::/0"}, {}], ipv6Ranges: [{cidrIPv6: 10.0.0.0/8}]}]}`,
			want: []string{
				`spec.ingressRules[0].ipRanges[0].cidrIP: "10.0.0.0/33" is not a CIDR block`,
				`spec.ingressRules[0].ipRanges[1].cidrIP: "::/0" is not an IPv4 block`,
				"spec.ingressRules[0].ipRanges[2].cidrIP: is empty",
				`spec.ingressRules[0].ipv6Ranges[0].cidrIPv6: "10.0.0.0/8" is not an IPv6 block`,
			},
		},
		"no peer": {
			spec: `{ingressRules: [{ipProtocol: all, ` + peer + `}, {ipProtocol: all}]}`,
			want: []string{"spec.ingressRules[1]: names no peer: set ipRanges, ipv6Ranges, prefixListIDs or userIDGroupPairs"},
		},
		"empty peers": {
			spec: `{ingressRules: [{ipProtocol: all, userIDGroupPairs: [{userID: "1"}], prefixListIDs: [{}]}]}`,
			want: []string{
				"spec.ingressRules[0].prefixListIDs[0].prefixListID: is empty",
			},
		},
		"description of a rule": {
			spec: `{ingressRules: [{ipProtocol: all, ipRanges: [{cidrIP: 10.0.0.0/8, description: "é"}]}]}`,
			want: []string{`spec.ingressRules[0].ipRanges[0].description: "é" has characters other than letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, said(checkGroup(groupSpec(t, test.spec)))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
