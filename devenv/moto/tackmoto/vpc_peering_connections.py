"""Peering connections take time, have two sides, and end visibly. moto makes a second one for the same VPCs, at once.

moto also ignores filters, shares the tags of both sides, and lets VPCs overlap.
Sources: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcPeeringConnectionOptions.html,
https://github.com/hashicorp/terraform-provider-aws/issues/27750 (a repeated request returns the first connection)
"""

import copy
from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError, InvalidVPCPeeringConnectionStateTransitionError, OperationNotPermitted5
from moto.ec2.models import vpc_peering_connections as models
from moto.ec2.responses import vpc_peering_connections as responses
from moto.ec2.utils import generic_filter

from . import settings

KIND = "vpc-peering-connection"
LIVE = ("initiating-request", "pending-acceptance", "provisioning", "active")
FAILED = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"


def blocks(vpc: Any) -> list[Any]:
    return [ip_network(a["cidr_block"]) for a in vpc.get_cidr_block_association_set() if a["cidr_block_state"]["state"] == "associated"]


class VPCPeeringConnection(models.VPCPeeringConnection):
    ended_at: datetime | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expires = utcnow() + timedelta(days=7)

    @property
    def state(self) -> str:
        return self._status.code

    @state.setter
    def state(self, code: str) -> None:
        self.change(code, code.capitalize())

    def change(self, code: str, message: str) -> None:
        self._status.code, self._status.message = code, message
        self.ended_at = None if code in (*LIVE, "deleting") else utcnow()

    @property
    def expiration_time(self) -> datetime | None:
        return self.expires if self.state == "pending-acceptance" else None

    @property
    def requester_vpc_info(self) -> dict[str, Any]:
        return self.side(self.vpc, self.requester_options)

    @property
    def accepter_vpc_info(self) -> dict[str, Any]:
        return self.side(self.peer_vpc, self.accepter_options)

    def side(self, vpc: Any, options: dict[str, Any]) -> dict[str, Any]:
        """Show blocks and options of an active connection only."""
        info = {"OwnerId": vpc.owner_id, "Region": vpc.region, "VpcId": vpc.id}
        if self.state == "active":
            info |= {"CidrBlock": vpc.cidr_block, "CidrBlockSet": [{"CidrBlock": str(b)} for b in blocks(vpc)], "PeeringOptions": options}
        return info

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        side, _, field = filter_name.partition("-vpc-info.")
        if field:
            info = self.requester_vpc_info if side == "requester" else self.accepter_vpc_info
            return info.get({"vpc-id": "VpcId", "owner-id": "OwnerId"}.get(field, "CidrBlock"), "")
        return self.state if filter_name == "status-code" else super().get_filter_value(filter_name, method_name)


class VPCPeeringConnectionBackend(models.VPCPeeringConnectionBackend):
    def create_vpc_peering_connection(self, vpc: Any, peer_vpc: Any, tags: Any = None) -> VPCPeeringConnection:
        for there in self.vpc_pcxs.values():
            if (there.vpc.id, there.peer_vpc.id) == (vpc.id, peer_vpc.id) and there.state in LIVE:
                return there
        made = super().create_vpc_peering_connection(vpc, peer_vpc, tags)
        unknown = isinstance(peer_vpc, SimpleNamespace)
        failure = settings.failure() or ({"message": FAILED} if unknown or any(a.overlaps(b) for a in blocks(vpc) for b in blocks(peer_vpc)) else None)
        then = ("failed", failure["message"]) if failure else ("pending-acceptance", f"Pending Acceptance by {peer_vpc.owner_id}")
        self.enter(made, KIND, "initiating-request", partial(made.change, *then))
        return made

    def get_vpc_peering_connection(self, vpc_pcx_id: str) -> VPCPeeringConnection:
        found = self.vpc_pcxs.get(vpc_pcx_id)
        if found:
            found.ec2_backend.advance()  # the requester's
        if not found or (found.ended_at and found.ended_at <= utcnow() - settings.listed(KIND, hours=2)):
            raise EC2ClientError("InvalidVpcPeeringConnectionID.NotFound", f"The vpcPeeringConnection ID '{vpc_pcx_id}' does not exist")
        return found

    def describe_vpc_peering_connections(self, vpc_peering_ids: list[str] | None = None, filters: Any = None) -> list[VPCPeeringConnection]:
        shown = []
        for name in vpc_peering_ids or self.vpc_pcxs:
            try:
                shown.append(copy.copy(self.get_vpc_peering_connection(name)))
                shown[-1].ec2_backend = self  # whose tags it shows
            except EC2ClientError:
                if vpc_peering_ids:
                    raise
        return generic_filter(filters, shown)

    def accept_vpc_peering_connection(self, vpc_pcx_id: str) -> VPCPeeringConnection:
        found = self.get_vpc_peering_connection(vpc_pcx_id)
        pair = {found.vpc.id, found.peer_vpc.id}
        if other := [p.id for p in self.vpc_pcxs.values() if p is not found and {p.vpc.id, p.peer_vpc.id} == pair and p.state == "active"]:
            raise EC2ClientError("VpcPeeringConnectionAlreadyExists", f"A VpcPeeringConnection already exists between these VPCs: {other[0]}")
        accepted = super().accept_vpc_peering_connection(vpc_pcx_id)
        accepted.ec2_backend.enter(accepted, KIND, "provisioning", partial(setattr, accepted, "state", "active"))
        return accepted

    def reject_vpc_peering_connection(self, vpc_pcx_id: str) -> VPCPeeringConnection:
        rejected = super().reject_vpc_peering_connection(vpc_pcx_id)
        rejected.change("rejected", f"Rejected by {self.account_id}")
        return rejected

    def modify_vpc_peering_connection_options(self, vpc_pcx_id: str, accepter_options: Any = None, requester_options: Any = None) -> VPCPeeringConnection:
        found = self.get_vpc_peering_connection(vpc_pcx_id)
        if found.state != "active":
            raise InvalidVPCPeeringConnectionStateTransitionError(vpc_pcx_id)
        for vpc, options in ((found.vpc, requester_options), (found.peer_vpc, accepter_options)):
            if options and (vpc.owner_id, vpc.region) != (self.account_id, self.region_name):
                raise OperationNotPermitted5(self.account_id, vpc_pcx_id, "modify the options of the other side of")
        as_bools = [{k: str(v).lower() == "true" for k, v in (o or {}).items()} for o in (accepter_options, requester_options)]
        return super().modify_vpc_peering_connection_options(vpc_pcx_id, *as_bools)

    def delete_vpc_peering_connection(self, vpc_pcx_id: str) -> VPCPeeringConnection:
        found = self.get_vpc_peering_connection(vpc_pcx_id)
        if found.state in ("deleting", "deleted"):
            return found
        if found.state != "active" and (found.state != "pending-acceptance" or found.vpc.owner_id != self.account_id):
            raise InvalidVPCPeeringConnectionStateTransitionError(vpc_pcx_id)
        found.ec2_backend.enter(found, KIND, "deleting", partial(found.change, "deleted", f"Deleted by {self.account_id}"))
        return found


class VPCPeeringConnections(responses.VPCPeeringConnections):
    def create_vpc_peering_connection(self) -> ActionResult:
        from moto.ec2.models import ec2_backends  # which imports this module's

        account, region = self._get_param("PeerOwnerId") or self.current_account, self._get_param("PeerRegion") or self.region
        peer, there = self._get_param("PeerVpcId"), ec2_backends[account][region]
        unknown = peer not in there.vpcs and there is not self.ec2_backend
        peer_vpc = SimpleNamespace(id=peer, owner_id=account, region=region, ec2_backend=there) if unknown else there.get_vpc(peer)
        tags, known = self._parse_tag_specification().get(KIND, {}), set(self.ec2_backend.vpc_pcxs)
        made = self.ec2_backend.create_vpc_peering_connection(self.ec2_backend.get_vpc(self._get_param("VpcId")), peer_vpc, tags)
        self.repeats = made.id in known
        return ActionResult({"VpcPeeringConnection": made})

    def describe_vpc_peering_connections(self) -> ActionResult:
        found = self.ec2_backend.describe_vpc_peering_connections(self._get_param("VpcPeeringConnectionIds", []), self._filters_from_querystring())
        return ActionResult({"VpcPeeringConnections": found})
