package ec2

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createEgressGateway = call.Create((*awsec2.Client).CreateEgressOnlyInternetGateway, func(out *awsec2.CreateEgressOnlyInternetGatewayOutput) (id, arn string) {
		return aws.ToString(out.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId), ""
	})
	deleteEgressGateway = call.Delete((*awsec2.Client).DeleteEgressOnlyInternetGateway)
)

var egressGatewayRequest = shape.Request[awsec2.CreateEgressOnlyInternetGatewayInput, ec2v1alpha1.EgressOnlyInternetGatewaySpec]()

// EgressOnlyInternetGateway manages a gateway for outbound IPv6 traffic. AWS attaches it to its VPC
// at the create and has no call to move it. Nothing keeps AWS from deleting it: routes to it
// become blackholes.
func EgressOnlyInternetGateway() kind.Kind {
	return kind.Definition[*awsec2.Client, ec2v1alpha1.EgressOnlyInternetGatewaySpec, types.EgressOnlyInternetGateway]{
		Kind:   "ec2.EgressOnlyInternetGateway",
		Client: newClient,
		Tagged: tags.Calls,
		Check:  checkEgressGateway,
		Find:   describe.Finder(describe.EgressGateways, describe.Plain[ec2v1alpha1.EgressOnlyInternetGatewaySpec, types.EgressOnlyInternetGateway]),
		Facts:  egressGatewayFacts,
		Create: planEgressGatewayCreate,
		Plan:   planEgressGateway,
		Unplan: func(got *types.EgressOnlyInternetGateway) []resource.Step {
			return []resource.Step{deleteEgressGateway.Step("delete egress-only internet gateway "+*got.EgressOnlyInternetGatewayId,
				awsec2.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: got.EgressOnlyInternetGatewayId})}
		},
		Status:     shape.Shown[ec2v1alpha1.EgressOnlyInternetGatewayStatus, types.EgressOnlyInternetGateway](shape.As("id", "EgressOnlyInternetGatewayId")),
		NaturalKey: true, // the token
		Calls:      call.All(createEgressGateway, deleteEgressGateway),
	}
}

// checkEgressGateway foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateEgressOnlyInternetGateway.html
func checkEgressGateway(want ec2v1alpha1.EgressOnlyInternetGatewaySpec) []kind.Invalid {
	var f findings
	f.Needs("an egress-only internet gateway", "a VPC", "vpcID", want.VPCID, want.VPCRef)
	return f.All
}

func egressGatewayFacts(got *types.EgressOnlyInternetGateway) kind.Facts {
	facts := kind.Facts{ID: aws.ToString(got.EgressOnlyInternetGatewayId), Tags: tags.Of(got.Tags)}
	for _, a := range got.Attachments {
		if a.State == types.AttachmentStatusAttaching || a.State == types.AttachmentStatusDetaching {
			facts.Pending = kind.Pending("%s and %s are %s", facts.ID, aws.ToString(a.VpcId), a.State)
		}
	}
	return facts
}

func planEgressGatewayCreate(want ec2v1alpha1.EgressOnlyInternetGatewaySpec, m kind.Making) resource.Step {
	in := egressGatewayRequest(want)
	in.ClientToken, in.TagSpecifications = aws.String(m.Token), tags.AtCreate(types.ResourceTypeEgressOnlyInternetGateway, m.Tags)
	return createEgressGateway.Step("create an egress-only internet gateway in "+aws.ToString(want.VPCID), in)
}

// planEgressGateway compares the VPC, which AWS shows only as an attachment.
func planEgressGateway(want ec2v1alpha1.EgressOnlyInternetGatewaySpec, got *types.EgressOnlyInternetGateway, _ kind.Case) (draft kind.Draft) {
	if got == nil || !optional.Given(want.VPCID) || len(got.Attachments) == 0 {
		return draft
	}
	in := func(a types.InternetGatewayAttachment) bool { return aws.ToString(a.VpcId) == *want.VPCID }
	if !slices.ContainsFunc(got.Attachments, in) {
		draft.Notes = []string{fixed.Note("spec.vpcID", aws.ToString(got.Attachments[0].VpcId))}
	}
	return draft
}
