package ec2

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	createGateway kind.Verb[awsec2.CreateInternetGatewayInput] = "Create"
	deleteGateway kind.Verb[awsec2.DeleteInternetGatewayInput] = "Delete"
	attachGateway kind.Verb[awsec2.AttachInternetGatewayInput] = "Attach"
	detachGateway kind.Verb[awsec2.DetachInternetGatewayInput] = "Detach"
)

// Stages of a move. A gateway is in one VPC at a time, and a route table belongs to one VPC. All
// uses in the old VPC end before the gateway moves.
const (
	stageLeave = iota
	stageDetach
	stageAttach
	stageUse
)

// internetGateway is a gateway as AWS shows it.
type internetGateway struct {
	types.InternetGateway
	tables []types.RouteTableAssociation
	public []string // what prevents the detach; read if tables would be disassociated first
	moves  bool     // to another VPC, or out of its own
}

// InternetGateway manages a gateway and attaches it to its VPC.
func InternetGateway() kind.Kind {
	return kind.Definition[*awsec2.Client, ec2v1alpha1.InternetGatewaySpec, internetGateway]{
		Kind:   "ec2.InternetGateway",
		Client: newClient,
		Tags:   func(want ec2v1alpha1.InternetGatewaySpec) []tagging.Tag { return wantedTags(want.Tags) },
		Check:  checkGateway,
		Find:   findGateway,
		Owned:  ownedGateways,
		Facts:  gatewayFacts,
		Create: planGatewayCreate,
		Plan:   planGateway,
		Unplan: unplanGateway,
		Untag:  planUntag,
		Status: gatewayStatus,
		Calls: append(append(tagCalls(), tableCalls()...),
			kind.BindCreate(createGateway, (*awsec2.Client).CreateInternetGateway, func(out *awsec2.CreateInternetGatewayOutput) (id, arn string) {
				return aws.ToString(out.InternetGateway.InternetGatewayId), ""
			}),
			kind.Bind(attachGateway, (*awsec2.Client).AttachInternetGateway),
			kind.BindDelete(detachGateway, (*awsec2.Client).DetachInternetGateway, gatewayHolders, gatewayInUse),
			kind.Bind(deleteGateway, (*awsec2.Client).DeleteInternetGateway),
		),
	}
}

func checkGateway(want ec2v1alpha1.InternetGatewaySpec) []kind.Invalid {
	var f findings
	f.checkTables(want.RouteTables)
	if named(want.VPC) > 0 || want.VPCRef != nil {
		return f
	}
	// AWS associates a table only with an attached gateway.
	answer := says("Gateway.NotAttached", "An internet gateway must be attached to a VPC.")
	const message = "a route table needs a VPC: set vpc or vpcRef"
	switch {
	case len(want.RouteTableRefs) > 0: // their ids may already be filled in
		f.add("spec.routeTableRefs", answer, message)
	case len(want.RouteTables) > 0:
		f.add("spec.routeTables", answer, message)
	}
	return f
}

func findGateway(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.InternetGatewaySpec]) (*internetGateway, error) {
	by := sought(q, "internet-gateway-id")
	all, err := allGateways(ctx, client, by)
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("describing the internet gateway: %w", err))
	}
	found := latest(all, func(g types.InternetGateway) []types.Tag { return g.Tags })
	if found == nil {
		return nil, nil
	}
	got := &internetGateway{InternetGateway: *found}
	if got.vpc() != "" { // only an attached gateway has route tables
		got.tables, err = readTables(ctx, client, "association.gateway-id", *got.InternetGatewayId)
	}
	got.moves = !q.Deleting && got.leaves(q.Want)
	if err == nil && (q.Deleting || got.moves) && len(got.tables) > 0 {
		// AWS refuses the detach only after the tables are disassociated.
		got.public, err = publicHolders(ctx, client, got.vpc())
	}
	return got, err
}

func ownedGateways(ctx context.Context, client *awsec2.Client, owner resource.Owner) (owned []internetGateway, err error) {
	all, err := allGateways(ctx, client, ownedBy(owner))
	if err != nil {
		return nil, fmt.Errorf("describing all internet gateways of the object: %w", err)
	}
	for _, g := range all {
		owned = append(owned, internetGateway{InternetGateway: g})
	}
	return owned, nil
}

// vpc returns the id of the VPC to which the gateway is attached.
func (g *internetGateway) vpc() string {
	for _, a := range g.Attachments {
		if a.State != types.AttachmentStatusDetached {
			return aws.ToString(a.VpcId)
		}
	}
	return ""
}

// leaves reports whether the spec places the gateway elsewhere. An unresolved reference may name
// its current VPC.
func (g *internetGateway) leaves(want ec2v1alpha1.InternetGatewaySpec) bool {
	vpc, is := aws.ToString(want.VPC), g.vpc()
	return is != "" && is != vpc && (vpc != "" || want.VPCRef == nil)
}

func gatewayFacts(got *internetGateway) kind.Facts {
	facts := kind.Facts{ID: aws.ToString(got.InternetGatewayId), Tags: tagMap(got.Tags)}
	if wait := holders.Wait(facts.ID, got.public); got.moves {
		facts.Pending = wait
	} else {
		facts.Held = wait
	}
	for _, a := range got.Attachments {
		if a.State == types.AttachmentStatusAttaching || a.State == types.AttachmentStatusDetaching {
			facts.Pending = &resource.Wait{Reason: resource.ReasonPending, Message: fmt.Sprintf("%s and %s are %s", facts.ID, aws.ToString(a.VpcId), a.State)}
		}
	}
	return facts
}

func planGatewayCreate(_ ec2v1alpha1.InternetGatewaySpec, m kind.Making) resource.Step {
	return createGateway.Step("create an internet gateway",
		awsec2.CreateInternetGatewayInput{TagSpecifications: tagsAtCreate(types.ResourceTypeInternetGateway, m.Tags)})
}

func planGateway(want ec2v1alpha1.InternetGatewaySpec, got *internetGateway, c kind.Case) kind.Draft {
	if got == nil {
		got = &internetGateway{InternetGateway: types.InternetGateway{InternetGatewayId: aws.String(c.ID), Tags: tagList(c.Tags)}}
	}
	steps := planTags(c.ID, c.Tags, tagMap(got.Tags))
	vpc, is := aws.ToString(want.VPC), got.vpc()
	if vpc == "" && want.VPCRef != nil {
		return kind.Draft{Steps: steps} // it stays in place until the reference is resolved
	}
	path := "spec.vpc"
	if want.VPCRef != nil {
		path = "spec.vpcRef"
	}
	tables := got.tables
	if got.leaves(want) {
		steps = append(steps, about(path, detach(got)...)...)
		tables = nil
	}
	if vpc != "" && is != vpc {
		attach := attachGateway.Step("attach to "+vpc, awsec2.AttachInternetGatewayInput{InternetGatewayId: aws.String(c.ID), VpcId: aws.String(vpc)})
		steps = append(steps, about(path, staged(stageAttach, attach)...)...)
	}
	using := planTables(want.RouteTables, want.RouteTableRefs, tables, awsec2.AssociateRouteTableInput{GatewayId: aws.String(c.ID)})
	return kind.Draft{Steps: append(steps, staged(stageUse, using...)...)}
}

// detach ends all uses of the gateway in its VPC.
func detach(got *internetGateway) []resource.Step {
	return append(staged(stageLeave, leaveTables(got.tables)...), staged(stageDetach, detachGateway.Step("detach from "+got.vpc(),
		awsec2.DetachInternetGatewayInput{InternetGatewayId: got.InternetGatewayId, VpcId: aws.String(got.vpc())}))...)
}

func staged(stage int, steps ...resource.Step) []resource.Step {
	for i := range steps {
		steps[i].Stage = stage
	}
	return steps
}

func unplanGateway(got *internetGateway) (steps []resource.Step) {
	if got.vpc() != "" {
		steps = detach(got)
	}
	return append(steps, staged(stageDetach+1, deleteGateway.Step("delete internet gateway "+*got.InternetGatewayId,
		awsec2.DeleteInternetGatewayInput{InternetGatewayId: got.InternetGatewayId}))...)
}

func gatewayStatus(got *internetGateway, _ kind.Case) any {
	status := ec2v1alpha1.InternetGatewayStatus{InternetGatewayID: got.InternetGatewayId, OwnerID: got.OwnerId}
	for _, a := range got.Attachments {
		status.Attachments = append(status.Attachments, &ec2v1alpha1.InternetGatewayAttachment{State: filled(string(a.State)), VPCID: a.VpcId})
	}
	return status
}
