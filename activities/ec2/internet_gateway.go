package ec2

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/moving"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createGateway = defaults.Creates(describe.InternetGateways, (*awsec2.Client).CreateInternetGateway)
	deleteGateway = call.Delete((*awsec2.Client).DeleteInternetGateway).AtOnce()
	attachGateway = call.To("Attach", (*awsec2.Client).AttachInternetGateway)
	detachGateway = call.To("Detach", (*awsec2.Client).DetachInternetGateway).HeldBy(gatewayHolders, gatewayInUse)
)

// Stages of a move. A route table belongs to one VPC: all uses in the old VPC end before the
// gateway moves.
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
	type spec = ec2v1alpha1.InternetGatewaySpec
	return defaults.Of(describe.InternetGateways, createGateway, deleteGateway, defaults.Definition[spec, internetGateway]{
		Kind:   "ec2.InternetGateway",
		Check:  checkGateway,
		Find:   describe.Finder(describe.InternetGateways, readGateway),
		Facts:  gatewayFacts,
		Create: defaults.Request(createGateway, func(spec) string { return "create an internet gateway" }, shape.Out("vpc", "routeTables")),
		Plan:   planGateway,
		Unplan: unplanGateway,
		Status: shape.Shown[ec2v1alpha1.InternetGatewayStatus, internetGateway](),
		Spec: func(got *internetGateway) spec {
			return spec{VPC: optional.Of(got.vpc()), RouteTables: tableIDs(got.tables)}
		},
		Calls: call.All(attachGateway, detachGateway, associateTable, replaceTable, disassociateTable),
	})
}

func checkGateway(want ec2v1alpha1.InternetGatewaySpec) []kind.Invalid {
	var f findings
	f.checkTables(want.RouteTables)
	if nowhere := !optional.Given(want.VPC) && want.VPCRef == nil; nowhere && len(want.RouteTables)+len(want.RouteTableRefs) > 0 {
		// AWS associates a table only with an attached gateway.
		f.Add(tablesPath(want.RouteTableRefs), refusal.Says("Gateway.NotAttached", "An internet gateway must be attached to a VPC."), "a route table needs a VPC: set vpc or vpcRef")
	}
	return f.All
}

func readGateway(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.InternetGatewaySpec], found types.InternetGateway) (got *internetGateway, err error) {
	got = &internetGateway{InternetGateway: found}
	// A spec that gets its fields from AWS may leave out the VPC: the gateway does not move. Nor does it
	// where others manage that field.
	got.moves = !q.Deleting && !q.Whole && !resource.Covers(q.Ignored, "spec.vpc") && got.place(q.Want).Leaves()
	if got.vpc() != "" { // only an attached gateway has route tables
		got.tables, err = readTables(ctx, client, "association.gateway-id", *got.InternetGatewayId)
	}
	if err == nil && (q.Deleting && !q.Retain || got.moves) && len(got.tables) > 0 {
		// AWS refuses the detach only after the tables are disassociated.
		got.public, err = describe.PublicAddresses(ctx, client, got.vpc())
	}
	return got, err
}

// vpc returns the id of the VPC to which the gateway is attached.
func (g *internetGateway) vpc() string { return attachedTo(g.Attachments) }

// attachedTo returns the id of the VPC of an attachment that did not end.
func attachedTo(attachments []types.InternetGatewayAttachment) string {
	for _, a := range attachments {
		if a.State != types.AttachmentStatusDetached {
			return aws.ToString(a.VpcId)
		}
	}
	return ""
}

func (g *internetGateway) place(want ec2v1alpha1.InternetGatewaySpec) moving.Place {
	return moving.To("vpc", want.VPC, want.VPCRef, g.vpc())
}

func gatewayFacts(got *internetGateway) (facts kind.Facts) {
	facts.Pending = defaults.Attaching(got.InternetGatewayId, got.Attachments)
	held := holders.Wait(aws.ToString(got.InternetGatewayId), got.public)
	switch {
	case !got.moves:
		facts.Held = held
	case facts.Pending == nil:
		facts.Pending = held
	}
	return facts
}

func planGateway(want ec2v1alpha1.InternetGatewaySpec, got *internetGateway, c kind.Case) (draft kind.Draft) {
	if got == nil {
		got = &internetGateway{}
	}
	place, used := got.place(want), got.tables
	if place.Unknown {
		return draft // it stays in place until the reference is resolved
	}
	if place.Leaves() {
		draft.Steps, used = steps.About(place.Path, got.detach()...), nil
	}
	if place.Enters() {
		attach := attachGateway.Step("attach to "+place.Want, awsec2.AttachInternetGatewayInput{InternetGatewayId: aws.String(c.ID), VpcId: want.VPC})
		draft.Steps = append(draft.Steps, steps.For(stageAttach, place.Path, attach))
	}
	using := planTables(want.RouteTables, want.RouteTableRefs, used, awsec2.AssociateRouteTableInput{GatewayId: aws.String(c.ID)})
	draft.Steps = append(draft.Steps, steps.At(stageUse, using...)...)
	return draft
}

// detach ends all uses of the gateway in its VPC.
func (g *internetGateway) detach() []resource.Step {
	if g.vpc() == "" {
		return nil
	}
	last := detachGateway.Step("detach from "+g.vpc(), awsec2.DetachInternetGatewayInput{InternetGatewayId: g.InternetGatewayId, VpcId: aws.String(g.vpc())})
	return append(steps.At(stageLeave, leaveTables(g.tables)...), steps.At(stageDetach, last)...)
}

func unplanGateway(got *internetGateway) []resource.Step {
	if len(got.public) > 0 {
		return got.detach() // AWS refuses the last step, and deletes no gateway that is attached
	}
	return append(got.detach(), steps.At(stageDetach+1, defaults.Delete(describe.InternetGateways, deleteGateway, got.InternetGateway))...)
}
