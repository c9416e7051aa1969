package ec2

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/documents"
	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// badEndpoint is AWS's code for a field that does not fit the type of the endpoint.
const badEndpoint = "InvalidParameter"

// checkVPCEndpoint foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
func checkVPCEndpoint(want ec2v1alpha1.VPCEndpointSpec) []kind.Invalid {
	var f findings
	f.Needs("an endpoint", "a VPC", "vpcID", want.VPCID, want.VPCRef)
	f.NotEmpty("spec.routeTableIDs", want.RouteTableIDs, refusal.Says(refusal.BadValue, refusal.Empty, "routeTableId"), "is empty")
	f.NotEmpty("spec.securityGroupIDs", want.SecurityGroupIDs, refusal.Says(refusal.BadValue, refusal.Empty, "securityGroupId"), "is empty")
	f.NotEmpty("spec.subnetIDs", want.SubnetIDs, refusal.Says(refusal.BadValue, refusal.Empty, "subnetId"), "is empty")
	if optional.Given(want.PolicyDocument) {
		if _, err := documents.Object(*want.PolicyDocument); err != nil {
			f.Add("spec.policyDocument", refusal.Says("InvalidPolicyDocument", "The specified policy document is not a valid JSON policy document."), "%v", err)
		}
	}
	f.checkEndpointType(want)
	return f.All
}

// checkEndpointType checks that the fields fit the type. It leaves unknown types to AWS.
func (f *findings) checkEndpointType(want ec2v1alpha1.VPCEndpointSpec) {
	of := types.VpcEndpointType(aws.ToString(want.VPCEndpointType))
	if of == "" {
		of = types.VpcEndpointTypeGateway
	}
	gateway, balancer := of == types.VpcEndpointTypeGateway, of == types.VpcEndpointTypeGatewayLoadBalancer
	named := optional.Given(want.ServiceName) || want.ServiceRef != nil
	if !slices.Contains(of.Values(), of) {
		return
	}
	if !named && (gateway || balancer || of == types.VpcEndpointTypeInterface) {
		f.Add("spec.serviceName", refusal.Says(refusal.Missing, refusal.Lacks, "ServiceName"), "an endpoint of the type %s needs a service: set serviceName or serviceRef", of)
	}
	for _, list := range []struct {
		fits               bool
		given              int
		field, what, words string
	}{
		{!gateway, len(want.SubnetIDs) + len(want.SubnetRefs), "subnetIDs", "subnets", "Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints."},
		{gateway, len(want.RouteTableIDs) + len(want.RouteTableRefs), "routeTableIDs", "route tables", "Route table IDs are only supported for Gateway type VPC Endpoint."},
		{!gateway && !balancer, len(want.SecurityGroupIDs) + len(want.SecurityGroupRefs), "securityGroupIDs", "security groups", "Security Group IDs are only supported for Interface type VPC Endpoint."},
	} {
		if list.given > 0 && !list.fits {
			f.Add("spec."+list.field, refusal.Says(badEndpoint, "%s", list.words), "an endpoint of the type %s has no %s: remove this field and its references, or set vpcEndpointType", of, list.what)
		}
	}
}
