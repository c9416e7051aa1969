package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/resource"
)

// A full group can change: as many rules are removed as are missing, then the others are tried once
// more. If AWS refuses that as well, nothing further is removed.
func TestRoomInAFullGroup(t *testing.T) {
	want := groupSpec(t, `{ingressRules: [{ipProtocol: tcp, fromPort: 80, toPort: 80, ipRanges: [{cidrIP: 10.0.0.0/8}]}]}`)
	v6 := ports("tcp", 22, 22)
	v6.Ipv6Ranges = []types.Ipv6Range{{CidrIpv6: optional.Of("::/0")}}
	got := gotGroup([]types.IpPermission{v6, fromCIDR(ports("tcp", 443, 443), "10.0.0.0/8", "11.0.0.0/8")}, nil)
	add := groupKind.Draft(want, got, groupCase()).Steps[0]
	plain := "0 AuthorizeIngress: allow tcp 80 from 10.0.0.0/8 (spec.ingressRules[0].ipRanges[0])"
	again := "1 AuthorizeIngress: allow tcp 80 from 10.0.0.0/8, after making room (spec.ingressRules[0].ipRanges[0])"
	quota, invalid := resource.Failure{Step: add, Class: resource.Quota}, resource.Failure{Step: add, Class: resource.Invalid}
	for name, test := range map[string]struct {
		failures []resource.Failure
		done     []resource.Done
		want     []string
	}{
		"over the quota":      {[]resource.Failure{quota}, nil, []string{"0 RevokeIngress: revoke tcp 443 from 10.0.0.0/8 (spec.ingressRules)", again}},
		"room is made":        {[]resource.Failure{quota}, []resource.Done{{Verb: "RevokeIngress"}}, []string{again}},
		"room did not help":   {[]resource.Failure{quota, quota}, []resource.Done{{Verb: "RevokeIngress"}}, []string{plain}},
		"refused for another": {[]resource.Failure{invalid}, nil, []string{plain}},
		"no room is given": {[]resource.Failure{quota, {Step: resource.Step{Verb: "RevokeIngress"}, Class: resource.Denied}}, nil,
			[]string{plain}},
	} {
		t.Run(name, func(t *testing.T) {
			c := groupCase()
			c.Failures, c.Done = test.failures, test.done
			steps := groupKind.Draft(want, got, c).Steps
			if diff := cmp.Diff(test.want, described(steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if last := steps[len(steps)-1]; !last.Same(add) || last.Again != (last.Stage == 1) {
				t.Errorf("the last step is %+v", last)
			}
		})
	}
}

func TestNoRoomInAFullGroupWithoutSurplus(t *testing.T) {
	want := groupSpec(t, `{ingressRules: [{ipProtocol: tcp, fromPort: 80, toPort: 80, ipRanges: [{cidrIP: 10.0.0.0/8}]}]}`)
	c := groupCase()
	c.Failures = []resource.Failure{{Step: groupKind.Draft(want, gotGroup(nil, nil), c).Steps[0], Class: resource.Quota}}
	if steps := groupKind.Draft(want, gotGroup(nil, nil), c).Steps; len(steps) != 1 || steps[0].Again {
		t.Errorf("steps: %+v", steps)
	}
}
