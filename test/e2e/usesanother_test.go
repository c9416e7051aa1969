package e2e

import (
	"testing"
	"time"

	"github.com/tack-dev/tack/devenv/scenario"
)

// Two objects ask for the same VPC or subnet. The first one keeps it: the second one names the first, changes
// nothing, and gets it when the first one leaves it.
func TestTwoObjectsAskForTheSame(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ kind, action, left string }{
		{"ec2.DHCPOptions", "AssociateDhcpOptions", `{"spec":{"vpcRefs":[]}}`},
		{"ec2.NetworkACL", "ReplaceNetworkAclAssociation", `{"spec":{"associations":[]}}`},
	} {
		t.Run(test.kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			s := sampleOf(test.kind)
			s.prepare(t, team)
			first := team.apply(t, s.kind, "first", s.spec())
			first.awaitSynced(t)
			second := team.apply(t, s.kind, "second", s.spec())
			second.awaitCondition(t, "ACK.ResourceSynced", "False", "belongs to "+scenario.OwnerOf(first.ref))
			time.Sleep(visibleWindow)
			for _, e := range second.entries(t, 0) {
				if e.Action == test.action {
					t.Errorf("the second object sent %s", e.Action)
				}
			}
			first.patch(t, test.left)
			second.awaitSynced(t)
			first.awaitSynced(t)
			second.delete(t)
			second.awaitGone(t)
			first.delete(t)
			first.awaitGone(t)
			if n := s.count(t, team.account); n != 0 {
				t.Errorf("%d remain in AWS", n)
			}
		})
	}
}
