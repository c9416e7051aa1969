package ec2

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var tableKind = definition[ec2v1alpha1.RouteTableSpec, types.RouteTable](RouteTable())

// gotTable returns a table as AWS shows it, with its local route and more.
func gotTable(routes ...types.Route) *types.RouteTable {
	local := types.Route{DestinationCidrBlock: aws.String("10.0.0.0/16"), GatewayId: aws.String("local"), Origin: types.RouteOriginCreateRouteTable, State: types.RouteStateActive}
	return &types.RouteTable{
		RouteTableId: aws.String("rtb-1"), VpcId: aws.String("vpc-1"), OwnerId: aws.String("111122223333"),
		Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}}, Routes: append([]types.Route{local}, routes...),
	}
}

func toGateway(block, id string) types.Route {
	return types.Route{DestinationCidrBlock: aws.String(block), GatewayId: aws.String(id), Origin: types.RouteOriginCreateRoute}
}

func TestPlanRouteTable(t *testing.T) {
	propagatedRoute := toGateway("192.168.0.0/16", "vgw-1")
	propagatedRoute.Origin = types.RouteOriginEnableVgwRoutePropagation
	advertised := toGateway("192.168.1.0/24", "eni-9")
	advertised.Origin = types.RouteOriginAdvertisement
	endpoint := types.Route{DestinationPrefixListId: aws.String("pl-s3"), GatewayId: aws.String("vpce-1"), Origin: types.RouteOriginCreateRoute}
	ofInstance := types.Route{
		DestinationCidrBlock: aws.String("10.9.0.0/16"), InstanceId: aws.String("i-1"), InstanceOwnerId: aws.String("111122223333"),
		NetworkInterfaceId: aws.String("eni-1"), Origin: types.RouteOriginCreateRoute, State: types.RouteStateBlackhole,
	}
	viaFirewall := gotTable()
	viaFirewall.Routes[0].GatewayId, viaFirewall.Routes[0].NetworkInterfaceId = nil, aws.String("eni-fw")
	c := kind.Case{ID: "rtb-1", Tags: map[string]string{"env": "dev"}}
	refused := func(verb string) kind.Case {
		c := c
		c.Failures = []resource.Failure{{Step: resource.Step{Verb: verb}, Class: resource.Quota}}
		return c
	}
	overQuota := func(times int, done ...string) kind.Case {
		c := c
		full := spec[ec2v1alpha1.RouteTableSpec](t, `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.7.0.0/16, gatewayID: vgw-1}]}`)
		for range times {
			c.Failures = append(c.Failures, resource.Failure{Step: planRoutes(full, gotTable(), c)[0], Class: resource.Quota})
		}
		for _, verb := range done {
			c.Done = append(c.Done, resource.Done{Verb: verb})
		}
		return c
	}
	for name, test := range map[string]struct {
		spec string
		got  *types.RouteTable
		c    kind.Case
		want []string
	}{
		"new": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 0.0.0.0/0, gatewayID: igw-1}, {destinationIPv6CIDRBlock: "::/0", egressOnlyInternetGatewayID: eigw-1}]}`,
			c:    kind.Case{ID: resource.NewID, Tags: c.Tags},
			want: []string{"0 CreateRoute: route 0.0.0.0/0 to igw-1 (spec.routes[0])", "0 CreateRoute: route ::/0 to eigw-1 (spec.routes[1])"},
		},
		"new, with a target that is not there yet": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 0.0.0.0/0, natGatewayRef: {from: {name: nat}}}, {destinationCIDRBlock: 10.9.0.0/16, transitGatewayID: tgw-1}]}`,
			c:    kind.Case{ID: resource.NewID, Tags: c.Tags},
			want: []string{"0 CreateRoute: route 10.9.0.0/16 to tgw-1 (spec.routes[1])"},
		},
		"nothing to do: what AWS fills in, masks, order": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.9.1.2/16, instanceID: i-1}, {destinationIPv6CIDRBlock: "2001:DB8::1/32", vpcEndpointID: vpce-2}, {destinationCIDRBlock: 0.0.0.0/0, gatewayID: igw-1}, {destinationCIDRBlock: 10.0.0.0/16, gatewayID: local}]}`,
			got: gotTable(toGateway("0.0.0.0/0", "igw-1"), ofInstance, propagatedRoute, advertised, endpoint,
				types.Route{DestinationIpv6CidrBlock: aws.String("2001:db8::/32"), GatewayId: aws.String("vpce-2"), Origin: types.RouteOriginCreateRoute}),
			c: c,
		},
		"nothing to do: no routes": {spec: `{vpcID: vpc-1}`, got: gotTable(propagatedRoute, advertised, endpoint), c: c},
		"nothing to do: the way to a gateway endpoint, named": {
			spec: `{vpcID: vpc-1, routes: [{destinationPrefixListID: pl-s3, vpcEndpointID: vpce-1}]}`, got: gotTable(endpoint), c: c,
		},
		"add, turn, remove": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 0.0.0.0/0, natGatewayID: nat-1}, {destinationCIDRBlock: 10.7.0.0/16, vpcPeeringConnectionID: pcx-1}]}`,
			got:  gotTable(toGateway("0.0.0.0/0", "igw-1"), toGateway("10.8.0.0/16", "vgw-1"), ofInstance), c: c,
			want: []string{
				"0 ReplaceRoute: route 0.0.0.0/0 to nat-1 instead of igw-1 (spec.routes[0])",
				"0 CreateRoute: route 10.7.0.0/16 to pcx-1 (spec.routes[1])",
				"1 DeleteRoute: remove the route 10.8.0.0/16 to vgw-1 (spec.routes)",
				"1 DeleteRoute: remove the route 10.9.0.0/16 to i-1 (spec.routes)",
			},
		},
		"nothing is removed after a refusal": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.7.0.0/16, carrierGatewayID: cagw-1}]}`,
			got:  gotTable(toGateway("10.8.0.0/16", "vgw-1")), c: refused("CreateRoute"),
			want: []string{"0 CreateRoute: route 10.7.0.0/16 to cagw-1 (spec.routes[0])"},
		},
		"a full table: room first": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.7.0.0/16, gatewayID: vgw-1}]}`,
			got:  gotTable(toGateway("10.8.0.0/16", "vgw-1"), toGateway("10.9.0.0/16", "vgw-1")), c: overQuota(1),
			want: []string{
				"0 DeleteRoute: remove the route 10.8.0.0/16 to vgw-1 (spec.routes)",
				"1 CreateRoute: route 10.7.0.0/16 to vgw-1, after making room (spec.routes[0])",
			},
		},
		"room made once only": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.7.0.0/16, gatewayID: vgw-1}]}`,
			got:  gotTable(toGateway("10.9.0.0/16", "vgw-1")), c: overQuota(1, "DeleteRoute"),
			want: []string{"1 CreateRoute: route 10.7.0.0/16 to vgw-1, after making room (spec.routes[0])"},
		},
		"room did not help": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.7.0.0/16, gatewayID: vgw-1}]}`,
			got:  gotTable(toGateway("10.9.0.0/16", "vgw-1")), c: overQuota(2, "DeleteRoute"),
			want: []string{"0 CreateRoute: route 10.7.0.0/16 to vgw-1 (spec.routes[0])"},
		},
		"removed when what was refused is there": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 0.0.0.0/0, gatewayID: igw-1}]}`,
			got:  gotTable(toGateway("0.0.0.0/0", "igw-1"), toGateway("10.8.0.0/16", "vgw-1")), c: refused("CreateRoute"),
			want: []string{"1 DeleteRoute: remove the route 10.8.0.0/16 to vgw-1 (spec.routes)"},
		},
		"a route stays while its new target is not there yet": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 0.0.0.0/0, natGatewayRef: {from: {name: nat}}}]}`,
			got:  gotTable(toGateway("0.0.0.0/0", "igw-1")), c: c,
		},
		"beside a propagated route": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 192.168.0.0/16, transitGatewayID: tgw-1}]}`, got: gotTable(propagatedRoute), c: c,
			want: []string{"0 CreateRoute: route 192.168.0.0/16 to tgw-1 (spec.routes[0])"},
		},
		"the local route led through a firewall": {
			spec: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.0.0.0/16, networkInterfaceID: eni-fw}]}`, got: gotTable(), c: c,
			want: []string{"0 ReplaceRoute: route 10.0.0.0/16 to eni-fw instead of local (spec.routes[0])"},
		},
		"the local route local again": {
			spec: `{vpcID: vpc-1}`, got: viaFirewall, c: c,
			want: []string{"1 ReplaceRoute: route 10.0.0.0/16 to the VPC itself again, instead of eni-fw (spec.routes)"},
		},
		"a tag's value changed": {
			spec: `{vpcID: vpc-1}`, got: gotTable(), c: kind.Case{ID: "rtb-1", Tags: map[string]string{"env": "prod"}},
			want: []string{"0 Tag: tag env=prod (spec.tags)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			draft := tableKind.Draft(spec[ec2v1alpha1.RouteTableSpec](t, test.spec), test.got, test.c)
			if diff := cmp.Diff(test.want, described(draft.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if len(draft.Notes) > 0 {
				t.Errorf("notes %v", draft.Notes)
			}
		})
	}
}

func TestRouteTableNotes(t *testing.T) {
	want := spec[ec2v1alpha1.RouteTableSpec](t, `{vpcID: vpc-2, routes: [{destinationCIDRBlock: 0.0.0.0/0, gatewayID: igw-1}]}`)
	draft := tableKind.Draft(want, gotTable(), kind.Case{ID: "rtb-1", Tags: map[string]string{"env": "dev"}})
	if diff := cmp.Diff([]string{`spec.vpcID: AWS cannot change it; make a new object, or put back "vpc-1"`}, draft.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if len(draft.Steps) != 1 || draft.Steps[0].Path != "spec.routes[0]" {
		t.Errorf("the rest of the change is %v", described(draft.Steps))
	}
}

func TestRouteTableRequests(t *testing.T) {
	want := spec[ec2v1alpha1.RouteTableSpec](t, `{vpcID: vpc-1, routes: [
		{destinationCIDRBlock: 10.1.2.3/16, carrierGatewayID: a}, {destinationIPv6CIDRBlock: "2001:DB8::1/32", coreNetworkARN: b},
		{destinationPrefixListID: pl-1, egressOnlyInternetGatewayID: c}, {destinationPrefixListID: pl-2, gatewayID: d},
		{destinationPrefixListID: pl-3, instanceID: e}, {destinationPrefixListID: pl-4, localGatewayID: f},
		{destinationPrefixListID: pl-5, natGatewayID: g}, {destinationPrefixListID: pl-6, networkInterfaceID: h},
		{destinationPrefixListID: pl-7, transitGatewayID: i}, {destinationPrefixListID: pl-8, vpcEndpointID: j},
		{destinationPrefixListID: pl-9, vpcPeeringConnectionID: k}]}`)
	steps := append([]resource.Step{tableKind.Create(want, kind.Making{Tags: map[string]string{"a": "1"}, Token: "token"})},
		planRoutes(want, gotTable(toGateway("10.1.0.0/16", "x"), types.Route{DestinationCidrBlock: aws.String("10.2.0.0/16"), NatGatewayId: aws.String("nat-1")}), kind.Case{ID: resource.NewID})...)
	var got []string
	for _, step := range steps {
		got = append(got, step.Verb+" "+string(step.WithID("rtb-1").Input))
	}
	if diff := cmp.Diff([]string{
		`Create {"ClientToken":"token","TagSpecifications":[{"ResourceType":"route-table","Tags":[{"Key":"a","Value":"1"}]}],"VpcId":"vpc-1"}`,
		`ReplaceRoute {"CarrierGatewayId":"a","DestinationCidrBlock":"10.1.0.0/16","RouteTableId":"rtb-1"}`,
		`CreateRoute {"CoreNetworkArn":"b","DestinationIpv6CidrBlock":"2001:db8::/32","RouteTableId":"rtb-1"}`,
		`CreateRoute {"DestinationPrefixListId":"pl-1","EgressOnlyInternetGatewayId":"c","RouteTableId":"rtb-1"}`,
		`CreateRoute {"DestinationPrefixListId":"pl-2","GatewayId":"d","RouteTableId":"rtb-1"}`,
		`CreateRoute {"DestinationPrefixListId":"pl-3","InstanceId":"e","RouteTableId":"rtb-1"}`,
		`CreateRoute {"DestinationPrefixListId":"pl-4","LocalGatewayId":"f","RouteTableId":"rtb-1"}`,
		`CreateRoute {"DestinationPrefixListId":"pl-5","NatGatewayId":"g","RouteTableId":"rtb-1"}`,
		`CreateRoute {"DestinationPrefixListId":"pl-6","NetworkInterfaceId":"h","RouteTableId":"rtb-1"}`,
		`CreateRoute {"DestinationPrefixListId":"pl-7","RouteTableId":"rtb-1","TransitGatewayId":"i"}`,
		`CreateRoute {"DestinationPrefixListId":"pl-8","RouteTableId":"rtb-1","VpcEndpointId":"j"}`,
		`CreateRoute {"DestinationPrefixListId":"pl-9","RouteTableId":"rtb-1","VpcPeeringConnectionId":"k"}`,
		`DeleteRoute {"DestinationCidrBlock":"10.2.0.0/16","RouteTableId":"rtb-1"}`,
	}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// Each field that names a target also reaches ReplaceRoute.
func TestEveryTargetIsReplaced(t *testing.T) {
	for _, field := range targets(&ec2v1alpha1.CreateRouteInput{}) {
		want := spec[ec2v1alpha1.RouteTableSpec](t, `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.1.0.0/16, `+field.field+`: new}]}`)
		steps := planRoutes(want, gotTable(toGateway("10.1.0.0/16", "old")), kind.Case{ID: "rtb-1"})
		if len(steps) != 1 || steps[0].Verb != "ReplaceRoute" {
			t.Fatalf("%s: %v", field.field, described(steps))
		}
		if in := string(steps[0].Input); !strings.Contains(in, `:"new"`) {
			t.Errorf("%s: the request is %s", field.field, in)
		}
	}
}

// A table in use is not deleted, and the message names its users.
func TestRouteTableInUse(t *testing.T) {
	used := gotTable()
	used.Associations = []types.RouteTableAssociation{
		{SubnetId: aws.String("subnet-1")}, {GatewayId: aws.String("igw-1")}, {Main: aws.Bool(true)},
		{SubnetId: aws.String("subnet-2"), AssociationState: &types.RouteTableAssociationState{State: types.RouteTableAssociationStateCodeDisassociated}},
	}
	want := &resource.Wait{Reason: "InUse", Message: "rtb-1 is in use by subnet-1, igw-1, vpc-1, whose main table it is: Tack deletes it when nothing uses it"}
	if diff := cmp.Diff(want, tableKind.Facts(used).Held); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if held := tableKind.Facts(gotTable()).Held; held != nil {
		t.Errorf("a table that nobody uses is held: %v", held)
	}
}

func TestRouteTableStatus(t *testing.T) {
	got := gotTable(types.Route{
		DestinationIpv6CidrBlock: aws.String("::/0"), NatGatewayId: aws.String("nat-1"), Origin: types.RouteOriginCreateRoute, State: types.RouteStateBlackhole,
	})
	got.Associations = []types.RouteTableAssociation{{
		RouteTableAssociationId: aws.String("rtbassoc-1"), RouteTableId: aws.String("rtb-1"), SubnetId: aws.String("subnet-1"), Main: aws.Bool(false),
		AssociationState: &types.RouteTableAssociationState{State: types.RouteTableAssociationStateCodeAssociated},
	}}
	got.PropagatingVgws = []types.PropagatingVgw{{GatewayId: aws.String("vgw-1")}}
	if diff := cmp.Diff(ec2v1alpha1.RouteTableStatus{
		RouteTableID: aws.String("rtb-1"), OwnerID: aws.String("111122223333"),
		RouteStatuses: []*ec2v1alpha1.Route{
			{DestinationCIDRBlock: aws.String("10.0.0.0/16"), GatewayID: aws.String("local"), Origin: aws.String("CreateRouteTable"), State: aws.String("active")},
			{DestinationIPv6CIDRBlock: aws.String("::/0"), NATGatewayID: aws.String("nat-1"), Origin: aws.String("CreateRoute"), State: aws.String("blackhole")},
		},
		Associations: []*ec2v1alpha1.RouteTableAssociation{{
			RouteTableAssociationID: aws.String("rtbassoc-1"), RouteTableID: aws.String("rtb-1"), SubnetID: aws.String("subnet-1"), Main: aws.Bool(false),
			AssociationState: &ec2v1alpha1.RouteTableAssociationState{State: aws.String("associated")},
		}},
		PropagatingVGWs: []*ec2v1alpha1.PropagatingVGW{{GatewayID: aws.String("vgw-1")}},
	}, tableKind.Status(got)); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestCheckRouteTable(t *testing.T) {
	for text, want := range map[string][]string{
		`{vpcID: vpc-1}`: nil,
		`{vpcRef: {from: {name: main}}, routes: [{destinationCIDRBlock: 0.0.0.0/0, gatewayRef: {from: {name: out}}, gatewayID: igw-1}]}`: nil,
		`{}`: {"spec.vpcID: a route table needs a VPC: set vpcID or vpcRef"},
		`{vpcID: vpc-1, routes: [null, {}]}`: {
			"spec.routes[0]: is empty",
			"spec.routes[1]: has no target: set one of the fields that name a gateway, an endpoint, a connection, an instance or an interface",
			"spec.routes[1]: has no destination: set destinationCIDRBlock, destinationIPv6CIDRBlock or destinationPrefixListID",
		},
		`{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.0.0/8, destinationPrefixListID: pl-1, gatewayID: igw-1, natGatewayRef: {from: {name: n}}}]}`: {
			"spec.routes[0]: has several targets, gatewayID and natGatewayID: keep one",
			`spec.routes[0].destinationCIDRBlock: "10.0.0/8" is not a CIDR block`,
			"spec.routes[0]: has several destinations, destinationCIDRBlock and destinationPrefixListID: write a route for each",
		},
		`{vpcID: vpc-1, routes: [{destinationIPv6CIDRBlock: 10.0.0.0/8, gatewayID: ""}, {destinationPrefixListID: "", instanceID: i-1}]}`: {
			"spec.routes[0]: has no target: set one of the fields that name a gateway, an endpoint, a connection, an instance or an interface",
			`spec.routes[0].destinationIPv6CIDRBlock: "10.0.0.0/8" is not an IPv6 block`,
			"spec.routes[1]: has no destination: set destinationCIDRBlock, destinationIPv6CIDRBlock or destinationPrefixListID",
		},
		`{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.0.0.1/8, gatewayID: igw-1}, {destinationCIDRBlock: 10.9.0.0/8, natGatewayID: nat-1}]}`: {
			"spec.routes[1]: 10.0.0.0/8 already has a route, spec.routes[0]: AWS allows one per destination",
		},
		`{vpcID: vpc-1, routes: [{destinationPrefixListID: pl-1, natGatewayRef: {from: {name: a}}}, {destinationPrefixListID: pl-1, natGatewayRef: {from: {name: b}}}]}`: {
			"spec.routes[1]: pl-1 already has a route, spec.routes[0]: AWS allows one per destination",
		},
		`{vpcID: vpc-1, routes: [{destinationCIDRBlock: 0.0.0.0/0, egressOnlyInternetGatewayID: eigw-1}]}`: {
			"spec.routes[0].egressOnlyInternetGatewayID: serves IPv6 only: set destinationIPv6CIDRBlock",
		},
	} {
		t.Run(text, func(t *testing.T) {
			if diff := cmp.Diff(want, said(checkRouteTable(spec[ec2v1alpha1.RouteTableSpec](t, text)))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
