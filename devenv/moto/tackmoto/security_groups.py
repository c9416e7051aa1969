"""Security groups: batches of rules are all or nothing, rules are stored in canonical form, names count in any case.

moto applies a batch up to the permission that it refuses, stores what it is given, drops
descriptions of groups and prefix lists, and deletes any group.
"""

import copy
import itertools
import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import (
    EC2ClientError,
    InvalidGroupIdMalformedError,
    InvalidSecurityGroupNotFoundError,
    InvalidSecurityGroupRuleIdNotFoundError,
    RulesPerSecurityGroupLimitExceededError,
)
from moto.ec2.models import security_groups as models
from moto.ec2.responses import security_groups as responses

from . import settings
from .tags import TagTypes

_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
_WITH_PORTS = ("tcp", "udp", "icmp", "icmpv6")
_TEXT = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")


def _invalid(message: str) -> EC2ClientError:
    return EC2ClientError("InvalidParameterValue", message)


class SecurityGroupRule(models.SecurityGroupRule):
    def __init__(self, ec2_backend: Any, ip_protocol: str, group_id: str, from_port: Any, to_port: Any, *peer: Any, **kwargs: Any):
        # moto wants ports for each protocol but -1.
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
        """Give what makes a rule the same rule for AWS: not its description."""
        peer = self.cidr_ipv4 or self.cidr_ipv6 or self.prefix_list_id or self.source_group.get("GroupId")
        return self.is_egress, self.ip_protocol, self.from_port, self.to_port, peer

    @property
    def group_owner_id(self) -> str:
        return self.owner_id

    @property
    def security_group_rule_arn(self) -> str:
        return f"arn:aws:ec2:{self.ec2_backend.region_name}:{self.owner_id}:security-group-rule/{self.id}"

    def shown(self) -> "SecurityGroupRule":
        """Give the rule as by itself: there -1 stands for no port."""
        rule = copy.copy(self)
        rule.from_port, rule.to_port = (-1 if port is None else port for port in (self.from_port, self.to_port))
        return rule


class SecurityGroup(models.SecurityGroup):
    def _flattened_rules(self, rules: list[SecurityGroupRule]) -> list[models.GroupedSecurityRuleView]:
        views: dict[Any, models.GroupedSecurityRuleView] = {}
        for rule in rules:
            ports = (rule.from_port, rule.to_port, rule.ip_protocol)
            view = views.setdefault(ports, models.GroupedSecurityRuleView(*ports))
            for peer, peers in (
                (rule.ip_range, view.all_ip_ranges),
                (rule.source_group, view.source_groups),
                (rule.prefix_list, view.prefix_list_ids),
            ):
                if peer:
                    peers.append(peer)
        return list(views.values())

    def refers_to(self, group_id: str) -> bool:
        return any(rule.source_group.get("GroupId") == group_id for rule in itertools.chain(self.ingress_rules, self.egress_rules))


class SecurityGroupBackend(models.SecurityGroupBackend):
    def security_group(self, group_id: str) -> SecurityGroup:
        """Give the group or refuse."""
        if not group_id.startswith("sg-"):
            raise InvalidGroupIdMalformedError(group_id)
        if group := self.get_security_group_from_id(group_id):
            return group
        raise InvalidSecurityGroupNotFoundError(group_id)

    def get_security_group_from_id(self, group_id: str) -> SecurityGroup | None:
        return next((groups[group_id] for groups in self.groups.values() if group_id in groups), None)

    def create_security_group(
        self, name: str, description: str, vpc_id: str | None = None, *args: Any, force: bool = False, **kwargs: Any
    ) -> SecurityGroup:
        vpc_id = vpc_id or self.default_vpc.id
        if not force:
            self.get_vpc(vpc_id)
            if any(group.name.lower() == name.lower() for group in self.groups[vpc_id].values()):
                raise EC2ClientError("InvalidGroup.Duplicate", f"The security group '{name}' already exists for VPC '{vpc_id}'")
        return super().create_security_group(name, description, vpc_id, *args, force=force, **kwargs)

    def describe_security_groups(self, group_ids: list[str] | None = None, *args: Any, **kwargs: Any) -> list[SecurityGroup]:
        for group_id in group_ids or []:
            self.security_group(group_id)
        return super().describe_security_groups(group_ids, *args, **kwargs)

    def describe_security_group_rules(self, sg_rule_ids: list[str], filters: dict[str, list[str]]) -> list[SecurityGroupRule]:
        of = filters.get("group-id")
        for group_id in of or []:
            if not group_id.startswith("sg-"):
                raise InvalidGroupIdMalformedError(group_id)
        groups = [g for by_id in self.groups.values() for g in by_id.values() if not of or g.id in of]
        rules = {rule.id: rule for g in groups for rule in itertools.chain(g.egress_rules, g.ingress_rules)}
        for unknown in set(sg_rule_ids) - rules.keys():
            raise InvalidSecurityGroupRuleIdNotFoundError(unknown)
        return [rule.shown() for rule in rules.values() if rule.id in (sg_rule_ids or rules) and rule.matches_filters(filters)]

    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> None:
        # Only names of the default VPC's groups mean something.
        group = self.security_group(group_id) if group_id else self.get_security_group_from_name(name, self.default_vpc.id)
        if not group:
            raise InvalidSecurityGroupNotFoundError(name)
        others = (other for by_id in self.groups.values() for other in by_id.values() if other is not group)
        if any(other.refers_to(group.id) for other in others) or any(group in eni.group_set for eni in self.enis.values()):
            raise EC2ClientError("DependencyViolation", f"resource {group.id} has a dependent object")
        super().delete_security_group(group_id=group.id)

    def authorize(self, group: SecurityGroup, rules: list[SecurityGroupRule], tags: dict[str, str]) -> None:
        """Add all of the rules, of one direction, or none."""
        for rule in rules:
            if peer := rule.source_group.get("GroupId"):
                self.security_group(peer)
            if rule.prefix_list_id and rule.prefix_list_id not in self.managed_prefix_lists:
                raise EC2ClientError("InvalidPrefixListID.NotFound", f"The prefix list ID '{rule.prefix_list_id}' does not exist")
        existing = group.egress_rules if rules[0].is_egress else group.ingress_rules
        keys = {rule.key for rule in rules}
        if len(keys) < len(rules):
            raise _invalid("The same permission must not appear multiple times")
        if repeated := keys & {rule.key for rule in existing}:
            raise EC2ClientError("InvalidPermission.Duplicate", f"the specified rule {repeated.pop()} already exists")
        if len(existing) + len(rules) > settings.rules_per_group():
            raise RulesPerSecurityGroupLimitExceededError()
        for rule in rules:
            rule.add_tags(tags)
        existing.extend(rules)


class SecurityGroups(responses.SecurityGroups, TagTypes):
    def create_security_group(self) -> ActionResult:
        name, description = self._get_param("GroupName"), self._get_param("Description")
        for param, value in (("groupName", name), ("groupDescription", description)):
            if not value:
                raise EC2ClientError("MissingParameter", f"The request must contain the parameter {param}")
            if not _TEXT.fullmatch(value):
                raise _invalid(f"Value ({value}) for parameter {param} is invalid")
        if name.lower() == "default":
            raise EC2ClientError("InvalidGroup.Reserved", f"The security group '{name}' is reserved")
        if name.lower().startswith("sg-"):
            raise _invalid(f"Invalid value '{name}' for groupName: it can't begin with sg-")
        self.only_tags_of("security-group")
        return super().create_security_group()

    def delete_security_group(self) -> ActionResult:
        if not self._get_param("GroupName") and not self._get_param("GroupId"):
            raise EC2ClientError("MissingParameter", "The request must contain the parameter groupName or groupId")
        group_id = self._get_param("GroupId")
        if self._get_param("GroupName") == "default" or (group_id and self.ec2_backend.security_group(group_id).name == "default"):
            raise EC2ClientError("CannotDelete", f'the specified group: "{group_id}" name: "default" cannot be deleted by a user')
        return super().delete_security_group()

    def authorize_security_group_ingress(self) -> ActionResult:
        return self._authorize(egress=False)

    def authorize_security_group_egress(self) -> ActionResult:
        return self._authorize(egress=True)

    def _authorize(self, egress: bool) -> ActionResult:
        if not self._get_param("GroupId"):
            raise EC2ClientError("MissingParameter", "The request must contain the parameter groupId")
        group = self.ec2_backend.security_group(self._get_param("GroupId"))
        rules = list(self._rules(group, egress))
        self.ec2_backend.authorize(group, rules, self._parse_tag_specification().get("security-group-rule", {}))
        return ActionResult({"Return": True, "SecurityGroupRules": [rule.shown() for rule in rules]})

    def revoke_security_group_ingress(self) -> ActionResult:
        return self._revoke(egress=False)

    def revoke_security_group_egress(self) -> ActionResult:
        return self._revoke(egress=True)

    def _revoke(self, egress: bool) -> ActionResult:
        group = self.ec2_backend.security_group(self._get_param("GroupId"))
        revoked = [rule for rule, _ in self._named(group, egress, self._get_param("SecurityGroupRuleIds", []))]
        rules = group.egress_rules if egress else group.ingress_rules
        gone = {rule.id for rule in revoked}
        rules[:] = [rule for rule in rules if rule.id not in gone]
        shown = [{"ReferencedGroupId": rule.source_group.get("GroupId")} | _fields(rule.shown()) for rule in revoked]
        return ActionResult({"Return": True, "RevokedSecurityGroupRules": shown})

    def update_security_group_rule_descriptions_ingress(self) -> ActionResult:
        return self._describe(egress=False)

    def update_security_group_rule_descriptions_egress(self) -> ActionResult:
        return self._describe(egress=True)

    def _describe(self, egress: bool) -> ActionResult:
        group = self.ec2_backend.security_group(self._get_param("GroupId"))
        by_id = {d["SecurityGroupRuleId"]: d.get("Description", "") for d in self._get_param("SecurityGroupRuleDescriptions", [])}
        wanted = [(rule, by_id.get(rule.id, description)) for rule, description in self._named(group, egress, list(by_id))]
        for _, description in wanted:
            _check_description(description)
        for rule, description in wanted:
            rule.peer["Description"] = description
        return ActionResult({"Return": True})

    def modify_security_group_rules(self) -> ActionResult:
        for rule in self._get_param("SecurityGroupRules", []):
            if rule["SecurityGroupRule"].keys() & {"CidrIpv6", "PrefixListId", "ReferencedGroupId"}:
                raise NotImplementedError("moto changes IPv4 rules only, and ignores others")
        return super().modify_security_group_rules()

    def _named(self, group: SecurityGroup, egress: bool, ids: list[str]) -> list[tuple[SecurityGroupRule, str]]:
        """Give the group's rules that a request names, by id or as permissions, each with the description there."""
        existing = group.egress_rules if egress else group.ingress_rules
        by_id = {rule.id: rule for rule in existing}
        for unknown in set(ids) - by_id.keys():
            raise InvalidSecurityGroupRuleIdNotFoundError(unknown)
        if ids:
            return [(by_id[rule_id], "") for rule_id in ids]
        by_key, found = {rule.key: rule for rule in existing}, []
        for rule in self._rules(group, egress):
            if rule.key not in by_key:
                raise EC2ClientError("InvalidPermission.NotFound", f"The specified rule {rule.key} does not exist in this security group.")
            found.append((by_key[rule.key], rule.description or ""))
        return found

    def _rules(self, group: SecurityGroup, egress: bool) -> Iterator[SecurityGroupRule]:
        """Read the permissions of a request as single rules in canonical form."""
        params = self._get_params()
        permissions = self._get_param("IpPermissions") or ([params] if "IpProtocol" in params else [])
        if not permissions:
            raise EC2ClientError("MissingParameter", "the request must contain IpPermissions")
        for permission in permissions:
            protocol, *ports = _ports(permission)
            _, _, _, ranges, groups, prefix_lists = responses.parse_sg_attributes_from_dict(permission)
            if not ranges and not groups and not prefix_lists:
                raise EC2ClientError("MissingParameter", "a permission needs a CIDR, a prefix list or a group")
            peers = [(_canonical(r), None, None) for r in ranges]
            peers += [(None, {"UserId": self.current_account} | dict(g), None) for g in groups] + [(None, None, dict(p)) for p in prefix_lists]
            for peer in peers:
                rule = SecurityGroupRule(self.ec2_backend, protocol, group.id, *ports, *peer, is_egress=egress)
                _check_description(rule.description or "")
                if rule.source_group and not rule.source_group.get("GroupId"):
                    raise EC2ClientError("MissingParameter", "a group in a permission needs its GroupId")
                yield rule


def _fields(rule: SecurityGroupRule) -> dict[str, Any]:
    names = ("group_id", "is_egress", "ip_protocol", "from_port", "to_port", "cidr_ipv4", "cidr_ipv6", "prefix_list_id", "description")
    return {"SecurityGroupRuleId": rule.id} | {name: getattr(rule, name) for name in names}


def _check_description(description: str) -> None:
    if not _TEXT.fullmatch(description):
        raise _invalid(f"Invalid rule description {description!r}: at most 255 characters from a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*")


def _canonical(given: dict[str, str]) -> dict[str, str]:
    """Mask host bits away, as AWS does on storing."""
    param, version = ("CidrIp", 4) if "CidrIp" in given else ("CidrIpv6", 6)
    try:
        block = ip_network(given[param], strict=False)
    except ValueError:
        block = None
    if not block or block.version != version or "/" not in given[param]:
        raise _invalid(f"CIDR block {given[param]} is malformed")
    return dict(given) | {param: str(block)}


def _ports(permission: dict[str, Any]) -> tuple[str, int | None, int | None]:
    """Give protocol and ports; of ICMP these are type and code, with -1 for all."""
    protocol = str(permission.get("IpProtocol", "")).lower()
    protocol = _PROTOCOLS.get(protocol, protocol)
    low, high = permission.get("FromPort"), permission.get("ToPort")
    if protocol in ("tcp", "udp"):
        if low is None or high is None:
            raise _invalid("Invalid value for portRange. Must specify both from and to ports with TCP/UDP.")
        for port in (low, high):
            if not 0 <= port <= 65535:
                raise _invalid(f"{protocol.upper()} port ({port}) out of range")
        if low > high:
            raise _invalid(f"Invalid {protocol.upper()} port range ({low}:{high})")
        return protocol, low, high
    if protocol not in _WITH_PORTS:
        if not re.fullmatch(r"-1|\d{1,3}", protocol) or int(protocol) > 255:
            raise _invalid(f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")
        return protocol, None, None
    if protocol == "icmp" and (low is None or high is None):
        raise _invalid("Invalid value for portRange. Must specify both type and code with ICMP.")
    low, high = (-1 if n is None else n for n in (low, high))
    if not (-1 <= low <= 255 and -1 <= high <= 255):
        raise _invalid(f"ICMP type ({low}) or code ({high}) out of range")
    if low == -1 and high != -1:
        raise _invalid(f"ICMP code ({high}) must be -1 when all types are meant")
    return protocol, low, high
