"""Rules of security groups: parses them from requests into the canonical form that AWS stores.

moto stores them as given, and drops descriptions of groups and prefix lists. For a protocol other than TCP, UDP and ICMP,
such as 50, AWS allows all ports and shows none. ICMPv6 needs no type: without one, AWS allows all types and codes.
Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

import copy
import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import security_groups as models
from moto.ec2.responses.security_groups import parse_sg_attributes_from_dict

_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
_WITH_PORTS = ("tcp", "udp", "icmp", "icmpv6")
TEXT = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")


def invalid(message: str) -> EC2ClientError:
    return EC2ClientError("InvalidParameterValue", message)


class SecurityGroupRule(models.SecurityGroupRule):
    def __init__(self, ec2_backend: Any, ip_protocol: str, group_id: str, from_port: Any, to_port: Any, *peer: Any, **kwargs: Any):
        # moto requires ports for each protocol except -1.
        super().__init__(
            ec2_backend, ip_protocol, group_id, -1 if from_port is None else from_port, -1 if to_port is None else to_port, *peer, **kwargs
        )
        if self.ip_protocol not in _WITH_PORTS:
            self.from_port = self.to_port = None
        self.prefix_list = (peer[2] if len(peer) > 2 else kwargs.get("prefix_list_id")) or {}

    @property
    def peer(self) -> dict[str, str]:
        return self.ip_range or self.source_group or self.prefix_list

    @property
    def description(self) -> str | None:
        return self.peer.get("Description")

    @property
    def key(self) -> tuple[Any, ...]:
        """Return the identity of a rule in AWS. The description is not part of it."""
        peer = self.cidr_ipv4 or self.cidr_ipv6 or self.prefix_list_id or self.source_group.get("GroupId")
        return self.is_egress, self.ip_protocol, self.from_port, self.to_port, peer

    @property
    def group_owner_id(self) -> str:
        return self.owner_id

    @property
    def referenced_group_id(self) -> str | None:
        return self.source_group.get("GroupId")

    @property
    def security_group_rule_arn(self) -> str:
        return f"arn:aws:ec2:{self.ec2_backend.region_name}:{self.owner_id}:security-group-rule/{self.id}"

    def shown(self) -> "SecurityGroupRule":
        """Return the rule as AWS shows single rules, with -1 for no port."""
        rule = copy.copy(self)
        rule.from_port, rule.to_port = (-1 if port is None else port for port in (self.from_port, self.to_port))
        return rule


def read_permissions(permissions: list[dict[str, Any]], group: models.SecurityGroup, egress: bool) -> Iterator[SecurityGroupRule]:
    """Yield the permissions of a request as single rules, without adding them to the group."""
    if not permissions:
        raise EC2ClientError("MissingParameter", "the request must contain IpPermissions")
    for permission in permissions:
        protocol, *ports = _ports(permission)
        _, _, _, ranges, groups, prefix_lists = parse_sg_attributes_from_dict(permission)
        if not ranges and not groups and not prefix_lists:
            raise EC2ClientError("MissingParameter", "a permission needs a CIDR, a prefix list or a group")
        peers: list[tuple[Any, ...]] = [(_canonical(r), None, None) for r in ranges]
        peers += [(None, {"UserId": group.owner_id} | dict(g), None) for g in groups] + [(None, None, dict(p)) for p in prefix_lists]
        for peer in peers:
            rule = SecurityGroupRule(group.ec2_backend, protocol, group.id, *ports, *peer, is_egress=egress)
            check_description(rule.description or "")
            if rule.source_group and not rule.source_group.get("GroupId"):
                raise EC2ClientError("MissingParameter", "a group in a permission needs its GroupId")
            yield rule


def check_description(description: str) -> None:
    if not TEXT.fullmatch(description):
        raise invalid(f"Invalid rule description {description!r}: at most 255 characters from a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*")


def _canonical(given: dict[str, str]) -> dict[str, str]:
    """Clear the host bits, as AWS does."""
    param, version = ("CidrIp", 4) if "CidrIp" in given else ("CidrIpv6", 6)
    try:
        block = ip_network(given[param], strict=False)
    except ValueError:
        block = None
    if not block or block.version != version or "/" not in given[param]:
        raise invalid(f"CIDR block {given[param]} is malformed")
    return dict(given) | {param: str(block)}


def _ports(permission: dict[str, Any]) -> tuple[str, int | None, int | None]:
    """Return protocol and ports. For ICMP these are type and code, with -1 for all."""
    protocol = str(permission.get("IpProtocol", "")).lower()
    protocol = _PROTOCOLS.get(protocol, protocol)
    low, high = permission.get("FromPort"), permission.get("ToPort")
    if protocol in ("tcp", "udp"):
        if low is None or high is None:
            raise invalid("Invalid value for portRange. Must specify both from and to ports with TCP/UDP.")
        for port in (low, high):
            if not 0 <= port <= 65535:
                raise invalid(f"{protocol.upper()} port ({port}) out of range")
        if low > high:
            raise invalid(f"Invalid {protocol.upper()} port range ({low}:{high})")
        return protocol, low, high
    if protocol not in _WITH_PORTS:
        if not re.fullmatch(r"-1|\d{1,3}", protocol) or int(protocol) > 255:
            raise invalid(f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")
        return protocol, None, None
    if protocol == "icmp" and (low is None or high is None):
        raise invalid("Invalid value for portRange. Must specify both type and code with ICMP.")
    low, high = (-1 if n is None else n for n in (low, high))
    if not (-1 <= low <= 255 and -1 <= high <= 255):
        raise invalid(f"ICMP type ({low}) or code ({high}) out of range")
    if low == -1 and high != -1:
        raise invalid(f"ICMP code ({high}) must be -1 when all types are meant")
    return protocol, low, high
