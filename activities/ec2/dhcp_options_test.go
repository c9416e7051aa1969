package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

// gotDHCP returns a set that VPCs use, as AWS shows it: the servers in another order.
func gotDHCP(vpcs ...string) *dhcpOptions {
	option := func(key string, values ...string) (o types.DhcpConfiguration) {
		o.Key = aws.String(key)
		for _, value := range values {
			o.Values = append(o.Values, types.AttributeValue{Value: aws.String(value)})
		}
		return o
	}
	return &dhcpOptions{vpcs: vpcs, DhcpOptions: types.DhcpOptions{
		DhcpOptionsId: aws.String("dopt-1"), OwnerId: aws.String("111122223333"),
		DhcpConfigurations: []types.DhcpConfiguration{option("domain-name-servers", "10.0.0.3", "10.0.0.2"), option("domain-name", "example.com")},
		Tags:               []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}}
}

const dhcpBase = `dhcpConfigurations: [{key: domain-name, values: [example.com]}, {key: domain-name-servers, values: ["10.0.0.2,10.0.0.3"]}]`

func TestFieldsOfDHCPOptions(t *testing.T) {
	const looksFirst = "a look at the new set first says whether another object has the VPC"
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.DHCPOptionsSpec, dhcpOptions]{
		Kind: DHCPOptions(),
		Base: `{` + dhcpBase + `, vpc: [vpc-1], tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"dhcpConfigurations[].key":      `{dhcpConfigurations: [{key: ntp-servers, values: [example.com]}]}`,
			"dhcpConfigurations[].values[]": `{dhcpConfigurations: [{key: domain-name, values: [example.org]}]}`,
			"vpc[]":                         `{vpc: [vpc-2]}`,
		},
		Unsent: map[string]string{"vpc[]": looksFirst},
		ID:     "dopt-1", Got: gotDHCP("vpc-1"),
		Check: map[string][]string{
			`{dhcpConfigurations: []}`: {"spec.dhcpConfigurations: names no option"},
			`{dhcpConfigurations: [null, {key: domain-name}, {key: domain-name, values: [""]}, {key: new, values: [x]}], vpc: [""]}`: {
				"spec.dhcpConfigurations[0].key: names no option", "spec.dhcpConfigurations[1].values: an option needs a value",
				"spec.dhcpConfigurations[2].values[0]: is empty", "spec.vpc[0]: is empty",
			},
			`{dhcpConfigurations: [{key: netbios-node-type, values: ["3"]}, {key: netbios-node-type, values: ["1", "2"]}]}`: {
				"spec.dhcpConfigurations[0].values: the type of a NetBIOS node is one of 1, 2, 4 and 8",
				"spec.dhcpConfigurations[1].values: the type of a NetBIOS node is one of 1, 2, 4 and 8",
			},
			`{dhcpConfigurations: [{key: ntp-servers, values: ["10.0.0.1,10.0.0.2", 10.0.0.3, 10.0.0.4, "::1"]}]}`: nil,
			`{dhcpConfigurations: [{key: ntp-servers, values: ["10.0.0.1,10.0.0.2", 10.0.0.3, "10.0.0.4, 10.0.0.5"]}]}`: {
				"spec.dhcpConfigurations[0].values: AWS allows 4 servers",
			},
		},
	}.Run(t)
}

func TestPlanDHCPOptions(t *testing.T) {
	taken := gotDHCP()
	taken.claimed = claimed{}
	taken.claimed.add("vpc-1", "dopt-2", []types.Tag{{Key: aws.String(resource.TagOwner), Value: aws.String("dev/c/ec2.DHCPOptions/b/x")}}, resource.Owner{})
	plantest.Table[*awsec2.Client, ec2v1alpha1.DHCPOptionsSpec, dhcpOptions]{
		Kind: DHCPOptions(), ID: "dopt-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[dhcpOptions]{
			"new": {Spec: `{` + dhcpBase + `, vpc: [vpc-1]}`},
			"a VPC enters and another leaves": {
				Spec: `{` + dhcpBase + `, vpc: [vpc-1, vpc-3, vpc-3], vpcRefs: [{}, {}]}`, Got: gotDHCP("vpc-1", "vpc-2"),
				Want: []string{"0 Associate: use the options in vpc-3 (spec.vpcRefs)", "1 Associate: use AWS's own options in vpc-2 (spec.vpcRefs)"},
			},
			"a reference is not resolved": {
				Spec: `{` + dhcpBase + `, vpc: [vpc-3], vpcRefs: [{}, {}]}`, Got: gotDHCP("vpc-1"),
				Want: []string{"0 Associate: use the options in vpc-3 (spec.vpcRefs)"},
			},
			"another object has the VPC": {
				Spec: `{` + dhcpBase + `, vpc: [vpc-1, vpc-2]}`, Got: taken,
				Want: []string{"0 Associate: use the options in vpc-2 (spec.vpc)"},
				Wait: "vpc-1 uses dopt-2, which belongs to dev/c/ec2.DHCPOptions/b/x: Tack takes it when that object leaves it",
			},
			"another option": {
				Spec: `{dhcpConfigurations: [{key: domain-name, values: [example.org]}]}`, Got: gotDHCP("vpc-1"),
				Want:  []string{"1 Associate: use AWS's own options in vpc-1 (spec.vpc)"},
				Notes: []string{`spec.dhcpConfigurations: AWS cannot change it; make a new object, or put back "domain-name-servers=10.0.0.2,10.0.0.3, domain-name=example.com"`},
			},
		},
	}.Run(t)
}
