package e2e

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

var _ = register(sample{
	kind: "ec2.VPCPeeringConnection", create: "CreateVpcPeeringConnection",
	spec:   func() fields { return peeringSpec(fields{"acceptRequest": true}) },
	change: `{"spec":{"requesterPeeringConnectionOptions":{"allowDNSResolutionFromRemoteVPC":true},"accepterPeeringConnectionOptions":{"allowDNSResolutionFromRemoteVPC":true}}}`,
	full: func(account string) fields {
		options := fields{"allowDNSResolutionFromRemoteVPC": true, "allowEgressFromLocalClassicLinkToRemoteVPC": false, "allowEgressFromLocalVPCToRemoteClassicLink": false}
		return peeringSpec(fields{
			"acceptRequest": true, "peerOwnerID": account, "tags": teamA(),
			"requesterPeeringConnectionOptions": options, "accepterPeeringConnectionOptions": options,
		})
	},
	fullChange: `{"spec":{"tags":[{"key":"team","value":"b"}],"requesterPeeringConnectionOptions":{"allowDNSResolutionFromRemoteVPC":false},"accepterPeeringConnectionOptions":{"allowDNSResolutionFromRemoteVPC":false}}}`,
	needs: func(t *testing.T, team team) {
		main, peer := team.apply(t, "ec2.VPC", "main", vpcSpec()), team.apply(t, "ec2.VPC", "peer", fields{"cidrBlocks": []any{"10.1.0.0/16"}})
		main.awaitSynced(t)
		peer.awaitSynced(t)
	},
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeVpcPeeringConnections),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteVpcPeeringConnection, "VpcPeeringConnectionId"),
})

// peeringSpec peers the VPCs main and peer.
func peeringSpec(with fields) fields {
	with["vpcRef"], with["peerVPCRef"] = ref("main"), ref("peer")
	return with
}

// farRegion is another Region than that of the other objects.
const farRegion = "ap-south-1"

// A connection to another account and Region waits and names who must accept it. Once the namespace
// may use that account's role, Tack tags, accepts and sets the options of that side there, and every
// later change of the tags.
func TestPeeringWithAnotherAccount(t *testing.T) {
	t.Parallel()
	hub, spoke := newTeam(t), newTeam(t)
	entry := func(value any) {
		persist(t, "who may use the account of the peer", func(int) error {
			return w.MapRoles(t.Context(), fields{"allowed-namespaces." + hub.account: value})
		})
	}
	entry(hub.name)
	far := awsec2.NewFromConfig(w.config(t, hub.account), func(o *awsec2.Options) { o.Region = farRegion })
	peer, err := far.CreateVpc(t.Context(), &awsec2.CreateVpcInput{CidrBlock: aws.String("10.1.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	spoke.apply(t, "ec2.VPC", "main", vpcSpec())
	mark := lastSeq(t)
	o := spoke.apply(t, "ec2.VPCPeeringConnection", "main", fields{
		"vpcRef": ref("main"), "peerVPCID": *peer.Vpc.VpcId, "peerOwnerID": hub.account, "peerRegion": farRegion, "tags": teamA(),
		"accepterPeeringConnectionOptions": fields{"allowDNSResolutionFromRemoteVPC": true},
	})
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "account "+hub.account+" must accept pcx-")
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "in "+farRegion+", because Tack may not: ")
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "does not list namespace "+spoke.name)
	if calls := callsSince(t, hub.account, mark); slices.Contains(calls, "AcceptVpcPeeringConnection") || slices.Contains(calls, "CreateTags") {
		t.Errorf("in account %s there were %q", hub.account, calls)
	}
	entry(hub.name + " " + spoke.name)
	id := o.awaitSynced(t)
	o.wantOneCreate(t, id)
	var steps []string
	for _, e := range entriesSince(t, hub.account, mark) {
		if e.Principal == scenario.RoleIn(hub.account) && e.Action != "AssumeRole" {
			steps = append(steps, e.Action+" "+e.Region)
		}
	}
	if want := []string{"CreateTags " + farRegion, "AcceptVpcPeeringConnection " + farRegion, "ModifyVpcPeeringConnectionOptions " + farRegion}; !slices.Equal(steps, want) {
		t.Errorf("in the account of the peer there were %q, want %q", steps, want)
	}
	wantTeam := func(value string) {
		t.Helper()
		shown, err := far.DescribeVpcPeeringConnections(t.Context(), &awsec2.DescribeVpcPeeringConnectionsInput{VpcPeeringConnectionIds: []string{id}})
		if err != nil {
			t.Fatal(err)
		}
		got := shown.VpcPeeringConnections[0]
		if len(got.Tags) != 1 || *got.Tags[0].Value != value || !*got.AccepterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc {
			t.Errorf("the peer sees %+v with the tags %+v, want team=%s", got.AccepterVpcInfo, got.Tags, value)
		}
	}
	wantTeam("a")
	o.wantQuiet(t, spoke)
	o.patch(t, retagged)
	o.awaitSynced(t)
	wantTeam("b")
	o.delete(t)
	o.awaitGone(t)
}

// AWS refuses a second acceptance. Where the answer to the first one is lost, the next look shows that it is
// carried out.
func TestPeeringWhoseAcceptanceIsLost(t *testing.T) {
	t.Parallel()
	for _, fault := range []gateway.Fault{gateway.FaultLoseResponse, gateway.FaultLoseRequest} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			s := sampleOf("ec2.VPCPeeringConnection")
			s.prepare(t, team)
			addRule(t, gateway.Rule{Action: gateway.Actions{"AcceptVpcPeeringConnection"}, Account: team.account, Fault: fault, Times: 1})
			o := team.apply(t, s.kind, "it", s.spec())
			o.wantOneCreate(t, o.awaitSynced(t))
			o.wantQuiet(t, team)
			deleteAll(t, o)
		})
	}
}

// requestedByHand requests a connection of two VPCs outside of Tack, and waits until it can be accepted.
func requestedByHand(t *testing.T, client *awsec2.Client, vpc, peer string) (id *string) {
	t.Helper()
	made, err := client.CreateVpcPeeringConnection(t.Context(), &awsec2.CreateVpcPeeringConnectionInput{VpcId: &vpc, PeerVpcId: &peer})
	if err != nil {
		t.Fatal(err)
	}
	id = made.VpcPeeringConnection.VpcPeeringConnectionId
	awaitPeering(t, client, *id, ec2types.VpcPeeringConnectionStateReasonCodePendingAcceptance)
	return id
}

// wantOwnAfter deletes a connection that keeps the object from its own, which it then gets.
func (o object) wantOwnAfter(t *testing.T, client *awsec2.Client, theirs *string) {
	t.Helper()
	if _, err := client.DeleteVpcPeeringConnection(t.Context(), &awsec2.DeleteVpcPeeringConnectionInput{VpcPeeringConnectionId: theirs}); err != nil {
		t.Fatal(err)
	}
	w.result(t, o.ref)
	w.force(t, o.ref) // does not wait for the retry
	o.wantOneCreate(t, o.awaitSynced(t))
}

// AWS answers a request with the connection that somebody else already has. Tack does not take it.
func TestPeeringOfSomebodyElse(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	s := sampleOf("ec2.VPCPeeringConnection")
	s.prepare(t, team)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	theirs := requestedByHand(t, client, team.object("ec2.VPC", "main").awaitSynced(t), team.object("ec2.VPC", "peer").awaitSynced(t))
	mark := lastSeq(t)
	o := team.apply(t, s.kind, "main", s.spec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", *theirs)
	if claim := o.claim(t); claim.ID != "" {
		t.Errorf("the claim names %s", claim.ID)
	}
	if calls := callsSince(t, team.account, mark); slices.Contains(calls, "CreateVpcPeeringConnection") || slices.Contains(calls, "AcceptVpcPeeringConnection") {
		t.Errorf("the calls were %q", calls)
	}
	o.wantOwnAfter(t, client, theirs)
}

// The peer already has a connection with the VPC, in the other direction. Tack requests no second one, which
// nobody could accept, and names the first. After its end, the object gets its own.
func TestPeeringInTheOtherDirection(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	s := sampleOf("ec2.VPCPeeringConnection")
	s.prepare(t, team)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	peer := team.object("ec2.VPC", "peer").awaitSynced(t)
	theirs := requestedByHand(t, client, peer, team.object("ec2.VPC", "main").awaitSynced(t))
	if _, err := client.AcceptVpcPeeringConnection(t.Context(), &awsec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: theirs}); err != nil {
		t.Fatal(err)
	}
	awaitPeering(t, client, *theirs, ec2types.VpcPeeringConnectionStateReasonCodeActive)
	mark := lastSeq(t)
	o := team.apply(t, s.kind, "main", s.spec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", *theirs+" (active), which "+peer+" requested")
	if calls := callsSince(t, team.account, mark); slices.Contains(calls, "CreateVpcPeeringConnection") {
		t.Errorf("the calls were %q", calls)
	}
	o.wantOwnAfter(t, client, theirs)
}

// A request of VPCs with overlapping blocks fails, in AWS's words. An edit leads to another.
func TestPeeringThatFails(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	s := sampleOf("ec2.VPCPeeringConnection")
	s.prepare(t, team)
	team.apply(t, "ec2.VPC", "same", vpcSpec()).awaitSynced(t)
	spec := s.spec()
	spec["peerVPCRef"] = ref("same")
	o := team.apply(t, s.kind, "main", spec)
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "is failed: Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range")
	o.patch(t, mergePatch(t, fields{"spec": fields{"peerVPCRef": ref("peer")}}))
	id := o.awaitSynced(t)
	awaitPeering(t, awsec2.NewFromConfig(w.config(t, team.account)), id, ec2types.VpcPeeringConnectionStateReasonCodeActive)
	if n := len(o.creates(t)); n != 2 {
		t.Errorf("AWS accepted %d creates, want 2", n)
	}
}

func awaitPeering(t *testing.T, client *awsec2.Client, id string, state ec2types.VpcPeeringConnectionStateReasonCode) {
	t.Helper()
	for ctx := within(t, soon); ; time.Sleep(100 * time.Millisecond) {
		shown, err := client.DescribeVpcPeeringConnections(ctx, &awsec2.DescribeVpcPeeringConnectionsInput{VpcPeeringConnectionIds: []string{id}})
		if err != nil {
			t.Fatalf("waiting until %s is %s: %v", id, state, err)
		}
		if shown.VpcPeeringConnections[0].Status.Code == state {
			return
		}
	}
}

// A connection that becomes Synced wakes the tables with routes to it.
func TestWokenByAPeeringConnection(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	s := sampleOf("ec2.VPCPeeringConnection")
	s.prepare(t, team)
	table := team.apply(t, "ec2.RouteTable", "main", routeTableSpec(fields{"destinationCIDRBlock": "10.1.0.0/16", "vpcPeeringConnectionRef": ref("late")}))
	table.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "VPCPeeringConnection "+team.name+"/late is not there")
	id := team.apply(t, s.kind, "late", s.spec()).awaitSynced(t)
	table.awaitSynced(t)
	table.wantWake(t, "reference changed")
	wantRoutes(t, team, "10.0.0.0/16 local", "10.1.0.0/16 "+id)
}

// peersAtOnce ends the transient states of connections.
func (team team) peersAtOnce(t *testing.T) {
	t.Helper()
	for _, state := range []string{"initiating-request", "provisioning", "deleting"} {
		if err := w.AWS.SetStateTime(t.Context(), gateway.StateTime{Account: team.account, Type: "vpc-peering-connection", State: state}); err != nil {
			t.Fatal(err)
		}
	}
}
