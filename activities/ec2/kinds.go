// Package ec2 holds the kinds of Amazon EC2. Each has its own file, with companions: how to find,
// plan and unplan the resource, and the AWS calls.
package ec2

import (
	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
)

// Kinds lists the kinds of the service.
func Kinds() []kind.Kind {
	return []kind.Kind{
		CapacityReservation(),
		DHCPOptions(),
		EgressOnlyInternetGateway(),
		FlowLog(),
		ManagedPrefixList(),
		Instance(),
		InternetGateway(),
		LaunchTemplate(),
		ElasticIPAddress(),
		NATGateway(),
		NetworkACL(),
		RouteTable(),
		SecurityGroup(),
		Subnet(),
		TransitGateway(),
		TransitGatewayVPCAttachment(),
		VPC(),
		VPCEndpoint(),
		VPCEndpointServiceConfiguration(),
		VPCPeeringConnection(),
	}
}

// findings collects what AWS would refuse. Each kind adds its own checks.
type findings struct{ refusal.Findings }
