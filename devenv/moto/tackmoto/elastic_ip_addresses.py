"""Elastic IP addresses show their pool, and AWS does not release one that is in use.

moto drops the pool, accepts any, and releases any address. It has no pools, so each account owns one here.
Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
https://github.com/aws-controllers-k8s/ec2-controller/blob/main/test/e2e/tests/test_elastic_ip_address.py (a malformed pool,
and a pool with an address)
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/errors.go (an unknown pool)
"""

import re

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import elastic_ip_addresses as models
from moto.ec2.responses import elastic_ip_addresses as responses

POOLS = ("amazon", "ipv4pool-ec2-0123456789abcdef0")  # of each account


class ElasticAddress(models.ElasticAddress):
    customer_owned_ipv4_pool: str | None = None
    customer_owned_ip: str | None = None
    public_ipv4_pool = "amazon"

    @property
    def network_border_group(self) -> str:
        return getattr(self, "_border_group", None) or self.ec2_backend.region_name

    @property
    def instance_id(self) -> str | None:
        return super().instance_id or None

    @property
    def network_interface_id(self) -> str | None:
        return super().network_interface_id or None


class ElasticAddressBackend(models.ElasticAddressBackend):
    def release_address(self, address: str | None = None, allocation_id: str | None = None) -> None:
        [released] = self.address_by_ip([address]) if address else self.address_by_allocation([allocation_id])
        if released.association_id:
            if released.eni and released.eni.interface_type == "nat_gateway":
                # A service owns the association, so AWS reports missing permission.
                refusal = EC2ClientError("AuthFailure", "You do not have permission to access the specified resource.")
                refusal.status = 400
                raise refusal
            raise EC2ClientError("InvalidIPAddress.InUse", f"Address {released.public_ip} is in use.")
        super().release_address(address, allocation_id)


class ElasticIPAddresses(responses.ElasticIPAddresses):
    def allocate_address(self) -> ActionResult:
        pool, customer_pool = self._get_param("PublicIpv4Pool"), self._get_param("CustomerOwnedIpv4Pool")
        if pool and customer_pool:
            raise EC2ClientError("InvalidParameterCombination", "The parameters publicIpv4Pool and customerOwnedIpv4Pool can't be used together.")
        if pool:
            self.check_pool(pool)
        answer = super().allocate_address().result
        [made] = self.ec2_backend.address_by_allocation([answer["AllocationId"]])
        made.public_ipv4_pool, made._border_group = pool or made.public_ipv4_pool, self._get_param("NetworkBorderGroup")
        if customer_pool:
            made.customer_owned_ipv4_pool, made.customer_owned_ip = customer_pool, made.public_ip
        shown = ("public_ipv4_pool", "network_border_group", "customer_owned_ipv4_pool", "customer_owned_ip")
        return ActionResult(answer | {name: getattr(made, name) for name in shown})

    def check_pool(self, pool: str) -> None:
        if pool not in POOLS and not re.fullmatch(r"ipv4pool-ec2-[0-9a-f]+", pool):
            raise EC2ClientError("InvalidParameterValue", f"invalid value for parameter pool: {pool}")
        if self._get_param("Address"):
            raise EC2ClientError("InvalidParameterCombination", "The parameter PublicIpv4Pool cannot be used with the parameter Address")
        if pool not in POOLS:
            raise EC2ClientError("InvalidPublicIpv4PoolID.NotFound", f"The pool ID '{pool}' does not exist")

    def release_address(self) -> ActionResult:
        if not self._get_param("AllocationId"):
            raise EC2ClientError("MissingParameter", "The request must contain the parameter AllocationId")
        return super().release_address()
