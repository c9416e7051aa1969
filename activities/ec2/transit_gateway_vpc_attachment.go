package ec2

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	// AWS shows a gateway of another account only after that account has shared it.
	// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html
	createVPCAttachment = defaults.Creates(describe.VPCAttachments, (*awsec2.Client).CreateTransitGatewayVpcAttachment).Explains(
		"InvalidTransitGatewayID.NotFound", "If another account owns it, that account must share it with this one in AWS Resource Access Manager.")
	acceptVPCAttachment = call.To("Accept", (*awsec2.Client).AcceptTransitGatewayVpcAttachment).Already("IncorrectState")
	modifyVPCAttachment = call.To("Modify", (*awsec2.Client).ModifyTransitGatewayVpcAttachment)
	// AWS names the zone of a subnet that it has added, and may not show yet.
	addAttachmentSubnets    = call.To("AddSubnets", (*awsec2.Client).ModifyTransitGatewayVpcAttachment).Already("DuplicateSubnetsInSameZone")
	removeAttachmentSubnets = call.To("RemoveSubnets", (*awsec2.Client).ModifyTransitGatewayVpcAttachment)
	deleteVPCAttachment     = call.Delete((*awsec2.Client).DeleteTransitGatewayVpcAttachment)
)

type attachmentSpec = ec2v1alpha1.TransitGatewayVPCAttachmentSpec

// vpcAttachment is an attachment as AWS shows it.
type vpcAttachment struct {
	types.TransitGatewayVpcAttachment
	gatewayOwner string // read while the attachment waits for its acceptance
}

var attachmentEdits = shape.Edit[types.ModifyTransitGatewayVpcAttachmentRequestOptions, ec2v1alpha1.CreateTransitGatewayVPCAttachmentRequestOptions, types.TransitGatewayVpcAttachmentOptions](
	"applianceModeSupport", "dnsSupport", "ipv6Support", "securityGroupReferencingSupport")

// TransitGatewayVPCAttachment manages the attachment of a VPC to a transit gateway. The owner of a
// gateway that another account shares must accept it. AWS refuses every change while it makes one,
// and lists an ended attachment for two hours.
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
func TransitGatewayVPCAttachment() kind.Kind {
	return defaults.Of(describe.VPCAttachments, createVPCAttachment, deleteVPCAttachment, defaults.Definition[attachmentSpec, vpcAttachment]{
		Kind:     "ec2.TransitGatewayVPCAttachment",
		Check:    checkVPCAttachment,
		Find:     describe.Finder(describe.VPCAttachments, asVPCAttachment),
		Facts:    vpcAttachmentFacts,
		Accepter: attachmentAccepter,
		Create: defaults.Request(createVPCAttachment, func(want attachmentSpec) string {
			return "attach " + aws.ToString(want.VPCID) + " to " + aws.ToString(want.TransitGatewayID)
		}),
		Plan:       planVPCAttachment,
		Later:      laterAttachment,
		Status:     shape.Shown[ec2v1alpha1.TransitGatewayVPCAttachmentStatus, vpcAttachment](shape.As("id", "TransitGatewayAttachmentId")),
		Spec:       shape.Spec[attachmentSpec, vpcAttachment](),
		Fixed:      fixed.Of[attachmentSpec, vpcAttachment]("transitGatewayID", "vpcID"),
		Unique:     []string{"transitGatewayID", "vpcID"},
		NaturalKey: true, // AWS allows one attachment of a VPC to a gateway
		Named:      namedAttachments,
		Calls:      call.All(acceptVPCAttachment, modifyVPCAttachment, addAttachmentSubnets, removeAttachmentSubnets),
	})
}

// asVPCAttachment reads whose gateway it is. Only this list shows the owner, and only an acceptance
// needs it.
func asVPCAttachment(ctx context.Context, client *awsec2.Client, _ kind.Query[attachmentSpec], found types.TransitGatewayVpcAttachment) (*vpcAttachment, error) {
	got := &vpcAttachment{TransitGatewayVpcAttachment: found}
	if found.State != types.TransitGatewayAttachmentStatePendingAcceptance {
		return got, nil
	}
	of, err := describe.GatewayAttachments.Find(ctx, client, aws.ToString(found.TransitGatewayAttachmentId), resource.Owner{})
	if of != nil {
		got.gatewayOwner = aws.ToString(of.TransitGatewayOwnerId)
	}
	return got, err
}

// attachmentAccepter is the account of the gateway, in the Region of the attachment.
func attachmentAccepter(_ attachmentSpec, got *vpcAttachment, c kind.Case) resource.Target {
	own := c.Target
	if got.gatewayOwner == "" {
		return own
	}
	return resource.Target{Partition: own.Partition, AccountID: got.gatewayOwner, Region: own.Region}
}

// vpcAttachmentFacts reports a failed or rejected attachment once. AWS deletes neither, and allows
// another one beside it.
func vpcAttachmentFacts(got *vpcAttachment) kind.Facts {
	id := aws.ToString(got.TransitGatewayAttachmentId)
	switch got.State {
	case types.TransitGatewayAttachmentStateDeleting:
		return kind.Facts{Pending: &resource.Wait{Reason: resource.ReasonDeleting, Message: id + " is being deleted: it holds its gateway and its subnets until then"}}
	case types.TransitGatewayAttachmentStateFailed, types.TransitGatewayAttachmentStateRejected:
		return kind.Facts{Gone: true, Failed: &resource.Wait{Reason: resource.ReasonFailed,
			Message: id + " is " + string(got.State) + defaults.NextBeside}}
	case types.TransitGatewayAttachmentStateDeleted:
		return kind.Facts{Gone: true}
	case types.TransitGatewayAttachmentStateAvailable, types.TransitGatewayAttachmentStatePendingAcceptance:
		return kind.Facts{}
	default:
		return kind.Facts{Pending: kind.Pending("%s is %s", id, got.State)}
	}
}

// checkVPCAttachment foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayVpcAttachment.html
func checkVPCAttachment(want attachmentSpec) []kind.Invalid {
	var f findings
	f.Needs("an attachment", "a transit gateway", "transitGatewayID", want.TransitGatewayID, want.TransitGatewayRef)
	f.Needs("an attachment", "a VPC", "vpcID", want.VPCID, want.VPCRef)
	if len(want.SubnetIDs) == 0 && len(want.SubnetRefs) == 0 {
		f.Add("spec.subnetIDs", refusal.Says(refusal.Missing, refusal.Lacks, "SubnetIds"), "an attachment needs a subnet: set subnetIDs or subnetRefs")
	}
	f.NotEmpty("spec.subnetIDs", want.SubnetIDs, refusal.Says(refusal.BadValue, refusal.ValueSaid), "is empty: name a subnet")
	return f.All
}

// planVPCAttachment plans one change at a time: AWS refuses another while the attachment is being
// modified.
func planVPCAttachment(want attachmentSpec, got *vpcAttachment, c kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft
	}
	id := aws.String(c.ID)
	if got.State == types.TransitGatewayAttachmentStatePendingAcceptance {
		draft.Elsewhere(c, "accept "+c.ID, acceptVPCAttachment.Step("accept "+c.ID, awsec2.AcceptTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: id}))
		return draft
	}
	var options types.ModifyTransitGatewayVpcAttachmentRequestOptions
	if words := attachmentEdits.Into(&options, want.Options, got.Options); len(words) > 0 {
		draft.Steps = steps.About("spec.options", modifyVPCAttachment.Step("change the attachment: "+strings.Join(words, ", "),
			awsec2.ModifyTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: id, Options: &options}))
		return draft
	}
	add, remove := attachmentSubnets(want, got)
	switch {
	case len(add) > 0 && (!c.Refused(string(addAttachmentSubnets.Verb)) || len(remove) == 0 || len(remove) == len(got.SubnetIds)):
		step := addAttachmentSubnets.Step("add "+strings.Join(add, ", "), awsec2.ModifyTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: id, AddSubnetIds: add})
		step.Again = resource.Did(c.Done, string(removeAttachmentSubnets.Verb)) // the removal may have made room in the zone
		draft.Steps = steps.About("spec.subnetIDs", step)
	case len(remove) > 0:
		// Also where AWS refuses an addition: an attachment has one subnet in each zone.
		draft.Steps = steps.About("spec.subnetIDs", removeAttachmentSubnets.Step("remove "+strings.Join(remove, ", "),
			awsec2.ModifyTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: id, RemoveSubnetIds: remove}))
	}
	return draft
}

// attachmentSubnets returns the subnets to add and to remove.
func attachmentSubnets(want attachmentSpec, got *vpcAttachment) (add, remove []string) {
	wanted := aws.ToStringSlice(want.SubnetIDs)
	if len(wanted) > 0 {
		remove = without(got.SubnetIds, wanted)
	}
	return without(wanted, got.SubnetIds), remove
}
