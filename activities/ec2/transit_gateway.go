package ec2

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createTransitGateway = defaults.Creates(describe.TransitGateways, (*awsec2.Client).CreateTransitGateway)
	modifyTransitGateway = call.To("Modify", (*awsec2.Client).ModifyTransitGateway)
	deleteTransitGateway = call.Delete((*awsec2.Client).DeleteTransitGateway).HeldBy(transitGatewayHolders, transitGatewayInUse)
)

type (
	transitOptions    = ec2v1alpha1.TransitGatewayRequestOptions
	transitGatewayNew = types.ModifyTransitGatewayOptions
)

// transitGatewayEdits are the options that AWS changes together. transitGatewayASN is alone: AWS
// refuses another number while some attachments exist, and the other changes, such as that of the
// description, must not fail with it.
var (
	transitGatewayEdits = shape.Edit[transitGatewayNew, transitOptions, types.TransitGatewayOptions](
		"autoAcceptSharedAttachments", "defaultRouteTableAssociation", "defaultRouteTablePropagation", "dnsSupport", "vpnECMPSupport")
	transitGatewayASN   = shape.Edit[transitGatewayNew, transitOptions, types.TransitGatewayOptions]("amazonSideASN")
	transitGatewayFixed = fixed.Of[transitOptions, types.TransitGatewayOptions]("multicastSupport").WhereShown()
)

// TransitGateway manages a transit gateway. AWS takes minutes to create, to change and to delete one,
// and refuses changes meanwhile. It lists a deleted one for a while.
func TransitGateway() kind.Kind {
	type spec = ec2v1alpha1.TransitGatewaySpec
	return defaults.Of(describe.TransitGateways, createTransitGateway, deleteTransitGateway, defaults.Definition[spec, types.TransitGateway]{
		Kind:   "ec2.TransitGateway",
		Check:  checkTransitGateway,
		Facts:  transitGatewayFacts,
		Create: defaults.Request(createTransitGateway, func(spec) string { return "create a transit gateway" }),
		Plan:   planTransitGateway,
		Later:  laterTransitGateway,
		Status: shape.Shown[ec2v1alpha1.TransitGatewayStatus, types.TransitGateway](),
		Spec:   shape.Spec[spec, types.TransitGateway](),
		Calls:  call.All(modifyTransitGateway),
	})
}

func transitGatewayFacts(got *types.TransitGateway) kind.Facts {
	return defaults.States[types.TransitGatewayState]{
		Pending:  []types.TransitGatewayState{types.TransitGatewayStatePending, types.TransitGatewayStateModifying},
		Deleting: []types.TransitGatewayState{types.TransitGatewayStateDeleting},
		Gone:     []types.TransitGatewayState{types.TransitGatewayStateDeleted},
	}.Facts(got.TransitGatewayId, got.State)
}

// checkTransitGateway foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRequestOptions.html
func checkTransitGateway(want ec2v1alpha1.TransitGatewaySpec) []kind.Invalid {
	var f findings
	if want.Options == nil {
		return nil
	}
	if n := aws.ToInt64(want.Options.AmazonSideASN); want.Options.AmazonSideASN != nil && (n < 64512 || n > 65534) && (n < 4200000000 || n > 4294967294) {
		f.Add("spec.options.amazonSideASN", refusal.Says(refusal.BadValue, refusal.ValueSaid), "%d is not a private number: set one from 64512 to 65534, or from 4200000000 to 4294967294", n)
	}
	for i, block := range want.Options.TransitGatewayCIDRBlocks {
		family, b := "IPv4", refusal.Bounds{Min: 0, Max: 24, Code: refusal.BadValue}
		if strings.Contains(aws.ToString(block), ":") {
			family, b.Max = "IPv6", 64
		}
		f.Block(fmt.Sprintf("spec.options.transitGatewayCIDRBlocks[%d]", i), block, family, "transitGatewayCidrBlocks", b)
	}
	return f.All
}

// planTransitGateway changes everything but the number in one call: the gateway is then being modified,
// and AWS refuses further changes. The number is a call of its own, after everything else.
func planTransitGateway(want ec2v1alpha1.TransitGatewaySpec, got *types.TransitGateway, c kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft
	}
	if draft.Steps = changeTransitGateway(want, got, c.ID); len(draft.Steps) == 0 {
		draft.Steps = renumberTransitGateway(want, got, c.ID)
	}
	if want.Options != nil && got.Options != nil {
		draft.Notes = transitGatewayFixed.Notes("spec.options", *want.Options, got.Options)
	}
	return draft
}

// changeTransitGateway plans the one call for everything but the number.
func changeTransitGateway(want ec2v1alpha1.TransitGatewaySpec, got *types.TransitGateway, id string) []resource.Step {
	var options transitGatewayNew
	in := awsec2.ModifyTransitGatewayInput{TransitGatewayId: aws.String(id)}
	words, path := transitGatewayEdits.Into(&options, want.Options, got.Options), "spec.options"
	options.AddTransitGatewayCidrBlocks, options.RemoveTransitGatewayCidrBlocks = transitGatewayBlocks(want.Options, got.Options)
	for _, block := range options.AddTransitGatewayCidrBlocks {
		words = append(words, "add "+block)
	}
	for _, block := range options.RemoveTransitGatewayCidrBlocks {
		words = append(words, "remove "+block)
	}
	if len(words) > 0 {
		in.Options = &options
	}
	if optional.Given(want.Description) && *want.Description != aws.ToString(got.Description) {
		in.Description = want.Description
		words, path = append(words, "describe it"), "spec.description"
	}
	return transitGatewayStep(path, words, in)
}

// renumberTransitGateway plans the call for the number.
func renumberTransitGateway(want ec2v1alpha1.TransitGatewaySpec, got *types.TransitGateway, id string) []resource.Step {
	var options transitGatewayNew
	words := transitGatewayASN.Into(&options, want.Options, got.Options)
	return transitGatewayStep("spec.options", words, awsec2.ModifyTransitGatewayInput{TransitGatewayId: aws.String(id), Options: &options})
}

func transitGatewayStep(path string, words []string, in awsec2.ModifyTransitGatewayInput) []resource.Step {
	if len(words) == 0 {
		return nil
	}
	return steps.About(path, modifyTransitGateway.Step("change the transit gateway: "+strings.Join(words, ", "), in))
}

// transitGatewayBlocks returns the blocks to add and to remove. A spec that leaves the blocks out
// changes none.
func transitGatewayBlocks(want *transitOptions, got *types.TransitGatewayOptions) (add, remove []string) {
	if want == nil || want.TransitGatewayCIDRBlocks == nil {
		return nil, nil
	}
	wanted := cidr.Networks(want.TransitGatewayCIDRBlocks)
	var has []string
	if got != nil {
		for _, block := range got.TransitGatewayCidrBlocks {
			has = append(has, cidr.Network(block)) // whatever form AWS shows
			if !slices.Contains(wanted, cidr.Network(block)) {
				remove = append(remove, block)
			}
		}
	}
	return without(wanted, has), remove
}

// transitGatewayHolders names the attachments of any account for which AWS refuses the delete.
func transitGatewayHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteTransitGatewayInput) ([]string, error) {
	return describe.GatewayAttachments.Names(ctx, client, func(a types.TransitGatewayAttachment) bool {
		return !slices.Contains(describe.EndedAttachment, a.State)
	}, describe.Filter("transit-gateway-id", aws.ToString(in.TransitGatewayId)))
}

func transitGatewayInUse(in *awsec2.DeleteTransitGatewayInput) (code, message string) {
	return "IncorrectState", aws.ToString(in.TransitGatewayId) + " has non-deleted Transit Gateway Attachments."
}
