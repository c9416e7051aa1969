package ec2

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/room"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// localTarget stands for the VPC itself, in place of a gateway's id.
const localTarget = "local"

// target is one of the fields that name the target of a route. AWS shows an instance's interface
// beside the instance: only the wanted field is compared.
type target struct {
	field string // of the spec
	id    *string
	ref   *corev1alpha1.AWSResourceReferenceWrapper
	shown func(types.Route) *string
}

// targets returns all fields of a route that may name its target.
func targets(r *ec2v1alpha1.CreateRouteInput) []target {
	type shown = types.Route
	gateway := func(r shown) *string { return r.GatewayId }
	return []target{
		{"carrierGatewayID", r.CarrierGatewayID, nil, func(r shown) *string { return r.CarrierGatewayId }},
		{"coreNetworkARN", r.CoreNetworkARN, nil, func(r shown) *string { return r.CoreNetworkArn }},
		{"egressOnlyInternetGatewayID", r.EgressOnlyInternetGatewayID, nil, func(r shown) *string { return r.EgressOnlyInternetGatewayId }},
		{"gatewayID", r.GatewayID, r.GatewayRef, gateway},
		{"instanceID", r.InstanceID, nil, func(r shown) *string { return r.InstanceId }},
		{"localGatewayID", r.LocalGatewayID, nil, func(r shown) *string { return r.LocalGatewayId }},
		{"natGatewayID", r.NATGatewayID, r.NATGatewayRef, func(r shown) *string { return r.NatGatewayId }},
		{"networkInterfaceID", r.NetworkInterfaceID, nil, func(r shown) *string { return r.NetworkInterfaceId }},
		{"transitGatewayID", r.TransitGatewayID, r.TransitGatewayRef, func(r shown) *string { return r.TransitGatewayId }},
		// AWS shows an endpoint as a gateway.
		{"vpcEndpointID", r.VPCEndpointID, r.VPCEndpointRef, gateway},
		{"vpcPeeringConnectionID", r.VPCPeeringConnectionID, r.VPCPeeringConnectionRef, func(r shown) *string { return r.VpcPeeringConnectionId }},
	}
}

// targetOf returns the target that a route names; its id is nil while a reference is not resolved.
func targetOf(r *ec2v1alpha1.CreateRouteInput) target {
	if set := targetsSet(r); len(set) > 0 {
		return set[0]
	}
	return target{}
}

// targetsSet returns the targets that a route names. An empty text names none.
func targetsSet(r *ec2v1alpha1.CreateRouteInput) (set []target) {
	for _, t := range targets(r) {
		t.id = optional.Text(t.id)
		if t.id != nil || t.ref != nil {
			set = append(set, t)
		}
	}
	return set
}

// destinationOf returns the destination, which identifies a route in its table. It has the form
// that AWS uses, without host bits.
func destinationOf(block, block6, list *string) string {
	return cmp.Or(cidr.Network(aws.ToString(block)), cidr.Network(aws.ToString(block6)), aws.ToString(list))
}

func destinationOfShown(r types.Route) string {
	return destinationOf(r.DestinationCidrBlock, r.DestinationIpv6CidrBlock, r.DestinationPrefixListId)
}

func shownTarget(r types.Route) string {
	// AWS shows an instance's interface beside the instance.
	for _, id := range []*string{
		r.GatewayId, r.InstanceId, r.NetworkInterfaceId, r.NatGatewayId, r.TransitGatewayId, r.VpcPeeringConnectionId,
		r.EgressOnlyInternetGatewayId, r.CarrierGatewayId, r.LocalGatewayId, r.CoreNetworkArn,
	} {
		if aws.ToString(id) != "" {
			return *id
		}
	}
	return "nowhere"
}

// routesShown returns the routes as a spec has them, each with one target. AWS shows an endpoint as a
// gateway, and an instance beside its interface.
func routesShown(got *types.RouteTable) (routes []*ec2v1alpha1.CreateRouteInput) {
	for _, r := range got.Routes {
		if ofAWS(r) {
			continue
		}
		route := routeDescribed(&r)
		if strings.HasPrefix(aws.ToString(route.GatewayID), "vpce-") {
			route.GatewayID, route.VPCEndpointID = nil, route.GatewayID
		}
		if route.NetworkInterfaceID != nil {
			route.InstanceID = nil // the interface may move to another instance
		}
		routes = append(routes, &route)
	}
	return routes
}

// planRoutes adds and replaces routes before it removes any, so that no traffic is cut off in
// between. While AWS refuses an addition, routes are removed only to make room in a full table.
func planRoutes(want ec2v1alpha1.RouteTableSpec, got *types.RouteTable, c kind.Case) []resource.Step {
	there, wanted := map[string]types.Route{}, map[string]bool{}
	for _, r := range got.Routes {
		if !propagated(r) {
			there[destinationOfShown(r)] = r
		}
	}
	var changes []resource.Step
	for i, r := range want.Routes {
		t, destination := targetOf(r), destinationOf(r.DestinationCIDRBlock, r.DestinationIPv6CIDRBlock, r.DestinationPrefixListID)
		if aws.ToString(t.id) == localTarget || wanted[destination] {
			continue // AWS puts it into every table, or an earlier route asks for it
		}
		wanted[destination] = true
		if t.id == nil {
			continue // the target is not known yet: an older route stays
		}
		step := makeRoute(r, t, c.ID, destination)
		if old, exists := there[destination]; exists {
			if aws.ToString(t.shown(old)) == *t.id {
				continue
			}
			step = turnRoute(r, t, c.ID, destination, shownTarget(old))
		}
		changes = append(changes, steps.For(0, fmt.Sprintf("spec.routes[%d]", i), step))
	}
	removing := takeRoutes(got, wanted, c.ID)
	if len(changes) > 0 && (c.Refused(string(createRoute.Verb)) || c.Refused(string(replaceRoute.Verb))) {
		return append(makeRoomForRoutes(c, changes, removing), changes...)
	}
	return append(changes, removing...)
}

func makeRoomForRoutes(c kind.Case, adds, removing []resource.Step) []resource.Step {
	return room.Make(c, adds, func(n int) (deletes []resource.Step) {
		for _, step := range removing {
			if step.Verb == string(deleteRoute.Verb) && len(deletes) < n {
				deletes = append(deletes, step)
			}
		}
		return deletes
	}, string(deleteRoute.Verb))
}

// propagated reports whether a gateway or a route server advertised the route. A route of a spec
// may exist beside it, and takes precedence.
func propagated(r types.Route) bool {
	return r.Origin == types.RouteOriginEnableVgwRoutePropagation || r.Origin == types.RouteOriginAdvertisement
}

// ofEndpoint reports whether the route leads to a gateway endpoint: AWS creates it for the
// endpoint, and refuses its removal.
func ofEndpoint(r types.Route) bool {
	return r.DestinationPrefixListId != nil && strings.HasPrefix(aws.ToString(r.GatewayId), "vpce-")
}

// ofAWS reports whether AWS put the route into the table. A spec does not name it.
func ofAWS(r types.Route) bool {
	local := r.Origin == types.RouteOriginCreateRouteTable && aws.ToString(r.GatewayId) == localTarget
	return local || propagated(r) || ofEndpoint(r)
}

var (
	routeDescribed = shape.Spec[ec2v1alpha1.CreateRouteInput, types.Route](shape.Out("vpcEndpointID"))
	routeToCreate  = shape.Request[awsec2.CreateRouteInput, ec2v1alpha1.CreateRouteInput]()
	routeToReplace = shape.Request[awsec2.ReplaceRouteInput, ec2v1alpha1.CreateRouteInput]()
)

func makeRoute(r *ec2v1alpha1.CreateRouteInput, t target, table, destination string) resource.Step {
	in := routeToCreate(*r)
	in.RouteTableId = aws.String(table)
	in.DestinationCidrBlock, in.DestinationIpv6CidrBlock = cidr.Optional(r.DestinationCIDRBlock), cidr.Optional(r.DestinationIPv6CIDRBlock)
	return createRoute.Step(fmt.Sprintf("route %s to %s", destination, *t.id), in)
}

// turnRoute changes the target of a route in one call, so that a route always exists.
func turnRoute(r *ec2v1alpha1.CreateRouteInput, t target, table, destination, old string) resource.Step {
	in := routeToReplace(*r)
	in.RouteTableId = aws.String(table)
	in.DestinationCidrBlock, in.DestinationIpv6CidrBlock = cidr.Optional(r.DestinationCIDRBlock), cidr.Optional(r.DestinationIPv6CIDRBlock)
	return replaceRoute.Step(fmt.Sprintf("route %s to %s instead of %s", destination, *t.id, old), in)
}

// takeRoutes removes the unwanted routes.
func takeRoutes(got *types.RouteTable, wanted map[string]bool, table string) (removals []resource.Step) {
	for _, r := range got.Routes {
		if ofAWS(r) || wanted[destinationOfShown(r)] {
			continue
		}
		removals = append(removals, steps.For(1, "spec.routes", takeRoute(r, table)))
	}
	return removals
}

// takeRoute removes a route, or resets the target of one of AWS's own: AWS keeps a route to each
// block of the VPC.
func takeRoute(r types.Route, table string) resource.Step {
	if r.Origin != types.RouteOriginCreateRouteTable {
		return deleteRoute.Step(fmt.Sprintf("remove the route %s to %s", destinationOfShown(r), shownTarget(r)), awsec2.DeleteRouteInput{
			RouteTableId: aws.String(table), DestinationCidrBlock: r.DestinationCidrBlock,
			DestinationIpv6CidrBlock: r.DestinationIpv6CidrBlock, DestinationPrefixListId: r.DestinationPrefixListId,
		})
	}
	return replaceRoute.Step(fmt.Sprintf("route %s to the VPC itself again, instead of %s", destinationOfShown(r), shownTarget(r)), awsec2.ReplaceRouteInput{
		RouteTableId: aws.String(table), DestinationCidrBlock: r.DestinationCidrBlock,
		DestinationIpv6CidrBlock: r.DestinationIpv6CidrBlock, LocalTarget: aws.Bool(true),
	})
}
