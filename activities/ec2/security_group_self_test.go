package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// A pair that names no group means the group of the rule, at create and update. Its other fields
// are not a difference.
func TestPeerWithoutGroup(t *testing.T) {
	https := fromCIDR(ports("tcp", 443, 443), "10.0.0.0/8")
	for name, test := range map[string]struct {
		rules string
		got   *securityGroup
		c     kind.Case
		want  []string
	}{
		"new, a peer that names no group is the group itself": {
			rules: `{ingressRules: [{ipProtocol: tcp, fromPort: 1, toPort: 9, userIDGroupPairs: [{description: us, userID: "111122223333"}]}],
				egressRules: [{ipProtocol: "-1", userIDGroupPairs: [{}, {groupID: "", groupName: ""}, {vpcID: vpc-1}]}]}`,
			c: kind.Case{ID: resource.NewID},
			want: []string{
				"0 AuthorizeIngress: allow tcp 1-9 from itself (spec.ingressRules[0].userIDGroupPairs[0])",
				"0 AuthorizeEgress: allow all traffic to itself (spec.egressRules[0].userIDGroupPairs[0])",
				"0 RevokeEgress: revoke all traffic to 0.0.0.0/0 (spec.egressRules)",
			},
		},
		"a peer that names no group added": {
			rules: `{ingressRules: [{ipProtocol: tcp, fromPort: 443, toPort: 443, ipRanges: [{cidrIP: 10.0.0.0/8}], userIDGroupPairs: [{}]}]}`,
			got:   gotGroup([]types.IpPermission{https}, nil), c: groupCase(),
			want: []string{"0 AuthorizeIngress: allow tcp 443 from itself (spec.ingressRules[0].userIDGroupPairs[0])"},
		},
		"the group itself, however the spec names it": {
			rules: `{ingressRules: [
				{ipProtocol: tcp, fromPort: 1, toPort: 1, userIDGroupPairs: [{}]},
				{ipProtocol: tcp, fromPort: 2, toPort: 2, userIDGroupPairs: [{groupID: sg-1, userID: "111122223333", vpcID: vpc-1}]},
				{ipProtocol: tcp, fromPort: 3, toPort: 3, userIDGroupPairs: [{vpcPeeringConnectionID: pcx-1, peeringStatus: active}]}]}`,
			got: gotGroup([]types.IpPermission{fromGroup(ports("tcp", 1, 1), "sg-1"), fromGroup(ports("tcp", 2, 2), "sg-1"), fromGroup(ports("tcp", 3, 3), "sg-1")}, nil),
			c:   groupCase(),
		},
		"a name beside an empty id": {
			rules: `{ingressRules: [{ipProtocol: tcp, fromPort: 1, toPort: 1, userIDGroupPairs: [{groupID: "", groupName: db}]}]}`,
			got:   gotGroup(nil, nil), c: groupCase(),
			want: []string{"0 AuthorizeIngress: allow tcp 1 from named db (spec.ingressRules[0].userIDGroupPairs[0])"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := groupSpec(t, test.rules)
			if invalid := said(checkGroup(want)); len(invalid) > 0 {
				t.Errorf("refused: %q", invalid)
			}
			if diff := cmp.Diff(test.want, described(groupKind.Draft(want, test.got, test.c).Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}
