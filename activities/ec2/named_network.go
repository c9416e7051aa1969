package ec2

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// namedFlowLogs reads the flow logs that write the same traffic of the network to the same destination. AWS
// refuses a second one of the same configuration and destination: FlowLogAlreadyExists. It has no filter by
// an ARN, and shows no traffic type for a transit gateway.
func namedFlowLogs(ctx context.Context, client *awsec2.Client, want ec2v1alpha1.FlowLogSpec) ([]string, error) {
	return describe.FlowLogs.IDsOf(ctx, client, func(got types.FlowLog) bool {
		traffic := !optional.Given(want.TrafficType) || got.TrafficType == "" || *want.TrafficType == string(got.TrafficType)
		return traffic && len(destinationNotes(want, got)) == 0
	}, describe.Filter("resource-id", aws.ToString(want.ResourceID)))
}

// namedAddresses reads the address that the spec names; nil: AWS chooses one. AWS has no filter by the
// address of a pool on an Outpost, and answers on one page.
func namedAddresses(ctx context.Context, client *awsec2.Client, want ec2v1alpha1.ElasticIPAddressSpec) ([]string, error) {
	switch {
	case !optional.Given(want.Address):
		return nil, nil
	case optional.Given(want.CustomerOwnedIPv4Pool):
		return describe.Addresses.IDsOf(ctx, client, func(got types.Address) bool { return aws.ToString(got.CustomerOwnedIp) == *want.Address })
	}
	return describe.Addresses.IDs(ctx, client, describe.Filter("public-ip", *want.Address))
}

// namedNATGateways reads the live gateway that has the address. AWS has no filter by it, and accepts the
// address for another gateway after the deletion of the first.
func namedNATGateways(ctx context.Context, client *awsec2.Client, want ec2v1alpha1.NATGatewaySpec) ([]string, error) {
	if !optional.Given(want.AllocationID) {
		return nil, nil
	}
	return describe.NATGateways.IDsOf(ctx, client, func(got types.NatGateway) bool {
		return slices.ContainsFunc(got.NatGatewayAddresses, func(a types.NatGatewayAddress) bool {
			return aws.ToString(a.AllocationId) == *want.AllocationID
		})
	}, describe.InState("state", describe.LiveNATGateway))
}

// namedEndpoints reads the live endpoints of the VPC for the service. A route table leads to one gateway
// endpoint of a service, and the private names of a service to one interface endpoint of a VPC. AWS keeps
// nothing unique about the other types.
// https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
func namedEndpoints(ctx context.Context, client *awsec2.Client, want ec2v1alpha1.VPCEndpointSpec) ([]string, error) {
	of := types.VpcEndpointType(cmp.Or(aws.ToString(want.VPCEndpointType), string(types.VpcEndpointTypeGateway))) // AWS's default
	var conflicts func(types.VpcEndpoint) bool
	switch tables := texts(want.RouteTableIDs); {
	case !optional.Given(want.ServiceName):
	case of == types.VpcEndpointTypeGateway:
		conflicts = func(got types.VpcEndpoint) bool {
			return len(tables) == 0 || slices.ContainsFunc(got.RouteTableIds, func(id string) bool { return slices.Contains(tables, id) })
		}
	case of == types.VpcEndpointTypeInterface && (want.PrivateDNSEnabled == nil || *want.PrivateDNSEnabled):
		conflicts = func(types.VpcEndpoint) bool { return true }
	}
	if conflicts == nil {
		return nil, nil
	}
	return describe.VPCEndpoints.IDsOf(ctx, client, func(got types.VpcEndpoint) bool { return describe.EndpointStays(got) && conflicts(got) },
		describe.Filter("vpc-id", aws.ToString(want.VPCID)), describe.Filter("service-name", *want.ServiceName), describe.Filter("vpc-endpoint-type", string(of)))
}
