package ec2

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createRouteTable = call.Create((*awsec2.Client).CreateRouteTable, func(out *awsec2.CreateRouteTableOutput) (id, arn string) {
		return aws.ToString(out.RouteTable.RouteTableId), ""
	})
	deleteRouteTable = call.Delete((*awsec2.Client).DeleteRouteTable)
	createRoute      = call.To("CreateRoute", (*awsec2.Client).CreateRoute)
	replaceRoute     = call.To("ReplaceRoute", (*awsec2.Client).ReplaceRoute)
	deleteRoute      = call.To("DeleteRoute", (*awsec2.Client).DeleteRoute)
)

// RouteTable manages a table with exactly the routes of its spec, in addition to those that AWS
// itself creates.
func RouteTable() kind.Kind {
	return kind.Definition[*awsec2.Client, ec2v1alpha1.RouteTableSpec, types.RouteTable]{
		Kind:   "ec2.RouteTable",
		Client: newClient,
		Tagged: tags.Calls,
		Check:  checkRouteTable,
		Find:   describe.Finder(describe.RouteTables, describe.Plain[ec2v1alpha1.RouteTableSpec, types.RouteTable]),
		Facts:  routeTableFacts,
		Create: planRouteTableCreate,
		Plan: func(want ec2v1alpha1.RouteTableSpec, got *types.RouteTable, c kind.Case) kind.Draft {
			if got == nil {
				got = &types.RouteTable{}
			}
			return kind.Draft{Steps: planRoutes(want, got, c)}
		},
		Unplan: func(got *types.RouteTable) []resource.Step {
			return []resource.Step{deleteRouteTable.Step("delete route table "+*got.RouteTableId, awsec2.DeleteRouteTableInput{RouteTableId: got.RouteTableId})}
		},
		Status:     shape.Shown[ec2v1alpha1.RouteTableStatus, types.RouteTable](shape.As("routeStatuses", "Routes")),
		Fixed:      fixed.Of[ec2v1alpha1.RouteTableSpec, types.RouteTable]("vpcID"),
		NaturalKey: true, // the token
		Calls:      call.All(createRouteTable, createRoute, replaceRoute, deleteRoute, deleteRouteTable),
	}
}

// routeTableFacts makes the deletion of a table wait while something uses it: AWS would refuse it
// without naming the user.
func routeTableFacts(got *types.RouteTable) kind.Facts {
	facts := kind.Facts{ID: aws.ToString(got.RouteTableId), Tags: tags.Of(got.Tags)}
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
		TagSpecifications: tags.AtCreate(types.ResourceTypeRouteTable, m.Tags),
	})
}
