package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
)

const peeringType = "vpc-peering-connection"

func (a *account) vpcOf(block string, options ...func(*ec2.Options)) string {
	a.t.Helper()
	return *must[*ec2.CreateVpcOutput](a)(a.ec2.CreateVpc(a.ctx(), &ec2.CreateVpcInput{CidrBlock: &block}, options...)).Vpc.VpcId
}

func (a *account) peer(in ec2.CreateVpcPeeringConnectionInput) *string {
	a.t.Helper()
	return must[*ec2.CreateVpcPeeringConnectionOutput](a)(a.ec2.CreateVpcPeeringConnection(a.ctx(), &in)).VpcPeeringConnection.VpcPeeringConnectionId
}

func (a *account) accept(id *string, options ...func(*ec2.Options)) error {
	_, err := a.ec2.AcceptVpcPeeringConnection(a.ctx(), &ec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: id}, options...)
	return err
}

func (a *account) peering(id *string, options ...func(*ec2.Options)) types.VpcPeeringConnection {
	a.t.Helper()
	return must[*ec2.DescribeVpcPeeringConnectionsOutput](a)(a.ec2.DescribeVpcPeeringConnections(a.ctx(),
		&ec2.DescribeVpcPeeringConnectionsInput{VpcPeeringConnectionIds: []string{*id}}, options...)).VpcPeeringConnections[0]
}

func (a *account) wantPeering(id *string, state types.VpcPeeringConnectionStateReasonCode) types.VpcPeeringConnection {
	a.t.Helper()
	got := a.peering(id)
	if got.Status.Code != state {
		a.t.Errorf("%s is %s, want %s", *id, got.Status.Code, state)
	}
	return got
}

// peersAtOnce ends the transient states of connections.
func (a *account) peersAtOnce() {
	for _, state := range []string{"initiating-request", "provisioning", "deleting"} {
		a.stays(peeringType, state, false)
	}
}

// wantOnePeeringCreated checks that the journal counts only the first request as a create.
func (a *account) wantOnePeeringCreated() {
	a.t.Helper()
	entries, err := a.Journal(a.ctx(), Query{Action: "CreateVpcPeeringConnection"})
	if err != nil || len(entries) != 2 || !entries[0].created() || entries[1].created() {
		a.t.Errorf("the journal has %+v, %v; want one create", entries, err)
	}
}

// A repeated request returns the first connection with its tags, until that has ended.
func TestPeeringRequestedTwice(t *testing.T) {
	a := newAccount(t)
	in := ec2.CreateVpcPeeringConnectionInput{VpcId: aws.String(a.vpc()), PeerVpcId: aws.String(a.vpcOf("10.1.0.0/16")), TagSpecifications: tags(peeringType, "first", "v")}
	a.stays(peeringType, "initiating-request", true)
	first := a.peer(in)
	a.wantPeering(first, "initiating-request")
	a.wantRefused("accepting it too early", a.accept(first), http.StatusBadRequest, "InvalidStateTransition")
	a.peersAtOnce()
	if got := a.wantPeering(first, "pending-acceptance"); got.AccepterVpcInfo.CidrBlock != nil || got.AccepterVpcInfo.PeeringOptions != nil || got.ExpirationTime == nil {
		t.Errorf("not accepted, it shows %+v", got)
	}
	in.TagSpecifications = tags(peeringType, "second", "v")
	again := must[*ec2.CreateVpcPeeringConnectionOutput](a)(a.ec2.CreateVpcPeeringConnection(a.ctx(), &in)).VpcPeeringConnection
	if *again.VpcPeeringConnectionId != *first || len(again.Tags) != 1 || *again.Tags[0].Key != "first" {
		t.Errorf("the second request returns %+v", again)
	}
	a.wantOnePeeringCreated()
	reversed := a.peer(ec2.CreateVpcPeeringConnectionInput{VpcId: in.PeerVpcId, PeerVpcId: in.VpcId})
	if err := a.accept(first); err != nil {
		t.Fatal(err)
	}
	if got := a.wantPeering(first, "active"); *got.AccepterVpcInfo.CidrBlock != "10.1.0.0/16" || *got.RequesterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc {
		t.Errorf("accepted, it shows %+v", got)
	}
	a.wantRefused("accepting the reversed one", a.accept(reversed), http.StatusBadRequest, "VpcPeeringConnectionAlreadyExists")
	must[*ec2.DeleteVpcPeeringConnectionOutput](a)(a.ec2.DeleteVpcPeeringConnection(a.ctx(), &ec2.DeleteVpcPeeringConnectionInput{VpcPeeringConnectionId: first}))
	a.wantPeering(first, "deleted")
	if next := a.peer(in); *next == *first {
		t.Error("a request after the deletion returns the deleted connection")
	}
}

func TestPeeringThatFails(t *testing.T) {
	a := newAccount(t)
	a.peersAtOnce()
	for name, in := range map[string]ec2.CreateVpcPeeringConnectionInput{
		"blocks overlap": {VpcId: aws.String(a.vpc()), PeerVpcId: aws.String(a.vpc())},
		"no such VPC":    {VpcId: aws.String(a.vpc()), PeerVpcId: aws.String("vpc-0123456789abcdef0"), PeerOwnerId: aws.String(a.another().id)},
	} {
		id := a.peer(in)
		if got := a.wantPeering(id, "failed"); *got.Status.Message != "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range" {
			t.Errorf("%s: %q", name, *got.Status.Message)
		}
		_, err := a.ec2.DeleteVpcPeeringConnection(a.ctx(), &ec2.DeleteVpcPeeringConnectionInput{VpcPeeringConnectionId: id})
		a.wantRefused("deleting a failed one", err, http.StatusBadRequest, "InvalidStateTransition")
	}
}

// The accepter's side belongs to its account and Region: acceptance, options and tags.
func TestPeeringOfTwoPlaces(t *testing.T) {
	a := newAccount(t)
	elsewhere := func(o *ec2.Options) { o.Region = "us-east-1" }
	for name, b := range map[string]*account{"another account": a.another(), "another Region": a} {
		t.Run(name, func(t *testing.T) {
			a.peersAtOnce()
			b.peersAtOnce()
			id := a.peer(ec2.CreateVpcPeeringConnectionInput{
				VpcId: aws.String(a.vpc()), PeerVpcId: aws.String(b.vpcOf("10.1.0.0/16", elsewhere)), PeerOwnerId: &b.id, PeerRegion: aws.String("us-east-1"), TagSpecifications: tags(peeringType, "requester", "v"),
			})
			a.wantPeering(id, "pending-acceptance")
			a.wantRefused("accepting as the requester", a.accept(id), http.StatusBadRequest, "OperationNotPermitted")
			if got := b.peering(id, elsewhere); len(got.Tags) != 0 {
				t.Errorf("the accepter sees the tags %v", got.Tags)
			}
			must[*ec2.CreateTagsOutput](b)(b.ec2.CreateTags(b.ctx(), &ec2.CreateTagsInput{Resources: []string{*id}, Tags: []types.Tag{{Key: aws.String("accepter"), Value: aws.String("v")}}}, elsewhere))
			if err := b.accept(id, elsewhere); err != nil {
				t.Fatal(err)
			}
			if got := a.wantPeering(id, "active"); *got.AccepterVpcInfo.OwnerId != b.id || *got.AccepterVpcInfo.Region != "us-east-1" || len(got.Tags) != 1 || *got.Tags[0].Key != "requester" {
				t.Errorf("the requester sees %+v", got)
			}
			if got := b.peering(id, elsewhere).Tags; len(got) != 1 || *got[0].Key != "accepter" {
				t.Errorf("the accepter sees the tags %+v", got)
			}
			yes := &types.PeeringConnectionOptionsRequest{AllowDnsResolutionFromRemoteVpc: aws.Bool(true)}
			modify := func(of *account, in ec2.ModifyVpcPeeringConnectionOptionsInput, options ...func(*ec2.Options)) error {
				in.VpcPeeringConnectionId = id
				_, err := of.ec2.ModifyVpcPeeringConnectionOptions(of.ctx(), &in, options...)
				return err
			}
			accepters := ec2.ModifyVpcPeeringConnectionOptionsInput{AccepterPeeringConnectionOptions: yes}
			a.wantRefused("the accepter's options as the requester", modify(a, accepters), http.StatusBadRequest, "OperationNotPermitted")
			if err := modify(b, accepters, elsewhere); err != nil {
				t.Fatal(err)
			}
			got := []bool{*a.peering(id).RequesterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc, *a.peering(id).AccepterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc}
			if diff := cmp.Diff([]bool{false, true}, got); diff != "" {
				t.Errorf("options of both sides (-want +got):\n%s", diff)
			}
		})
	}
}

// A rejected connection stays rejected, and allows another.
func TestPeeringThatIsRejected(t *testing.T) {
	a := newAccount(t)
	a.peersAtOnce()
	in := ec2.CreateVpcPeeringConnectionInput{VpcId: aws.String(a.vpc()), PeerVpcId: aws.String(a.vpcOf("10.1.0.0/16"))}
	id := a.peer(in)
	modify := &ec2.ModifyVpcPeeringConnectionOptionsInput{VpcPeeringConnectionId: id, RequesterPeeringConnectionOptions: &types.PeeringConnectionOptionsRequest{AllowDnsResolutionFromRemoteVpc: aws.Bool(true)}}
	_, err := a.ec2.ModifyVpcPeeringConnectionOptions(a.ctx(), modify)
	a.wantRefused("options before the acceptance", err, http.StatusBadRequest, "InvalidStateTransition")
	must[*ec2.RejectVpcPeeringConnectionOutput](a)(a.ec2.RejectVpcPeeringConnection(a.ctx(), &ec2.RejectVpcPeeringConnectionInput{VpcPeeringConnectionId: id}))
	a.wantPeering(id, "rejected")
	a.wantRefused("accepting a rejected one", a.accept(id), http.StatusBadRequest, "InvalidStateTransition")
	if next := a.peer(in); *next == *id {
		t.Error("a new request returns the rejected connection")
	}
}
