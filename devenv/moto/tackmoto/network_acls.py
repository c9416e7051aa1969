"""Network ACLs: AWS's own entries, entries in canonical form, and refusals of what does not exist.

moto keeps entries as given, has no entry that denies the rest, and fails with HTTP 500 for an unknown entry or association.
Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import network_acls as models
from moto.ec2.responses import network_acls as responses

from .vpcs import canonical

_PROTOCOLS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}
_LAST = 32766
_MOST = 20  # entries of one direction and IP family, a quota that AWS raises to 40


class NetworkAclEntry(models.NetworkAclEntry):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.protocol = _PROTOCOLS.get(str(self.protocol).lower(), str(self.protocol))
        self.cidr_block, self.ipv6_cidr_block = (block and canonical(block) for block in (self.cidr_block, self.ipv6_cidr_block))
        if self.protocol not in ("6", "17"):
            self.port_range_from = self.port_range_to = None
        if self.protocol != "1" and not (self.protocol == "58" and self.ipv6_cidr_block):
            self.icmp_type = self.icmp_code = None


class NetworkAcl(models.NetworkAcl):
    @property
    def entries(self) -> list[models.NetworkAclEntry]:
        """Add the entries with which AWS denies the rest. That for IPv6 exists once the VPC has an IPv6 block."""
        blocks = [(_LAST + 1, "0.0.0.0/0", None)]
        if self.ec2_backend.get_vpc(self.vpc_id).get_cidr_block_association_set(ipv6=True):
            blocks.append((_LAST + 2, None, "::/0"))
        has = {(e.egress, e.rule_number) for e in self.network_acl_entries}
        return self.network_acl_entries + [
            NetworkAclEntry(self.ec2_backend, self.id, number, "-1", "deny", egress, block, None, None, None, None, block6)
            for egress in (True, False) for number, block, block6 in blocks if (egress, number) not in has
        ]  # fmt: skip

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        return self.id if filter_name == "network-acl-id" else super().get_filter_value(filter_name, method_name)


class NetworkAclBackend(models.NetworkAclBackend):
    def describe_network_acls(self, network_acl_ids: list[str] | None = None, filters: Any = None) -> list[models.NetworkAcl]:
        for acl in network_acl_ids or []:
            self.get_network_acl(acl)  # moto refuses an unknown one with the code of a route table
        return super().describe_network_acls(network_acl_ids, filters)

    def delete_network_acl_entry(self, network_acl_id: str, rule_number: int, egress: bool) -> models.NetworkAclEntry:
        if not any((e.egress, e.rule_number) == (egress, rule_number) for e in self.get_network_acl(network_acl_id).network_acl_entries):
            raise EC2ClientError("InvalidNetworkAclEntry.NotFound", f"no {'egress' if egress else 'ingress'} entry with number {rule_number}")
        return super().delete_network_acl_entry(network_acl_id, rule_number, egress)

    def replace_network_acl_association(self, association_id: str, network_acl_id: str) -> models.NetworkAclAssociation:
        new, old = self.get_network_acl(network_acl_id), [a for a in self.network_acls.values() if association_id in a._associations]
        if not old:
            raise EC2ClientError("InvalidAssociationID.NotFound", f"The association ID '{association_id}' does not exist")
        if old[0].vpc_id != new.vpc_id:
            raise EC2ClientError("InvalidParameterValue", f"{network_acl_id} and the subnet of {association_id} belong to different networks")
        return super().replace_network_acl_association(association_id, network_acl_id)


class NetworkACLs(responses.NetworkACLs):
    def create_network_acl_entry(self) -> ActionResult:
        family, egress = self._check_entry(), self._get_param("Egress")
        entries = self.ec2_backend.get_network_acl(self._get_param("NetworkAclId")).network_acl_entries
        if sum(e.egress == egress and bool(getattr(e, family)) and e.rule_number <= _LAST for e in entries) >= _MOST:
            raise EC2ClientError("NetworkAclEntryLimitExceeded", f"The maximum number of network ACL entries has been reached: {_MOST}")
        return super().create_network_acl_entry()

    def replace_network_acl_entry(self) -> ActionResult:
        self._check_entry()
        return super().replace_network_acl_entry()

    def _check_entry(self) -> str:
        """Refuse what AWS refuses of an entry, and return where moto keeps its block."""
        given = [(p, name) for p, name in (("CidrBlock", "cidr_block"), ("Ipv6CidrBlock", "ipv6_cidr_block")) if self._get_param(p)]
        if not given:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter cidrBlock or ipv6CidrBlock")
        if len(given) > 1:
            raise EC2ClientError("InvalidParameterCombination", "The parameters cidrBlock and ipv6CidrBlock cannot be used together")
        [(param, family)] = given
        block, number = self._get_param(param), self._get_param("RuleNumber")
        protocol = _PROTOCOLS.get(self._get_param("Protocol").lower(), self._get_param("Protocol"))
        if not re.fullmatch(r"[0-9a-fA-F.:]+/\d+", block) or not re.fullmatch(r"-1|\d{1,3}", protocol) or not 1 <= number <= _LAST:
            raise EC2ClientError("InvalidParameterValue", f"Invalid block {block}, protocol {protocol} or number {number} of an entry.")
        icmp = self.params["Icmp"] = self._get_param("IcmpTypeCode", {})  # moto reads no ICMP type
        if protocol in ("6", "17") and {"From", "To"} - self._get_param("PortRange", {}).keys():
            raise EC2ClientError("MissingParameter", "The request must contain the parameter portRange")
        if (protocol == "1" or (protocol == "58" and param == "Ipv6CidrBlock")) and {"Type", "Code"} - icmp.keys():
            raise EC2ClientError("MissingParameter", "The request must contain the parameter icmpTypeCode")
        return family
