package ec2

import (
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// The definitions of the kinds, with their types.
var (
	vpcKind      = definition[ec2v1alpha1.VPCSpec, vpc](VPC())
	subnetKind   = definition[ec2v1alpha1.SubnetSpec, subnet](Subnet())
	gatewayKind  = definition[ec2v1alpha1.InternetGatewaySpec, internetGateway](InternetGateway())
	tableKind    = definition[ec2v1alpha1.RouteTableSpec, types.RouteTable](RouteTable())
	egressKind   = definition[ec2v1alpha1.EgressOnlyInternetGatewaySpec, types.EgressOnlyInternetGateway](EgressOnlyInternetGateway())
	natKind      = definition[ec2v1alpha1.NATGatewaySpec, types.NatGateway](NATGateway())
	addressKind  = definition[ec2v1alpha1.ElasticIPAddressSpec, types.Address](ElasticIPAddress())
	instanceKind = definition[ec2v1alpha1.InstanceSpec, instance](Instance())
	groupKind    = definition[ec2v1alpha1.SecurityGroupSpec, securityGroup](SecurityGroup())
)

func definition[W, G any](k kind.Kind) kind.Definition[*awsec2.Client, W, G] {
	return k.(kind.Definition[*awsec2.Client, W, G])
}
