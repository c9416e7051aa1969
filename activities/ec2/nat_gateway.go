package ec2

import (
	"context"
	"fmt"

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
	createNATGateway = call.Create((*awsec2.Client).CreateNatGateway, func(out *awsec2.CreateNatGatewayOutput) (id, arn string) {
		return aws.ToString(out.NatGateway.NatGatewayId), ""
	})
	deleteNATGateway = call.Delete((*awsec2.Client).DeleteNatGateway)
)

var natGatewayRequest = shape.Request[awsec2.CreateNatGatewayInput, ec2v1alpha1.NATGatewaySpec]()

// NATGateway manages a NAT gateway. AWS takes a minute or more to create one and to delete one, and
// may accept a create that fails later. Everything but its tags is fixed at the create.
func NATGateway() kind.Kind {
	return kind.Definition[*awsec2.Client, ec2v1alpha1.NATGatewaySpec, types.NatGateway]{
		Kind:   "ec2.NATGateway",
		Client: newClient,
		Tagged: tags.Calls,
		Check:  checkNATGateway,
		Find:   describe.Finder(describe.NATGateways, describe.Plain[ec2v1alpha1.NATGatewaySpec, types.NatGateway]),
		Facts:  natGatewayFacts,
		Lacks:  lacksInternet,
		Create: planNATGatewayCreate,
		Plan: func(want ec2v1alpha1.NATGatewaySpec, got *types.NatGateway, _ kind.Case) (draft kind.Draft) {
			if got != nil {
				zones := natZoneNotes(want, got.NatGatewayAddresses)
				draft.Notes = append(natAddressNotes(want, got.NatGatewayAddresses), zones...)
				draft.InAWS = len(zones) > 0
			}
			return draft
		},
		Unplan: func(got *types.NatGateway) []resource.Step {
			return []resource.Step{deleteNATGateway.Step("delete NAT gateway "+*got.NatGatewayId, awsec2.DeleteNatGatewayInput{NatGatewayId: got.NatGatewayId})}
		},
		Status: shape.Shown[ec2v1alpha1.NATGatewayStatus, types.NatGateway](),
		// One example of what AWS does not show is the mode in a Region that has only one.
		Fixed:      fixed.Of[ec2v1alpha1.NATGatewaySpec, types.NatGateway]("availabilityMode", "connectivityType", "subnetID", "vpcID").WhereShown(),
		NaturalKey: true, // the token
		Calls:      call.All(createNATGateway, deleteNATGateway),
	}
}

// lacksInternet makes a public NAT gateway wait until its VPC has an internet gateway. Otherwise
// AWS would accept it, let it fail a minute later, and list it for an hour.
func lacksInternet(ctx context.Context, client *awsec2.Client, want ec2v1alpha1.NATGatewaySpec) (*resource.Wait, error) {
	if regional(want) || private(want) {
		return nil, nil
	}
	subnets, err := describe.Subnets.By(ctx, client, describe.Filter("subnet-id", aws.ToString(want.SubnetID)))
	if err != nil || len(subnets) == 0 {
		return nil, err // AWS gives a better answer to a subnet that does not exist
	}
	vpc := aws.ToString(subnets[0].VpcId)
	attached, err := describe.InternetGateways.By(ctx, client, describe.Filter("attachment.vpc-id", vpc))
	if err != nil || len(attached) > 0 {
		return nil, err
	}
	return &resource.Wait{Reason: resource.ReasonNoInternetGateway, Message: fmt.Sprintf(
		"%s, the VPC of %s, has no internet gateway: a public NAT gateway would fail there (Gateway.NotAttached)", vpc, aws.ToString(want.SubnetID))}, nil
}

func natGatewayFacts(got *types.NatGateway) kind.Facts {
	facts := kind.Facts{ID: aws.ToString(got.NatGatewayId), Tags: tags.Of(got.Tags)}
	switch got.State {
	case types.NatGatewayStatePending:
		facts.Pending, facts.Deletable = kind.Pending("%s is pending", facts.ID), true
	case types.NatGatewayStateDeleting:
		facts.Pending = &resource.Wait{Reason: resource.ReasonDeleting, Message: facts.ID + " is being deleted: it holds its subnet and its address until then"}
	case types.NatGatewayStateFailed:
		facts.Failed = &resource.Wait{Reason: resource.ReasonFailed, Message: facts.ID + " failed"}
		if code := aws.ToString(got.FailureCode); code != "" {
			facts.Failed.Reason = code
			facts.Failed.Message += fmt.Sprintf(": %s: %s", code, aws.ToString(got.FailureMessage))
		}
		facts.Failed.Message += ". At the next try, or when the spec changes, Tack deletes it and creates another"
	case types.NatGatewayStateDeleted:
		facts.Gone = true
	case types.NatGatewayStateAvailable:
	}
	return facts
}

func planNATGatewayCreate(want ec2v1alpha1.NATGatewaySpec, m kind.Making) resource.Step {
	in := natGatewayRequest(want)
	in.ClientToken, in.TagSpecifications = aws.String(m.Token), tags.AtCreate(types.ResourceTypeNatgateway, m.Tags)
	summary := "create a NAT gateway in " + aws.ToString(want.SubnetID)
	switch {
	case regional(want):
		summary = "create a regional NAT gateway in " + aws.ToString(want.VPCID)
	case private(want):
		summary = "create a private NAT gateway in " + aws.ToString(want.SubnetID)
	case optional.Given(want.AllocationID):
		summary += " with " + *want.AllocationID
	}
	return createNATGateway.Step(summary, in)
}
