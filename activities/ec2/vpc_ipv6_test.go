package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// having6 returns a VPC with an IPv6 block of a pool, in a border group.
func having6(block, pool string) *vpc {
	got := gotVPC(nil)
	got.Ipv6CidrBlockAssociationSet = []types.VpcIpv6CidrBlockAssociation{{
		AssociationId: aws.String("of-" + block), Ipv6CidrBlock: aws.String(block), Ipv6Pool: aws.String(pool), NetworkBorderGroup: aws.String("us-west-2"),
		Ipv6CidrBlockState: &types.VpcCidrBlockState{State: types.VpcCidrBlockStateCodeAssociated},
	}}
	return got
}

// A block that the spec asks for is added where it is missing, even after the create. An existing
// block stays, and differences that AWS cannot change are noted.
func TestPlanIPv6(t *testing.T) {
	made := kind.Case{ID: resource.NewID}
	c := kind.Case{ID: "vpc-1"}
	const byoip, amazon, ours = "ipv6pool-ec2-1", "Amazon", "2001:db8::/56"
	fixed := func(field, is string) []string { return []string{fixed.Note("spec."+field, is)} }
	failed := having6(ours, byoip)
	failed.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlockState.State = types.VpcCidrBlockStateCodeFailed
	for name, test := range map[string]struct {
		spec  string
		got   *vpc
		c     kind.Case
		want  []string
		notes []string
	}{
		"new, of a pool":           {spec: `ipv6Pool: ipv6pool-ec2-1`, c: made},
		"new, of IPAM":             {spec: `ipv6IPAMPoolID: ipam-pool-1, ipv6NetmaskLength: 52`, c: made},
		"new, a block of a pool":   {spec: `ipv6CIDRBlock: "2001:DB8::/56", ipv6Pool: ipv6pool-ec2-1`, c: made},
		"new, in a border group":   {spec: `amazonProvidedIPv6CIDRBlock: true, ipv6CIDRBlockNetworkBorderGroup: us-west-2-lax-1`, c: made},
		"the block is there":       {spec: `ipv6CIDRBlock: "2001:DB8::1/56", ipv6Pool: ipv6pool-ec2-1`, got: having6(ours, byoip), c: c},
		"no word of it":            {spec: `enableDNSSupport: null`, got: having6(ours, byoip), c: c},
		"Amazon's is there":        {spec: `amazonProvidedIPv6CIDRBlock: true`, got: having6(ours, amazon), c: c},
		"IPAM's is there":          {spec: `ipv6IPAMPoolID: ipam-pool-1, ipv6NetmaskLength: 56`, got: having6(ours, "whatever AWS says"), c: c},
		"one of the pool is there": {spec: `ipv6Pool: ipv6pool-ec2-1`, got: having6(ours, byoip), c: c},
		"another block, the old one stays": {spec: `ipv6CIDRBlock: "2001:db8:0:100::/56", ipv6Pool: ipv6pool-ec2-1`, got: having6(ours, byoip), c: c,
			want: []string{`0 {"Ipv6CidrBlock":"2001:db8:0:100::/56","Ipv6Pool":"ipv6pool-ec2-1","VpcId":"vpc-1"}`}},
		"another pool": {spec: `ipv6Pool: ipv6pool-ec2-2`, got: having6(ours, byoip), c: c, want: []string{`0 {"Ipv6Pool":"ipv6pool-ec2-2","VpcId":"vpc-1"}`}},
		"the block is of another pool": {spec: `ipv6CIDRBlock: "2001:db8::/56", ipv6Pool: ipv6pool-ec2-2`, got: having6(ours, byoip), c: c,
			notes: fixed("ipv6Pool", byoip)},
		"IPAM's is smaller": {spec: `ipv6IPAMPoolID: ipam-pool-1, ipv6NetmaskLength: 52`, got: having6(ours, "IPAM"), c: c, notes: fixed("ipv6NetmaskLength", "56")},
		"of IPAM now":       {spec: `ipv6IPAMPoolID: ipam-pool-1, ipv6NetmaskLength: 52`, got: gotVPC(nil), c: c, want: []string{`0 {"Ipv6IpamPoolId":"ipam-pool-1","Ipv6NetmaskLength":52,"VpcId":"vpc-1"}`}},
		"of IPAM instead of Amazon": {spec: `amazonProvidedIPv6CIDRBlock: false, ipv6IPAMPoolID: ipam-pool-1`, got: having6(ours, amazon), c: c, want: []string{
			`0 {"Ipv6IpamPoolId":"ipam-pool-1","VpcId":"vpc-1"}`, `1 {"AssociationId":"of-2001:db8::/56"}`}},
		"in another border group": {spec: `amazonProvidedIPv6CIDRBlock: true, ipv6CIDRBlockNetworkBorderGroup: us-west-2-lax-1`, got: having6(ours, amazon), c: c,
			want: []string{`0 {"AmazonProvidedIpv6CidrBlock":true,"Ipv6CidrBlockNetworkBorderGroup":"us-west-2-lax-1","VpcId":"vpc-1"}`}},
		"one that failed is asked for again": {spec: `ipv6CIDRBlock: "2001:db8::/56", ipv6Pool: ipv6pool-ec2-1`, got: failed, c: c,
			want: []string{`0 {"Ipv6CidrBlock":"2001:db8::/56","Ipv6Pool":"ipv6pool-ec2-1","VpcId":"vpc-1"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			test.c.Tags = map[string]string{"env": "dev"}
			draft := vpcKind.Draft(spec[ec2v1alpha1.VPCSpec](t, `{cidrBlocks: [10.0.0.0/16], `+test.spec+`}`), test.got, test.c)
			var steps []string
			for _, s := range draft.Steps {
				steps = append(steps, string(rune('0'+s.Stage))+" "+string(s.Input))
			}
			if diff := cmp.Diff(test.want, steps); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.notes, draft.Notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// The mask length by which IPAM chose the primary block is compared with that block.
func TestIPv4NetmaskLength(t *testing.T) {
	for text, want := range map[string][]string{
		`{cidrBlocks: [], ipv4IPAMPoolID: p, ipv4NetmaskLength: 16}`: nil,
		`{cidrBlocks: [], ipv4IPAMPoolID: p, ipv4NetmaskLength: 20}`: {fixed.Note("spec.ipv4NetmaskLength", "16")},
	} {
		if diff := cmp.Diff(want, vpcNotes(spec[ec2v1alpha1.VPCSpec](t, text), gotVPC(nil))); diff != "" {
			t.Errorf("%s: notes (-want +got):\n%s", text, diff)
		}
	}
}
