"""VPCs: canonical blocks that do not overlap, and AWS does not delete a VPC that contains anything.

moto keeps host bits, checks for subnets, route tables and VPN gateways only, and keeps the network ACL of a deleted VPC.
Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html (AWS changes 100.68.0.18/18 to 100.68.0.0/18)
https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
"""

from ipaddress import ip_network
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import vpcs as models
from moto.ec2.responses import vpcs as responses


# States of a peering connection that does not hold its VPCs.
_OVER = ("deleting", "deleted", "rejected", "failed", "expired")


def canonical(block: str) -> str:
    """Clear the host bits. Return a malformed block unchanged, because moto refuses it."""
    try:
        return str(ip_network(block, strict=False))
    except ValueError:
        return block


class VPCBackend(models.VPCBackend):
    def describe_vpcs(self, vpc_ids: list[str] | None = None, filters: Any = None) -> list[models.VPC]:
        if missing := [vpc_id for vpc_id in vpc_ids or [] if vpc_id not in self.vpcs]:
            # moto also names the existing ids, and a caller that reads the message would drop them.
            raise EC2ClientError("InvalidVpcID.NotFound", f"The vpc IDs '{', '.join(missing)}' do not exist")
        return super().describe_vpcs(vpc_ids, filters)

    def associate_vpc_cidr_block(self, vpc_id: str, cidr_block: str, amazon_provided_ipv6_cidr_block: bool) -> dict[str, Any]:
        cidr_block = canonical(cidr_block) if cidr_block else cidr_block
        for other in self.get_vpc(vpc_id).get_cidr_block_association_set() if cidr_block else []:
            taken = other["cidr_block_state"]["state"] == "associated"
            if taken and ip_network(other["cidr_block"]).overlaps(ip_network(cidr_block)):
                raise EC2ClientError("CidrConflict", f"The CIDR '{cidr_block}' conflicts with {other['cidr_block']} of the VPC")
        return super().associate_vpc_cidr_block(vpc_id, cidr_block, amazon_provided_ipv6_cidr_block)

    def delete_vpc(self, vpc_id: str) -> models.VPC:
        vpc = self.get_vpc(vpc_id)
        if any(self._inside(vpc_id)):
            raise EC2ClientError("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
        # moto also deletes the VPC's set of DHCP options.
        options, vpc.dhcp_options = vpc.dhcp_options, None
        try:
            gone = super().delete_vpc(vpc_id)
        except EC2ClientError:
            vpc.dhcp_options = options
            raise
        self.network_acls = {name: acl for name, acl in self.network_acls.items() if acl.vpc_id != vpc_id}
        return gone

    def _inside(self, vpc_id: str) -> Any:
        """Yield for each resource whether it holds the VPC, except those that moto checks or AWS deletes with the VPC."""
        yield from (group.name != "default" for group in self.groups[vpc_id].values())
        yield from (gateway.vpc and gateway.vpc.id == vpc_id for gateway in self.internet_gateways.values())
        yield from (gateway.vpc_id == vpc_id for gateway in self.egress_only_internet_gateways.values())
        yield from (endpoint.vpc_id == vpc_id and endpoint.state not in _OVER for endpoint in self.vpc_end_points.values())
        yield from (acl.vpc_id == vpc_id and not acl.default for acl in self.network_acls.values())
        yield from (eni.vpc_id == vpc_id for eni in self.enis.values())
        yield from (vpc_id in (pcx.vpc.id, pcx.peer_vpc.id) and pcx._status.code not in _OVER for pcx in self.vpc_pcxs.values())


class VPCs(responses.VPCs):
    def create_vpc(self) -> ActionResult:
        block = self._get_param("CidrBlock")
        if not block and not self._get_param("Ipv4IpamPoolId"):
            raise EC2ClientError("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' must be provided.")
        if self._get_param("InstanceTenancy") == "host":
            raise EC2ClientError("InvalidParameterValue", "Value (host) for parameter instanceTenancy is invalid.")
        self.params["CidrBlock"] = canonical(block)
        return super().create_vpc()
