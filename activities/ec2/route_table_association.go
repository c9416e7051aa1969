package ec2

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/steps"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Subnets and gateways choose their route table in the same way.
var (
	associateTable    = call.To("AssociateRouteTable", (*awsec2.Client).AssociateRouteTable)
	replaceTable      = call.To("ReplaceRouteTableAssociation", (*awsec2.Client).ReplaceRouteTableAssociation)
	disassociateTable = call.To("DisassociateRouteTable", (*awsec2.Client).DisassociateRouteTable)
)

// readTables reads the associations of one subnet or gateway. AWS answers with whole tables, which
// also contain the associations of others, and those that ended.
func readTables(ctx context.Context, client *awsec2.Client, by, id string) (found []types.RouteTableAssociation, err error) {
	tables, err := describe.RouteTables.By(ctx, client, describe.Filter(by, id))
	if err != nil {
		return nil, fmt.Errorf("describing the route table of %s: %w", id, err)
	}
	for _, table := range tables {
		for _, a := range table.Associations {
			its := aws.ToString(a.SubnetId) == id || aws.ToString(a.GatewayId) == id
			if its && (a.AssociationState == nil || a.AssociationState.State == types.RouteTableAssociationStateCodeAssociated ||
				a.AssociationState.State == types.RouteTableAssociationStateCodeAssociating) {
				found = append(found, a)
			}
		}
	}
	return found, nil
}

// tableIDs returns the tables as a spec names them.
func tableIDs(got []types.RouteTableAssociation) (ids []*string) {
	for _, a := range got {
		ids = append(ids, a.RouteTableId)
	}
	return ids
}

// planTables plans the changes from the current associations to the wanted ones; in names the
// subnet or gateway. A single call replaces one table by another, so that no packet is without one.
func planTables(want []*string, refs []*corev1alpha1.AWSResourceReferenceWrapper, got []types.RouteTableAssociation, in awsec2.AssociateRouteTableInput) (changes []resource.Step) {
	wanted := aws.ToStringSlice(want)
	surplus := slices.DeleteFunc(slices.Clone(got), func(a types.RouteTableAssociation) bool {
		return slices.Contains(wanted, aws.ToString(a.RouteTableId))
	})
	if len(refs) > len(wanted) {
		surplus = nil // it may be the table whose reference is not resolved at present
	}
	for _, table := range missingTables(wanted, got) {
		if len(surplus) > 0 {
			changes = append(changes, replaceTable.Step("use route table "+table+" in place of "+aws.ToString(surplus[0].RouteTableId),
				awsec2.ReplaceRouteTableAssociationInput{AssociationId: surplus[0].RouteTableAssociationId, RouteTableId: aws.String(table)}))
			surplus = surplus[1:]
			continue
		}
		in.RouteTableId = aws.String(table)
		changes = append(changes, associateTable.Step("use route table "+table, in))
	}
	return steps.About(tablesPath(refs), append(changes, leaveTables(surplus)...)...)
}

// tablesPath returns the field that names the route tables.
func tablesPath(refs []*corev1alpha1.AWSResourceReferenceWrapper) string {
	if len(refs) > 0 {
		return "spec.routeTableRefs"
	}
	return "spec.routeTables"
}

func missingTables(wanted []string, got []types.RouteTableAssociation) (missing []string) {
	for _, table := range slices.Compact(slices.Sorted(slices.Values(wanted))) {
		if !slices.ContainsFunc(got, func(a types.RouteTableAssociation) bool { return aws.ToString(a.RouteTableId) == table }) {
			missing = append(missing, table)
		}
	}
	return missing
}

func leaveTables(surplus []types.RouteTableAssociation) (steps []resource.Step) {
	for _, a := range surplus {
		steps = append(steps, disassociateTable.Step("disassociate route table "+aws.ToString(a.RouteTableId),
			awsec2.DisassociateRouteTableInput{AssociationId: a.RouteTableAssociationId}))
	}
	return steps
}

// checkTables checks the route tables of a spec.
func (f *findings) checkTables(tables []*string) {
	f.NotEmpty("spec.routeTables", tables, refusal.Says(refusal.Missing, refusal.Lacks, "routeTableId"), "is empty")
}
