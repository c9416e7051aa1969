package ec2

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/resource"
)

// requestPeering asks for a connection, in the form of the SDK's operations. AWS has no token for it:
// a repeated request returns the live connection of the two VPCs as a success, whoever made it. So
// requestPeering reads first, and afterwards checks the tags in AWS's answer. A connection of the
// same incarnation is the answer to an earlier request; any other is refused, and no id is recorded.
// AWS makes a second connection beside one that the peer requested, and refuses its acceptance. The
// request would leave it pending, so requestPeering reads that direction as well.
// https://github.com/hashicorp/terraform-provider-aws/issues/27750
func requestPeering(client *awsec2.Client, ctx context.Context, in *awsec2.CreateVpcPeeringConnectionInput, //nolint:revive // the order of the SDK's method expressions
	options ...func(*awsec2.Options),
) (*awsec2.CreateVpcPeeringConnectionOutput, error) {
	asked := map[string]string{}
	for _, spec := range in.TagSpecifications {
		asked = tags.Of(spec.Tags)
	}
	live, err := describe.LivePeeringOf(ctx, client, in.VpcId, in.PeerVpcId)
	if err != nil {
		return nil, err
	}
	if len(live) > 0 && resource.OwnershipOf(tags.Of(live[0].Tags)) == resource.OwnershipOf(asked) {
		return &awsec2.CreateVpcPeeringConnectionOutput{VpcPeeringConnection: &live[0]}, nil
	} else if len(live) > 0 {
		return nil, peeringTaken(live[0])
	}
	if live, err = describe.LivePeeringOf(ctx, client, in.PeerVpcId, in.VpcId); err != nil {
		return nil, err
	} else if len(live) > 0 {
		return nil, peeringReversed(live[0], in)
	}
	out, err := client.CreateVpcPeeringConnection(ctx, in, options...)
	if err != nil {
		return nil, fmt.Errorf("requesting the connection: %w", err)
	}
	if made := out.VpcPeeringConnection; made != nil && !carriesOnly(tags.Of(made.Tags), asked) {
		return nil, peeringTaken(*made)
	}
	return out, nil
}

// carriesOnly reports whether a connection has exactly the tags of its request. It is not known
// whether AWS adds the tags of a repeated request to an earlier connection; one more tag then shows
// that the connection is older. Our own is found by its owner tag.
func carriesOnly(shown, asked map[string]string) bool {
	for key := range shown {
		if tagging.Reserved(key) {
			delete(shown, key)
		}
	}
	return len(tagging.Moves(asked, shown, tags.Calls.Rules)) == 0
}

// peeringTaken is the refusal of a request for two VPCs that somebody else's connection links. The
// code is AWS's for the acceptance of a second one.
func peeringTaken(by types.VpcPeeringConnection) error {
	return peeringExists(by, "which is not this object's: delete it, or adopt it")
}

// peeringReversed is the refusal of a request for two VPCs that a connection in the other direction links.
func peeringReversed(by types.VpcPeeringConnection, in *awsec2.CreateVpcPeeringConnectionInput) error {
	peer := aws.ToString(in.PeerVpcId)
	return peeringExists(by, fmt.Sprintf("which %s requested: delete it, or adopt it with an object whose vpcID is %s and whose peerVPCID is %s",
		peer, peer, aws.ToString(in.VpcId)))
}

func peeringExists(by types.VpcPeeringConnection, words string) error {
	return &smithy.GenericAPIError{
		Code: "VpcPeeringConnectionAlreadyExists", Fault: smithy.FaultClient,
		Message: fmt.Sprintf("AWS allows one connection of two VPCs, and they have %s (%s), %s",
			aws.ToString(by.VpcPeeringConnectionId), describe.PeeringState(by), words),
	}
}
