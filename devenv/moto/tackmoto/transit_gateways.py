"""Transit gateways take time, and AWS refuses changes meanwhile. moto makes, changes and deletes them at once.

AWS refuses to delete one with attachments, and lists a deleted one for a while. A gateway whose id is asked for is
shown to every account, as if its owner shared it.
Sources: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyTransitGatewayOptions.html
"""

from functools import partial
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidTransitGatewayID
from moto.ec2.models import transit_gateway as models
from moto.ec2.utils import generic_filter

KIND = "transit-gateway"
ENDED = ("deleted", "failed", "rejected")  # attachments that hold nothing


class TransitGateway(models.TransitGateway):
    @property
    def transit_gateway_id(self) -> str:
        return self.id

    def leave(self) -> None:
        self.ec2_backend.leave(self, KIND, self.ec2_backend.transit_gateways)


class TransitGatewayBackend(models.TransitGatewayBackend):
    def transit_gateway(self, gateway_id: str) -> TransitGateway:
        """Return a gateway of any account of the Region."""
        for backend in self.accounts():
            if gateway_id in backend.transit_gateways:
                backend.advance()
                if gateway := backend.transit_gateways.get(gateway_id):
                    return gateway
        raise InvalidTransitGatewayID(gateway_id)

    def accounts(self) -> list[Any]:
        """Return the backends of all accounts, in the Region of this one."""
        from moto.ec2.models import ec2_backends  # which imports this module's

        return [regions[self.region_name] for regions in list(ec2_backends.values()) if self.region_name in regions]

    def able(self, gateway_id: str) -> TransitGateway:
        """Return a gateway of this account that AWS would change."""
        if self.transit_gateway(gateway_id).ec2_backend is not self:
            raise InvalidTransitGatewayID(gateway_id)
        gateway = self.transit_gateways[gateway_id]
        if gateway.state != "available":
            raise EC2ClientError("IncorrectState", f"{gateway_id} is in invalid state")
        return gateway

    def create_transit_gateway(self, description: str | None, options: Any = None, tags: Any = None) -> TransitGateway:
        made = super().create_transit_gateway(description, options, tags)
        self.enter(made, KIND, "pending", partial(setattr, made, "state", "available"))
        return made

    def describe_transit_gateways(self, filters: Any, transit_gateway_ids: list[str] | None) -> list[TransitGateway]:
        asked = transit_gateway_ids or (filters or {}).get("transit-gateway-id")
        if not asked:
            return generic_filter(filters, list(self.transit_gateways.values()))
        found = []
        for gateway_id in asked:
            try:
                found.append(self.transit_gateway(gateway_id))
            except InvalidTransitGatewayID:
                if transit_gateway_ids:
                    raise
        return generic_filter(filters, found)

    def modify_transit_gateway(self, transit_gateway_id: str, description: str | None = None, options: Any = None) -> TransitGateway:
        gateway, changed = self.able(transit_gateway_id), dict(options or {})
        removed = changed.pop("RemoveTransitGatewayCidrBlocks", [])
        blocks = [b for b in gateway.options["TransitGatewayCidrBlocks"] if b not in removed]
        changed["TransitGatewayCidrBlocks"] = blocks + changed.pop("AddTransitGatewayCidrBlocks", [])
        super().modify_transit_gateway(transit_gateway_id, description, changed)
        self.enter(gateway, KIND, "modifying", partial(setattr, gateway, "state", "available"))
        return gateway

    def delete_transit_gateway(self, transit_gateway_id: str) -> TransitGateway:
        if (gone := self.transit_gateways.get(transit_gateway_id)) and gone.state in ("deleting", "deleted"):
            return gone
        gateway = self.able(transit_gateway_id)
        if held := [a.id for a in self.attachments_to(transit_gateway_id) if a.state not in ENDED]:
            raise EC2ClientError("IncorrectState", f"{transit_gateway_id} has non-deleted Transit Gateway Attachments: {', '.join(held)}.")
        self.enter(gateway, KIND, "deleting", gateway.leave)
        return gateway

    def attachments_to(self, gateway_id: str) -> list[Any]:
        """Return the attachments of any account to a gateway."""
        return [a for backend in self.accounts() for a in backend.transit_gateway_attachments.values() if a.transit_gateway_id == gateway_id]
