"""Subnets: a call changes one attribute, and AWS does not delete a subnet with an interface or an attachment.

moto drops most attributes, and keeps the associations of a deleted subnet with its route table and its network ACL.
"""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import subnets as models
from moto.ec2.responses import subnets as responses

from .vpcs import canonical


class Subnet(models.Subnet):
    enable_dns64 = False
    map_customer_owned_ip_on_launch = False
    customer_owned_ipv4_pool: str | None = None

    @property
    def ipv6_cidr_block_association_set(self) -> list[dict[str, Any]]:
        # moto shows the state as "{'State': 'associated'}".
        return [a for a in self.ipv6_cidr_block_associations.values() if a["ipv6CidrBlockState"]["State"] == "associated"]


    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html
        if filter_name == "ipv6-cidr-block-association.ipv6-cidr-block":
            return [a["ipv6CidrBlock"] for a in self.ipv6_cidr_block_association_set]
        return super().get_filter_value(filter_name, method_name)


class SubnetBackend(models.SubnetBackend):
    def create_subnet(self, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any) -> Subnet:
        return super().create_subnet(vpc_id, canonical(cidr_block) if cidr_block else cidr_block, *args, **kwargs)

    def delete_subnet(self, subnet_id: str) -> Subnet:
        attached = (a for a in self.transit_gateway_attachments.values() if a.state not in ("deleted", "rejected", "failed"))
        if any(eni.subnet_id == subnet_id for eni in self.enis.values()) or any(subnet_id in getattr(a, "subnet_ids", ()) for a in attached):
            raise EC2ClientError("DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
        gone = super().delete_subnet(subnet_id)
        for table in self.route_tables.values():
            table._associations = {name: of for name, of in table._associations.items() if of != subnet_id}
        for acl in self.network_acls.values():
            acl._associations = {name: of for name, of in acl._associations.items() if of.subnet_id != subnet_id}
        return gone


class Subnets(responses.Subnets):
    # What each parameter sets: an attribute, or an option of the private DNS names. moto handles the first three.
    _ATTRIBUTES = {
        "MapPublicIpOnLaunch": None,
        "AssignIpv6AddressOnCreation": None,
        "EnableResourceNameDnsARecordOnLaunch": None,
        "EnableDns64": "enable_dns64",
        "MapCustomerOwnedIpOnLaunch": "map_customer_owned_ip_on_launch",
        "CustomerOwnedIpv4Pool": "customer_owned_ipv4_pool",
        "EnableResourceNameDnsAAAARecordOnLaunch": "EnableResourceNameDnsAAAARecord",
        "PrivateDnsHostnameTypeOnLaunch": "HostnameType",
    }


    def modify_subnet_attribute(self) -> ActionResult:
        wanted = {name: self._get_param(name) for name in self._ATTRIBUTES if self._get_param(name) is not None}
        if len(wanted) != 1 and wanted.keys() != {"CustomerOwnedIpv4Pool", "MapCustomerOwnedIpOnLaunch"}:
            raise EC2ClientError("InvalidParameterCombination", f"One attribute of a subnet is modified at a time, not {len(wanted)}")
        subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
        if self._get_param("AssignIpv6AddressOnCreation.Value") and not subnet.ipv6_cidr_block_association_set:
            raise EC2ClientError(
                "InvalidParameterValue", f"Invalid value 'true' for assignIpv6AddressOnCreation. Subnet '{subnet.id}' has no IPv6 CIDR block"
            )
        for name, value in wanted.items():
            value, attribute = value["Value"] if isinstance(value, dict) else value, self._ATTRIBUTES[name]
            if attribute in ("EnableResourceNameDnsAAAARecord", "HostnameType"):
                subnet.private_dns_name_options_on_launch[attribute] = value
            elif attribute:
                setattr(subnet, attribute, value)
            else:
                return super().modify_subnet_attribute()
        return EmptyResult()
