package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
)

// Reasons why a field of a spec has no part in a request.
const (
	resolvedElsewhere = "the bridge resolves it into the field beside it, before the spec is compared"
	notShown          = "AWS does not show it of what is there: it cannot be compared"
)

// sentBy returns the requests that create a resource.
func sentBy[W, G any](create func(W, kind.Making) resource.Step, plan func(W, *G, kind.Case) kind.Draft, tags func(W) []tagging.Tag) func(W) []resource.Step {
	return func(want W) []resource.Step {
		c := fieldCase(resource.NewID, tags(want))
		return append([]resource.Step{create(want, kind.Making{Tags: c.Tags, Token: "token"})}, plan(want, nil, c).Steps...)
	}
}

// plannedFor returns the planned steps for a resource.
func plannedFor[W, G any](id string, got *G, plan func(W, *G, kind.Case) kind.Draft, tags func(W) []tagging.Tag) func(W) ([]resource.Step, []string) {
	return func(want W) ([]resource.Step, []string) {
		draft := plan(want, got, fieldCase(id, tags(want)))
		return draft.Steps, draft.Notes
	}
}

func fieldCase(id string, tags []tagging.Tag) kind.Case {
	c := kind.Case{ID: id, Tags: map[string]string{}, Target: resource.Target{AccountID: "111122223333"}}
	for _, tag := range tags {
		c.Tags[tag.Key] = tag.Value
	}
	return c
}

const otherTag = `{tags: [{key: env, value: prod}]}`

func TestFieldsOfVPCs(t *testing.T) {
	tags := func(want ec2v1alpha1.VPCSpec) []tagging.Tag { return wantedTags(want.Tags) }
	got := gotVPC(nil, types.VpcAttributeNameEnableDnsSupport)
	got.InstanceTenancy = types.TenancyDedicated
	got.defaultGroup = gotGroup([]types.IpPermission{fromCIDR(ports("tcp", 1, 1), "10.0.0.0/8")}, nil)
	plan := func(want ec2v1alpha1.VPCSpec, found *vpc, c kind.Case) kind.Draft {
		if found == got && !aws.ToBool(want.DisallowSecurityGroupDefaultRules) {
			without := *got
			without.defaultGroup = nil // it is read only if the spec concerns it
			found = &without
		}
		return planVPC(want, found, c)
	}
	const ofIPAM = `cidrBlocks: [], ipv4IPAMPoolID: ipam-pool-1`
	fieldtest.Spec[ec2v1alpha1.VPCSpec]{
		Base: `{cidrBlocks: [10.0.0.0/16], enableDNSSupport: true, instanceTenancy: dedicated, tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"amazonProvidedIPv6CIDRBlock":       `{amazonProvidedIPv6CIDRBlock: true}`,
			"cidrBlocks[]":                      `{cidrBlocks: [10.0.0.0/16, 10.1.0.0/16]}`,
			"disallowSecurityGroupDefaultRules": `{disallowSecurityGroupDefaultRules: true}`,
			"enableDNSHostnames":                `{enableDNSHostnames: true}`,
			"enableDNSSupport":                  `{enableDNSSupport: false}`,
			"enableNetworkAddressUsageMetrics":  `{enableNetworkAddressUsageMetrics: true}`,
			"instanceTenancy":                   `{instanceTenancy: default}`,
			"ipv4IPAMPoolID":                    `{` + ofIPAM + `}`,
			"ipv4NetmaskLength":                 `{` + ofIPAM + `, ipv4NetmaskLength: 20}`,
			"ipv6CIDRBlock":                     `{ipv6CIDRBlock: "2001:db8::/56", ipv6Pool: ipv6pool-ec2-1}`,
			"ipv6CIDRBlockNetworkBorderGroup":   `{amazonProvidedIPv6CIDRBlock: true, ipv6CIDRBlockNetworkBorderGroup: us-west-2-lax-1}`,
			"ipv6IPAMPoolID":                    `{ipv6IPAMPoolID: ipam-pool-6}`,
			"ipv6NetmaskLength":                 `{ipv6IPAMPoolID: ipam-pool-6, ipv6NetmaskLength: 52}`,
			"ipv6Pool":                          `{ipv6Pool: ipv6pool-ec2-1}`,
			"tags[].key":                        `{tags: [{key: other, value: dev}]}`,
			"tags[].value":                      otherTag,
		},
		Sent:    sentBy(planVPCCreate, plan, tags),
		Planned: plannedFor("vpc-1", got, plan, tags),
		Unsent: map[string]string{
			"disallowSecurityGroupDefaultRules": "AWS makes the default group with the VPC: it is looked at after that",
		},
		Unplanned: map[string]string{"ipv4IPAMPoolID": notShown},
	}.Run(t)
}

func TestFieldsOfSubnets(t *testing.T) {
	tags := func(want ec2v1alpha1.SubnetSpec) []tagging.Tag { return wantedTags(want.Tags) }
	fieldtest.Spec[ec2v1alpha1.SubnetSpec]{
		Base: `{vpcID: vpc-1, cidrBlock: 10.0.1.0/24, availabilityZone: eu-west-1a, ipv6CIDRBlock: "2001:db8::/64", tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"assignIPv6AddressOnCreation":     `{assignIPv6AddressOnCreation: true}`,
			"availabilityZone":                `{availabilityZone: eu-west-1b}`,
			"availabilityZoneID":              `{availabilityZone: null, availabilityZoneID: euw1-az2}`,
			"cidrBlock":                       `{cidrBlock: 10.0.2.0/24}`,
			"customerOwnedIPv4Pool":           `{customerOwnedIPv4Pool: ipv4pool-coip-1}`,
			"enableDNS64":                     `{enableDNS64: true}`,
			"enableResourceNameDNSAAAARecord": `{enableResourceNameDNSAAAARecord: true}`,
			"enableResourceNameDNSARecord":    `{enableResourceNameDNSARecord: true}`,
			"hostnameType":                    `{hostnameType: resource-name}`,
			"ipv6CIDRBlock":                   `{ipv6CIDRBlock: "2001:db8:0:1::/64"}`,
			"ipv6Native":                      `{ipv6Native: true, cidrBlock: null}`,
			"mapPublicIPOnLaunch":             `{mapPublicIPOnLaunch: true}`,
			"outpostARN":                      `{outpostARN: "arn:aws:outposts:x"}`,
			"routeTables[]":                   `{routeTables: [rtb-1]}`,
			"tags[].key":                      `{tags: [{key: other, value: dev}]}`,
			"tags[].value":                    otherTag,
			"vpcID":                           `{vpcID: vpc-2}`,
		},
		Sent:      sentBy(planSubnetCreate, planSubnet, tags),
		Planned:   plannedFor("subnet-1", gotSubnet(block6("2001:db8::/64", types.SubnetCidrBlockStateCodeAssociated)), planSubnet, tags),
		Unsent:    map[string]string{"vpcRef": resolvedElsewhere, "routeTableRefs[]": resolvedElsewhere},
		Unplanned: map[string]string{"vpcRef": resolvedElsewhere, "routeTableRefs[]": resolvedElsewhere},
	}.Run(t)
}

func TestFieldsOfInternetGateways(t *testing.T) {
	tags := func(want ec2v1alpha1.InternetGatewaySpec) []tagging.Tag { return wantedTags(want.Tags) }
	fieldtest.Spec[ec2v1alpha1.InternetGatewaySpec]{
		Base: `{vpc: vpc-1, tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"routeTables[]": `{routeTables: [rtb-1]}`,
			"tags[].key":    `{tags: [{key: other, value: dev}]}`,
			"tags[].value":  otherTag,
			"vpc":           `{vpc: vpc-2}`,
		},
		Sent:      sentBy(planGatewayCreate, planGateway, tags),
		Planned:   plannedFor("igw-1", gotGateway("vpc-1", types.AttachmentStatusAttached), planGateway, tags),
		Unsent:    map[string]string{"vpcRef": resolvedElsewhere, "routeTableRefs[]": resolvedElsewhere},
		Unplanned: map[string]string{"vpcRef": resolvedElsewhere, "routeTableRefs[]": resolvedElsewhere},
	}.Run(t)
}

func TestFieldsOfElasticIPAddresses(t *testing.T) {
	tags := func(want ec2v1alpha1.ElasticIPAddressSpec) []tagging.Tag { return wantedTags(want.Tags) }
	fieldtest.Spec[ec2v1alpha1.ElasticIPAddressSpec]{
		Base: `{tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"address":               `{address: 203.0.113.9}`,
			"customerOwnedIPv4Pool": `{customerOwnedIPv4Pool: ipv4pool-coip-1}`,
			"networkBorderGroup":    `{networkBorderGroup: us-west-2-lax-1}`,
			"publicIPv4Pool":        `{publicIPv4Pool: ipv4pool-ec2-1}`,
			"tags[].key":            `{tags: [{key: other, value: dev}]}`,
			"tags[].value":          otherTag,
		},
		Sent:    sentBy(planAddressCreate, planAddress, tags),
		Planned: plannedFor("eipalloc-1", gotAddress(), planAddress, tags),
	}.Run(t)
}
