package ec2

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// A spec that leaves out everything is described completely after a read of the whole.
func TestVPCReadWhole(t *testing.T) {
	s := &scripted{answers: map[string]string{
		"DescribeVpcs":           `<vpcSet><item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock></item></vpcSet>`,
		"DescribeVpcAttribute":   `<enableDnsSupport><value>true</value></enableDnsSupport>`, // the stub answers alike for each
		"DescribeSecurityGroups": `<securityGroupInfo><item><groupId>sg-1</groupId></item></securityGroupInfo>`,
	}}
	for whole, want := range map[bool]string{
		false: `{cidrBlocks: [10.0.0.0/16], enableNetworkAddressUsageMetrics: true}`,
		true: `{cidrBlocks: [10.0.0.0/16], enableNetworkAddressUsageMetrics: true, enableDNSSupport: true, enableDNSHostnames: true,
			disallowSecurityGroupDefaultRules: true}`,
	} {
		got, err := vpcKind.Find(t.Context(), s.client(), kind.Query[ec2v1alpha1.VPCSpec]{ID: "vpc-1", Whole: whole})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(spec[ec2v1alpha1.VPCSpec](t, want), vpcKind.Spec(got)); diff != "" {
			t.Errorf("whole %t (-want +got):\n%s", whole, diff)
		}
	}
}

// The default group was read to describe the VPC. Its rules stay where the spec does not disallow them.
func TestDescribedVPCKeepsTheRulesOfItsDefaultGroup(t *testing.T) {
	got := gotVPC(nil)
	got.defaultGroup = wholeGroup()
	for text, revokes := range map[string]bool{
		`{cidrBlocks: [10.0.0.0/16]}`:                                           false,
		`{cidrBlocks: [10.0.0.0/16], disallowSecurityGroupDefaultRules: false}`: false,
		`{cidrBlocks: [10.0.0.0/16], disallowSecurityGroupDefaultRules: true}`:  true,
	} {
		draft := vpcKind.Plan(spec[ec2v1alpha1.VPCSpec](t, text), got, kind.Case{ID: "vpc-1"})
		if (len(draft.Steps) > 0) != revokes {
			t.Errorf("%s: the steps are %v", text, draft.Steps)
		}
	}
}

// A gateway whose VPC the spec gets from AWS does not move, so no address in the VPC holds it.
func TestGatewayReadWhole(t *testing.T) {
	s := &scripted{answers: map[string]string{
		"DescribeInternetGateways":  `<internetGatewaySet><item><internetGatewayId>igw-1</internetGatewayId><attachmentSet><item><vpcId>vpc-1</vpcId><state>available</state></item></attachmentSet></item></internetGatewaySet>`,
		"DescribeRouteTables":       `<routeTableSet><item><associationSet><item><gatewayId>igw-1</gatewayId><routeTableId>rtb-1</routeTableId></item></associationSet></item></routeTableSet>`,
		"DescribeNetworkInterfaces": interfaces,
	}}
	for whole, waits := range map[bool]bool{false: true, true: false} {
		got, err := gatewayKind.Find(t.Context(), s.client(), kind.Query[ec2v1alpha1.InternetGatewaySpec]{ID: "igw-1", Whole: whole})
		if err != nil {
			t.Fatal(err)
		}
		if pending := gatewayKind.Facts(got).Pending; (pending != nil) != waits {
			t.Errorf("whole %t: pending is %+v", whole, pending)
		}
		if diff := cmp.Diff(spec[ec2v1alpha1.InternetGatewaySpec](t, `{vpc: vpc-1, routeTables: [rtb-1]}`), gatewayKind.Spec(got)); diff != "" {
			t.Errorf("whole %t (-want +got):\n%s", whole, diff)
		}
	}
}

// Nor does a gateway move whose VPC others manage, although the spec names another.
func TestGatewayOfOthersStays(t *testing.T) {
	s := &scripted{answers: map[string]string{
		"DescribeInternetGateways":  `<internetGatewaySet><item><internetGatewayId>igw-1</internetGatewayId><attachmentSet><item><vpcId>vpc-1</vpcId><state>available</state></item></attachmentSet></item></internetGatewaySet>`,
		"DescribeRouteTables":       `<routeTableSet><item><associationSet><item><gatewayId>igw-1</gatewayId><routeTableId>rtb-1</routeTableId></item></associationSet></item></routeTableSet>`,
		"DescribeNetworkInterfaces": interfaces,
	}}
	for _, ignored := range [][]string{nil, {"spec.vpc", "spec.vpcRef"}} {
		want := spec[ec2v1alpha1.InternetGatewaySpec](t, `{vpc: vpc-2}`)
		got, err := gatewayKind.Find(t.Context(), s.client(), kind.Query[ec2v1alpha1.InternetGatewaySpec]{ID: "igw-1", Want: want, Ignored: ignored})
		if err != nil {
			t.Fatal(err)
		}
		if waits := gatewayKind.Facts(got).Pending != nil; waits != (ignored == nil) {
			t.Errorf("ignored %q: it waits %t", ignored, waits)
		}
	}
}

// A deletion ends no termination protection that others manage.
func TestProtectionOfOthersStays(t *testing.T) {
	s := &scripted{answers: map[string]string{
		"DescribeInstances":         `<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState></item></instancesSet></item></reservationSet>`,
		"DescribeInstanceAttribute": `<disableApiTermination><value>true</value></disableApiTermination>`,
	}}
	definition := definition[ec2v1alpha1.InstanceSpec, instance](Instance())
	for _, ignored := range [][]string{nil, {"spec.disableAPITermination"}} {
		want := spec[ec2v1alpha1.InstanceSpec](t, `{imageID: ami-1, disableAPITermination: false}`)
		got, err := definition.Find(t.Context(), s.client(), kind.Query[ec2v1alpha1.InstanceSpec]{ID: "i-1", Want: want, Deleting: true, Ignored: ignored})
		if err != nil {
			t.Fatal(err)
		}
		if got.unprotect != (ignored == nil) {
			t.Errorf("ignored %q: it unprotects %t", ignored, got.unprotect)
		}
	}
}
