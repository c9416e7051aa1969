package ec2

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

// gotAttachment returns an attachment as AWS shows it.
func gotAttachment(state types.TransitGatewayAttachmentState) *vpcAttachment {
	return &vpcAttachment{TransitGatewayVpcAttachment: types.TransitGatewayVpcAttachment{
		TransitGatewayAttachmentId: aws.String("tgw-attach-1"), TransitGatewayId: aws.String("tgw-1"), VpcId: aws.String("vpc-1"), VpcOwnerId: aws.String("111111111111"),
		State: state, SubnetIds: []string{"subnet-1", "subnet-2"}, CreationTime: aws.Time(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
		Options: &types.TransitGatewayVpcAttachmentOptions{ApplianceModeSupport: "disable", DnsSupport: "enable", Ipv6Support: "disable", SecurityGroupReferencingSupport: "enable"},
		Tags:    []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}}
}

func TestPlanVPCAttachment(t *testing.T) {
	const to = `transitGatewayID: tgw-1, vpcID: vpc-1`
	plantest.Table[*awsec2.Client, attachmentSpec, vpcAttachment]{
		Kind: TransitGatewayVPCAttachment(), ID: "tgw-attach-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[vpcAttachment]{
			"new":           {Spec: `{` + to + `, subnetIDs: [subnet-1]}`},
			"nothing to do": {Spec: `{` + to + `, subnetIDs: [subnet-2, subnet-1], options: {dnsSupport: enable}}`, Got: gotAttachment("available")},
			"subnets added first": {
				Spec: `{` + to + `, subnetIDs: [subnet-2, subnet-3]}`, Got: gotAttachment("available"),
				Want: []string{"0 AddSubnets: add subnet-3 (spec.subnetIDs)"},
			},
			"then removed": {
				Spec: `{` + to + `, subnetIDs: [subnet-2]}`, Got: gotAttachment("available"),
				Want: []string{"0 RemoveSubnets: remove subnet-1 (spec.subnetIDs)"},
			},
			"options before subnets": {
				Spec: `{` + to + `, subnetIDs: [subnet-3], options: {ipv6Support: enable, dnsSupport: disable}}`, Got: gotAttachment("available"),
				Want: []string{"0 Modify: change the attachment: dnsSupport disable, ipv6Support enable (spec.options)"},
			},
			"another gateway and VPC": {
				Spec: `{transitGatewayID: tgw-2, vpcID: vpc-2, subnetIDs: [subnet-1, subnet-2]}`, Got: gotAttachment("available"),
				Notes: []string{`spec.transitGatewayID: AWS cannot change it; make a new object, or put back "tgw-1"`, `spec.vpcID: AWS cannot change it; make a new object, or put back "vpc-1"`},
			},
			"its own gateway": {
				Spec: `{` + to + `, subnetIDs: [subnet-3]}`, Got: gotAttachment("pendingAcceptance"),
				Want: []string{"0 Accept: accept tgw-attach-1"},
			},
		},
	}.Run(t)
}

// AWS allows one subnet of an attachment in each zone: what it refuses to add waits for a removal,
// but the last subnet stays.
func TestAttachmentSubnetOfTheSameZone(t *testing.T) {
	refused := kind.Case{ID: "tgw-attach-1", Failures: []resource.Failure{{Step: resource.Step{Verb: "AddSubnets"}, Class: resource.Invalid}}}
	for text, want := range map[string]string{`{subnetIDs: [subnet-2, subnet-3]}`: "remove subnet-1", `{subnetIDs: [subnet-3]}`: "add subnet-3"} {
		draft := planVPCAttachment(spec[attachmentSpec](t, text), gotAttachment("available"), refused)
		if len(draft.Steps) != 1 || draft.Steps[0].Summary != want {
			t.Errorf("%s: steps %+v, want %q", text, draft.Steps, want)
		}
	}
	removed := gotAttachment("available")
	removed.SubnetIds = []string{"subnet-2"}
	for _, made := range []bool{false, true} {
		if made {
			refused.Done = []resource.Done{{Verb: "RemoveSubnets"}}
		}
		draft := planVPCAttachment(spec[attachmentSpec](t, `{subnetIDs: [subnet-2, subnet-3]}`), removed, refused)
		if len(draft.Steps) != 1 || draft.Steps[0].Summary != "add subnet-3" || draft.Steps[0].Again != made {
			t.Errorf("removed in this pass %t: steps %+v, want a second try of the addition only after it", made, draft.Steps)
		}
	}
}

func TestVPCAttachmentFacts(t *testing.T) {
	d := definition[attachmentSpec, vpcAttachment](TransitGatewayVPCAttachment())
	failed := func(state string) *resource.Wait {
		return &resource.Wait{Reason: "Failed", Message: "tgw-attach-1 is " + state + ". At the next try, or when the spec changes, Tack creates another"}
	}
	for state, want := range map[types.TransitGatewayAttachmentState]kind.Facts{
		"available":         {},
		"pendingAcceptance": {},
		"initiatingRequest": {Pending: kind.Pending("tgw-attach-1 is initiatingRequest")},
		"modifying":         {Pending: kind.Pending("tgw-attach-1 is modifying")},
		"rejecting":         {Pending: kind.Pending("tgw-attach-1 is rejecting")},
		"rejected":          {Gone: true, Failed: failed("rejected")},
		"failed":            {Gone: true, Failed: failed("failed")},
		"deleted":           {Gone: true},
		"deleting":          {Pending: &resource.Wait{Reason: "Deleting", Message: "tgw-attach-1 is being deleted: it holds its gateway and its subnets until then"}},
	} {
		want.ID, want.Tags = "tgw-attach-1", map[string]string{"env": "dev"}
		if diff := cmp.Diff(want, d.Facts(gotAttachment(state))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
	}
	own := resource.Target{Partition: "aws", AccountID: "111111111111", Region: "us-west-2"}
	shared := gotAttachment("pendingAcceptance")
	shared.gatewayOwner = "222222222222"
	if got := d.Accepter(attachmentSpec{}, shared, kind.Case{Target: own}); got != (resource.Target{Partition: "aws", AccountID: "222222222222", Region: "us-west-2"}) {
		t.Errorf("%+v must accept it", got)
	}
}

func TestFieldsOfVPCAttachments(t *testing.T) {
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.TransitGatewayVPCAttachmentSpec, vpcAttachment]{
		Kind: TransitGatewayVPCAttachment(),
		Base: `{transitGatewayID: tgw-1, vpcID: vpc-1, subnetIDs: [subnet-1, subnet-2], tags: [{key: env, value: dev}],
			options: {applianceModeSupport: disable, dnsSupport: enable, ipv6Support: disable, securityGroupReferencingSupport: enable}}`,
		Change: map[string]string{
			"options.applianceModeSupport":            `{options: {applianceModeSupport: enable}}`,
			"options.dnsSupport":                      `{options: {dnsSupport: disable}}`,
			"options.ipv6Support":                     `{options: {ipv6Support: enable}}`,
			"options.securityGroupReferencingSupport": `{options: {securityGroupReferencingSupport: disable}}`,
			"subnetIDs[]":                             `{subnetIDs: [subnet-1, subnet-2, subnet-3]}`,
			"transitGatewayID":                        `{transitGatewayID: tgw-2}`,
			"vpcID":                                   `{vpcID: vpc-2}`,
		},
		Check: map[string][]string{
			`{transitGatewayRef: {from: {name: t}}, vpcRef: {from: {name: v}}, subnetRefs: [{from: {name: s}}]}`: nil,
			`{}`: {
				"spec.transitGatewayID: an attachment needs a transit gateway: set transitGatewayID or transitGatewayRef",
				"spec.vpcID: an attachment needs a VPC: set vpcID or vpcRef", "spec.subnetIDs: an attachment needs a subnet: set subnetIDs or subnetRefs",
			},
			`{transitGatewayID: t, vpcID: v, subnetIDs: [""]}`: {"spec.subnetIDs[0]: is empty: name a subnet"},
		},
		ID: "tgw-attach-1", Got: gotAttachment("available"),
	}.Run(t)
}
