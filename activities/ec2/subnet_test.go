package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var subnetKind = definition[ec2v1alpha1.SubnetSpec, subnet](Subnet())

// gotSubnet returns a subnet as AWS shows it, changed by the given functions.
func gotSubnet(change ...func(*subnet)) *subnet {
	got := &subnet{Subnet: types.Subnet{
		SubnetId: aws.String("subnet-1"), VpcId: aws.String("vpc-1"), CidrBlock: aws.String("10.0.1.0/24"), State: types.SubnetStateAvailable,
		AvailabilityZone: aws.String("eu-west-1a"), AvailabilityZoneId: aws.String("euw1-az1"), OwnerId: aws.String("111122223333"),
		AvailableIpAddressCount: aws.Int32(251), DefaultForAz: aws.Bool(false), Ipv6Native: aws.Bool(false),
		MapPublicIpOnLaunch: aws.Bool(false), AssignIpv6AddressOnCreation: aws.Bool(false), EnableDns64: aws.Bool(false),
		PrivateDnsNameOptionsOnLaunch: &types.PrivateDnsNameOptionsOnLaunch{
			HostnameType: types.HostnameTypeIpName, EnableResourceNameDnsARecord: aws.Bool(false), EnableResourceNameDnsAAAARecord: aws.Bool(false),
		},
		Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}}
	for _, c := range change {
		c(got)
	}
	return got
}

// block6 gives the subnet an IPv6 block.
func block6(block string, state types.SubnetCidrBlockStateCode) func(*subnet) {
	return func(s *subnet) {
		s.Ipv6CidrBlockAssociationSet = append(s.Ipv6CidrBlockAssociationSet, types.SubnetIpv6CidrBlockAssociation{
			AssociationId: aws.String("of-" + block), Ipv6CidrBlock: aws.String(block), Ipv6CidrBlockState: &types.SubnetCidrBlockState{State: state},
		})
	}
}

// uses gives the subnet a route table.
func uses(table string) func(*subnet) { return func(s *subnet) { s.tables = inTables(table) } }

func inTables(tables ...string) (out []types.RouteTableAssociation) {
	for _, table := range tables {
		out = append(out, types.RouteTableAssociation{RouteTableAssociationId: aws.String("of-" + table), RouteTableId: aws.String(table)})
	}
	return out
}

func turned6(s *subnet) {
	s.AssignIpv6AddressOnCreation, s.EnableDns64 = aws.Bool(true), aws.Bool(true)
	s.PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord = aws.Bool(true)
}

func TestPlanSubnet(t *testing.T) {
	const head = `vpcID: vpc-1, cidrBlock: 10.0.1.0/24`
	const on6 = `, assignIPv6AddressOnCreation: true, enableDNS64: true, enableResourceNameDNSAAAARecord: true`
	tags := map[string]string{"env": "dev"}
	c := kind.Case{ID: "subnet-1", Tags: tags}
	made := kind.Case{ID: resource.NewID, Tags: tags}
	for name, test := range map[string]struct {
		spec string
		got  *subnet
		c    kind.Case
		want []string
	}{
		"new, with AWS's defaults": {
			spec: head + `, mapPublicIPOnLaunch: false, hostnameType: ip-name, enableDNS64: false, ipv6CIDRBlock: "2001:db8::/64"`, c: made,
		},
		"new, of IPv6 only, with AWS's defaults": {
			spec: `vpcID: vpc-1, ipv6Native: true, ipv6CIDRBlock: "2001:db8::/64", assignIPv6AddressOnCreation: true, hostnameType: resource-name`, c: made,
		},
		"new, with everything": {
			spec: head + on6 + `, ipv6CIDRBlock: "2001:db8::/64", mapPublicIPOnLaunch: true, enableResourceNameDNSARecord: true, hostnameType: resource-name, customerOwnedIPv4Pool: p, routeTables: [rtb-1]`, c: made,
			want: []string{
				"0 ModifyAttribute: turn on mapPublicIPOnLaunch (spec.mapPublicIPOnLaunch)",
				"2 ModifyAttribute: turn on assignIPv6AddressOnCreation (spec.assignIPv6AddressOnCreation)",
				"2 ModifyAttribute: turn on enableDNS64 (spec.enableDNS64)",
				"0 ModifyAttribute: turn on enableResourceNameDNSARecord (spec.enableResourceNameDNSARecord)",
				"2 ModifyAttribute: turn on enableResourceNameDNSAAAARecord (spec.enableResourceNameDNSAAAARecord)",
				"0 ModifyAttribute: make host names of type resource-name (spec.hostnameType)",
				"0 ModifyAttribute: assign customer-owned addresses from p (spec.customerOwnedIPv4Pool)",
				"0 AssociateRouteTable: use route table rtb-1 (spec.routeTables)",
			},
		},
		"nothing to do: masks, blocks that went, what the spec leaves out": {
			spec: `vpcID: vpc-1, cidrBlock: 10.0.1.9/24, ipv6CIDRBlock: "2001:db8::7/64"` + on6 + `, routeTables: [rtb-1, rtb-1]`, c: c,
			got: gotSubnet(block6("2001:db8:0:9::/64", "failed"), block6("2001:db8::/64", "associated"), turned6, uses("rtb-1"), func(s *subnet) { s.MapPublicIpOnLaunch = aws.Bool(true) }),
		},
		"an IPv6 block that the spec leaves out": {spec: head, got: gotSubnet(block6("2001:db8::/64", "associated"), turned6), c: c},
		"attributes turned off": {
			spec: head + `, assignIPv6AddressOnCreation: false, enableDNS64: false, enableResourceNameDNSAAAARecord: false`, c: c, got: gotSubnet(turned6),
			want: []string{
				"0 ModifyAttribute: turn off assignIPv6AddressOnCreation (spec.assignIPv6AddressOnCreation)", "0 ModifyAttribute: turn off enableDNS64 (spec.enableDNS64)",
				"0 ModifyAttribute: turn off enableResourceNameDNSAAAARecord (spec.enableResourceNameDNSAAAARecord)",
			},
		},
		"IPv6 added: the block before what needs it": {
			spec: head + on6 + `, ipv6CIDRBlock: "2001:db8::7/64"`, c: c, got: gotSubnet(),
			want: []string{
				"2 ModifyAttribute: turn on assignIPv6AddressOnCreation (spec.assignIPv6AddressOnCreation)", "2 ModifyAttribute: turn on enableDNS64 (spec.enableDNS64)",
				"2 ModifyAttribute: turn on enableResourceNameDNSAAAARecord (spec.enableResourceNameDNSAAAARecord)",
				"1 AssociateCidrBlock: add IPv6 block 2001:db8::/64 (spec.ipv6CIDRBlock)",
			},
		},
		"another IPv6 block: the old one goes first": {
			spec: head + on6 + `, ipv6CIDRBlock: "2001:db8:0:1::/64"`, c: c, got: gotSubnet(block6("2001:db8::/64", "associated")),
			want: []string{"1 DisassociateCidrBlock: remove IPv6 block 2001:db8::/64 (spec.ipv6CIDRBlock)"},
		},
		"a pool that is not used": {
			spec: head + `, customerOwnedIPv4Pool: p`, c: c, got: gotSubnet(func(s *subnet) { s.CustomerOwnedIpv4Pool = aws.String("p") }),
			want: []string{"0 ModifyAttribute: assign customer-owned addresses from p (spec.customerOwnedIPv4Pool)"},
		},
		"a route table":          {spec: head + `, routeTables: [rtb-1]`, c: c, got: gotSubnet(), want: []string{"0 AssociateRouteTable: use route table rtb-1 (spec.routeTables)"}},
		"another route table":    {spec: head + `, routeTables: [rtb-2]`, c: c, got: gotSubnet(uses("rtb-1")), want: []string{"0 ReplaceRouteTableAssociation: use route table rtb-2 in place of rtb-1 (spec.routeTables)"}},
		"no route table":         {spec: head, c: c, got: gotSubnet(uses("rtb-1")), want: []string{"0 DisassociateRouteTable: disassociate route table rtb-1 (spec.routeTables)"}},
		"a table not yet known":  {spec: head + `, routeTableRefs: [{from: {name: x}}]`, c: c, got: gotSubnet(uses("rtb-1"))},
		"a tag's value changed":  {spec: head, got: gotSubnet(), c: kind.Case{ID: "subnet-1", Tags: map[string]string{"env": "prod"}}, want: []string{"0 Tag: tag env=prod (spec.tags)"}},
		"a tag that is not ours": {spec: head, got: gotSubnet(), c: kind.Case{ID: "subnet-1"}, want: []string{"1 Untag: remove the tags env (spec.tags)"}},
	} {
		t.Run(name, func(t *testing.T) {
			draft := subnetKind.Draft(spec[ec2v1alpha1.SubnetSpec](t, "{"+test.spec+"}"), test.got, test.c)
			if diff := cmp.Diff(test.want, described(draft.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if len(draft.Notes) > 0 {
				t.Errorf("notes %v", draft.Notes)
			}
		})
	}
}

func TestSubnetRequests(t *testing.T) {
	want := spec[ec2v1alpha1.SubnetSpec](t, `{vpcID: vpc-1, cidrBlock: 10.0.1.7/24, ipv6CIDRBlock: "2001:db8::7/64", availabilityZone: eu-west-1a, outpostARN: o,
		mapPublicIPOnLaunch: true, hostnameType: resource-name, customerOwnedIPv4Pool: p, routeTables: [rtb-1]}`)
	steps := append([]resource.Step{subnetKind.Create(want, kind.Making{Tags: map[string]string{"a": "1"}})},
		subnetKind.Draft(want, nil, kind.Case{ID: resource.NewID}).Steps...)
	var got []string
	for _, step := range append(steps, subnetKind.Unplan(gotSubnet())...) {
		got = append(got, step.Verb+" "+string(step.WithID("subnet-1").Input))
	}
	if diff := cmp.Diff([]string{
		`Create {"AvailabilityZone":"eu-west-1a","CidrBlock":"10.0.1.0/24","Ipv6CidrBlock":"2001:db8::/64","OutpostArn":"o","TagSpecifications":[{"ResourceType":"subnet","Tags":[{"Key":"a","Value":"1"}]}],"VpcId":"vpc-1"}`,
		`ModifyAttribute {"MapPublicIpOnLaunch":{"Value":true},"SubnetId":"subnet-1"}`,
		`ModifyAttribute {"PrivateDnsHostnameTypeOnLaunch":"resource-name","SubnetId":"subnet-1"}`,
		`ModifyAttribute {"CustomerOwnedIpv4Pool":"p","MapCustomerOwnedIpOnLaunch":{"Value":true},"SubnetId":"subnet-1"}`,
		`AssociateRouteTable {"RouteTableId":"rtb-1","SubnetId":"subnet-1"}`,
		`Delete {"SubnetId":"subnet-1"}`,
	}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestSubnetNotes(t *testing.T) {
	want := spec[ec2v1alpha1.SubnetSpec](t, `{vpcID: vpc-2, cidrBlock: 10.0.2.0/24, availabilityZone: eu-west-1b, availabilityZoneID: euw1-az2, outpostARN: o, ipv6Native: true, mapPublicIPOnLaunch: true}`)
	failed := gotSubnet(func(s *subnet) { s.State = types.SubnetStateFailed })
	draft := subnetKind.Draft(want, failed, kind.Case{ID: "subnet-1", Tags: map[string]string{"env": "dev"}})
	if diff := cmp.Diff([]string{
		`AWS reports that the subnet is failed: create another object`,
		`spec.vpcID: AWS cannot change it; make a new object, or put back "vpc-1"`,
		`spec.availabilityZone: AWS cannot change it; make a new object, or put back "eu-west-1a"`,
		`spec.availabilityZoneID: AWS cannot change it; make a new object, or put back "euw1-az1"`,
		`spec.outpostARN: AWS cannot change it; make a new object, or put back ""`,
		`spec.cidrBlock: AWS cannot change it; make a new object, or put back "10.0.1.0/24"`,
		`spec.ipv6Native: AWS cannot change it; make a new object, or put back "false"`,
	}, draft.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"0 ModifyAttribute: turn on mapPublicIPOnLaunch (spec.mapPublicIPOnLaunch)"}, described(draft.Steps)); diff != "" {
		t.Errorf("the rest of the change (-want +got):\n%s", diff)
	}
	native := gotSubnet(block6("2001:db8::/64", "associated"), func(s *subnet) { s.Ipv6Native, s.CidrBlock = aws.Bool(true), nil })
	draft = subnetKind.Draft(spec[ec2v1alpha1.SubnetSpec](t, `{vpcID: vpc-1, ipv6Native: true, ipv6CIDRBlock: "2001:db8:0:1::/64"}`), native, kind.Case{ID: "subnet-1", Tags: map[string]string{"env": "dev"}})
	if diff := cmp.Diff([]string{`spec.ipv6CIDRBlock: AWS cannot change it; make a new object, or put back "2001:db8::/64"`}, draft.Notes); diff != "" || len(draft.Steps) > 0 {
		t.Errorf("notes of a subnet of IPv6 only (-want +got):\n%s\nsteps: %v", diff, described(draft.Steps))
	}
}

func TestSubnetIsPending(t *testing.T) {
	for name, test := range map[string]struct {
		got  *subnet
		want *resource.Wait
	}{
		"available":      {gotSubnet(block6("2001:db8::/64", "associated")), nil},
		"pending":        {gotSubnet(func(s *subnet) { s.State = types.SubnetStatePending }), &resource.Wait{Reason: "Pending", Message: "subnet-1 is pending"}},
		"disassociating": {gotSubnet(block6("2001:db8::/64", "disassociating")), &resource.Wait{Reason: "Pending", Message: "IPv6 block 2001:db8::/64 of subnet-1 is disassociating"}},
	} {
		if diff := cmp.Diff(test.want, subnetKind.Facts(test.got).Pending); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSubnetStatus(t *testing.T) {
	if diff := cmp.Diff(ec2v1alpha1.SubnetStatus{
		SubnetID: aws.String("subnet-1"), State: aws.String("available"), OwnerID: aws.String("111122223333"), DefaultForAZ: aws.Bool(false),
		AvailableIPAddressCount: aws.Int64(251), EnableLniAtDeviceIndex: aws.Int64(1), MapCustomerOwnedIPOnLaunch: aws.Bool(true),
		PrivateDNSNameOptionsOnLaunch: &ec2v1alpha1.PrivateDNSNameOptionsOnLaunch{
			HostnameType: aws.String("ip-name"), EnableResourceNameDNSARecord: aws.Bool(false), EnableResourceNameDNSAAAARecord: aws.Bool(false),
		},
		IPv6CIDRBlockAssociationSet: []*ec2v1alpha1.SubnetIPv6CIDRBlockAssociation{
			{AssociationID: aws.String("of-2001:db8::/64"), IPv6CIDRBlock: aws.String("2001:db8::/64"), IPv6CIDRBlockState: &ec2v1alpha1.SubnetCIDRBlockState{State: aws.String("associated")}},
		},
	}, subnetKind.Status(gotSubnet(block6("2001:db8::/64", "associated"), func(s *subnet) {
		s.EnableLniAtDeviceIndex, s.MapCustomerOwnedIpOnLaunch = aws.Int32(1), aws.Bool(true)
	}))); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestCheckSubnet(t *testing.T) {
	for text, want := range map[string][]string{
		`{vpcID: vpc-1, cidrBlock: 10.0.0.0/24, ipv6CIDRBlock: ""}`:                                                            nil,
		`{vpcID: vpc-1, cidrBlock: "", ipv6Native: true, ipv6CIDRBlock: "2001:db8::/64"}`:                                      nil,
		`{vpcID: vpc-1, cidrBlock: 10.0.1.9/24, ipv6CIDRBlock: "2001:db8::9/56", hostnameType: ip-name, routeTables: [rtb-1]}`: nil,
		`{vpcRef: {from: {name: x}}, ipv6Native: true, ipv6CIDRBlock: "2001:db8::/64"}`:                                        nil,
		`{}`: {"spec.vpcID: a subnet needs a VPC: set vpcID or vpcRef", "spec.cidrBlock: is empty"},
		`{vpcID: v, cidrBlock: 10.0.0.0/15, ipv6CIDRBlock: "2001:db8::/63"}`: {
			`spec.cidrBlock: "10.0.0.0/15": AWS allows blocks from /16 to /28`,
			`spec.ipv6CIDRBlock: "2001:db8::/63": AWS allows blocks from /44 to /64, in steps of four`,
		},
		`{vpcID: v, cidrBlock: 10.0.0.0/29, ipv6CIDRBlock: 10.0.0.0/24}`: {
			`spec.cidrBlock: "10.0.0.0/29": AWS allows blocks from /16 to /28`, `spec.ipv6CIDRBlock: "10.0.0.0/24" is not an IPv6 block`,
		},
		`{vpcID: v, cidrBlock: x, routeTables: [a, ""]}`: {
			`spec.cidrBlock: "x" is not a CIDR block`,
			"spec.routeTables: names 2 route tables, a subnet has only one", "spec.routeTables[1]: is empty",
		},
		`{vpcID: v, ipv6Native: true, cidrBlock: 10.0.0.0/24}`: {
			"spec.cidrBlock: a subnet with IPv6 only has none: remove this field or ipv6Native", "spec.ipv6CIDRBlock: a subnet with IPv6 only needs one",
		},
		`{vpcID: v, cidrBlock: 10.0.0.0/24, routeTableRefs: [{from: {name: x}}]}`: nil,
		`{vpcID: v, cidrBlock: 10.0.0.0/24, routeTables: [rtb-1, rtb-2], routeTableRefs: [{from: {name: x}}, {from: {name: y}}]}`: {
			"spec.routeTableRefs: names 2 route tables, a subnet has only one",
		},
	} {
		t.Run(text, func(t *testing.T) {
			if diff := cmp.Diff(want, said(checkSubnet(spec[ec2v1alpha1.SubnetSpec](t, text)))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
