package ec2

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

var (
	createEgressGateway = defaults.Creates(describe.EgressGateways, (*awsec2.Client).CreateEgressOnlyInternetGateway)
	deleteEgressGateway = call.Delete((*awsec2.Client).DeleteEgressOnlyInternetGateway)
)

// EgressOnlyInternetGateway manages a gateway for outbound IPv6 traffic. AWS attaches it to its VPC
// at the create and has no call to move it. Nothing keeps AWS from deleting it: routes to it
// become blackholes.
func EgressOnlyInternetGateway() kind.Kind {
	type spec = ec2v1alpha1.EgressOnlyInternetGatewaySpec
	return defaults.Of(describe.EgressGateways, createEgressGateway, deleteEgressGateway, defaults.Definition[spec, types.EgressOnlyInternetGateway]{
		Kind:  "ec2.EgressOnlyInternetGateway",
		Check: checkEgressGateway,
		Facts: func(got *types.EgressOnlyInternetGateway) kind.Facts {
			return kind.Facts{Pending: defaults.Attaching(got.EgressOnlyInternetGatewayId, got.Attachments)}
		},
		Create: defaults.Request(createEgressGateway, func(want spec) string {
			return "create an egress-only internet gateway in " + aws.ToString(want.VPCID)
		}),
		Status: shape.Shown[ec2v1alpha1.EgressOnlyInternetGatewayStatus, types.EgressOnlyInternetGateway](),
		Spec: func(got *types.EgressOnlyInternetGateway) spec {
			return spec{VPCID: optional.Of(attachedTo(got.Attachments))}
		},
		Fixed:      fixed.Of[spec, types.EgressOnlyInternetGateway]().As("vpcID", "Attachments[].VpcId").WhereShown(),
		NaturalKey: true, // the token
	})
}

// checkEgressGateway foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateEgressOnlyInternetGateway.html
func checkEgressGateway(want ec2v1alpha1.EgressOnlyInternetGatewaySpec) []kind.Invalid {
	var f findings
	f.Needs("an egress-only internet gateway", "a VPC", "vpcID", want.VPCID, want.VPCRef)
	return f.All
}
