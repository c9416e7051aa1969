package ec2

import (
	"context"
	"fmt"

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
	"github.com/tack-dev/tack/resource"
)

var (
	createNATGateway = defaults.Creates(describe.NATGateways, (*awsec2.Client).CreateNatGateway)
	deleteNATGateway = call.Delete((*awsec2.Client).DeleteNatGateway)
)

// NATGateway manages a NAT gateway. AWS takes a minute or more to create one and to delete one, and
// may accept a create that fails later. Everything but its tags is fixed at the create.
func NATGateway() kind.Kind {
	type spec = ec2v1alpha1.NATGatewaySpec
	return defaults.Of(describe.NATGateways, createNATGateway, deleteNATGateway, defaults.Definition[spec, types.NatGateway]{
		Kind:   "ec2.NATGateway",
		Check:  checkNATGateway,
		Facts:  natGatewayFacts,
		Lacks:  lacksInternet,
		Create: defaults.Request(createNATGateway, natGatewayWords),
		Plan: func(want spec, got *types.NatGateway, _ kind.Case) (draft kind.Draft) {
			if got != nil {
				draft.Notes = natZoneNotes(want, got.NatGatewayAddresses)
				draft.InAWS = len(draft.Notes) > 0
			}
			return draft
		},
		Status: shape.Shown[ec2v1alpha1.NATGatewayStatus, types.NatGateway](),
		Spec:   natGatewaySpec,
		// One example of what AWS does not show is the mode in a Region that has only one.
		Fixed: fixed.Of[spec, types.NatGateway]().As("allocationID", "NatGatewayAddresses[].AllocationId").
			And("availabilityMode", "connectivityType", "subnetID", "vpcID").WhereShown(),
		Unique:     []string{"allocationID"},
		NaturalKey: true, // the token
		Named:      namedNATGateways,
	})
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

var natGatewayStates = defaults.States[types.NatGatewayState]{
	Pending:  []types.NatGatewayState{types.NatGatewayStatePending},
	Deleting: []types.NatGatewayState{types.NatGatewayStateDeleting},
	Failed:   []types.NatGatewayState{types.NatGatewayStateFailed},
	Gone:     []types.NatGatewayState{types.NatGatewayStateDeleted},
}

func natGatewayFacts(got *types.NatGateway) kind.Facts {
	facts, id := natGatewayStates.Facts(got.NatGatewayId, got.State), aws.ToString(got.NatGatewayId)
	facts.Deletable = got.State == types.NatGatewayStatePending
	if got.State == types.NatGatewayStateDeleting {
		facts.Pending.Message += ": it holds its subnet and its address until then"
	}
	if code := aws.ToString(got.FailureCode); code != "" && facts.Failed != nil {
		facts.Failed = &resource.Wait{Reason: code, Message: fmt.Sprintf("%s failed: %s: %s%s", id, code, aws.ToString(got.FailureMessage), defaults.NextTry)}
	}
	return facts
}

// natGatewayWords says what a create makes.
func natGatewayWords(want ec2v1alpha1.NATGatewaySpec) string {
	switch {
	case regional(want):
		return "create a regional NAT gateway in " + aws.ToString(want.VPCID)
	case private(want):
		return "create a private NAT gateway in " + aws.ToString(want.SubnetID)
	case optional.Given(want.AllocationID):
		return "create a NAT gateway in " + aws.ToString(want.SubnetID) + " with " + *want.AllocationID
	}
	return "create a NAT gateway in " + aws.ToString(want.SubnetID)
}
