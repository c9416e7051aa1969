package ec2

import (
	"cmp"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	allocateAddress = defaults.Creates(describe.Addresses, (*awsec2.Client).AllocateAddress)
	releaseAddress  = call.Delete((*awsec2.Client).ReleaseAddress).AtOnce()
)

var (
	addressRequest   = shape.Request[awsec2.AllocateAddressInput, ec2v1alpha1.ElasticIPAddressSpec]()
	addressDescribed = shape.Spec[ec2v1alpha1.ElasticIPAddressSpec, types.Address](shape.Out("address"))
)

// ElasticIPAddress manages a public address. AWS takes no token for it and gives it no name. An
// address from an unclear allocation is found by its owner's tag.
func ElasticIPAddress() kind.Kind {
	return defaults.Of(describe.Addresses, allocateAddress, releaseAddress, defaults.Definition[ec2v1alpha1.ElasticIPAddressSpec, types.Address]{
		Kind:   "ec2.ElasticIPAddress",
		Check:  checkAddress,
		Facts:  addressFacts,
		Create: defaults.Sends(allocateAddress, planAllocation),
		Unplan: func(got *types.Address) []resource.Step {
			return []resource.Step{releaseAddress.Step("release "+addressName(got), awsec2.ReleaseAddressInput{AllocationId: got.AllocationId})}
		},
		Status: shape.Shown[ec2v1alpha1.ElasticIPAddressStatus, types.Address](),
		Spec:   addressSpec,
		Unique: []string{"address"},
		Named:  namedAddresses,
		// An address from a pool on an Outpost or from a carrier exists beside a public one.
		Fixed: fixed.Of[ec2v1alpha1.ElasticIPAddressSpec, types.Address]().As("address", "PublicIp", "CustomerOwnedIp", "CarrierIp").
			And("customerOwnedIPv4Pool", "networkBorderGroup", "publicIPv4Pool"),
	})
}

// checkAddress checks what the spec alone decides; only AWS knows which pools exist.
func checkAddress(want ec2v1alpha1.ElasticIPAddressSpec) []kind.Invalid {
	var f findings
	f.Address("spec.address", want.Address, "IPv4")
	return f.All
}

// addressFacts makes the deletion of an address in use wait until it is free, because AWS refuses
// it. While a NAT gateway holds the address, AWS answers AuthFailure, which otherwise means that a
// permission is missing.
func addressFacts(got *types.Address) (facts kind.Facts) {
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

// amazonPublicPool is the pool that AWS shows for an address from no pool of the account.
const amazonPublicPool = "amazon"

func addressSpec(got *types.Address) ec2v1alpha1.ElasticIPAddressSpec {
	spec := addressDescribed(got)
	spec.Address = cmp.Or(got.PublicIp, got.CustomerOwnedIp, got.CarrierIp)
	if aws.ToString(spec.PublicIPv4Pool) == amazonPublicPool {
		spec.PublicIPv4Pool = nil
	}
	return spec
}

func planAllocation(want ec2v1alpha1.ElasticIPAddressSpec) (in awsec2.AllocateAddressInput, summary string) {
	summary = "allocate an address"
	if optional.Given(want.Address) {
		summary = "allocate " + *want.Address
	}
	for _, pool := range []*string{want.PublicIPv4Pool, want.CustomerOwnedIPv4Pool} {
		if optional.Given(pool) {
			summary += " from " + *pool
		}
	}
	in = addressRequest(want)
	in.Domain = types.DomainTypeVpc
	return in, summary
}
