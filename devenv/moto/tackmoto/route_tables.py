"""Route tables: unique destinations in canonical form, targets that exist, one table per subnet or gateway.

moto compares IPv4 blocks only, checks few targets, lets a route replace the local one, and forgets an association at once.
Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html (AWS changes 100.68.0.18/18 to 100.68.0.0/18)
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateRouteTable.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTableAssociationState.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from functools import partial
from types import SimpleNamespace
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import route_tables as models
from moto.ec2.responses import route_tables as responses
from moto.ec2.utils import generate_route_id, random_subnet_association_id

from .vpcs import canonical

ASSOCIATION = "route-table-association"

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_TARGETS = (
    "CarrierGatewayId", "CoreNetworkArn", "EgressOnlyInternetGatewayId", "GatewayId", "InstanceId", "LocalGatewayId", "LocalTarget",
    "NatGatewayId", "NetworkInterfaceId", "TransitGatewayId", "VpcEndpointId", "VpcPeeringConnectionId",
)  # fmt: skip


class RouteTable(models.RouteTable):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.ended: dict[str, SimpleNamespace] = {}  # associations that AWS still shows

    @property
    def associations(self) -> list[dict[str, Any]]:
        ended = [
            {
                "RouteTableAssociationId": association.id,
                "RouteTableId": self.id,
                "Main": False,
                "AssociationState": {"State": association.state},
                ("GatewayId" if association.target.startswith("igw") else "SubnetId"): association.target,
            }
            for association in self.ended.values()
        ]
        return super().associations + ended

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        if filter_name in ("association.subnet-id", "association.gateway-id"):  # moto keeps both in one field
            return [*self._associations.values(), *(association.target for association in self.ended.values())]
        if filter_name == "route.gateway-id":
            return [route.gateway_id for route in self._routes.values() if route.gateway_id]  # moto leaves out endpoints
        return super().get_filter_value(filter_name, method_name)


class RouteBackend(models.RouteBackend):
    def associate_route_table(self, route_table_id: str, gateway_id: str | None = None, subnet_id: str | None = None) -> str:
        if gateway_id and gateway_id.startswith("igw-"):
            self.get_internet_gateway(gateway_id)
        for table in self.route_tables.values():
            for association_id, target in table._associations.items():
                if target != (gateway_id or subnet_id):
                    continue
                if subnet_id and table.id == route_table_id:
                    return association_id  # AWS repeats the answer for a subnet
                raise EC2ClientError(
                    "Resource.AlreadyAssociated", f"the specified association for route table {route_table_id} conflicts with an existing association"
                )
        if subnet_id:
            self.get_subnet(subnet_id)
        made = random_subnet_association_id()
        self.get_route_table(route_table_id)._associations[made] = gateway_id or subnet_id
        return made

    def disassociate_route_table(self, association_id: str) -> str | None:
        table = next((table for table in self.route_tables.values() if association_id in table._associations), None)
        target = super().disassociate_route_table(association_id)
        if table:
            ended = table.ended[association_id] = SimpleNamespace(id=association_id, target=target)
            self.enter(ended, ASSOCIATION, "disassociated", partial(table.ended.pop, association_id))
        return target

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
