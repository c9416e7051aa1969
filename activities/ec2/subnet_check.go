package ec2

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// The masks that AWS accepts.
var (
	subnetBlock  = refusal.Bounds{Min: 16, Max: 28, Code: "InvalidSubnet.Range"}
	subnetBlock6 = refusal.Bounds{Min: 44, Max: 64, Fours: true, Code: "InvalidSubnet.Range"}
)

// checkSubnet foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
func checkSubnet(want ec2v1alpha1.SubnetSpec) []kind.Invalid {
	var f findings
	f.Needs("a subnet", "a VPC", "vpcID", want.VPCID, want.VPCRef)
	native := aws.ToBool(want.IPv6Native)
	switch {
	case native && optional.Given(want.CIDRBlock):
		f.Add("spec.cidrBlock", refusal.Says(refusal.BadCombination, refusal.CombinationSaid), "a subnet with IPv6 only has none: remove this field or ipv6Native")
	case !native:
		f.Block("spec.cidrBlock", want.CIDRBlock, "IPv4", "cidrBlock", subnetBlock)
	}
	switch {
	case optional.Given(want.IPv6CIDRBlock):
		f.Block("spec.ipv6CIDRBlock", want.IPv6CIDRBlock, "IPv6", "ipv6CidrBlock", subnetBlock6)
	case native:
		f.Add("spec.ipv6CIDRBlock", refusal.Says(refusal.Missing, refusal.Lacks, "ipv6CidrBlock"), "a subnet with IPv6 only needs one")
	}
	many := distinct(want.RouteTables)
	if names := tableNames(want.RouteTableRefs); names > 1 { // their ids may already be filled in
		many = names
	}
	if many > 1 {
		second := refusal.Says("Resource.AlreadyAssociated", "The specified resource is already in use.") // to the second association
		f.Add(tablesPath(want.RouteTableRefs), second, "names %d route tables, a subnet has only one", many)
	}
	f.checkTables(want.RouteTables)
	return f.All
}

// distinct counts what is there twice once: it is asked for once.
func distinct(list []*string) int {
	texts := aws.ToStringSlice(list)
	slices.Sort(texts)
	return len(slices.Compact(texts))
}

// tableNames counts the names of the objects referred to. Whether two of one name are
// in different namespaces, their ids say.
func tableNames(refs []*corev1alpha1.AWSResourceReferenceWrapper) int {
	var names []*string
	for _, ref := range refs {
		if ref != nil && ref.From != nil {
			names = append(names, ref.From.Name)
		}
	}
	return distinct(names)
}
