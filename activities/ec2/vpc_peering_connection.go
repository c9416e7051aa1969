package ec2

import (
	"cmp"
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
	createPeering   = defaults.Creates(describe.PeeringConnections, requestPeering)
	acceptPeering   = call.To("Accept", (*awsec2.Client).AcceptVpcPeeringConnection).Already("InvalidStateTransition")
	modifyRequester = call.To("ModifyRequester", (*awsec2.Client).ModifyVpcPeeringConnectionOptions)
	modifyAccepter  = call.To("ModifyAccepter", (*awsec2.Client).ModifyVpcPeeringConnectionOptions)
	deletePeering   = call.Delete((*awsec2.Client).DeleteVpcPeeringConnection)
)

type (
	peeringSpec = ec2v1alpha1.VPCPeeringConnectionSpec
	peering     = types.VpcPeeringConnection
)

var peeringEdits = shape.Edit[types.PeeringConnectionOptionsRequest, ec2v1alpha1.PeeringConnectionOptionsRequest, types.VpcPeeringConnectionOptionsDescription](
	"allowDNSResolutionFromRemoteVPC", "allowEgressFromLocalClassicLinkToRemoteVPC", "allowEgressFromLocalVPCToRemoteClassicLink")

// VPCPeeringConnection manages a link between two VPCs, from the requester's side. The owner of the
// accepter's VPC must accept it, in that VPC's account and Region, where also the tags and options of
// that side belong. Nothing keeps AWS from deleting it: routes to it become blackholes.
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
func VPCPeeringConnection() kind.Kind {
	return defaults.Of(describe.PeeringConnections, createPeering, deletePeering, defaults.Definition[peeringSpec, peering]{
		Kind:     "ec2.VPCPeeringConnection",
		Check:    checkPeering,
		Facts:    peeringFacts,
		Accepter: peeringAccepter,
		Create: defaults.Request(createPeering, func(want peeringSpec) string {
			return "peer " + aws.ToString(want.VPCID) + " with " + aws.ToString(want.PeerVPCID)
		}, shape.Out("acceptRequest", "accepterPeeringConnectionOptions", "requesterPeeringConnectionOptions")),
		Plan:   planPeering,
		Later:  laterPeering,
		Status: shape.Shown[ec2v1alpha1.VPCPeeringConnectionStatus, peering](),
		Spec:   describedPeering,
		Fixed: fixed.Of[peeringSpec, peering]().As("vpcID", "RequesterVpcInfo.VpcId").As("peerVPCID", "AccepterVpcInfo.VpcId").
			As("peerOwnerID", "AccepterVpcInfo.OwnerId").As("peerRegion", "AccepterVpcInfo.Region").WhereShown(),
		Unique:     []string{"vpcID", "peerVPCID"},
		NaturalKey: true, // AWS answers a second request of a VPC with the first connection
		Named:      namedPeerings,
		PlansTags:  true, // those of the accepter's side come first
		Calls:      call.All(acceptPeering, modifyRequester, modifyAccepter),
	})
}

// peeringSides is what AWS shows of both sides, by the names of a spec.
type peeringSides struct {
	VPCID, PeerVPCID, PeerOwnerID, PeerRegion                           *string
	RequesterPeeringConnectionOptions, AccepterPeeringConnectionOptions *types.VpcPeeringConnectionOptionsDescription
}

var sidesDescribed = shape.Spec[peeringSpec, peeringSides](shape.Out("acceptRequest"))

func describedPeering(got *peering) peeringSpec {
	from, to := cmp.Or(got.RequesterVpcInfo, &types.VpcPeeringConnectionVpcInfo{}), cmp.Or(got.AccepterVpcInfo, &types.VpcPeeringConnectionVpcInfo{})
	return sidesDescribed(&peeringSides{from.VpcId, to.VpcId, to.OwnerId, to.Region, from.PeeringOptions, to.PeeringOptions})
}

func checkPeering(want peeringSpec) []kind.Invalid {
	var f findings
	f.Needs("a peering connection", "a VPC", "vpcID", want.VPCID, want.VPCRef)
	f.Needs("a peering connection", "a peer VPC", "peerVPCID", want.PeerVPCID, want.PeerVPCRef)
	return f.All
}

// peeringFacts reports a connection that failed, was rejected or expired once, in AWS's words. AWS
// deletes none of them, and allows another one beside it.
func peeringFacts(got *peering) kind.Facts {
	id, state := aws.ToString(got.VpcPeeringConnectionId), describe.PeeringState(*got)
	switch state {
	case types.VpcPeeringConnectionStateReasonCodeFailed, types.VpcPeeringConnectionStateReasonCodeRejected, types.VpcPeeringConnectionStateReasonCodeExpired:
		return kind.Facts{Gone: true, Failed: &resource.Wait{Reason: resource.ReasonFailed,
			Message: id + " is " + string(state) + ": " + strings.TrimSuffix(aws.ToString(got.Status.Message), ".") + defaults.NextBeside}}
	case types.VpcPeeringConnectionStateReasonCodeDeleting:
		return kind.Facts{Pending: &resource.Wait{Reason: resource.ReasonDeleting, Message: id + " is being deleted"}}
	case types.VpcPeeringConnectionStateReasonCodeDeleted:
		return kind.Facts{Gone: true}
	case types.VpcPeeringConnectionStateReasonCodeActive, types.VpcPeeringConnectionStateReasonCodePendingAcceptance:
		return kind.Facts{}
	default:
		return kind.Facts{Pending: kind.Pending("%s is %s", id, state)}
	}
}

// peeringPeer is the account and Region of the accepter's VPC.
func peeringPeer(want peeringSpec, got *peering, own resource.Target) resource.Target {
	var vpc types.VpcPeeringConnectionVpcInfo
	if got.AccepterVpcInfo != nil {
		vpc = *got.AccepterVpcInfo
	}
	return resource.Target{
		Partition: own.Partition,
		AccountID: cmp.Or(aws.ToString(vpc.OwnerId), aws.ToString(want.PeerOwnerID), own.AccountID),
		Region:    cmp.Or(aws.ToString(vpc.Region), aws.ToString(want.PeerRegion), own.Region),
	}
}

// peeringAccepter is the place of the accepter's VPC while that side lacks something.
func peeringAccepter(want peeringSpec, got *peering, c kind.Case) resource.Target {
	own := c.Target
	peer, toDo := peeringPeer(want, got, own), false
	switch describe.PeeringState(*got) {
	case types.VpcPeeringConnectionStateReasonCodePendingAcceptance:
		toDo = accepts(want, peer, own)
	case types.VpcPeeringConnectionStateReasonCodeActive:
		_, words := accepterOptions(want, got)
		toDo = len(words) > 0 || len(peerTags(got, c)) > 0
	default: // nothing can be changed there
	}
	if !toDo {
		return own
	}
	return peer
}

// accepts reports whether Tack accepts the request where it may. In one account and Region, ACK
// waits for acceptRequest. Elsewhere the role map decides, unless the spec says no.
func accepts(want peeringSpec, peer, own resource.Target) bool {
	if want.AcceptRequest == nil {
		return !peer.SamePlace(own)
	}
	return *want.AcceptRequest
}

// planPeering plans tags at any time, the acceptance of a request, and the options of an active
// connection: AWS has none before.
func planPeering(want peeringSpec, got *peering, c kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft
	}
	draft.Steps = planPeeringTags(got, c)
	switch describe.PeeringState(*got) {
	case types.VpcPeeringConnectionStateReasonCodePendingAcceptance:
		planAcceptance(&draft, want, got, c)
	case types.VpcPeeringConnectionStateReasonCodeActive:
		planPeeringOptions(&draft, want, got, c)
	default: // nothing else can be changed
	}
	return draft
}

func planAcceptance(draft *kind.Draft, want peeringSpec, got *peering, c kind.Case) {
	peer := peeringPeer(want, got, c.Target)
	if !accepts(want, peer, c.Target) {
		draft.Wait = &resource.Wait{Reason: resource.ReasonPendingAcceptance,
			Message: "account " + peer.AccountID + " must accept " + c.ID + " in " + peer.Region + ", or set spec.acceptRequest: true"}
		return
	}
	step := acceptPeering.Step("accept "+c.ID, awsec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: aws.String(c.ID)})
	step.Stage = nextStage(draft.Steps)
	draft.Elsewhere(c, step.Summary, step)
}

// planPeeringOptions plans one call for each side. AWS takes one for both only in one account and
// Region.
func planPeeringOptions(draft *kind.Draft, want peeringSpec, got *peering, c kind.Case) {
	id := aws.String(c.ID)
	if options, words := requesterOptions(want, got); len(words) > 0 && !answered(c, modifyRequester.Verb, got.RequesterVpcInfo) {
		step := modifyRequester.Step("change the requester's side: "+strings.Join(words, ", "),
			awsec2.ModifyVpcPeeringConnectionOptionsInput{VpcPeeringConnectionId: id, RequesterPeeringConnectionOptions: options})
		step.Path, step.Stage = "spec.requesterPeeringConnectionOptions", nextStage(draft.Steps)
		draft.Steps = append(draft.Steps, step)
	}
	if options, words := accepterOptions(want, got); len(words) > 0 && !answered(c, modifyAccepter.Verb, got.AccepterVpcInfo) {
		step := modifyAccepter.Step("change the accepter's side: "+strings.Join(words, ", "),
			awsec2.ModifyVpcPeeringConnectionOptionsInput{VpcPeeringConnectionId: id, AccepterPeeringConnectionOptions: options})
		step.Path, step.Stage = "spec.accepterPeeringConnectionOptions", nextStage(draft.Steps)
		draft.Elsewhere(c, "set the options of its side of "+c.ID, step)
	}
}

// answered reports whether AWS answered a change of a side whose options it does not show: another
// call would bring nothing closer.
func answered[I any](c kind.Case, verb call.Verb[I], side *types.VpcPeeringConnectionVpcInfo) bool {
	return resource.Did(c.Done, string(verb)) && (side == nil || side.PeeringOptions == nil)
}

func requesterOptions(want peeringSpec, got *peering) (*types.PeeringConnectionOptionsRequest, []string) {
	return sideOptions(want.RequesterPeeringConnectionOptions, got.RequesterVpcInfo)
}

func accepterOptions(want peeringSpec, got *peering) (*types.PeeringConnectionOptionsRequest, []string) {
	return sideOptions(want.AccepterPeeringConnectionOptions, got.AccepterVpcInfo)
}

func sideOptions(want *ec2v1alpha1.PeeringConnectionOptionsRequest, side *types.VpcPeeringConnectionVpcInfo) (*types.PeeringConnectionOptionsRequest, []string) {
	var options types.PeeringConnectionOptionsRequest
	var shown *types.VpcPeeringConnectionOptionsDescription
	if side != nil {
		shown = side.PeeringOptions
	}
	return &options, peeringEdits.Into(&options, want, shown)
}

// nextStage is the stage after all steps.
func nextStage(planned []resource.Step) (next int) {
	for _, step := range planned {
		next = max(next, step.Stage+1)
	}
	return next
}
