package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/plantest"
)

var egressKind = definition[ec2v1alpha1.EgressOnlyInternetGatewaySpec, types.EgressOnlyInternetGateway](EgressOnlyInternetGateway())

// gotEgress returns a gateway of vpc-1 as AWS shows it.
func gotEgress(state types.AttachmentStatus) *types.EgressOnlyInternetGateway {
	return &types.EgressOnlyInternetGateway{
		EgressOnlyInternetGatewayId: aws.String("eigw-1"),
		Attachments:                 []types.InternetGatewayAttachment{{State: state, VpcId: aws.String("vpc-1")}},
		Tags:                        []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}
}

func TestPlanEgressGateway(t *testing.T) {
	unattached := gotEgress("attached")
	unattached.Attachments = nil
	plantest.Table[*awsec2.Client, ec2v1alpha1.EgressOnlyInternetGatewaySpec, types.EgressOnlyInternetGateway]{
		Kind: EgressOnlyInternetGateway(), ID: "eigw-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[types.EgressOnlyInternetGateway]{
			"new":                        {Spec: `{vpcID: vpc-1}`},
			"nothing to do":              {Spec: `{vpcID: vpc-1}`, Got: gotEgress("attached")},
			"its VPC not known any more": {Spec: `{vpcRef: {from: {name: x}}}`, Got: gotEgress("attached")},
			"AWS shows no VPC":           {Spec: `{vpcID: vpc-1}`, Got: unattached},
			"another VPC, and tags": {
				Spec: `{vpcID: vpc-2}`, Got: gotEgress("attached"), Tags: map[string]string{"env": "prod"},
				Want:  []string{"0 Tag: tag env=prod (spec.tags)"},
				Notes: []string{`spec.vpcID: AWS cannot change it; make a new object, or put back "vpc-1"`},
			},
		},
	}.Run(t)
}

func TestEgressGatewayRequests(t *testing.T) {
	made := egressKind.Create(spec[ec2v1alpha1.EgressOnlyInternetGatewaySpec](t, `{vpcID: vpc-1}`), kind.Making{Tags: map[string]string{"a": "1"}, Token: "tok"})
	var got []string
	for _, step := range append(egressKind.Unplan(gotEgress("attached")), made) {
		got = append(got, step.Summary+" "+string(step.Input))
	}
	if diff := cmp.Diff([]string{
		`delete egress-only internet gateway eigw-1 {"EgressOnlyInternetGatewayId":"eigw-1"}`,
		`create an egress-only internet gateway in vpc-1 {"ClientToken":"tok",` +
			`"TagSpecifications":[{"ResourceType":"egress-only-internet-gateway","Tags":[{"Key":"a","Value":"1"}]}],"VpcId":"vpc-1"}`,
	}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestEgressGatewayFacts(t *testing.T) {
	want := kind.Facts{ID: "eigw-1", Tags: map[string]string{"env": "dev"}}
	if diff := cmp.Diff(want, egressKind.Facts(gotEgress("attached"))); diff != "" {
		t.Errorf("an attached one (-want +got):\n%s", diff)
	}
	want.Pending = &resource.Wait{Reason: "Pending", Message: "eigw-1 and vpc-1 are attaching"}
	if diff := cmp.Diff(want, egressKind.Facts(gotEgress("attaching"))); diff != "" {
		t.Errorf("an attaching one (-want +got):\n%s", diff)
	}
}

func TestCheckEgressGateway(t *testing.T) {
	for text, want := range map[string][]string{
		`{vpcID: vpc-1}`:              nil,
		`{vpcRef: {from: {name: v}}}`: nil,
		`{}`:                          {"spec.vpcID: an egress-only internet gateway needs a VPC: set vpcID or vpcRef"},
	} {
		if diff := cmp.Diff(want, said(checkEgressGateway(spec[ec2v1alpha1.EgressOnlyInternetGatewaySpec](t, text)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
