"""DHCP options have the tags of the create call. moto drops them."""

from moto.core.responses import ActionResult
from moto.ec2.responses import dhcp_options as responses


class DHCPOptions(responses.DHCPOptions):
    def create_dhcp_options(self) -> ActionResult:
        made = super().create_dhcp_options()
        made.result["DhcpOptions"].add_tags(self._parse_tag_specification("dhcp-options").get("dhcp-options", {}))
        return made
