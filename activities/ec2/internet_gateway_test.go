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

var gatewayKind = definition[ec2v1alpha1.InternetGatewaySpec, internetGateway](InternetGateway())

// gotGateway returns a gateway in a VPC, if one is named, that uses route tables.
func gotGateway(vpc string, state types.AttachmentStatus, tables ...string) *internetGateway {
	got := &internetGateway{tables: inTables(tables...), InternetGateway: types.InternetGateway{
		InternetGatewayId: aws.String("igw-1"), OwnerId: aws.String("111122223333"), Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}}
	if vpc != "" {
		got.Attachments = []types.InternetGatewayAttachment{{VpcId: aws.String(vpc), State: state}}
	}
	return got
}

func TestPlanGateway(t *testing.T) {
	plantest.Table[*awsec2.Client, ec2v1alpha1.InternetGatewaySpec, internetGateway]{
		Kind: InternetGateway(), ID: "igw-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[internetGateway]{
			"new, of no VPC":             {Spec: `{}`},
			"new":                        {Spec: `{vpc: vpc-1}`, Want: []string{"2 Attach: attach to vpc-1 (spec.vpc)"}},
			"new, its VPC not ready":     {Spec: `{vpcRef: {from: {name: x}}, routeTables: [rtb-1]}`},
			"new, with a route table":    {Spec: `{vpc: vpc-1, routeTables: [rtb-1]}`, Want: []string{"2 Attach: attach to vpc-1 (spec.vpc)", "3 AssociateRouteTable: use route table rtb-1 (spec.routeTables)"}},
			"nothing to do":              {Spec: `{vpc: vpc-1, routeTables: [rtb-1]}`, Got: gotGateway("vpc-1", "available", "rtb-1")},
			"its VPC not known any more": {Spec: `{vpcRef: {from: {name: x}}}`, Got: gotGateway("vpc-1", "available", "rtb-1")},
			"shown as detached":          {Spec: `{vpc: vpc-1}`, Got: gotGateway("vpc-1", "detached"), Want: []string{"2 Attach: attach to vpc-1 (spec.vpc)"}},
			"no VPC any more":            {Spec: `{}`, Got: gotGateway("vpc-1", "available"), Want: []string{"1 Detach: detach from vpc-1 (spec.vpc)"}},
			"another VPC": {Spec: `{vpc: vpc-2, routeTables: [rtb-2]}`, Got: gotGateway("vpc-1", "available", "rtb-1"), Want: []string{
				"0 DisassociateRouteTable: disassociate route table rtb-1 (spec.vpc)", "1 Detach: detach from vpc-1 (spec.vpc)",
				"2 Attach: attach to vpc-2 (spec.vpc)", "3 AssociateRouteTable: use route table rtb-2 (spec.routeTables)",
			}},
			"another route table": {Spec: `{vpc: vpc-1, routeTables: [rtb-2]}`, Got: gotGateway("vpc-1", "available", "rtb-1"),
				Want: []string{"3 ReplaceRouteTableAssociation: use route table rtb-2 in place of rtb-1 (spec.routeTables)"}},
			"no route table any more": {Spec: `{vpc: vpc-1}`, Got: gotGateway("vpc-1", "available", "rtb-1"),
				Want: []string{"3 DisassociateRouteTable: disassociate route table rtb-1 (spec.routeTables)"}},
		},
	}.Run(t)
}

func TestUnplanGateway(t *testing.T) {
	for name, test := range map[string]struct {
		got  *internetGateway
		want []string
	}{
		"attached": {gotGateway("vpc-1", "available", "rtb-1"), []string{
			"0 DisassociateRouteTable: disassociate route table rtb-1", "1 Detach: detach from vpc-1", "2 Delete: delete internet gateway igw-1",
		}},
		"not attached": {gotGateway("", ""), []string{"2 Delete: delete internet gateway igw-1"}},
	} {
		if diff := cmp.Diff(test.want, described(gatewayKind.Unplan(test.got))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestGatewayRequests(t *testing.T) {
	want := spec[ec2v1alpha1.InternetGatewaySpec](t, `{vpc: vpc-2, routeTables: [rtb-2]}`)
	steps := gatewayKind.Draft(want, gotGateway("vpc-1", "available", "rtb-1"), kind.Case{ID: "igw-1", Tags: map[string]string{"env": "dev"}}).Steps
	steps = append(steps, gatewayKind.Draft(want, gotGateway("vpc-2", "available", "rtb-1"), kind.Case{ID: "igw-1", Tags: map[string]string{"env": "dev"}}).Steps...)
	var got []string
	for _, step := range append(steps, gatewayKind.Unplan(gotGateway("", ""))...) {
		got = append(got, step.Verb+" "+string(step.Input))
	}
	if diff := cmp.Diff([]string{
		`DisassociateRouteTable {"AssociationId":"of-rtb-1"}`,
		`Detach {"InternetGatewayId":"igw-1","VpcId":"vpc-1"}`,
		`Attach {"InternetGatewayId":"igw-1","VpcId":"vpc-2"}`,
		`AssociateRouteTable {"GatewayId":"igw-1","RouteTableId":"rtb-2"}`,
		`ReplaceRouteTableAssociation {"AssociationId":"of-rtb-1","RouteTableId":"rtb-2"}`,
		`Delete {"InternetGatewayId":"igw-1"}`,
	}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestGatewayIsPending(t *testing.T) {
	if p := gatewayKind.Facts(gotGateway("vpc-1", "available")).Pending; p != nil {
		t.Errorf("an attached gateway waits: %+v", p)
	}
	want := &resource.Wait{Reason: "Pending", Message: "igw-1 and vpc-1 are detaching"}
	if diff := cmp.Diff(want, gatewayKind.Facts(gotGateway("vpc-1", "detaching")).Pending); diff != "" {
		t.Errorf("a detaching gateway (-want +got):\n%s", diff)
	}
}

func TestGatewayStatus(t *testing.T) {
	if diff := cmp.Diff(ec2v1alpha1.InternetGatewayStatus{
		InternetGatewayID: aws.String("igw-1"), OwnerID: aws.String("111122223333"),
		Attachments: []*ec2v1alpha1.InternetGatewayAttachment{{State: aws.String("available"), VPCID: aws.String("vpc-1")}},
	}, gatewayKind.Status(gotGateway("vpc-1", "available"))); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestCheckGateway(t *testing.T) {
	for text, want := range map[string][]string{
		`{}`:                                    nil,
		`{vpc: v, routeTables: [rtb-1]}`:        nil,
		`{routeTables: [""]}`:                   {"spec.routeTables[0]: is empty", "spec.routeTables: a route table needs a VPC: set vpc or vpcRef"},
		`{routeTableRefs: [{from: {name: x}}]}`: {"spec.routeTableRefs: a route table needs a VPC: set vpc or vpcRef"},
	} {
		if diff := cmp.Diff(want, said(checkGateway(spec[ec2v1alpha1.InternetGatewaySpec](t, text)))); diff != "" {
			t.Errorf("findings about %s (-want +got):\n%s", text, diff)
		}
	}
}
