"""Route tables: unique destinations in canonical form, targets that exist, one table per subnet or gateway.

moto compares IPv4 blocks only, checks few targets, and lets a route replace the local one.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import route_tables as models
from moto.ec2.responses import route_tables as responses
from moto.ec2.utils import generate_route_id

from .vpcs import canonical

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_TARGETS = (
    "CarrierGatewayId", "CoreNetworkArn", "EgressOnlyInternetGatewayId", "GatewayId", "InstanceId", "LocalGatewayId", "LocalTarget",
    "NatGatewayId", "NetworkInterfaceId", "TransitGatewayId", "VpcEndpointId", "VpcPeeringConnectionId",
)  # fmt: skip


class RouteTable(models.RouteTable):
    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        if filter_name == "route.gateway-id":
            return [route.gateway_id for route in self._routes.values() if route.gateway_id]  # moto leaves out endpoints
        # moto keeps subnets and gateways in one field.
        return super().get_filter_value("association.subnet-id" if filter_name == "association.gateway-id" else filter_name, method_name)


class RouteBackend(models.RouteBackend):
    def associate_route_table(self, route_table_id: str, gateway_id: str | None = None, subnet_id: str | None = None) -> str:
        if gateway_id and gateway_id.startswith("igw-"):
            self.get_internet_gateway(gateway_id)
        for table in self.route_tables.values():
            # For a repeated call for a subnet, moto returns the existing association.
            if (gateway_id or subnet_id) in table._associations.values() and (gateway_id or table.id != route_table_id):
                raise EC2ClientError(
                    "Resource.AlreadyAssociated", f"the specified association for route table {route_table_id} conflicts with an existing association"
                )
        return super().associate_route_table(route_table_id, gateway_id, subnet_id)

    def gateways_of(self, vpc_id: str) -> set[str]:
        """Return the transit gateways to which a VPC may have routes: the account's, and those that it is attached to."""
        return {*self.transit_gateways, *(a.transit_gateway_id for a in self.transit_gateway_attachments.values() if a.resource_id == vpc_id)}

    def check_route_target(self, table: RouteTable, params: Any) -> None:
        for param, known, code in (
            ("NatGatewayId", self.nat_gateways, "InvalidNatGatewayID.NotFound"),
            ("TransitGatewayId", self.gateways_of(table.vpc_id), "InvalidTransitGatewayID.NotFound"),
            ("DestinationPrefixListId", self.managed_prefix_lists, "InvalidPrefixListID.NotFound"),
        ):
            if params(param) and params(param) not in known:
                raise EC2ClientError(code, f"The ID '{params(param)}' does not exist")
        gateway = params("GatewayId") or ""
        if gateway.startswith("igw-"):
            vpc = self.get_internet_gateway(gateway).vpc
            if not vpc or vpc.id != table.vpc_id:
                raise EC2ClientError("InvalidParameterValue", f"route table {table.id} and network gateway {gateway} belong to different networks")


class RouteTables(responses.RouteTables):
    def delete_route_table(self) -> ActionResult:
        table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
        if table.main_association_id:
            raise EC2ClientError("DependencyViolation", f"The routeTable '{table.id}' has dependencies and cannot be deleted.")
        return super().delete_route_table()

    def create_route(self) -> ActionResult:
        table, destination = self._route()
        if generate_route_id(table.id, destination) in table._routes:
            raise EC2ClientError("RouteAlreadyExists", f"The route identified by {destination} already exists.")
        self._check_target(table)
        answer = super().create_route()
        self._set_gateway(table, destination)
        return answer

    def replace_route(self) -> ActionResult:
        table, destination = self._route()
        self._check_target(table)
        answer = super().replace_route()
        self._set_gateway(table, destination)
        return answer

    def delete_route(self) -> ActionResult:
        table, destination = self._route()
        route = table._routes.get(generate_route_id(table.id, destination))
        if route and route.local:
            raise EC2ClientError("InvalidParameterValue", f"cannot remove local route {destination} in route table {table.id}")
        return super().delete_route()

    def _set_gateway(self, table: RouteTable, destination: str) -> None:
        """Set the transit gateway of a route, which may belong to another account: moto finds only the account's."""
        if gateway := self._get_param("TransitGatewayId"):
            table._routes[generate_route_id(table.id, destination)].transit_gateway = self.ec2_backend.transit_gateway(gateway)

    def _route(self) -> tuple[RouteTable, str]:
        """Return the table and the only destination of a request."""
        given = {name: self._get_param(name) for name in _DESTINATIONS if self._get_param(name)}
        if not given:
            raise EC2ClientError("MissingParameter", f"The request must contain a destination: one of {', '.join(_DESTINATIONS)}")
        if len(given) > 1:
            raise EC2ClientError("InvalidParameterCombination", f"The request has several destinations: {', '.join(given.values())}")
        [(name, value)] = given.items()
        self.params[name] = canonical(value)
        return self.ec2_backend.get_route_table(self._get_param("RouteTableId")), self.params[name]

    def _check_target(self, table: RouteTable) -> None:
        given = [name for name in _TARGETS if self._get_param(name)]
        if not given:
            raise EC2ClientError("MissingParameter", "The request must contain a target.")
        if len(given) > 1:
            raise EC2ClientError("InvalidParameterCombination", f"The request has several targets: {', '.join(given)}")
        self.ec2_backend.check_route_target(table, self._get_param)
