package ec2

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/resource"
)

// A connection of somebody else is never the answer to a request, whether the read before it shows
// that connection or AWS returns it. Nothing is requested beside a connection in the other direction.
func TestRequestPeering(t *testing.T) {
	owner := resource.Owner{Install: "i", Ref: resource.Ref{Cluster: "c", Kind: "ec2.VPCPeeringConnection", Namespace: "n", Name: "a"}, UID: "u"}
	asked := owner.Tags(2)
	asked["env"] = "dev"
	in := awsec2.CreateVpcPeeringConnectionInput{VpcId: aws.String("vpc-1"), PeerVpcId: aws.String("vpc-2"), TagSpecifications: tags.AtCreate("vpc-peering-connection", asked)}
	with := func(id string, set map[string]string) string {
		var all strings.Builder
		for key, value := range set {
			all.WriteString("<item><key>" + key + "</key><value>" + value + "</value></item>")
		}
		return "<vpcPeeringConnectionId>" + id + "</vpcPeeringConnectionId><status><code>active</code></status><tagSet>" + all.String() + "</tagSet>"
	}
	shown := func(id string, set map[string]string) string {
		return "<vpcPeeringConnectionSet><item>" + with(id, set) + "</item></vpcPeeringConnectionSet>"
	}
	made := func(set map[string]string) string {
		return "<vpcPeeringConnection>" + with("pcx-1", set) + "</vpcPeeringConnection>"
	}
	const refused, once = "VpcPeeringConnectionAlreadyExists", "DescribeVpcPeeringConnections"
	const twice, all = once + " " + once, once + " " + once + " CreateVpcPeeringConnection"
	more := map[string]string{"theirs": "x", "aws:cloudformation:stack-name": "y"}
	byAWS := map[string]string{"aws:cloudformation:stack-name": "y"}
	for key, value := range asked {
		more[key], byAWS[key] = value, value
	}
	for name, test := range map[string]struct {
		before, reversed, answer string
		id, code                 string
		calls                    string
	}{
		"a new one":                     {"", "", made(asked), "pcx-1", "", all},
		"with a tag of AWS":             {"", "", made(byAWS), "pcx-1", "", all},
		"an earlier request's":          {shown("pcx-1", asked), "", "", "pcx-1", "", once},
		"an earlier incarnation's":      {shown("pcx-0", owner.Tags(1)), "", "", "", refused, once},
		"a stranger's, seen before":     {shown("pcx-0", nil), "", "", "", refused, once},
		"a stranger's, made meanwhile":  {"", "", made(nil), "", refused, all},
		"a stranger's, which we tagged": {"", "", made(more), "", refused, all},
		"one that the peer requested":   {"", shown("pcx-0", nil), "", "", refused, twice},
		"ours in the other direction":   {"", shown("pcx-0", asked), "", "", refused, twice},
	} {
		s := &scripted{answers: map[string]string{
			"DescribeVpcPeeringConnections vpc-1": test.before, "DescribeVpcPeeringConnections vpc-2": test.reversed, "CreateVpcPeeringConnection": test.answer,
		}}
		out, err := requestPeering(s.client(), t.Context(), &in)
		id, code := "", ""
		if err != nil {
			f := awserror.Of(err)
			if code = f.Code; f.Class != resource.Exists || test.reversed != "" && !strings.Contains(f.Message, "pcx-0 (active), which vpc-2 requested") {
				t.Errorf("%s: %+v", name, f)
			}
		} else {
			id = aws.ToString(out.VpcPeeringConnection.VpcPeeringConnectionId)
		}
		if diff := cmp.Diff([]string{test.id, test.code, test.calls}, []string{id, code, strings.Join(s.asked, " ")}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
