"""An attachment to a transit gateway has the tags of the create call. moto drops them."""

from moto.core.responses import ActionResult
from moto.ec2.responses import transit_gateway_attachments as responses


class TransitGatewayAttachment(responses.TransitGatewayAttachment):
    def create_transit_gateway_vpc_attachment(self) -> ActionResult:
        made = super().create_transit_gateway_vpc_attachment()
        made.result["TransitGatewayVpcAttachment"].add_tags(self._parse_tag_specification().get("transit-gateway-attachment", {}))
        return made
