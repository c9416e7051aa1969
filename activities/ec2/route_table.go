package ec2

import (
	"context"
	"fmt"
	"strings"

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
	createRouteTable kind.Verb[awsec2.CreateRouteTableInput] = "Create"
	deleteRouteTable kind.Verb[awsec2.DeleteRouteTableInput] = "Delete"
	createRoute      kind.Verb[awsec2.CreateRouteInput]      = "CreateRoute"
	replaceRoute     kind.Verb[awsec2.ReplaceRouteInput]     = "ReplaceRoute"
	deleteRoute      kind.Verb[awsec2.DeleteRouteInput]      = "DeleteRoute"
)

// RouteTable manages a table with exactly the routes of its spec, in addition to those that AWS
// itself creates.
func RouteTable() kind.Kind {
	return kind.Definition[*awsec2.Client, ec2v1alpha1.RouteTableSpec, types.RouteTable]{
		Kind:   "ec2.RouteTable",
		Client: newClient,
		Tags:   func(want ec2v1alpha1.RouteTableSpec) []tagging.Tag { return wantedTags(want.Tags) },
		Check:  checkRouteTable,
		Find:   findRouteTable,
		Facts:  routeTableFacts,
		Create: planRouteTableCreate,
		Plan:   planRouteTable,
		Unplan: func(got *types.RouteTable) []resource.Step {
			return []resource.Step{deleteRouteTable.Step("delete route table "+*got.RouteTableId, awsec2.DeleteRouteTableInput{RouteTableId: got.RouteTableId})}
		},
		Untag:      planUntag,
		Status:     routeTableStatus,
		NaturalKey: true, // the token
		Calls: append(tagCalls(),
			kind.BindCreate(createRouteTable, (*awsec2.Client).CreateRouteTable, func(out *awsec2.CreateRouteTableOutput) (id, arn string) {
				return aws.ToString(out.RouteTable.RouteTableId), ""
			}),
			kind.Bind(createRoute, (*awsec2.Client).CreateRoute),
			kind.Bind(replaceRoute, (*awsec2.Client).ReplaceRoute),
			kind.Bind(deleteRoute, (*awsec2.Client).DeleteRoute),
			kind.Bind(deleteRouteTable, (*awsec2.Client).DeleteRouteTable),
		),
	}
}

func findRouteTable(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.RouteTableSpec]) (*types.RouteTable, error) {
	by := sought(q, "route-table-id")
	all, err := allTables(ctx, client, by)
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("describing the route table: %w", err))
	}
	return latest(all, func(r types.RouteTable) []types.Tag { return r.Tags }), nil
}

// routeTableFacts makes the deletion of a table wait while something uses it: AWS would refuse it
// without naming the user.
func routeTableFacts(got *types.RouteTable) kind.Facts {
	facts := kind.Facts{ID: aws.ToString(got.RouteTableId), Tags: tagMap(got.Tags)}
	var users []string
	for _, a := range got.Associations {
		switch {
		case aws.ToBool(a.Main):
			users = append(users, fmt.Sprintf("%s, whose main table it is", aws.ToString(got.VpcId)))
		case a.AssociationState != nil && a.AssociationState.State == types.RouteTableAssociationStateCodeDisassociated:
		case a.SubnetId != nil:
			users = append(users, *a.SubnetId)
		default:
			users = append(users, aws.ToString(a.GatewayId))
		}
	}
	if len(users) > 0 {
		facts.Held = &resource.Wait{Reason: resource.ReasonInUse, Message: fmt.Sprintf(
			"%s is in use by %s: Tack deletes it when nothing uses it", facts.ID, strings.Join(users, ", "))}
	}
	return facts
}

func planRouteTableCreate(want ec2v1alpha1.RouteTableSpec, m kind.Making) resource.Step {
	return createRouteTable.Step("create a route table in "+aws.ToString(want.VPCID), awsec2.CreateRouteTableInput{
		VpcId:             want.VPCID,
		ClientToken:       aws.String(m.Token),
		TagSpecifications: tagsAtCreate(types.ResourceTypeRouteTable, m.Tags),
	})
}

func planRouteTable(want ec2v1alpha1.RouteTableSpec, got *types.RouteTable, c kind.Case) kind.Draft {
	if got == nil {
		return kind.Draft{Steps: planRoutes(want, &types.RouteTable{}, c)}
	}
	draft := kind.Draft{Steps: append(planTags(c.ID, c.Tags, tagMap(got.Tags)), planRoutes(want, got, c)...)}
	if want.VPCID != nil && *want.VPCID != aws.ToString(got.VpcId) {
		draft.Notes = []string{kind.CannotChange("spec.vpcID", aws.ToString(got.VpcId))}
	}
	return draft
}

func routeTableStatus(got *types.RouteTable, _ kind.Case) any {
	status := ec2v1alpha1.RouteTableStatus{RouteTableID: got.RouteTableId, OwnerID: got.OwnerId}
	for _, r := range got.Routes {
		status.RouteStatuses = append(status.RouteStatuses, &ec2v1alpha1.Route{
			CarrierGatewayID: r.CarrierGatewayId, CoreNetworkARN: r.CoreNetworkArn,
			DestinationCIDRBlock: r.DestinationCidrBlock, DestinationIPv6CIDRBlock: r.DestinationIpv6CidrBlock, DestinationPrefixListID: r.DestinationPrefixListId,
			EgressOnlyInternetGatewayID: r.EgressOnlyInternetGatewayId, GatewayID: r.GatewayId,
			InstanceID: r.InstanceId, InstanceOwnerID: r.InstanceOwnerId, LocalGatewayID: r.LocalGatewayId, NATGatewayID: r.NatGatewayId,
			NetworkInterfaceID: r.NetworkInterfaceId, Origin: filled(string(r.Origin)), State: filled(string(r.State)),
			TransitGatewayID: r.TransitGatewayId, VPCPeeringConnectionID: r.VpcPeeringConnectionId,
		})
	}
	for _, a := range got.Associations {
		shown := &ec2v1alpha1.RouteTableAssociation{
			GatewayID: a.GatewayId, Main: a.Main, RouteTableAssociationID: a.RouteTableAssociationId,
			RouteTableID: a.RouteTableId, SubnetID: a.SubnetId,
		}
		if s := a.AssociationState; s != nil {
			shown.AssociationState = &ec2v1alpha1.RouteTableAssociationState{State: filled(string(s.State)), StatusMessage: s.StatusMessage}
		}
		status.Associations = append(status.Associations, shown)
	}
	for _, vgw := range got.PropagatingVgws {
		status.PropagatingVGWs = append(status.PropagatingVGWs, &ec2v1alpha1.PropagatingVGW{GatewayID: vgw.GatewayId})
	}
	return status
}
