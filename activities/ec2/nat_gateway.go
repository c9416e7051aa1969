package ec2

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	createNATGateway kind.Verb[awsec2.CreateNatGatewayInput] = "Create"
	deleteNATGateway kind.Verb[awsec2.DeleteNatGatewayInput] = "Delete"
)

// NATGateway manages a NAT gateway. AWS takes a minute or more to create one and to delete one, and
// may accept a create that fails later.
func NATGateway() kind.Kind {
	return kind.Definition[*awsec2.Client, ec2v1alpha1.NATGatewaySpec, types.NatGateway]{
		Kind:   "ec2.NATGateway",
		Client: newClient,
		Tags:   func(want ec2v1alpha1.NATGatewaySpec) []tagging.Tag { return wantedTags(want.Tags) },
		Check:  checkNATGateway,
		Find:   findNATGateway,
		Facts:  natGatewayFacts,
		Lacks:  lacksInternet,
		Create: planNATGatewayCreate,
		Plan:   planNATGateway,
		Unplan: func(got *types.NatGateway) []resource.Step {
			return []resource.Step{deleteNATGateway.Step("delete NAT gateway "+*got.NatGatewayId, awsec2.DeleteNatGatewayInput{NatGatewayId: got.NatGatewayId})}
		},
		Untag:      planUntag,
		Status:     natGatewayStatus,
		NaturalKey: true, // the token
		Calls: append(tagCalls(),
			kind.BindCreate(createNATGateway, (*awsec2.Client).CreateNatGateway, func(out *awsec2.CreateNatGatewayOutput) (id, arn string) {
				return aws.ToString(out.NatGateway.NatGatewayId), ""
			}),
			kind.Bind(deleteNATGateway, (*awsec2.Client).DeleteNatGateway),
		),
	}
}

func findNATGateway(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.NATGatewaySpec]) (*types.NatGateway, error) {
	by := sought(q, "nat-gateway-id")
	all, err := allNATGateways(ctx, client, by)
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("describing the NAT gateway: %w", err))
	}
	return liveliest(all), nil
}

// lacksInternet makes a public NAT gateway wait until its VPC has an internet gateway. Otherwise
// AWS would accept it, let it fail a minute later, and list it for an hour.
func lacksInternet(ctx context.Context, client *awsec2.Client, want ec2v1alpha1.NATGatewaySpec) (*resource.Wait, error) {
	if regional(want) || private(want) {
		return nil, nil
	}
	subnets, err := allSubnets(ctx, client, filter("subnet-id", aws.ToString(want.SubnetID)))
	if err != nil {
		return nil, fmt.Errorf("describing the subnet of the NAT gateway: %w", err)
	}
	if len(subnets) == 0 {
		return nil, nil // AWS gives a better answer
	}
	vpc := aws.ToString(subnets[0].VpcId)
	attached, err := allGateways(ctx, client, filter("attachment.vpc-id", vpc))
	if err != nil {
		return nil, fmt.Errorf("describing the internet gateway of %s: %w", vpc, err)
	}
	if len(attached) > 0 {
		return nil, nil
	}
	return &resource.Wait{Reason: resource.ReasonNoInternetGateway, Message: fmt.Sprintf(
		"%s, the VPC of %s, has no internet gateway: a public NAT gateway would fail there (Gateway.NotAttached)", vpc, aws.ToString(want.SubnetID))}, nil
}

// liveliest returns the NAT gateway of an owner that counts. AWS lists those that failed or are
// gone for about an hour, beside the one that replaced them.
func liveliest(found []types.NatGateway) *types.NatGateway {
	for _, states := range [][]types.NatGatewayState{
		{types.NatGatewayStatePending, types.NatGatewayStateAvailable},
		{types.NatGatewayStateDeleting, types.NatGatewayStateFailed},
		{types.NatGatewayStateDeleted},
	} {
		var in []types.NatGateway
		for _, n := range found {
			if slices.Contains(states, n.State) {
				in = append(in, n)
			}
		}
		if n := latest(in, func(n types.NatGateway) []types.Tag { return n.Tags }); n != nil {
			return n
		}
	}
	return nil
}

func natGatewayFacts(got *types.NatGateway) kind.Facts {
	facts := kind.Facts{ID: aws.ToString(got.NatGatewayId), Tags: tagMap(got.Tags)}
	switch got.State {
	case types.NatGatewayStatePending:
		facts.Pending = &resource.Wait{Reason: resource.ReasonPending, Message: facts.ID + " is pending"}
		facts.Deletable = true
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
	in := awsec2.CreateNatGatewayInput{
		AllocationId:      unlessEmpty(want.AllocationID),
		AvailabilityMode:  types.AvailabilityMode(aws.ToString(want.AvailabilityMode)),
		ClientToken:       aws.String(m.Token),
		ConnectivityType:  types.ConnectivityType(aws.ToString(want.ConnectivityType)),
		SubnetId:          unlessEmpty(want.SubnetID),
		TagSpecifications: tagsAtCreate(types.ResourceTypeNatgateway, m.Tags),
		VpcId:             unlessEmpty(want.VPCID),
	}
	for _, zone := range want.AvailabilityZoneAddresses {
		in.AvailabilityZoneAddresses = append(in.AvailabilityZoneAddresses, types.AvailabilityZoneAddress{
			AllocationIds: aws.ToStringSlice(zone.AllocationIDs), AvailabilityZone: unlessEmpty(zone.AvailabilityZone), AvailabilityZoneId: unlessEmpty(zone.AvailabilityZoneID),
		})
	}
	summary := "create a NAT gateway in " + aws.ToString(want.SubnetID)
	switch {
	case regional(want):
		summary = "create a regional NAT gateway in " + aws.ToString(want.VPCID)
	case private(want):
		summary = "create a private NAT gateway in " + aws.ToString(want.SubnetID)
	case named(want.AllocationID) > 0:
		summary += " with " + *want.AllocationID
	}
	return createNATGateway.Step(summary, in)
}

// planNATGateway changes tags: everything else is fixed at the create.
func planNATGateway(want ec2v1alpha1.NATGatewaySpec, got *types.NatGateway, c kind.Case) kind.Draft {
	if got == nil {
		return kind.Draft{}
	}
	return kind.Draft{Steps: planTags(c.ID, c.Tags, tagMap(got.Tags)), Notes: natGatewayNotes(want, got)}
}

func natGatewayNotes(want ec2v1alpha1.NATGatewaySpec, got *types.NatGateway) (notes []string) {
	var addresses []string
	for _, a := range got.NatGatewayAddresses {
		addresses = append(addresses, aws.ToString(a.AllocationId))
	}
	is := ""
	if len(addresses) > 0 {
		is = addresses[0]
	}
	if id := aws.ToString(want.AllocationID); id != "" && !slices.Contains(addresses, id) {
		notes = append(notes, kind.CannotChange("spec.allocationID", is))
	}
	notes = append(notes, zoneNotes(want.AvailabilityZoneAddresses, got.NatGatewayAddresses, is)...)
	for _, field := range []struct {
		path string
		want *string
		got  string
	}{
		{"spec.availabilityMode", want.AvailabilityMode, string(got.AvailabilityMode)},
		{"spec.connectivityType", want.ConnectivityType, string(got.ConnectivityType)},
		{"spec.subnetID", want.SubnetID, aws.ToString(got.SubnetId)},
		{"spec.vpcID", want.VPCID, aws.ToString(got.VpcId)},
	} {
		// Where AWS shows no value for a field, there is nothing to compare. One example is the
		// mode in a Region that has only one.
		if value := aws.ToString(field.want); value != "" && field.got != "" && value != field.got {
			notes = append(notes, kind.CannotChange(field.path, field.got))
		}
	}
	return notes
}
