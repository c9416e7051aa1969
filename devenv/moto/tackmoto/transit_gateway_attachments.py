"""Attachments to transit gateways take time, end visibly, and wait for the gateway's owner. moto makes them at once, in one account.

moto also drops the tags of a create, and has no acceptance.
Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
"""

from functools import partial
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DuplicateTransitGatewayAttachmentError, EC2ClientError
from moto.ec2.models import transit_gateway_attachments as models
from moto.ec2.responses import transit_gateway_attachments as responses
from moto.ec2.utils import generic_filter

from .transit_gateways import ENDED

KIND = "transit-gateway-attachment"


class TransitGatewayVpcAttachment(models.TransitGatewayVpcAttachment):
    gateway_owner = ""

    @property
    def transit_gateway_owner_id(self) -> str:
        return self.gateway_owner or self.owner_id

    def change(self, state: str, then: str) -> "TransitGatewayVpcAttachment":
        self.ec2_backend.enter(self, KIND, state, self.leave if then == "deleted" else partial(setattr, self, "state", then))
        return self

    def leave(self) -> None:
        self.ec2_backend.leave(self, KIND, self.ec2_backend.transit_gateway_attachments)


class TransitGatewayAttachmentBackend(models.TransitGatewayAttachmentBackend):
    def create_transit_gateway_vpc_attachment(
        self, transit_gateway_id: str, vpc_id: str, subnet_ids: list[str], tags: Any = None, options: Any = None
    ) -> TransitGatewayVpcAttachment:
        gateway = self.transit_gateway(transit_gateway_id)
        self.get_vpc(vpc_id)
        self.check_zones(subnet_ids)
        if gateway.state != "available":
            raise EC2ClientError("IncorrectState", f"{transit_gateway_id} is in invalid state")
        if [a for a in self.attachments_to(transit_gateway_id) if a.resource_id == vpc_id and a.state not in ENDED]:
            raise DuplicateTransitGatewayAttachmentError(transit_gateway_id)
        made = TransitGatewayVpcAttachment(self, gateway, vpc_id, subnet_ids, tags, options)
        made.gateway_owner = gateway.owner_id
        self.transit_gateway_attachments[made.id] = made
        if gateway.owner_id == self.account_id or gateway.options["AutoAcceptSharedAttachments"] == "enable":
            return made.change("pending", "available")
        made.state = "pendingAcceptance"
        return made

    def check_zones(self, subnet_ids: list[str]) -> None:
        zones = [self.get_subnet(name).availability_zone for name in subnet_ids]
        if len(set(zones)) < len(zones):
            raise EC2ClientError("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")

    def attachment(self, attachment_id: str, *states: str, owner: bool = False) -> TransitGatewayVpcAttachment:
        """Return an attachment of this account, or one to its gateways, in one of the states."""
        found = next((b.transit_gateway_attachments[attachment_id] for b in self.accounts() if attachment_id in b.transit_gateway_attachments), None)
        if not found or self.account_id != (found.transit_gateway_owner_id if owner else found.resource_owner_id):
            raise EC2ClientError("InvalidTransitGatewayAttachmentID.NotFound", f"Transit Gateway Attachment {attachment_id} was deleted or does not exist.")
        if states and found.state not in states:
            raise EC2ClientError("IncorrectState", f"{attachment_id} is in invalid state")
        return found

    def accept_transit_gateway_vpc_attachment(self, attachment_id: str) -> TransitGatewayVpcAttachment:
        return self.attachment(attachment_id, "pendingAcceptance", owner=True).change("pending", "available")

    def reject_transit_gateway_vpc_attachment(self, attachment_id: str) -> TransitGatewayVpcAttachment:
        return self.attachment(attachment_id, "pendingAcceptance", owner=True).change("rejecting", "rejected")

    def modify_transit_gateway_vpc_attachment(
        self, transit_gateway_attachment_id: str, add_subnet_ids: Any = None, options: Any = None, remove_subnet_ids: Any = None
    ) -> TransitGatewayVpcAttachment:
        found = self.attachment(transit_gateway_attachment_id, "available")
        left = [name for name in found.subnet_ids if name not in (remove_subnet_ids or [])] + list(add_subnet_ids or [])
        if not left:
            raise EC2ClientError("InvalidParameterValue", "An attachment must have a subnet")
        self.check_zones(left)
        found.subnet_ids = left
        found.options.update(options or {})
        return found.change("modifying", "available")

    def delete_transit_gateway_vpc_attachment(self, transit_gateway_attachment_id: str) -> TransitGatewayVpcAttachment:
        found = self.attachment(transit_gateway_attachment_id, "available", "pendingAcceptance", "deleting", "deleted")
        return found if found.state in ("deleting", "deleted") else found.change("deleting", "deleted")

    def describe_transit_gateway_vpc_attachments(self, transit_gateways_attachment_ids: Any = None, filters: Any = None) -> list[Any]:
        return [a for a in self.describe_transit_gateway_attachments(transit_gateways_attachment_ids, filters) if a.resource_type == "vpc"]

    def describe_transit_gateway_attachments(self, transit_gateways_attachment_ids: Any = None, filters: Any = None) -> list[Any]:
        seen = {a.id: a for b in self.accounts() for a in b.transit_gateway_attachments.values() if self.account_id in (b.account_id, a.transit_gateway_owner_id)}
        for name in transit_gateways_attachment_ids or []:
            if name not in seen:
                raise EC2ClientError("InvalidTransitGatewayAttachmentID.NotFound", f"Transit Gateway Attachment {name} was deleted or does not exist.")
        return generic_filter(filters, [seen[name] for name in transit_gateways_attachment_ids or seen])


class TransitGatewayAttachment(responses.TransitGatewayAttachment):
    def create_transit_gateway_vpc_attachment(self) -> ActionResult:
        made = super().create_transit_gateway_vpc_attachment()
        made.result["TransitGatewayVpcAttachment"].add_tags(self._parse_tag_specification().get(KIND, {}))
        return made

    def accept_transit_gateway_vpc_attachment(self) -> ActionResult:
        return ActionResult({"TransitGatewayVpcAttachment": self.ec2_backend.accept_transit_gateway_vpc_attachment(self._get_param("TransitGatewayAttachmentId"))})

    def reject_transit_gateway_vpc_attachment(self) -> ActionResult:
        return ActionResult({"TransitGatewayVpcAttachment": self.ec2_backend.reject_transit_gateway_vpc_attachment(self._get_param("TransitGatewayAttachmentId"))})
