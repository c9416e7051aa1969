package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var vpcKind = definition[ec2v1alpha1.VPCSpec, vpc](VPC())

// gotVPC returns a VPC of 10.0.0.0/16 and of further blocks, each with its state.
func gotVPC(blocks map[string]types.VpcCidrBlockStateCode, on ...types.VpcAttributeName) *vpc {
	got := &vpc{
		Vpc: types.Vpc{
			VpcId: aws.String("vpc-1"), CidrBlock: aws.String("10.0.0.0/16"), InstanceTenancy: types.TenancyDefault,
			State: types.VpcStateAvailable, Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
			CidrBlockAssociationSet: []types.VpcCidrBlockAssociation{{
				AssociationId: aws.String("of-10.0.0.0/16"), CidrBlock: aws.String("10.0.0.0/16"),
				CidrBlockState: &types.VpcCidrBlockState{State: types.VpcCidrBlockStateCodeAssociated},
			}},
		},
		attributes: map[types.VpcAttributeName]bool{},
	}
	for block, state := range blocks {
		got.CidrBlockAssociationSet = append(got.CidrBlockAssociationSet, types.VpcCidrBlockAssociation{
			AssociationId: aws.String("of-" + block), CidrBlock: aws.String(block), CidrBlockState: &types.VpcCidrBlockState{State: state},
		})
	}
	for _, name := range on {
		got.attributes[name] = true
	}
	return got
}

func TestPlanVPC(t *testing.T) {
	const support, hostnames = types.VpcAttributeNameEnableDnsSupport, types.VpcAttributeNameEnableDnsHostnames
	type states = map[string]types.VpcCidrBlockStateCode
	c := kind.Case{ID: "vpc-1", Tags: map[string]string{"env": "dev"}}
	made := kind.Case{ID: resource.NewID, Tags: map[string]string{"env": "dev"}}
	full := func(times int, done ...string) kind.Case {
		c := c
		spec := spec[ec2v1alpha1.VPCSpec](t, `{cidrBlocks: [10.0.0.0/16, 10.2.0.0/16]}`)
		for range times {
			c.Failures = append(c.Failures, resource.Failure{Step: planVPCBlocks(spec, gotVPC(nil), c)[0], Class: resource.Quota})
		}
		for _, verb := range done {
			c.Done = append(c.Done, resource.Done{Verb: verb})
		}
		return c
	}
	for name, test := range map[string]struct {
		spec string
		got  *vpc
		c    kind.Case
		want []string
	}{
		"new, with AWS's defaults": {
			spec: `{cidrBlocks: [10.0.0.0/16], enableDNSSupport: true, enableDNSHostnames: false, enableNetworkAddressUsageMetrics: false, amazonProvidedIPv6CIDRBlock: true, instanceTenancy: default}`,
			c:    made,
		},
		"new, with everything": {
			spec: `{cidrBlocks: [10.0.0.0/16, 10.1.0.0/16], enableDNSSupport: true, enableDNSHostnames: true, enableNetworkAddressUsageMetrics: true, disallowSecurityGroupDefaultRules: true, instanceTenancy: dedicated}`,
			c:    made,
			want: []string{
				"1 ModifyAttribute: turn on enableDnsHostnames (spec.enableDNSHostnames)",
				"0 ModifyAttribute: turn on enableNetworkAddressUsageMetrics (spec.enableNetworkAddressUsageMetrics)",
				"0 AssociateCidrBlock: add CIDR block 10.1.0.0/16 (spec.cidrBlocks[1])",
			},
		},
		"nothing to do: masks, order, what the spec leaves out": {
			spec: `{cidrBlocks: [10.1.2.3/16, 10.0.0.7/16]}`,
			got:  gotVPC(states{"10.1.0.0/16": "associated", "10.7.0.0/16": "disassociated", "10.8.0.0/16": "failed"}, hostnames), c: c,
		},
		"DNS on: support first": {
			spec: `{cidrBlocks: [10.0.0.0/16], enableDNSHostnames: true, enableDNSSupport: true}`, got: gotVPC(nil), c: c,
			want: []string{"0 ModifyAttribute: turn on enableDnsSupport (spec.enableDNSSupport)", "1 ModifyAttribute: turn on enableDnsHostnames (spec.enableDNSHostnames)"},
		},
		"DNS off: support last": {
			spec: `{cidrBlocks: [10.0.0.0/16], enableDNSHostnames: false, enableDNSSupport: false}`, got: gotVPC(nil, support, hostnames), c: c,
			want: []string{"1 ModifyAttribute: turn off enableDnsSupport (spec.enableDNSSupport)", "0 ModifyAttribute: turn off enableDnsHostnames (spec.enableDNSHostnames)"},
		},
		"host names without support: support goes off once host names are on": {
			spec: `{cidrBlocks: [10.0.0.0/16], enableDNSHostnames: true, enableDNSSupport: false}`, got: gotVPC(nil, support), c: c,
			want: []string{"1 ModifyAttribute: turn off enableDnsSupport (spec.enableDNSSupport)", "0 ModifyAttribute: turn on enableDnsHostnames (spec.enableDNSHostnames)"},
		},
		"blocks: add, then remove": {
			spec: `{cidrBlocks: [10.0.0.0/16, 10.2.0.0/16]}`, got: gotVPC(states{"10.1.0.0/16": "associated"}), c: c,
			want: []string{"0 AssociateCidrBlock: add CIDR block 10.2.0.0/16 (spec.cidrBlocks[1])", "1 DisassociateCidrBlock: remove CIDR block 10.1.0.0/16 (spec.cidrBlocks)"},
		},
		"blocks: nothing removed after a refusal": {
			spec: `{cidrBlocks: [10.0.0.0/16, 10.2.0.0/16]}`, got: gotVPC(states{"10.1.0.0/16": "associated"}),
			c:    kind.Case{ID: "vpc-1", Tags: c.Tags, Failures: []resource.Failure{{Step: resource.Step{Verb: "AssociateCidrBlock"}, Class: resource.Quota}}},
			want: []string{"0 AssociateCidrBlock: add CIDR block 10.2.0.0/16 (spec.cidrBlocks[1])"},
		},
		"blocks: room in a full VPC": {
			spec: `{cidrBlocks: [10.0.0.0/16, 10.2.0.0/16]}`, got: gotVPC(states{"10.1.0.0/16": "associated"}), c: full(1),
			want: []string{"0 DisassociateCidrBlock: remove CIDR block 10.1.0.0/16 (spec.cidrBlocks)", "1 AssociateCidrBlock: add CIDR block 10.2.0.0/16, after making room (spec.cidrBlocks[1])"},
		},
		"blocks: room did not help": {
			spec: `{cidrBlocks: [10.0.0.0/16, 10.2.0.0/16]}`, got: gotVPC(states{"10.3.0.0/16": "associated"}), c: full(2, "DisassociateCidrBlock"),
			want: []string{"0 AssociateCidrBlock: add CIDR block 10.2.0.0/16 (spec.cidrBlocks[1])"},
		},
		"blocks: one within another goes after it": {
			spec: `{cidrBlocks: [10.0.0.0/16, 10.1.0.0/17, 10.2.0.0/16]}`, got: gotVPC(states{"10.1.0.0/16": "associated"}), c: c,
			want: []string{
				"0 DisassociateCidrBlock: remove CIDR block 10.1.0.0/16 (spec.cidrBlocks)",
				"1 AssociateCidrBlock: add CIDR block 10.1.0.0/17 (spec.cidrBlocks[1])", "0 AssociateCidrBlock: add CIDR block 10.2.0.0/16 (spec.cidrBlocks[2])",
			},
		},
		"blocks: one around another, after a refusal": {
			spec: `{cidrBlocks: [10.0.0.0/16, 10.2.0.0/15]}`, got: gotVPC(states{"10.2.0.0/16": "associated", "10.9.0.0/16": "associated"}),
			c:    kind.Case{ID: "vpc-1", Tags: c.Tags, Failures: []resource.Failure{{Step: resource.Step{Verb: "AssociateCidrBlock"}, Class: resource.Exists}}},
			want: []string{"0 DisassociateCidrBlock: remove CIDR block 10.2.0.0/16 (spec.cidrBlocks)", "1 AssociateCidrBlock: add CIDR block 10.2.0.0/15 (spec.cidrBlocks[1])"},
		},
		"blocks: the other is going": {
			spec: `{cidrBlocks: [10.0.0.0/16, 10.1.0.0/17]}`, got: gotVPC(states{"10.1.0.0/16": "disassociating"}),
			c:    kind.Case{ID: "vpc-1", Tags: c.Tags, Failures: []resource.Failure{{Step: resource.Step{Verb: "AssociateCidrBlock"}, Class: resource.Exists}}},
			want: []string{"0 AssociateCidrBlock: add CIDR block 10.1.0.0/17 (spec.cidrBlocks[1])"},
		},
		"blocks: the other is gone": {
			spec: `{cidrBlocks: [10.0.0.0/16, 10.1.0.0/17]}`, got: gotVPC(states{"10.1.0.0/16": "disassociated", "10.1.0.0/17": "associated"}), c: c,
		},
		"a block that failed is tried again": {
			spec: `{cidrBlocks: [10.0.0.0/16, 10.2.0.0/16]}`, got: gotVPC(states{"10.2.0.0/16": "failed"}), c: c,
			want: []string{"0 AssociateCidrBlock: add CIDR block 10.2.0.0/16 (spec.cidrBlocks[1])"},
		},
		"Amazon's IPv6 block wanted": {
			spec: `{cidrBlocks: [10.0.0.0/16], amazonProvidedIPv6CIDRBlock: true}`, got: gotVPC(nil), c: c,
			want: []string{"0 AssociateCidrBlock: add an IPv6 block of Amazon's (spec.amazonProvidedIPv6CIDRBlock)"},
		},
		"Amazon's IPv6 block not wanted any more": {
			spec: `{cidrBlocks: [10.0.0.0/16], amazonProvidedIPv6CIDRBlock: false}`, c: c,
			got: func() *vpc {
				got := gotVPC(nil)
				got.Ipv6CidrBlockAssociationSet = []types.VpcIpv6CidrBlockAssociation{{
					AssociationId: aws.String("a"), Ipv6CidrBlock: aws.String("2001:db8::/56"), Ipv6Pool: aws.String("Amazon"),
				}}
				return got
			}(),
			want: []string{"1 DisassociateCidrBlock: remove CIDR block 2001:db8::/56 (spec.amazonProvidedIPv6CIDRBlock)"},
		},
		"tenancy taken back": {
			spec: `{cidrBlocks: [10.0.0.0/16], instanceTenancy: default}`, c: c,
			got: func() *vpc {
				got := gotVPC(nil)
				got.InstanceTenancy = types.TenancyDedicated
				return got
			}(),
			want: []string{"0 ModifyTenancy: set the tenancy back to default (spec.instanceTenancy)"},
		},
		"rules of the default group": {
			spec: `{cidrBlocks: [10.0.0.0/16], disallowSecurityGroupDefaultRules: true}`, c: c,
			got: func() *vpc {
				got := gotVPC(nil)
				all := types.IpPermission{IpProtocol: aws.String("-1")}
				got.defaultGroup = gotGroup([]types.IpPermission{fromGroup(all, "sg-1")}, []types.IpPermission{fromCIDR(all, "0.0.0.0/0")})
				return got
			}(),
			want: []string{
				"0 RevokeIngress: default group: revoke all traffic from itself (spec.disallowSecurityGroupDefaultRules)",
				"0 RevokeEgress: default group: revoke all traffic to 0.0.0.0/0 (spec.disallowSecurityGroupDefaultRules)",
			},
		},
		"a tag's value changed": {
			spec: `{cidrBlocks: [10.0.0.0/16]}`, got: gotVPC(nil), c: kind.Case{ID: "vpc-1", Tags: map[string]string{"env": "prod"}},
			want: []string{"0 Tag: tag env=prod (spec.tags)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			draft := vpcKind.Draft(spec[ec2v1alpha1.VPCSpec](t, test.spec), test.got, test.c)
			if diff := cmp.Diff(test.want, described(draft.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if len(draft.Notes) > 0 {
				t.Errorf("notes %v", draft.Notes)
			}
		})
	}
}

// The metrics are filled in where they are known. For a VPC that was just created no call is
// needed; otherwise one call is made only for this field.
func TestUsageMetricsOfAVPC(t *testing.T) {
	const metrics = types.VpcAttributeNameEnableNetworkAddressUsageMetrics
	type query = kind.Query[ec2v1alpha1.VPCSpec]
	for name, test := range map[string]struct {
		spec string
		q    query
		want []types.VpcAttributeName
	}{
		"not in the spec":          {`{}`, query{}, []types.VpcAttributeName{metrics}},
		"not in the spec, new":     {`{enableDNSSupport: true}`, query{Fresh: true}, []types.VpcAttributeName{types.VpcAttributeNameEnableDnsSupport}},
		"in the spec, off":         {`{enableNetworkAddressUsageMetrics: false}`, query{}, []types.VpcAttributeName{metrics}},
		"in the spec of a new one": {`{enableNetworkAddressUsageMetrics: true}`, query{Fresh: true}, []types.VpcAttributeName{metrics}},
		"to describe the VPC":      {`{}`, query{Whole: true}, []types.VpcAttributeName{types.VpcAttributeNameEnableDnsSupport, types.VpcAttributeNameEnableDnsHostnames, metrics}},
	} {
		test.q.Want = spec[ec2v1alpha1.VPCSpec](t, test.spec)
		if diff := cmp.Diff(test.want, attributesToRead(test.q)); diff != "" {
			t.Errorf("%s: read (-want +got):\n%s", name, diff)
		}
	}
	for _, on := range []bool{true, false} {
		got := &vpc{attributes: map[types.VpcAttributeName]bool{metrics: on}}
		if late := lateUsageMetrics(got); late != on {
			t.Errorf("filled in as %v, want %t", late, on)
		}
	}
	if late := lateUsageMetrics(&vpc{}); late != nil {
		t.Errorf("filled in as %v although nobody asked", late)
	}
}

func TestVPCRequests(t *testing.T) {
	want := spec[ec2v1alpha1.VPCSpec](t, `{cidrBlocks: [10.0.0.7/16, 10.1.0.0/16], enableDNSHostnames: true, amazonProvidedIPv6CIDRBlock: true, instanceTenancy: dedicated}`)
	steps := append([]resource.Step{vpcKind.Create(want, kind.Making{Tags: map[string]string{"a": "1"}})},
		vpcKind.Draft(want, nil, kind.Case{ID: resource.NewID}).Steps...)
	var got []string
	for _, step := range steps {
		got = append(got, step.Verb+" "+string(step.WithID("vpc-1").Input))
	}
	if diff := cmp.Diff([]string{
		`Create {"AmazonProvidedIpv6CidrBlock":true,"CidrBlock":"10.0.0.0/16","InstanceTenancy":"dedicated","TagSpecifications":[{"ResourceType":"vpc","Tags":[{"Key":"a","Value":"1"}]}]}`,
		`ModifyAttribute {"EnableDnsHostnames":{"Value":true},"VpcId":"vpc-1"}`,
		`AssociateCidrBlock {"CidrBlock":"10.1.0.0/16","VpcId":"vpc-1"}`,
	}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestVPCNotes(t *testing.T) {
	want := spec[ec2v1alpha1.VPCSpec](t, `{cidrBlocks: [10.9.0.0/16, 10.1.0.0/16], instanceTenancy: dedicated}`)
	draft := vpcKind.Draft(want, gotVPC(nil), kind.Case{ID: "vpc-1", Tags: map[string]string{"env": "dev"}})
	if diff := cmp.Diff([]string{
		`spec.cidrBlocks[0]: AWS cannot change it; make a new object, or put back "10.0.0.0/16"`,
		`spec.instanceTenancy: AWS cannot change it; make a new object, or put back "default"`,
	}, draft.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"0 AssociateCidrBlock: add CIDR block 10.1.0.0/16 (spec.cidrBlocks[1])"}, described(draft.Steps)); diff != "" {
		t.Errorf("the rest of the change (-want +got):\n%s", diff)
	}
}

func TestVPCIsPending(t *testing.T) {
	pending := gotVPC(nil)
	pending.State = types.VpcStatePending
	for name, test := range map[string]struct {
		got  *vpc
		want *resource.Wait
	}{
		"available":   {gotVPC(nil), nil},
		"pending":     {pending, &resource.Wait{Reason: "Pending", Message: "vpc-1 is pending"}},
		"associating": {gotVPC(map[string]types.VpcCidrBlockStateCode{"10.1.0.0/16": "associating"}), &resource.Wait{Reason: "Pending", Message: "CIDR block 10.1.0.0/16 of vpc-1 is associating"}},
	} {
		if diff := cmp.Diff(test.want, vpcKind.Facts(test.got).Pending); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestVPCStatus(t *testing.T) {
	got := gotVPC(map[string]types.VpcCidrBlockStateCode{"10.1.0.0/16": "failing"})
	got.DhcpOptionsId, got.OwnerId, got.IsDefault = aws.String("dopt-1"), aws.String("111122223333"), aws.Bool(false)
	got.defaultGroup = gotGroup(nil, nil)
	if diff := cmp.Diff(ec2v1alpha1.VPCStatus{
		VPCID: aws.String("vpc-1"), State: aws.String("available"), DHCPOptionsID: aws.String("dopt-1"), OwnerID: aws.String("111122223333"), IsDefault: aws.Bool(false),
		SecurityGroupDefaultRulesExist: aws.Bool(false),
		CIDRBlockAssociationSet: []*ec2v1alpha1.VPCCIDRBlockAssociation{
			{AssociationID: aws.String("of-10.0.0.0/16"), CIDRBlock: aws.String("10.0.0.0/16"), CIDRBlockState: &ec2v1alpha1.VPCCIDRBlockState{State: aws.String("associated")}},
			{AssociationID: aws.String("of-10.1.0.0/16"), CIDRBlock: aws.String("10.1.0.0/16"), CIDRBlockState: &ec2v1alpha1.VPCCIDRBlockState{State: aws.String("failing")}},
		},
	}, vpcKind.Status(got)); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

// A look-up by ownership may still find an older incarnation during its deletion.
func TestLatestIncarnation(t *testing.T) {
	of := func(n string) types.Vpc {
		return types.Vpc{VpcId: aws.String("vpc-" + n), Tags: []types.Tag{{Key: aws.String(resource.TagIncarnation), Value: aws.String(n)}}}
	}
	if got := describe.VPCs.Latest([]types.Vpc{of("2"), of("10"), of("1"), of("x")}); *got.VpcId != "vpc-10" {
		t.Errorf("the latest is %s", *got.VpcId)
	}
	if got := describe.VPCs.Latest(nil); got != nil {
		t.Errorf("nothing found gives %v", got)
	}
}

func TestCheckVPC(t *testing.T) {
	for text, want := range map[string][]string{
		`{cidrBlocks: [10.0.0.0/16], ipv6CIDRBlock: "", ipv6Pool: "", ipv6IPAMPoolID: "", ipv6CIDRBlockNetworkBorderGroup: ""}`: nil,
		`{cidrBlocks: [10.0.0.9/16, 10.1.0.0/28], instanceTenancy: dedicated, amazonProvidedIPv6CIDRBlock: true}`:               nil,
		`{cidrBlocks: [], ipv4IPAMPoolID: ipam-pool-1, ipv4NetmaskLength: 20}`:                                                  nil,
		`{cidrBlocks: []}`: {"spec.cidrBlocks: names no block: set one, or ipv4IPAMPoolID"},
		`{cidrBlocks: [10.0.0.0/8, 10.1.0.0/29, "::/56", x, ""]}`: {
			`spec.cidrBlocks[0]: "10.0.0.0/8": AWS allows blocks from /16 to /28`,
			`spec.cidrBlocks[1]: "10.1.0.0/29": AWS allows blocks from /16 to /28`,
			"spec.cidrBlocks[1]: 10.1.0.0/29 overlaps 10.0.0.0/8",
			`spec.cidrBlocks[2]: "::/56" is not an IPv4 block`,
			`spec.cidrBlocks[3]: "x" is not a CIDR block`,
			"spec.cidrBlocks[4]: is empty",
		},
		`{cidrBlocks: [10.0.0.0/16], instanceTenancy: host}`:                             {"spec.instanceTenancy: AWS allows host for instances only: set default or dedicated"},
		`{cidrBlocks: [10.0.0.0/16], ipv6CIDRBlock: "2001:db8::/56"}`:                    {"spec.ipv6CIDRBlock: needs ipv6Pool or ipv6IPAMPoolID"},
		`{cidrBlocks: [10.0.0.0/16], ipv6CIDRBlockNetworkBorderGroup: us-west-2-lax-1}`:  {"spec.ipv6CIDRBlockNetworkBorderGroup: needs amazonProvidedIPv6CIDRBlock"},
		`{cidrBlocks: [10.0.0.0/16], amazonProvidedIPv6CIDRBlock: true, ipv6Pool: mine}`: {"spec.amazonProvidedIPv6CIDRBlock: a block comes from Amazon or from your own pool: remove this field, or ipv6CIDRBlock, ipv6Pool and ipv6IPAMPoolID"},
	} {
		t.Run(text, func(t *testing.T) {
			if diff := cmp.Diff(want, said(checkVPC(spec[ec2v1alpha1.VPCSpec](t, text)))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
