"""Endpoint services have Regions, address types and connections, and stay while endpoints use them.

moto looks for the load balancers, which this environment does not have, ignores filters and half of the changes, and
deletes a service that is in use. Another account needs a permission for its endpoints, as in AWS.
Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpointServiceConfigurations.html
"""

from types import SimpleNamespace
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import NoLoadBalancersProvided
from moto.ec2.models import vpc_service_configuration as models
from moto.ec2.responses import vpc_service_configuration as responses
from moto.ec2.utils import generic_filter

IN_USE = {"Code": "ExistingVpcEndpointConnections", "Message": "Service has existing active VPC Endpoint connections!"}
ACTIVE = ("available", "pending", "pendingAcceptance")


class VPCServiceConfiguration(models.VPCServiceConfiguration):
    supported_ip_address_types: list[str]

    @property
    def service_type(self) -> list[dict[str, str]]:
        return [{"ServiceType": "GatewayLoadBalancer" if self.gateway_load_balancer_arns else "Interface"}]

    def allows(self, account: str) -> bool:
        return account == self.ec2_backend.account_id or any(p == "*" or f":{account}:" in p for p in self.principals)

    def check(self) -> None:
        if bool(self.gateway_load_balancer_arns) == bool(self.network_load_balancer_arns):
            raise NoLoadBalancersProvided


class Connection(models.TaggedEC2Resource):
    """An endpoint, as the owner of its service sees it."""

    def __init__(self, endpoint: Any, service_id: str) -> None:
        self.id, self.ec2_backend, self.service_id = endpoint.id, endpoint.ec2_backend, service_id
        self.vpc_endpoint_id, self.vpc_endpoint_state, self.vpc_endpoint_owner = endpoint.id, endpoint.state, endpoint.ec2_backend.account_id


class VPCServiceConfigurationBackend(models.VPCServiceConfigurationBackend):
    def create_vpc_endpoint_service_configuration(self, lb_arns: list[str], *args: Any, **kwargs: Any) -> VPCServiceConfiguration:
        found = [SimpleNamespace(arn=arn, type="gateway" if "/gwy/" in arn else "network", subnets=[]) for arn in lb_arns]
        kwargs["supported_regions"] = kwargs["supported_regions"] or [self.region_name]  # type: ignore[attr-defined]
        tags = kwargs.pop("tags") or []
        made = VPCServiceConfiguration(found, self.region_name, *args, ec2_backend=self, **kwargs)  # type: ignore[attr-defined]
        made.add_tags({tag["Key"]: tag["Value"] for tag in tags})
        self.configurations[made.id] = made
        return made

    def service_named(self, name: str) -> VPCServiceConfiguration | None:
        """Return a service of any account of the Region."""
        services = (s for backend in self.accounts() for s in backend.configurations.values())  # type: ignore[attr-defined]
        return next((s for s in services if s.service_name == name), None)

    def connections(self, filters: Any) -> list[Connection]:
        endpoints = [e for backend in self.accounts() for e in backend.vpc_end_points.values()]  # type: ignore[attr-defined]
        found = [Connection(e, s.id) for s in self.configurations.values() for e in endpoints if e.service_name == s.service_name]
        return generic_filter(filters, [c for c in found if c.vpc_endpoint_state != "deleted"])


class VPCEndpointServiceConfiguration(responses.VPCEndpointServiceConfiguration):
    def create_vpc_endpoint_service_configuration(self) -> ActionResult:
        if self._get_param("GatewayLoadBalancerArns") and self._get_param("NetworkLoadBalancerArns"):
            raise NoLoadBalancersProvided
        made = super().create_vpc_endpoint_service_configuration().result["ServiceConfiguration"]
        made.supported_ip_address_types = self._get_param("SupportedIpAddressTypes", ["ipv4"])
        return ActionResult({"ServiceConfiguration": made, "ClientToken": self._get_param("ClientToken")})

    def describe_vpc_endpoint_service_configurations(self) -> ActionResult:
        found = super().describe_vpc_endpoint_service_configurations().result["ServiceConfigurations"]
        return ActionResult({"ServiceConfigurations": generic_filter(self._filters_from_querystring(), found)})

    def modify_vpc_endpoint_service_configuration(self) -> ActionResult:
        answer = super().modify_vpc_endpoint_service_configuration()
        [changed] = self.ec2_backend.describe_vpc_endpoint_service_configurations([self._get_param("ServiceId")])
        if str(self._get_param("RemovePrivateDnsName")).lower() == "true":
            changed.private_dns_name = None
        removed = self._get_param("RemoveSupportedIpAddressTypes", [])
        kept = [t for t in changed.supported_ip_address_types if t not in removed]
        changed.supported_ip_address_types = kept + self._get_param("AddSupportedIpAddressTypes", [])
        changed.check()
        return answer

    def describe_vpc_endpoint_connections(self) -> ActionResult:
        return ActionResult({"VpcEndpointConnections": self.ec2_backend.connections(self._filters_from_querystring())})

    def delete_vpc_endpoint_service_configurations(self) -> ActionResult:
        """Delete the services that nothing uses, and list the others with HTTP 200."""
        used = {c.service_id for c in self.ec2_backend.connections({}) if c.vpc_endpoint_state in ACTIVE}
        ids = self._get_param("ServiceIds", [])
        missing = self.ec2_backend.delete_vpc_endpoint_service_configurations([i for i in ids if i not in used])
        refused = [{"ResourceId": i, "Error": IN_USE} for i in ids if i in used]
        error = {"Code": "InvalidVpcEndpointService.NotFound", "Message": "The VpcEndpointService Id does not exist"}
        return ActionResult({"Unsuccessful": refused + [{"ResourceId": i, "Error": error} for i in missing]})
