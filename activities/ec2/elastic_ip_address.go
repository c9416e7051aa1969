package ec2

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	allocateAddress kind.Verb[awsec2.AllocateAddressInput] = "Create"
	releaseAddress  kind.Verb[awsec2.ReleaseAddressInput]  = "Delete"
)

// ElasticIPAddress manages a public address. AWS takes no token for it and gives it no name. An
// address from an unclear allocation is found by its owner's tag.
func ElasticIPAddress() kind.Kind {
	return kind.Definition[*awsec2.Client, ec2v1alpha1.ElasticIPAddressSpec, types.Address]{
		Kind:   "ec2.ElasticIPAddress",
		Client: newClient,
		Tags:   func(want ec2v1alpha1.ElasticIPAddressSpec) []tagging.Tag { return wantedTags(want.Tags) },
		Check:  checkAddress,
		Find:   findAddress,
		Owned:  ownedAddresses,
		Facts:  addressFacts,
		Create: planAddressCreate,
		Plan:   planAddress,
		Unplan: func(got *types.Address) []resource.Step {
			return []resource.Step{releaseAddress.Step("release "+addressName(got), awsec2.ReleaseAddressInput{AllocationId: got.AllocationId})}
		},
		Untag:  planUntag,
		Status: addressStatus,
		Calls: append(tagCalls(),
			kind.BindCreate(allocateAddress, (*awsec2.Client).AllocateAddress, func(out *awsec2.AllocateAddressOutput) (id, arn string) {
				return aws.ToString(out.AllocationId), ""
			}),
			kind.Bind(releaseAddress, (*awsec2.Client).ReleaseAddress),
		),
	}
}

// checkAddress checks what the spec alone decides; only AWS knows which pools exist.
func checkAddress(want ec2v1alpha1.ElasticIPAddressSpec) []kind.Invalid {
	var f findings
	f.checkAddress("spec.address", want.Address, "IPv4")
	return f
}

func findAddress(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.ElasticIPAddressSpec]) (*types.Address, error) {
	by := sought(q, "allocation-id")
	out, err := client.DescribeAddresses(ctx, &awsec2.DescribeAddressesInput{Filters: []types.Filter{by}})
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("describing the address: %w", err))
	}
	return latest(out.Addresses, func(a types.Address) []types.Tag { return a.Tags }), nil
}

func ownedAddresses(ctx context.Context, client *awsec2.Client, owner resource.Owner) ([]types.Address, error) {
	out, err := client.DescribeAddresses(ctx, &awsec2.DescribeAddressesInput{Filters: []types.Filter{ownedBy(owner)}})
	if err != nil {
		return nil, fmt.Errorf("describing all addresses of the object: %w", err)
	}
	return out.Addresses, nil
}

// addressFacts makes the deletion of an address in use wait until it is free, because AWS refuses
// it. While a NAT gateway holds the address, AWS answers AuthFailure, which otherwise means that a
// permission is missing.
func addressFacts(got *types.Address) kind.Facts {
	facts := kind.Facts{ID: aws.ToString(got.AllocationId), Tags: tagMap(got.Tags)}
	if got.AssociationId == nil || *got.AssociationId == "" {
		return facts
	}
	by := cmp.Or(aws.ToString(got.InstanceId), aws.ToString(got.NetworkInterfaceId), *got.AssociationId)
	facts.Held = &resource.Wait{Reason: resource.ReasonInUse, Message: fmt.Sprintf("%s is in use by %s: Tack releases it when nothing uses it", addressName(got), by)}
	return facts
}

func addressName(got *types.Address) string {
	name := aws.ToString(got.AllocationId)
	if got.PublicIp != nil {
		name += " (" + *got.PublicIp + ")"
	}
	return name
}

func planAddressCreate(want ec2v1alpha1.ElasticIPAddressSpec, m kind.Making) resource.Step {
	summary := "allocate an address"
	if named(want.Address) > 0 {
		summary = "allocate " + *want.Address
	}
	for _, pool := range []*string{want.PublicIPv4Pool, want.CustomerOwnedIPv4Pool} {
		if named(pool) > 0 {
			summary += " from " + *pool
		}
	}
	return allocateAddress.Step(summary, awsec2.AllocateAddressInput{
		Domain:                types.DomainTypeVpc,
		Address:               unlessEmpty(want.Address),
		CustomerOwnedIpv4Pool: unlessEmpty(want.CustomerOwnedIPv4Pool),
		NetworkBorderGroup:    unlessEmpty(want.NetworkBorderGroup),
		PublicIpv4Pool:        unlessEmpty(want.PublicIPv4Pool),
		TagSpecifications:     tagsAtCreate(types.ResourceTypeElasticIp, m.Tags),
	})
}

// planAddress changes tags: everything else is fixed at the allocation.
func planAddress(want ec2v1alpha1.ElasticIPAddressSpec, got *types.Address, c kind.Case) kind.Draft {
	if got == nil {
		return kind.Draft{}
	}
	return kind.Draft{Steps: planTags(c.ID, c.Tags, tagMap(got.Tags)), Notes: addressNotes(want, got)}
}

func addressNotes(want ec2v1alpha1.ElasticIPAddressSpec, got *types.Address) (notes []string) {
	for _, field := range []struct {
		path string
		want *string
		got  []*string // AWS shows the address as one of them
	}{
		// An address from a pool on an Outpost or from a carrier exists beside a public one.
		{"spec.address", want.Address, []*string{got.PublicIp, got.CustomerOwnedIp, got.CarrierIp}},
		{"spec.customerOwnedIPv4Pool", want.CustomerOwnedIPv4Pool, []*string{got.CustomerOwnedIpv4Pool}},
		{"spec.networkBorderGroup", want.NetworkBorderGroup, []*string{got.NetworkBorderGroup}},
		{"spec.publicIPv4Pool", want.PublicIPv4Pool, []*string{got.PublicIpv4Pool}},
	} {
		same := func(shown *string) bool { return aws.ToString(shown) == *field.want }
		if named(field.want) > 0 && !slices.ContainsFunc(field.got, same) {
			notes = append(notes, kind.CannotChange(field.path, aws.ToString(field.got[0])))
		}
	}
	return notes
}

func addressStatus(got *types.Address, _ kind.Case) any {
	return ec2v1alpha1.ElasticIPAddressStatus{
		AllocationID: got.AllocationId, PublicIP: got.PublicIp,
		CarrierIP: got.CarrierIp, CustomerOwnedIP: got.CustomerOwnedIp,
	}
}
