package ec2

import (
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// Each side of a connection has tags of its own, and nobody sees those of the other. Tack gives the
// accepter's side the user's tags before it accepts, and every later change of them. The change of
// the requester's side comes after it, so a change that was lost half-way is planned again.

// planPeeringTags plans the tags of both sides.
func planPeeringTags(got *peering, c kind.Case) (planned []resource.Step) {
	if to := c.Accepter.Target; to.RoleARN != "" {
		planned = tags.Calls.Plan(c.ID, usersTags(c.Tags), peerHas(got), tags.Calls.Rules.With(c.Defaults), nil)
		for i := range planned {
			planned[i].Target = to
			planned[i].Summary += fmt.Sprintf(" in account %s, %s", to.AccountID, to.Region)
		}
	}
	first := nextStage(planned)
	for _, step := range tags.Calls.Plan(c.ID, c.Tags, tags.Of(got.Tags), tags.Calls.Rules.With(c.Defaults), c.Done) {
		step.Stage += first
		planned = append(planned, step)
	}
	return planned
}

// peerTags are the moves of the accepter's tags.
func peerTags(got *peering, c kind.Case) []tagging.Move {
	return tagging.Moves(usersTags(c.Tags), peerHas(got), tags.Calls.Rules.With(c.Defaults))
}

// peerHas returns the tags that the accepter's side has by our own doing: none before the acceptance,
// afterwards those of the requester's side.
func peerHas(got *peering) map[string]string {
	if describe.PeeringState(*got) == types.VpcPeeringConnectionStateReasonCodePendingAcceptance {
		return nil
	}
	return usersTags(tags.Of(got.Tags))
}

// usersTags are the user's tags and the default tags. It leaves out ours, those that only inform, and
// AWS's.
func usersTags(all map[string]string) map[string]string {
	all = maps.Clone(all)
	maps.DeleteFunc(all, func(key, _ string) bool {
		return key == "" || tagging.Reserved(key) || tagging.Ours(key) || resource.Informs(key)
	})
	return all
}
