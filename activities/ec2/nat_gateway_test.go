package ec2

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/plantest"
)

var natKind = definition[ec2v1alpha1.NATGatewaySpec, types.NatGateway](NATGateway())

var natMade = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// gotNAT returns a NAT gateway as AWS shows it, with the fields that AWS fills in.
func gotNAT(state types.NatGatewayState, change ...func(*types.NatGateway)) *types.NatGateway {
	got := &types.NatGateway{
		NatGatewayId: aws.String("nat-1"), SubnetId: aws.String("subnet-1"), VpcId: aws.String("vpc-1"), State: state,
		ConnectivityType: types.ConnectivityTypePublic, AvailabilityMode: types.AvailabilityModeZonal, CreateTime: aws.Time(natMade),
		NatGatewayAddresses: []types.NatGatewayAddress{{
			AllocationId: aws.String("eipalloc-1"), AssociationId: aws.String("eipassoc-1"), IsPrimary: aws.Bool(true),
			NetworkInterfaceId: aws.String("eni-1"), PrivateIp: aws.String("10.0.1.7"), PublicIp: aws.String("198.51.100.7"),
		}},
		Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}, {Key: aws.String("aws:x"), Value: aws.String("y")}},
	}
	for _, c := range change {
		c(got)
	}
	return got
}

func natFails(got *types.NatGateway) {
	got.FailureCode, got.FailureMessage = aws.String("Gateway.NotAttached"), aws.String("Network vpc-1 has no Internet gateway attached")
}

func TestPlanNATGateway(t *testing.T) {
	plantest.Table[*awsec2.Client, ec2v1alpha1.NATGatewaySpec, types.NatGateway]{
		Kind: NATGateway(), ID: "nat-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[types.NatGateway]{
			"new":           {Spec: `{subnetID: subnet-1, allocationID: eipalloc-1}`},
			"nothing to do": {Spec: `{subnetID: subnet-1, allocationID: eipalloc-1}`, Got: gotNAT("available")},
			"nothing to do: what AWS says": {
				Spec: `{subnetID: subnet-1, allocationID: eipalloc-1, connectivityType: public, availabilityMode: zonal, vpcID: vpc-1}`, Got: gotNAT("available"),
			},
			"nothing to do: AWS does not say": {
				Spec: `{subnetID: subnet-1, allocationID: eipalloc-1, availabilityMode: zonal}`,
				Got:  gotNAT("available", func(got *types.NatGateway) { got.AvailabilityMode = "" }),
			},
			"a second address, by hand": {
				Spec: `{subnetID: subnet-1, allocationID: eipalloc-1}`,
				Got: gotNAT("available", func(got *types.NatGateway) {
					got.NatGatewayAddresses = append([]types.NatGatewayAddress{{AllocationId: aws.String("eipalloc-2")}}, got.NatGatewayAddresses...)
				}),
			},
			"what AWS cannot change, and tags": {
				Spec: `{subnetID: subnet-2, connectivityType: private}`, Got: gotNAT("available"), Tags: map[string]string{"env": "prod"},
				Want: []string{"0 Tag: tag env=prod (spec.tags)"},
				Notes: []string{
					`spec.connectivityType: AWS cannot change it; make a new object, or put back "public"`,
					`spec.subnetID: AWS cannot change it; make a new object, or put back "subnet-1"`,
				},
			},
			"another address": {
				Spec: `{subnetID: subnet-1, allocationID: eipalloc-2}`, Got: gotNAT("available"),
				Notes: []string{`spec.allocationID: AWS cannot change it; make a new object, or put back "eipalloc-1"`},
			},
			"another address of a zone": {
				Spec:  `{availabilityMode: regional, vpcID: vpc-1, availabilityZoneAddresses: [{availabilityZone: us-west-2a, allocationIDs: [eipalloc-1]}, {availabilityZone: us-west-2b, allocationIDs: [eipalloc-2]}]}`,
				Got:   gotNAT("available", func(got *types.NatGateway) { got.AvailabilityMode = types.AvailabilityModeRegional }),
				Notes: []string{`spec.availabilityZoneAddresses[1].allocationIDs[0]: AWS does not show this address: associate it there, or change it here`},
			},
		},
	}.Run(t)
}

// An object looks again at the addresses that people can associate in AWS, and waits for an edit of
// the primary address.
func TestNATGatewayDifferencesInAWS(t *testing.T) {
	for text, want := range map[string]bool{
		`{subnetID: subnet-1, allocationID: eipalloc-2}`:                                                           false,
		`{vpcID: vpc-1, availabilityZoneAddresses: [{availabilityZone: us-west-2b, allocationIDs: [eipalloc-2]}]}`: true,
	} {
		draft := natKind.Draft(spec[ec2v1alpha1.NATGatewaySpec](t, text), gotNAT("available"), kind.Case{})
		if len(draft.Notes) == 0 || draft.InAWS != want {
			t.Errorf("%s: in AWS %t, want %t: %q", text, draft.InAWS, want, draft.Notes)
		}
	}
}

func TestNATGatewayRequests(t *testing.T) {
	making := kind.Making{Tags: map[string]string{"a": "1"}, Token: "tok"}
	const tags = `"TagSpecifications":[{"ResourceType":"natgateway","Tags":[{"Key":"a","Value":"1"}]}]`
	for text, want := range map[string]string{
		`{subnetID: subnet-1, allocationID: eipalloc-1}`: `create a NAT gateway in subnet-1 with eipalloc-1 ` +
			`{"AllocationId":"eipalloc-1","ClientToken":"tok","SubnetId":"subnet-1",` + tags + `}`,
		`{subnetID: subnet-1, connectivityType: private, availabilityMode: zonal}`: `create a private NAT gateway in subnet-1 ` +
			`{"AvailabilityMode":"zonal","ClientToken":"tok","ConnectivityType":"private","SubnetId":"subnet-1",` + tags + `}`,
		`{vpcID: vpc-1, availabilityMode: regional, availabilityZoneAddresses: [{availabilityZone: us-west-2a, allocationIDs: [eipalloc-1]}]}`: `create a regional NAT gateway in vpc-1 ` +
			`{"AvailabilityMode":"regional","AvailabilityZoneAddresses":[{"AllocationIds":["eipalloc-1"],"AvailabilityZone":"us-west-2a"}],"ClientToken":"tok",` + tags + `,"VpcId":"vpc-1"}`,
	} {
		step := natKind.Create(spec[ec2v1alpha1.NATGatewaySpec](t, text), making)
		if diff := cmp.Diff(want, step.Summary+" "+string(step.Input)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestNATGatewayFacts(t *testing.T) {
	base := kind.Facts{ID: "nat-1", Tags: map[string]string{"env": "dev", "aws:x": "y"}}
	with := func(change func(*kind.Facts)) kind.Facts {
		f := base
		change(&f)
		return f
	}
	const next = ". At the next try, or when the spec changes, Tack deletes it and creates another"
	for name, test := range map[string]struct {
		got  *types.NatGateway
		want kind.Facts
	}{
		"pending": {gotNAT("pending"), with(func(f *kind.Facts) {
			f.Pending, f.Deletable = &resource.Wait{Reason: "Pending", Message: "nat-1 is pending"}, true
		})},
		"available": {gotNAT("available"), base},
		"deleting": {gotNAT("deleting"), with(func(f *kind.Facts) {
			f.Pending = &resource.Wait{Reason: "Deleting", Message: "nat-1 is being deleted: it holds its subnet and its address until then"}
		})},
		"failed": {gotNAT("failed", natFails), with(func(f *kind.Facts) {
			f.Failed = &resource.Wait{Reason: "Gateway.NotAttached", Message: "nat-1 failed: Gateway.NotAttached: Network vpc-1 has no Internet gateway attached" + next}
		})},
		"failed without a reason": {gotNAT("failed"), with(func(f *kind.Facts) {
			f.Failed = &resource.Wait{Reason: "Failed", Message: "nat-1 failed" + next}
		})},
		// The failure is past: nothing remains of the gateway.
		"deleted": {gotNAT("deleted", natFails), with(func(f *kind.Facts) { f.Gone = true })},
	} {
		if diff := cmp.Diff(test.want, natKind.Facts(test.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The live one counts among all NAT gateways with the owner's tag.
func TestLiveliest(t *testing.T) {
	one := func(id string, state types.NatGatewayState, incarnation string) types.NatGateway {
		return types.NatGateway{NatGatewayId: aws.String(id), State: state, Tags: []types.Tag{{Key: aws.String(resource.TagIncarnation), Value: &incarnation}}}
	}
	for name, test := range map[string]struct {
		found []types.NatGateway
		want  string
	}{
		"none":                       {nil, ""},
		"one that lives":             {[]types.NatGateway{one("a", "deleted", "3"), one("b", "pending", "1"), one("c", "failed", "2")}, "b"},
		"the newest that lives":      {[]types.NatGateway{one("a", "available", "9"), one("b", "pending", "10")}, "b"},
		"one that has to be deleted": {[]types.NatGateway{one("a", "deleted", "2"), one("b", "failed", "1")}, "b"},
		"one that is going":          {[]types.NatGateway{one("a", "deleting", "2"), one("b", "failed", "1")}, "a"},
		"all are gone":               {[]types.NatGateway{one("a", "deleted", "1"), one("b", "deleted", "2")}, "b"},
	} {
		got := describe.NATGateways.Counts(test.found)
		if id := func() string {
			if got == nil {
				return ""
			}
			return *got.NatGatewayId
		}(); id != test.want {
			t.Errorf("%s: %q, want %q", name, id, test.want)
		}
	}
}

func TestNATGatewayStatus(t *testing.T) {
	deleted := natMade.Add(time.Hour)
	got := gotNAT("failed", natFails, func(got *types.NatGateway) {
		got.DeleteTime = &deleted
		got.ProvisionedBandwidth = &types.ProvisionedBandwidth{Requested: aws.String("10"), RequestTime: &deleted, Status: aws.String("s")}
		got.NatGatewayAddresses[0].AvailabilityZone = aws.String("us-west-2a")
	})
	want := ec2v1alpha1.NATGatewayStatus{
		NATGatewayID: aws.String("nat-1"), State: aws.String("failed"), VPCID: aws.String("vpc-1"),
		CreateTime: &metav1.Time{Time: natMade}, DeleteTime: &metav1.Time{Time: deleted},
		FailureCode: aws.String("Gateway.NotAttached"), FailureMessage: aws.String("Network vpc-1 has no Internet gateway attached"),
		NATGatewayAddresses: []*ec2v1alpha1.NATGatewayAddress{{
			AllocationID: aws.String("eipalloc-1"), AvailabilityZone: aws.String("us-west-2a"), NetworkInterfaceID: aws.String("eni-1"),
			PrivateIP: aws.String("10.0.1.7"), PublicIP: aws.String("198.51.100.7"),
		}},
		ProvisionedBandwidth: &ec2v1alpha1.ProvisionedBandwidth{Requested: aws.String("10"), RequestTime: &metav1.Time{Time: deleted}, Status: aws.String("s")},
	}
	if diff := cmp.Diff(any(want), natKind.Status(got)); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestCheckNATGateway(t *testing.T) {
	const noAddress = "spec.allocationID: a public NAT gateway needs an address: set allocationID or allocationRef, or connectivityType: private"
	for text, want := range map[string][]string{
		`{subnetID: subnet-1, allocationID: eipalloc-1}`:                                                                                           nil,
		`{subnetRef: {from: {name: s}}, allocationRef: {from: {name: a}}, connectivityType: public, availabilityMode: zonal}`:                      nil,
		`{subnetID: subnet-1, connectivityType: private}`:                                                                                          nil,
		`{vpcID: vpc-1, availabilityMode: regional}`:                                                                                               nil,
		`{vpcRef: {from: {name: v}}, availabilityMode: regional, availabilityZoneAddresses: [{availabilityZoneID: usw2-az1, allocationIDs: [e]}]}`: nil,
		`{}`:                                     {noAddress, "spec.subnetID: a NAT gateway needs a subnet: set subnetID or subnetRef, or availabilityMode: regional"},
		`{subnetID: subnet-1}`:                   {noAddress},
		`{subnetID: subnet-1, allocationID: ""}`: {noAddress},
		`{subnetID: subnet-1, allocationID: e, connectivityType: private}`: {
			"spec.allocationID: a private NAT gateway has no public address: remove this field (or allocationRef) or connectivityType"},
		`{subnetID: subnet-1, allocationID: e, availabilityZoneAddresses: [{}]}`: {
			"spec.availabilityZoneAddresses: is for a regional NAT gateway: remove it, or set availabilityMode: regional"},
		`{availabilityMode: regional}`: {"spec.vpcID: a regional NAT gateway needs a VPC: set vpcID or vpcRef"},
		`{vpcID: vpc-1, availabilityMode: regional, connectivityType: private}`: {
			"spec.connectivityType: a regional NAT gateway is public: remove this field or availabilityMode"},
		`{vpcID: vpc-1, availabilityMode: regional, availabilityZoneAddresses: [{allocationIDs: [e]}, {availabilityZone: a, availabilityZoneID: b}, {availabilityZone: a}, null, {availabilityZone: b, allocationIDs: [""]}]}`: {
			"spec.availabilityZoneAddresses[0]: needs one zone: set either availabilityZone or availabilityZoneID",
			"spec.availabilityZoneAddresses[1]: needs one zone: set either availabilityZone or availabilityZoneID",
			"spec.availabilityZoneAddresses[3]: needs one zone: set either availabilityZone or availabilityZoneID",
			"spec.availabilityZoneAddresses[4].allocationIDs[0]: is empty: name an address, or remove the field",
		},
	} {
		if diff := cmp.Diff(want, said(checkNATGateway(spec[ec2v1alpha1.NATGatewaySpec](t, text)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
