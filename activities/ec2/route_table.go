package ec2

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createRouteTable = defaults.Creates(describe.RouteTables, (*awsec2.Client).CreateRouteTable)
	deleteRouteTable = call.Delete((*awsec2.Client).DeleteRouteTable).AtOnce()
	createRoute      = call.To("CreateRoute", (*awsec2.Client).CreateRoute)
	replaceRoute     = call.To("ReplaceRoute", (*awsec2.Client).ReplaceRoute)
	deleteRoute      = call.To("DeleteRoute", (*awsec2.Client).DeleteRoute)
)

// RouteTable manages a table with exactly the routes of its spec, in addition to those that AWS
// itself creates.
func RouteTable() kind.Kind {
	type spec = ec2v1alpha1.RouteTableSpec
	return defaults.Of(describe.RouteTables, createRouteTable, deleteRouteTable, defaults.Definition[spec, types.RouteTable]{
		Kind:  "ec2.RouteTable",
		Check: checkRouteTable,
		Facts: routeTableFacts,
		Create: defaults.Request(createRouteTable, func(want spec) string {
			return "create a route table in " + aws.ToString(want.VPCID)
		}, shape.Out("routes")),
		Plan: func(want spec, got *types.RouteTable, c kind.Case) kind.Draft {
			if got == nil {
				got = &types.RouteTable{}
			}
			return kind.Draft{Steps: planRoutes(want, got, c)}
		},
		Status:     shape.Shown[ec2v1alpha1.RouteTableStatus, types.RouteTable](shape.As("routeStatuses", "Routes")),
		Spec:       func(got *types.RouteTable) spec { return spec{VPCID: got.VpcId, Routes: routesShown(got)} },
		Fixed:      fixed.Of[spec, types.RouteTable]("vpcID"),
		NaturalKey: true, // the token
		Calls:      call.All(createRoute, replaceRoute, deleteRoute),
	})
}

// routeTableFacts makes the deletion of a table wait while something uses it: AWS would refuse it
// without naming the user.
func routeTableFacts(got *types.RouteTable) (facts kind.Facts) {
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
			"%s is in use by %s: Tack deletes it when nothing uses it", aws.ToString(got.RouteTableId), strings.Join(users, ", "))}
	}
	return facts
}
