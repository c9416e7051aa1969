package e2e

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/devenv/gateway"
)

// AWS loses the response of a create, and for a while no filter and no tag shows the new resource.
// The kind has neither token nor natural key. If that while is shorter than the look-ups, there is
// one resource. If it is longer, there are two: the sweep finds the second, and one remains.
func TestLostResponseWhileAWSIsBlind(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		if !swept(s.kind) {
			continue
		}
		for name, test := range map[string]struct {
			blind   time.Duration
			creates int
		}{
			"shorter than the look-ups": {8 * time.Second, 1},
			"longer than the look-ups":  {24 * time.Second, 2},
		} {
			t.Run(s.kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				team := newTeam(t)
				s.prepare(t, team)
				create := gateway.Actions{s.create}
				addRule(t, gateway.Rule{Action: create, Account: team.account, Fault: gateway.FaultLoseResponse, Times: 1})
				addRule(t, gateway.Rule{Action: create, Account: team.account, Fault: gateway.FaultInvisible, Times: 1,
					By: []gateway.By{gateway.ByFilter, gateway.ByTags}, Milliseconds: int(test.blind.Milliseconds())})
				o := team.apply(t, s.kind, "blind", s.spec())
				id := o.awaitSynced(t)
				creates := o.creates(t)
				if len(creates) != test.creates || !slices.Equal(creates[len(creates)-1].Created, []string{id}) {
					t.Errorf("AWS accepted %+v, want %d; the recorded id is %s", creates, test.creates, id)
				}
				if test.creates == 2 {
					row{sample: s}.awaitSwept(t, team, o)
				}
				if n := s.count(t, team.account); n != 1 {
					t.Errorf("there are %d in AWS, want 1", n)
				}
			})
		}
	}
}

// Tack treats a create as lost and sends it again; while the answer is in flight, the run is lost.
// The next run finds the resource of the second request. The sweep finds the resource of the first
// request, which arrives with a delay.
func TestRunLostAfterSendingAgain(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		if !swept(s.kind) {
			continue
		}
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			s.prepare(t, team)
			holds := func(fault gateway.Fault) string {
				return addRule(t, gateway.Rule{Action: gateway.Actions{s.create}, Account: team.account, Fault: fault, Deliver: true, Times: 1})
			}
			delayed := holds(gateway.FaultHoldBefore)
			o := team.apply(t, s.kind, "twice", s.spec())
			if err := w.AWS.WaitHolding(t.Context(), delayed, soon); err != nil {
				t.Fatal(err)
			}
			again := holds(gateway.FaultHoldAfter)
			if err := w.AWS.WaitHolding(t.Context(), again, 2*soon); err != nil {
				t.Fatal(err)
			}
			row{what: theRun}.end(t, o, atOnce)
			endRule(t, again)
			id := o.awaitSynced(t)
			endRule(t, delayed)
			row{sample: s}.awaitSwept(t, team, o)
			if creates := o.creates(t); len(creates) != 2 {
				t.Errorf("AWS accepted %+v, want two", creates)
			}
			if now := o.awaitSynced(t); now != id {
				t.Errorf("the recorded id is %s, was %s", now, id)
			}
		})
	}
}

// An object that lost a request is deleted before the sweep. The delayed resource of that request is
// deleted with it.
func TestDeletedBeforeTheSweep(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	addRule(t, gateway.Rule{Action: gateway.Actions{"CreateVpc"}, Account: team.account, Fault: gateway.FaultLoseRequest, Times: 1})
	o := team.apply(t, "ec2.VPC", "delayed", vpcSpec())
	id := o.awaitSynced(t)
	w.result(t, o.ref)
	tags := []ec2types.Tag{}
	for key, value := range ec2Tags(t, team.account, id) {
		tags = append(tags, ec2types.Tag{Key: &key, Value: &value})
	}
	_, err := awsec2.NewFromConfig(w.config(t, team.account)).CreateVpc(t.Context(), &awsec2.CreateVpcInput{
		CidrBlock: aws.String("10.0.0.0/16"), TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeVpc, Tags: tags}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.delete(t)
	o.awaitGone(t)
	if vpcs := w.vpcs(t, team.account); len(vpcs) != 0 {
		t.Errorf("remaining: %+v", vpcs)
	}
}

// AWS does not show a new resource even by its id, and other requests cannot name it yet. Tack
// waits for the resource and creates no replacement.
func TestNotVisibleYet(t *testing.T) {
	ofSomeKinds(t, func(t *testing.T, s sample, team team) {
		rule := addRule(t, gateway.Rule{Action: gateway.Actions{s.create}, Account: team.account, Fault: gateway.FaultInvisible, Times: 1,
			By: []gateway.By{gateway.ByID, gateway.ByFilter, gateway.ByTags, gateway.ByReference}, Milliseconds: int(visibleWindow.Milliseconds()) / 2})
		o := team.apply(t, s.kind, "delayed", s.spec())
		o.wantOneCreate(t, o.awaitSynced(t))
		if state, err := w.AWS.Rule(t.Context(), rule); err != nil || state.Hit != 1 {
			t.Errorf("no read was hidden: %+v, %v", state, err)
		}
	})
}
