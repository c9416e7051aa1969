"""DHCP options have the tags of the create call, every option that AWS has, and several VPCs.

moto drops the tags and the options that it does not know, and remembers only the last VPC.
Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html
"""

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import dhcp_options as models
from moto.ec2.responses import dhcp_options as responses

_OPTIONS = (
    "domain-name",
    "domain-name-servers",
    "ipv6-address-preferred-lease-time",
    "netbios-name-servers",
    "netbios-node-type",
    "ntp-servers",
)


class DHCPOptionsSetBackend(models.DHCPOptionsSetBackend):
    def delete_dhcp_options_set(self, options_id: str | None) -> None:
        if options_id in self.dhcp_options_sets:
            used = [vpc for vpc in self.vpcs.values() if vpc.dhcp_options and vpc.dhcp_options.id == options_id]
            self.dhcp_options_sets[options_id].vpc = next(iter(used), None)
        super().delete_dhcp_options_set(options_id)


class DHCPOptions(responses.DHCPOptions):
    def create_dhcp_options(self) -> ActionResult:
        options = {option["Key"]: option.get("Values", []) for option in self._get_param("DhcpConfigurations", [])}
        for key in options:
            if key not in _OPTIONS:
                raise EC2ClientError("InvalidParameterValue", f"Value ({key}) for parameter name is invalid. Unknown DHCP option")
        made = super().create_dhcp_options()
        made.result["DhcpOptions"]._options = options
        made.result["DhcpOptions"].add_tags(self._parse_tag_specification("dhcp-options").get("dhcp-options", {}))
        return made
