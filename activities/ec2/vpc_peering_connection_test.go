package ec2

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

// gotPeering returns a connection as AWS shows it.
func gotPeering(state types.VpcPeeringConnectionStateReasonCode) *peering {
	side := func(account, region, vpc, block string) *types.VpcPeeringConnectionVpcInfo {
		return &types.VpcPeeringConnectionVpcInfo{
			OwnerId: &account, Region: &region, VpcId: &vpc, CidrBlock: &block,
			CidrBlockSet:     []types.CidrBlock{{CidrBlock: &block}},
			Ipv6CidrBlockSet: []types.Ipv6CidrBlock{{Ipv6CidrBlock: aws.String("2001:db8::/56")}},
			PeeringOptions: &types.VpcPeeringConnectionOptionsDescription{
				AllowDnsResolutionFromRemoteVpc: aws.Bool(false), AllowEgressFromLocalClassicLinkToRemoteVpc: aws.Bool(false), AllowEgressFromLocalVpcToRemoteClassicLink: aws.Bool(false),
			},
		}
	}
	return &peering{
		VpcPeeringConnectionId: aws.String("pcx-1"), Status: &types.VpcPeeringConnectionStateReason{Code: state, Message: aws.String("AWS's words.")},
		RequesterVpcInfo: side("111122223333", "us-west-2", "vpc-1", "10.0.0.0/16"), AccepterVpcInfo: side("222222222222", "eu-west-1", "vpc-2", "10.1.0.0/16"),
		ExpirationTime: aws.Time(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
		Tags:           []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}
}

// here returns a connection within one account and Region.
func here(state types.VpcPeeringConnectionStateReasonCode) *peering {
	got := gotPeering(state)
	got.AccepterVpcInfo.OwnerId, got.AccepterVpcInfo.Region = aws.String("111122223333"), aws.String("us-west-2")
	return got
}

var (
	requesterPlace = resource.Target{Partition: "aws", AccountID: "111122223333", Region: "us-west-2", RoleARN: "own"}
	accepterPlace  = resource.Target{Partition: "aws", AccountID: "222222222222", Region: "eu-west-1"}
)

// The steps of each side, and where they call.
func TestPlanPeering(t *testing.T) {
	const vpcs = `vpcID: vpc-1, peerVPCID: vpc-2, tags: [{key: env, value: dev}]`
	mapped := accepterPlace
	mapped.RoleARN = "peer"
	unmapped := resource.Accepter{Target: accepterPlace, Missing: "no entry"}
	const in = " in account 222222222222, eu-west-1 (spec.tags) @222222222222"
	for name, row := range map[string]struct {
		spec     string
		got      *peering
		tags     map[string]string
		accepter resource.Accepter
		done     []resource.Done
		asks     bool // about the accepter's place
		want     []string
		wait     string
	}{
		"not requested": {spec: `{` + vpcs + `}`, got: here("pending-acceptance"), wait: "account 111122223333 must accept pcx-1 in us-west-2, or set spec.acceptRequest: true"},
		"requested":     {spec: `{` + vpcs + `, acceptRequest: true}`, got: here("pending-acceptance"), asks: true, want: []string{"0 Accept: accept pcx-1"}},
		"elsewhere, with a role": {spec: `{` + vpcs + `}`, got: gotPeering("pending-acceptance"), accepter: resource.Accepter{Target: mapped}, asks: true,
			want: []string{"0 Tag: tag env=dev" + in, "1 Accept: accept pcx-1 @222222222222"}},
		"elsewhere, without one": {spec: `{` + vpcs + `}`, got: gotPeering("pending-acceptance"), accepter: unmapped, asks: true,
			wait: "account 222222222222 must accept pcx-1 in eu-west-1, because Tack may not: no entry"},
		"elsewhere, refused by the spec": {spec: `{` + vpcs + `, acceptRequest: false}`, got: gotPeering("pending-acceptance"),
			wait: "account 222222222222 must accept pcx-1 in eu-west-1, or set spec.acceptRequest: true"},
		"accepted by somebody": {spec: `{` + vpcs + `, acceptRequest: false}`, got: gotPeering("active")},
		"options of both sides": {
			spec: `{` + vpcs + `, requesterPeeringConnectionOptions: {allowDNSResolutionFromRemoteVPC: true}, accepterPeeringConnectionOptions: {allowDNSResolutionFromRemoteVPC: true}}`,
			got:  gotPeering("active"), accepter: resource.Accepter{Target: mapped}, asks: true,
			want: []string{
				"0 ModifyRequester: change the requester's side: allowDNSResolutionFromRemoteVPC true (spec.requesterPeeringConnectionOptions)",
				"1 ModifyAccepter: change the accepter's side: allowDNSResolutionFromRemoteVPC true (spec.accepterPeeringConnectionOptions) @222222222222",
			},
		},
		"options of a side without a role": {
			spec: `{` + vpcs + `, accepterPeeringConnectionOptions: {allowDNSResolutionFromRemoteVPC: true}}`, got: gotPeering("active"), accepter: unmapped, asks: true,
			wait: "account 222222222222 must set the options of its side of pcx-1 in eu-west-1, because Tack may not: no entry",
		},
		"options before it is active": {spec: `{` + vpcs + `, requesterPeeringConnectionOptions: {allowDNSResolutionFromRemoteVPC: true}}`, got: here("provisioning")},
		"a changed tag": {spec: `{vpcID: vpc-1, peerVPCID: vpc-2, tags: [{key: env, value: test}]}`, tags: map[string]string{"env": "test"}, got: gotPeering("active"),
			accepter: resource.Accepter{Target: mapped}, asks: true, want: []string{"0 Tag: tag env=test" + in, "1 Tag: tag env=test (spec.tags)"}},
		"our own tags": {spec: `{vpcID: vpc-1, peerVPCID: vpc-2}`, tags: map[string]string{"env": "dev", resource.TagOwner: "o"}, got: gotPeering("active"),
			accepter: resource.Accepter{Target: mapped}, want: []string{"0 Tag: tag ownership"}},
		"a changed tag without a role": {spec: `{vpcID: vpc-1, peerVPCID: vpc-2}`, tags: map[string]string{}, got: gotPeering("active"), accepter: unmapped, asks: true,
			want: []string{"1 Untag: remove the tags env (spec.tags)"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := definition[peeringSpec, peering](VPCPeeringConnection())
			if row.tags == nil {
				row.tags = map[string]string{"env": "dev"}
			}
			want := spec[peeringSpec](t, row.spec)
			c := kind.Case{ID: "pcx-1", Tags: row.tags, Target: requesterPlace, Accepter: row.accepter, Done: row.done}
			asked := d.Accepter(want, row.got, c)
			if peer := peeringPeer(want, row.got, requesterPlace); (asked == peer) != row.asks && !peer.SamePlace(requesterPlace) {
				t.Errorf("it asks for %+v", asked)
			}
			draft := d.Draft(want, row.got, c)
			if draft.Wait == nil {
				draft.Wait = new(resource.Wait)
			}
			if draft.Wait.Message != row.wait {
				t.Errorf("wait %q, want %q", draft.Wait.Message, row.wait)
			}
			lines := plantest.Describe(draft.Steps)
			for i, step := range draft.Steps {
				if at := step.Target.AccountID; at != "" {
					lines[i] += " @" + at
				}
			}
			if diff := cmp.Diff(row.want, lines); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

// Where AWS does not show the options of a side, one call for them is enough in a pass.
func TestPeeringOptionsThatAWSDoesNotShow(t *testing.T) {
	hidden := here("active")
	hidden.AccepterVpcInfo.PeeringOptions = nil
	want := spec[peeringSpec](t, `{accepterPeeringConnectionOptions: {allowDNSResolutionFromRemoteVPC: true}}`)
	c := kind.Case{ID: "pcx-1", Tags: map[string]string{"env": "dev"}, Target: requesterPlace}
	if n := len(planPeering(want, hidden, c).Steps); n != 1 {
		t.Errorf("%d steps, want 1", n)
	}
	c.Done = []resource.Done{{Verb: string(modifyAccepter.Verb)}}
	if draft := planPeering(want, hidden, c); len(draft.Steps) != 0 {
		t.Errorf("steps after the call: %+v", draft.Steps)
	}
	if draft := planPeering(want, here("active"), c); len(draft.Steps) != 1 {
		t.Error("options that AWS shows otherwise are not changed again")
	}
}

func TestPeeringFacts(t *testing.T) {
	d := definition[peeringSpec, peering](VPCPeeringConnection())
	ended := func(state string) kind.Facts {
		return kind.Facts{Gone: true, Failed: &resource.Wait{Reason: "Failed", Message: "pcx-1 is " + state + ": AWS's words. At the next try, or when the spec changes, Tack creates another"}}
	}
	for state, want := range map[types.VpcPeeringConnectionStateReasonCode]kind.Facts{
		"active":             {},
		"pending-acceptance": {},
		"initiating-request": {Pending: kind.Pending("pcx-1 is initiating-request")},
		"provisioning":       {Pending: kind.Pending("pcx-1 is provisioning")},
		"deleting":           {Pending: &resource.Wait{Reason: "Deleting", Message: "pcx-1 is being deleted"}},
		"deleted":            {Gone: true},
		"failed":             ended("failed"),
		"rejected":           ended("rejected"),
		"expired":            ended("expired"),
	} {
		want.ID, want.Tags = "pcx-1", map[string]string{"env": "dev"}
		if diff := cmp.Diff(want, d.Facts(gotPeering(state))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
	}
}

func TestFieldsOfPeeringConnections(t *testing.T) {
	const later = "AWS has no such options before the connection is active"
	options := []string{"allowDNSResolutionFromRemoteVPC", "allowEgressFromLocalClassicLinkToRemoteVPC", "allowEgressFromLocalVPCToRemoteClassicLink"}
	change := map[string]string{
		"acceptRequest": `{acceptRequest: false}`, "vpcID": `{vpcID: vpc-3}`, "peerVPCID": `{peerVPCID: vpc-3}`,
		"peerOwnerID": `{peerOwnerID: "333333333333"}`, "peerRegion": `{peerRegion: us-east-1}`,
	}
	unsent := map[string]string{"acceptRequest": "the acceptance follows the create"}
	for _, side := range []string{"accepterPeeringConnectionOptions", "requesterPeeringConnectionOptions"} {
		for _, option := range options {
			change[side+"."+option], unsent[side+"."+option] = `{`+side+`: {`+option+`: true}}`, later
		}
	}
	without := gotPeering("active")
	without.RequesterVpcInfo.PeeringOptions, without.AccepterVpcInfo.PeeringOptions = nil, nil // AWS shows none of a VPC of another Region
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.VPCPeeringConnectionSpec, peering]{
		Kind: VPCPeeringConnection(),
		Base: `{vpcID: vpc-1, peerVPCID: vpc-2, peerOwnerID: "222222222222", peerRegion: eu-west-1, acceptRequest: true, tags: [{key: env, value: dev}]}`,
		ID:   "pcx-1", Got: gotPeering("active"), Change: change, Unsent: unsent,
		Unplanned: map[string]string{"acceptRequest": "AWS cannot take an acceptance back"},
		Unread:    map[string]string{"acceptRequest": "AWS does not show who accepted the connection"},
		Described: []*peering{gotPeering("active"), here("active"), without},
		Check: map[string][]string{
			`{vpcRef: {from: {name: v}}, peerVPCRef: {from: {name: p}}}`: nil,
			`{}`: {"spec.vpcID: a peering connection needs a VPC: set vpcID or vpcRef", "spec.peerVPCID: a peering connection needs a peer VPC: set peerVPCID or peerVPCRef"},
		},
		Pending: map[string]*peering{"pcx-1 is provisioning": gotPeering("provisioning")},
	}.Run(t)
}
