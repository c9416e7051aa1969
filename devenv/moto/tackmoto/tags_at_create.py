"""Tags in the create call. moto drops them for these types of resource."""

from moto.core.responses import ActionResult
from moto.ec2.responses import dhcp_options, transit_gateway_attachments


class DHCPOptions(dhcp_options.DHCPOptions):
    def create_dhcp_options(self) -> ActionResult:
        made = super().create_dhcp_options()
        made.result["DhcpOptions"].add_tags(self._parse_tag_specification("dhcp-options").get("dhcp-options", {}))
        return made


class TransitGatewayAttachment(transit_gateway_attachments.TransitGatewayAttachment):
    def create_transit_gateway_vpc_attachment(self) -> ActionResult:
        made = super().create_transit_gateway_vpc_attachment()
        made.result["TransitGatewayVpcAttachment"].add_tags(self._parse_tag_specification().get("transit-gateway-attachment", {}))
        return made
