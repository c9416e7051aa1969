"""NAT gateways have transient states, and hold their interface and address until they end.

moto skips these states, never frees interface and address, and accepts any request. For a malformed subnet or address,
CreateNatGateway has codes of its own, which ACK's tests saw.
Sources: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
https://github.com/aws-controllers-k8s/ec2-controller/blob/main/test/e2e/tests/test_nat_gateway.py
"""

from datetime import datetime
from functools import partial
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import nat_gateways as models
from moto.ec2.responses import nat_gateways as responses
from moto.ec2.utils import generic_filter

from . import id_forms, settings

KIND = "natgateway"  # also the type of its tags
_STATUS = {"pending": "associating", "available": "succeeded", "failed": "failed"}


class NatGateway(models.NatGateway):
    availability_mode = "zonal"
    delete_time: datetime | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    holds = True

    @property
    def nat_gateway_id(self) -> str:
        return self.id

    @property
    def nat_gateway_addresses(self) -> list[dict[str, Any]]:
        status = {"isPrimary": True, "status": _STATUS.get(self.state)}
        return [(a if self.holds else {"allocationId": a.get("allocationId")}) | status for a in self.address_set]

    def accepted(self) -> dict[str, Any]:
        """Return the answer of a create. AWS has not made the interface yet."""
        names = ("subnet_id", "vpc_id", "state", "create_time", "connectivity_type", "availability_mode", "tag_set")
        addresses = [{"allocationId": a.get("allocationId"), "isPrimary": True, "status": "associating"} for a in self.address_set]
        return {"NatGatewayId": self.id, "NatGatewayAddresses": addresses} | {name: getattr(self, name) for name in names}

    def end(self, state: str, code: str | None = None, message: str | None = None) -> None:
        """Fail or delete the NAT gateway, and free its interface and address."""
        self.state, self.failure_code, self.failure_message = state, code or self.failure_code, message or self.failure_message
        if self.holds:
            self.holds = False
            for association in filter(None, (address.get("associationId") for address in self.address_set)):
                self.ec2_backend.disassociate_address(association_id=association)
            self.ec2_backend.delete_network_interface(self._eni.id)

    def leave(self) -> None:
        self.end("deleted")
        self.ec2_backend.leave(self, KIND, self.ec2_backend.nat_gateways)


class NatGatewayBackend(models.NatGatewayBackend):
    def create_nat_gateway(
        self, subnet_id: str, allocation_id: str, tags: dict[str, str] | None = None, connectivity_type: str | None = None
    ) -> NatGateway:
        failure = settings.failure()
        vpc_id = self.get_subnet(subnet_id).vpc_id
        if allocation_id:
            if self.address_by_allocation([allocation_id])[0].association_id:
                raise EC2ClientError("Resource.AlreadyAssociated", f"Elastic IP address [{allocation_id}] is already associated")
            if not self.describe_internet_gateways(filters={"attachment.vpc-id": [vpc_id]}):
                # AWS checks this after it has accepted the create.
                failure = failure or {"code": "Gateway.NotAttached", "message": f"Network {vpc_id} has no Internet gateway attached"}
        made = super().create_nat_gateway(subnet_id, allocation_id, tags, connectivity_type or "public")
        made._eni.interface_type = "nat_gateway"
        self.enter(made, KIND, "pending", partial(made.end, "failed", **failure) if failure else partial(setattr, made, "state", "available"))
        return made

    def describe_nat_gateways(self, filters: Any, nat_gateway_ids: list[str] | None) -> list[NatGateway]:
        id_forms.check("NatGatewayMalformed", "NatGateway", "nat", nat_gateway_ids or [])
        for name in nat_gateway_ids or []:
            if name not in self.nat_gateways:
                raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {name} was not found")
        return generic_filter(filters, [self.nat_gateways[name] for name in nat_gateway_ids or self.nat_gateways])

    def delete_nat_gateway(self, nat_gateway_id: str) -> NatGateway:
        [gone] = self.describe_nat_gateways(None, [nat_gateway_id])
        if gone.state not in ("deleting", "deleted"):
            gone.delete_time = utcnow()
            self.enter(gone, KIND, "deleting", gone.leave)
        return gone


class NatGateways(responses.NatGateways):
    def create_nat_gateway(self) -> ActionResult:
        allocation, connectivity = self._get_param("AllocationId"), self._get_param("ConnectivityType", "public")
        if self._get_param("AvailabilityMode", "zonal") != "zonal":
            raise NotImplementedError("a NAT gateway of a whole VPC")
        if not self._get_param("SubnetId"):
            raise EC2ClientError("MissingParameter", "The request must contain the parameter subnetId")
        if connectivity == "private" and allocation:
            raise EC2ClientError("InvalidParameterCombination", "An allocation can't be given for a private NAT gateway")
        if connectivity == "public" and not allocation:
            raise EC2ClientError(
                "MissingParameter", "The request must include the AllocationId parameter. Add the required parameter and retry the request."
            )
        id_forms.check("InvalidSubnet", "subnet", "subnet", [self._get_param("SubnetId")])
        id_forms.check("InvalidElasticIpID.Malformed", "elastic-ip", "eipalloc", [allocation] if allocation else [])
        made = super().create_nat_gateway().result["NatGateway"]
        return ActionResult({"NatGateway": made.accepted(), "ClientToken": self._get_param("ClientToken")})
