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

var addressKind = definition[ec2v1alpha1.ElasticIPAddressSpec, types.Address](ElasticIPAddress())

// gotAddress returns an address as AWS shows it, with the fields that AWS fills in.
func gotAddress() *types.Address {
	return &types.Address{
		AllocationId: aws.String("eipalloc-1"), PublicIp: aws.String("198.51.100.7"), Domain: types.DomainTypeVpc,
		PublicIpv4Pool: aws.String("amazon"), NetworkBorderGroup: aws.String("us-west-2"),
		Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}, {Key: aws.String("aws:x"), Value: aws.String("y")}},
	}
}

func TestPlanAddress(t *testing.T) {
	plantest.Table[*awsec2.Client, ec2v1alpha1.ElasticIPAddressSpec, types.Address]{
		Kind: ElasticIPAddress(), ID: "eipalloc-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[types.Address]{
			"new":                          {Spec: `{networkBorderGroup: us-west-2}`},
			"nothing to do":                {Spec: `{}`, Got: gotAddress()},
			"nothing to do: what AWS says": {Spec: `{address: 198.51.100.7, networkBorderGroup: us-west-2, publicIPv4Pool: amazon}`, Got: gotAddress()},
			"what AWS cannot change, and tags": {
				Spec: `{address: 203.0.113.9, networkBorderGroup: us-west-2-lax-1, customerOwnedIPv4Pool: ipv4pool-coip-1}`,
				Got:  gotAddress(), Tags: map[string]string{"env": "prod"}, Want: []string{"0 Tag: tag env=prod (spec.tags)"},
				Notes: []string{
					`spec.address: AWS cannot change it; make a new object, or put back "198.51.100.7"`,
					`spec.customerOwnedIPv4Pool: AWS cannot change it; make a new object, or put back ""`,
					`spec.networkBorderGroup: AWS cannot change it; make a new object, or put back "us-west-2"`,
				},
			},
			"another pool": {
				Spec: `{publicIPv4Pool: ipv4pool-ec2-1}`, Got: gotAddress(),
				Notes: []string{`spec.publicIPv4Pool: AWS cannot change it; make a new object, or put back "amazon"`},
			},
			"an address of an Outpost's pool": {
				Spec: `{address: 192.0.2.1, customerOwnedIPv4Pool: ipv4pool-coip-1}`,
				Got: func() *types.Address {
					got := gotAddress()
					got.CustomerOwnedIp, got.CustomerOwnedIpv4Pool = aws.String("192.0.2.1"), aws.String("ipv4pool-coip-1")
					return got
				}(),
			},
		},
	}.Run(t)
}

func TestAddressRequests(t *testing.T) {
	making := kind.Making{Tags: map[string]string{"a": "1"}}
	for text, want := range map[string]string{
		`{}`: `allocate an address {"Domain":"vpc","TagSpecifications":[{"ResourceType":"elastic-ip","Tags":[{"Key":"a","Value":"1"}]}]}`,
		`{address: 203.0.113.9, publicIPv4Pool: ipv4pool-ec2-1, networkBorderGroup: us-west-2}`: `allocate 203.0.113.9 from ipv4pool-ec2-1 ` +
			`{"Address":"203.0.113.9","Domain":"vpc","NetworkBorderGroup":"us-west-2","PublicIpv4Pool":"ipv4pool-ec2-1","TagSpecifications":[{"ResourceType":"elastic-ip","Tags":[{"Key":"a","Value":"1"}]}]}`,
		`{customerOwnedIPv4Pool: ipv4pool-coip-1}`: `allocate an address from ipv4pool-coip-1 ` +
			`{"CustomerOwnedIpv4Pool":"ipv4pool-coip-1","Domain":"vpc","TagSpecifications":[{"ResourceType":"elastic-ip","Tags":[{"Key":"a","Value":"1"}]}]}`,
	} {
		step := addressKind.Create(spec[ec2v1alpha1.ElasticIPAddressSpec](t, text), making)
		if diff := cmp.Diff(want, step.Summary+" "+string(step.Input)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// An address in use is not released: AWS's refusal would look like a missing permission.
func TestAddressInUse(t *testing.T) {
	free, of, natural := gotAddress(), gotAddress(), gotAddress()
	of.AssociationId, of.InstanceId, of.NetworkInterfaceId = aws.String("eipassoc-1"), aws.String("i-1"), aws.String("eni-1")
	natural.AssociationId, natural.InstanceId, natural.NetworkInterfaceId = aws.String("eipassoc-1"), aws.String(""), aws.String("eni-2")
	for name, test := range map[string]struct {
		got  *types.Address
		want *resource.Wait
	}{
		"free":             {free, nil},
		"of an instance":   {of, &resource.Wait{Reason: "InUse", Message: "eipalloc-1 (198.51.100.7) is in use by i-1: Tack releases it when nothing uses it"}},
		"of a NAT gateway": {natural, &resource.Wait{Reason: "InUse", Message: "eipalloc-1 (198.51.100.7) is in use by eni-2: Tack releases it when nothing uses it"}},
	} {
		facts := addressKind.Facts(test.got)
		if diff := cmp.Diff(test.want, facts.Held); diff != "" || facts.Pending != nil {
			t.Errorf("%s: pending %v, held (-want +got):\n%s", name, facts.Pending, diff)
		}
	}
}

func TestCheckAddress(t *testing.T) {
	for text, want := range map[string][]string{
		`{}`: nil,
		`{address: 203.0.113.9, publicIPv4Pool: ipv4pool-ec2-1, networkBorderGroup: us-west-2}`: nil,
		`{address: "2001:db8::1"}`:  {`spec.address: "2001:db8::1" is not an IPv4 address`},
		`{address: 203.0.113.0/24}`: {`spec.address: "203.0.113.0/24" is not an IPv4 address`},
	} {
		if diff := cmp.Diff(want, said(checkAddress(spec[ec2v1alpha1.ElasticIPAddressSpec](t, text)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
