package ec2

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// oneTarget is AWS's message for a route with no target or several.
const oneTarget = "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, " +
	"egressOnlyInternetGatewayId, transitGatewayId, localGatewayId or instanceId"

// checkRouteTable foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html and
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
func checkRouteTable(want ec2v1alpha1.RouteTableSpec) []kind.Invalid {
	var f findings
	f.Needs("a route table", "a VPC", "vpcID", want.VPCID, want.VPCRef)
	first := map[string]int{}
	// Local routes pass, and so do repeated ones: planRoutes does not send them.
	for i, r := range want.Routes {
		path := fmt.Sprintf("spec.routes[%d]", i)
		if r == nil {
			f.Add(path, refusal.Says(refusal.Missing, oneTarget), "is empty")
			continue
		}
		set := targetsSet(r)
		if len(set) == 1 && aws.ToString(set[0].id) == localTarget {
			continue
		}
		f.checkRouteTarget(path, r, set)
		if !f.checkDestination(path, r) {
			continue
		}
		destination := destinationOf(r.DestinationCIDRBlock, r.DestinationIPv6CIDRBlock, r.DestinationPrefixListID)
		if other, twice := first[destination]; twice {
			if len(set) == 1 && maySameTarget(set[0], targetOf(want.Routes[other])) {
				continue
			}
			f.Add(path, refusal.Says("RouteAlreadyExists", "The route identified by %s already exists.", destination), "%s already has a route, spec.routes[%d]: AWS allows one per destination", destination, other)
			continue
		}
		first[destination] = i
	}
	return f.All
}

// checkDestination reports whether a route has exactly one destination, and a valid one.
func (f *findings) checkDestination(path string, r *ec2v1alpha1.CreateRouteInput) bool {
	var set []string
	before := len(f.All)
	if optional.Given(r.DestinationCIDRBlock) {
		set = append(set, "destinationCIDRBlock")
		f.CIDR(path+".destinationCIDRBlock", r.DestinationCIDRBlock, "IPv4", refusal.NotCIDR("destinationCidrBlock"))
	}
	if optional.Given(r.DestinationIPv6CIDRBlock) {
		set = append(set, "destinationIPv6CIDRBlock")
		f.CIDR(path+".destinationIPv6CIDRBlock", r.DestinationIPv6CIDRBlock, "IPv6", refusal.NotCIDR("destinationIpv6CidrBlock"))
	}
	if optional.Given(r.DestinationPrefixListID) {
		set = append(set, "destinationPrefixListID")
	}
	switch len(set) {
	case 1:
	case 0:
		f.Add(path, refusal.Says(refusal.Missing, refusal.MissingSaid), "has no destination: set destinationCIDRBlock, destinationIPv6CIDRBlock or destinationPrefixListID")
	default:
		f.Add(path, refusal.Says(refusal.BadCombination, refusal.CombinationSaid), "has several destinations, %s: write a route for each", strings.Join(set, " and "))
	}
	return len(f.All) == before
}

func (f *findings) checkRouteTarget(path string, r *ec2v1alpha1.CreateRouteInput, set []target) {
	var fields []string
	for _, t := range set {
		fields = append(fields, t.field)
	}
	switch {
	case len(set) == 0:
		f.Add(path, refusal.Says(refusal.Missing, oneTarget), "has no target: set one of the fields that name a gateway, an endpoint, a connection, an instance or an interface")
	case len(set) > 1:
		f.Add(path, refusal.Says(refusal.BadCombination, oneTarget), "has several targets, %s: keep one", strings.Join(fields, " and "))
	case fields[0] == "egressOnlyInternetGatewayID" && optional.Count(r.DestinationIPv6CIDRBlock, r.DestinationPrefixListID) == 0:
		f.Add(path+".egressOnlyInternetGatewayID", refusal.Unsaid(), "serves IPv6 only: set destinationIPv6CIDRBlock")
	}
}

// maySameTarget says whether two routes lead to the same place, or may: the id of a
// reference may not be known yet.
func maySameTarget(a, b target) bool {
	switch {
	case a.field != b.field:
		return false
	case a.id != nil && b.id != nil:
		return *a.id == *b.id
	case a.ref != nil && a.ref.From != nil && b.ref != nil && b.ref.From != nil:
		return aws.ToString(a.ref.From.Name) == aws.ToString(b.ref.From.Name)
	}
	return true
}
