"""VPC endpoints take time, and hold their subnets and groups by interfaces until they are deleted.

moto makes and deletes them at once, ignores most changes, and accepts any service and any id. An endpoint for a
service of an account (vpce-svc) waits until AcceptVpcEndpointConnections, unless the service says otherwise.
The code for a malformed VPC, which ACK's tests saw, differs from that of other calls in one letter.
Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html#concepts-vpc-endpoints
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
https://github.com/aws-controllers-k8s/ec2-controller/blob/main/test/e2e/tests/test_vpc_endpoint.py
"""

from functools import partial
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidServiceName, InvalidVpcEndPointIdError
from moto.ec2.models import vpcs as models
from moto.ec2.responses import vpcs as responses
from moto.ec2.utils import generic_filter, random_private_ip

from . import id_forms, settings

KIND = "vpc-endpoint"
PARTS = (("SubnetIds", "subnet_ids"), ("RouteTableIds", "route_table_ids"), ("SecurityGroupIds", "security_group_ids"))
HELD = "Endpoint must be removed from route table before deletion"


class VPCEndPoint(models.VPCEndPoint):
    last_error: dict[str, str] | None = None
    ip_address_type = "ipv4"
    dns_options: dict[str, Any] | None = None
    requester_managed = False

    @property
    def vpc_endpoint_id(self) -> str:
        return self.id

    def end(self, state: str, error: dict[str, str] | None = None) -> None:
        """Fail or delete the endpoint, and free what it holds."""
        self.state, self.last_error = state, error and {"Code": error["code"], "Message": error["message"]}
        self.take("subnet_ids", [])
        self.take("route_table_ids", [])

    def leave(self) -> None:
        self.end("deleted")
        self.ec2_backend.leave(self, KIND, self.ec2_backend.vpc_end_points)

    def take(self, part: str, ids: list[str]) -> None:
        """Have these parts, with an interface in each subnet and a route in each table."""
        ec2, has = self.ec2_backend, getattr(self, part) or []
        setattr(self, part, ids)
        for gone in set(has) - set(ids):
            if part == "subnet_ids":
                for eni in [e for e in self.network_interface_ids if ec2.enis[e].subnet.id == gone]:
                    self.network_interface_ids.remove(eni)
                    ec2.delete_network_interface(eni)
            elif part == "route_table_ids" and self.destination_prefix_list_id and gone in ec2.route_tables:
                ec2.delete_route(gone, None, destination_prefix_list_id=self.destination_prefix_list_id)
        for new in [name for name in ids if name not in has]:
            if part == "subnet_ids":
                self.network_interface_ids.append(self.interface(new))
            elif part == "route_table_ids" and self.destination_prefix_list_id:
                ec2.create_route(new, None, gateway_id=self.id, destination_prefix_list_id=self.destination_prefix_list_id)

    def interface(self, subnet_id: str) -> str:
        subnet = self.ec2_backend.get_subnet(subnet_id)
        eni = self.ec2_backend.create_network_interface(subnet, random_private_ip(), group_ids=self.security_group_ids, description=f"VPC Endpoint Interface {self.id}")
        eni.interface_type = "gateway_load_balancer_endpoint" if self.vpc_endpoint_type == "GatewayLoadBalancer" else "vpc_endpoint"
        return eni.id


class VPCBackend(models.VPCBackend):
    def known(self, ids: dict[str, list[str]]) -> None:
        """Refuse ids of parts that are malformed or do not exist."""
        id_forms.check("InvalidSubnetID.Malformed", "subnet", "subnet", ids["subnet_ids"])
        id_forms.check("InvalidRouteTableId.Malformed", "routeTable", "rtb", ids["route_table_ids"])
        for subnet in ids["subnet_ids"]:
            self.get_subnet(subnet)
        for table in ids["route_table_ids"]:
            self.get_route_table(table)
        for group in ids["security_group_ids"]:
            if not self.get_security_group_from_id(group):
                raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{group}' does not exist")

    def create_vpc_endpoint(self, vpc_id: str, service_name: str, endpoint_type: str | None, *args: Any, **kwargs: Any) -> VPCEndPoint:
        failure = settings.failure()
        id_forms.check("InvalidVpcId.Malformed", "vpc", "vpc", [vpc_id])
        private = service_name.startswith(f"com.amazonaws.vpce.{self.region_name}.vpce-svc-")
        service = self.service_named(service_name)
        if not private and not service_name.startswith(f"com.amazonaws.{self.region_name}.") or service and not service.allows(self.account_id):
            raise InvalidServiceName(service_name)
        ids = {part: kwargs.pop(part, None) or [] for _, part in PARTS}
        self.known(ids)
        made = super().create_vpc_endpoint(vpc_id, service_name, endpoint_type or "Gateway", *args, route_table_ids=[], **kwargs)
        if made.vpc_endpoint_type == "Interface" and not ids["security_group_ids"]:
            ids["security_group_ids"] = [self.get_default_security_group(vpc_id).id]
        for part in ("security_group_ids", "subnet_ids", "route_table_ids"):
            made.take(part, ids[part])
        made.private_dns_enabled = bool(made.private_dns_enabled) and made.vpc_endpoint_type == "Interface"
        if private and not failure and (not service or service.acceptance_required):
            made.state = "pendingAcceptance"
        else:
            self.enter(made, KIND, "pending", partial(made.end, "failed", failure) if failure else partial(setattr, made, "state", "available"))
        return made

    def check_domain(self, vpc_id: str, service_name: str) -> None:
        """Refuse private DNS names that another endpoint of the VPC has, until AWS has deleted that endpoint.

        Source: https://github.com/hashicorp/terraform-provider-aws/issues/17269
        """
        for e in self.vpc_end_points.values():
            if e.vpc_id == vpc_id and e.service_name == service_name and e.private_dns_enabled and e.state not in ("deleted", "failed", "rejected"):
                domain = ".".join(reversed(service_name.split(".")[2:])) + ".amazonaws.com"
                raise EC2ClientError("InvalidParameter", f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {domain} in the VPC {vpc_id}")

    def describe_vpc_endpoints(self, vpc_end_point_ids: list[str] | None, filters: Any = None) -> list[VPCEndPoint]:
        id_forms.check("InvalidVpcEndpointId.Malformed", "Vpc Endpoint", "vpce", vpc_end_point_ids or [])
        if unknown := [name for name in vpc_end_point_ids or [] if name not in self.vpc_end_points]:
            raise InvalidVpcEndPointIdError(unknown[0])
        return generic_filter(filters, [self.vpc_end_points[name] for name in vpc_end_point_ids or self.vpc_end_points])

    def refusal_to_delete(self, endpoint_id: str) -> dict[str, str] | None:
        """Delete an endpoint, or say why AWS does not."""
        try:
            [gone] = self.describe_vpc_endpoints([endpoint_id])
        except InvalidVpcEndPointIdError as unknown:
            return {"Code": unknown.code, "Message": unknown.message}
        routes = (r for table in self.route_tables.values() for r in table._routes.values())
        if any(r.vpc_endpoint_id == endpoint_id for r in routes):
            return {"Code": "InvalidParameter", "Message": HELD}
        if gone.state not in ("deleting", "deleted"):
            self.enter(gone, KIND, "deleting", gone.leave)
        return None

    def decide(self, service_id: str, ids: list[str], state: str) -> list[dict[str, Any]]:
        """Accept or reject endpoints of any account, and return those that nobody asked for."""
        waiting = {e.id: e for backend in self.accounts() for e in backend.vpc_end_points.values()}
        unknown = [i for i in ids if i not in waiting or not waiting[i].service_name.endswith(service_id)]
        for name in set(ids) - set(unknown):
            waiting[name].state = state
        error = {"Code": "InvalidVpcEndpointId.NotFound", "Message": "The Vpc Endpoint Id does not exist"}
        return [{"ResourceId": name, "Error": error} for name in unknown]


class VPCs(responses.VPCs):
    def create_vpc_endpoint(self) -> ActionResult:
        if self._get_param("VpcEndpointType") == "Interface" and str(self._get_param("PrivateDnsEnabled")).lower() == "true":
            self.ec2_backend.check_domain(self._get_param("VpcId"), self._get_param("ServiceName"))
        answer = super().create_vpc_endpoint()
        self.change(answer.result["VpcEndpoint"])
        return ActionResult(answer.result | {"ClientToken": self._get_param("ClientToken")})

    def change(self, endpoint: VPCEndPoint) -> None:
        """Set what create and modify name equally."""
        endpoint.ip_address_type = self._get_param("IpAddressType") or endpoint.ip_address_type
        endpoint.dns_options = (endpoint.dns_options or {"DnsRecordIpType": "ipv4"}) | self._get_param("DnsOptions", {})

    def modify_vpc_endpoint(self) -> ActionResult:
        [endpoint] = self.ec2_backend.describe_vpc_endpoints([self._get_param("VpcEndpointId")])
        added = {part: self._get_param(f"Add{name}", []) for name, part in PARTS}
        self.ec2_backend.known(added)
        if endpoint.state != "available":
            raise EC2ClientError("IncorrectState", f"{endpoint.id} is in the state {endpoint.state}")
        self.change(endpoint)
        endpoint.policy_document = self._get_param("PolicyDocument") or endpoint.policy_document
        if (names := self._get_param("PrivateDnsEnabled")) is not None:
            endpoint.private_dns_enabled = str(names).lower() == "true"
        for name, part in reversed(PARTS):
            removed = self._get_param(f"Remove{name}", [])
            endpoint.take(part, [i for i in getattr(endpoint, part) or [] if i not in removed] + added[part])
        return ActionResult({"Return": True})

    def delete_vpc_endpoints(self) -> ActionResult:
        """Delete the endpoints that AWS deletes, and list the others with HTTP 200."""
        refused = {name: self.ec2_backend.refusal_to_delete(name) for name in self._get_param("VpcEndpointIds", [])}
        return ActionResult({"Unsuccessful": [{"ResourceId": name, "Error": error} for name, error in refused.items() if error]})

    def accept_vpc_endpoint_connections(self) -> ActionResult:
        return self._decide("available")

    def reject_vpc_endpoint_connections(self) -> ActionResult:
        return self._decide("rejected")

    def _decide(self, state: str) -> ActionResult:
        return ActionResult({"Unsuccessful": self.ec2_backend.decide(self._get_param("ServiceId"), self._get_param("VpcEndpointIds", []), state)})
