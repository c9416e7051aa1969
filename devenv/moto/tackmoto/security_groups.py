"""Security groups: batches of rules are atomic, names ignore letter case, and AWS does not delete a group in use.

moto applies a batch up to the refused permission, and deletes any group.
"""

import itertools
from functools import partialmethod
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
from .security_group_rules import TEXT, SecurityGroupRule, check_description, invalid, read_permissions


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


class SecurityGroupBackend(models.SecurityGroupBackend):
    def security_group(self, group_id: str) -> SecurityGroup:
        """Return the group, or refuse the call."""
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
        # AWS accepts names only of groups in the default VPC.
        group = self.security_group(group_id) if group_id else self.get_security_group_from_name(name, self.default_vpc.id)
        if not group:
            raise InvalidSecurityGroupNotFoundError(name)
        others = (other for by_id in self.groups.values() for other in by_id.values() if other is not group)
        peers = (rule.source_group.get("GroupId") for other in others for rule in itertools.chain(other.ingress_rules, other.egress_rules))
        if group.id in peers or any(group in eni.group_set for eni in self.enis.values()):
            raise EC2ClientError("DependencyViolation", f"resource {group.id} has a dependent object")
        super().delete_security_group(group_id=group.id)

    def authorize(self, group: SecurityGroup, rules: list[SecurityGroupRule], tags: dict[str, str]) -> None:
        """Add all rules of one direction, or none."""
        for rule in rules:
            if peer := rule.source_group.get("GroupId"):
                self.security_group(peer)
            if rule.prefix_list_id and rule.prefix_list_id not in self.managed_prefix_lists:
                raise EC2ClientError("InvalidPrefixListID.NotFound", f"The prefix list ID '{rule.prefix_list_id}' does not exist")
        existing = group.egress_rules if rules[0].is_egress else group.ingress_rules
        keys = {rule.key for rule in rules}
        if len(keys) < len(rules):
            raise invalid("The same permission must not appear multiple times")
        if repeated := keys & {rule.key for rule in existing}:
            raise EC2ClientError("InvalidPermission.Duplicate", f"the specified rule {repeated.pop()} already exists")
        if len(existing) + len(rules) > settings.rules_per_group():
            raise RulesPerSecurityGroupLimitExceededError()
        for rule in rules:
            rule.add_tags(tags)
        existing.extend(rules)


class SecurityGroups(responses.SecurityGroups):
    def create_security_group(self) -> ActionResult:
        name, description = self._get_param("GroupName"), self._get_param("Description")
        for param, value in (("groupName", name), ("groupDescription", description)):
            if not value:
                raise EC2ClientError("MissingParameter", f"The request must contain the parameter {param}")
            if not TEXT.fullmatch(value):
                raise invalid(f"Value ({value}) for parameter {param} is invalid")
        if name.lower() == "default":
            raise EC2ClientError("InvalidGroup.Reserved", f"The security group '{name}' is reserved")
        if name.lower().startswith("sg-"):
            raise invalid(f"Invalid value '{name}' for groupName: it can't begin with sg-")
        return super().create_security_group()

    def delete_security_group(self) -> ActionResult:
        if not self._get_param("GroupName") and not self._get_param("GroupId"):
            raise EC2ClientError("MissingParameter", "The request must contain the parameter groupName or groupId")
        group_id = self._get_param("GroupId")
        if self._get_param("GroupName") == "default" or (group_id and self.ec2_backend.security_group(group_id).name == "default"):
            raise EC2ClientError("CannotDelete", f'the specified group: "{group_id}" name: "default" cannot be deleted by a user')
        return super().delete_security_group()

    def _authorize(self, egress: bool) -> ActionResult:
        if not self._get_param("GroupId"):
            raise EC2ClientError("MissingParameter", "The request must contain the parameter groupId")
        group = self.ec2_backend.security_group(self._get_param("GroupId"))
        rules = list(read_permissions(self._permissions(), group, egress))
        self.ec2_backend.authorize(group, rules, self._parse_tag_specification().get("security-group-rule", {}))
        return ActionResult({"Return": True, "SecurityGroupRules": [rule.shown() for rule in rules]})

    def _revoke(self, egress: bool) -> ActionResult:
        group = self.ec2_backend.security_group(self._get_param("GroupId"))
        revoked = [rule for rule, _ in self._named(group, egress, self._get_param("SecurityGroupRuleIds", []))]
        rules = group.egress_rules if egress else group.ingress_rules
        gone = {rule.id for rule in revoked}
        rules[:] = [rule for rule in rules if rule.id not in gone]
        return ActionResult({"Return": True, "RevokedSecurityGroupRules": [rule.shown() for rule in revoked]})

    def _describe(self, egress: bool) -> ActionResult:
        group = self.ec2_backend.security_group(self._get_param("GroupId"))
        by_id = {d["SecurityGroupRuleId"]: d.get("Description", "") for d in self._get_param("SecurityGroupRuleDescriptions", [])}
        wanted = [(rule, by_id.get(rule.id, description)) for rule, description in self._named(group, egress, list(by_id))]
        for _, description in wanted:
            check_description(description)
        for rule, description in wanted:
            rule.peer["Description"] = description
        return ActionResult({"Return": True})

    def modify_security_group_rules(self) -> ActionResult:
        for rule in self._get_param("SecurityGroupRules", []):
            if rule["SecurityGroupRule"].keys() & {"CidrIpv6", "PrefixListId", "ReferencedGroupId"}:
                raise NotImplementedError("moto changes IPv4 rules only, and ignores others")
        return super().modify_security_group_rules()

    def _named(self, group: SecurityGroup, egress: bool, ids: list[str]) -> list[tuple[SecurityGroupRule, str]]:
        """Return the group's rules that a request names by id or as permissions, with their descriptions in the request."""
        existing = group.egress_rules if egress else group.ingress_rules
        by_id = {rule.id: rule for rule in existing}
        for unknown in set(ids) - by_id.keys():
            raise InvalidSecurityGroupRuleIdNotFoundError(unknown)
        if ids:
            return [(by_id[rule_id], "") for rule_id in ids]
        by_key, found = {rule.key: rule for rule in existing}, []
        for rule in read_permissions(self._permissions(), group, egress):
            if rule.key not in by_key:
                raise EC2ClientError("InvalidPermission.NotFound", f"The specified rule {rule.key} does not exist in this security group.")
            found.append((by_key[rule.key], rule.description or ""))
        return found

    def _permissions(self) -> list[dict[str, Any]]:
        params = self._get_params()
        return self._get_param("IpPermissions") or ([params] if "IpProtocol" in params else [])

    authorize_security_group_ingress = partialmethod(_authorize, egress=False)
    authorize_security_group_egress = partialmethod(_authorize, egress=True)
    revoke_security_group_ingress = partialmethod(_revoke, egress=False)
    revoke_security_group_egress = partialmethod(_revoke, egress=True)
    update_security_group_rule_descriptions_ingress = partialmethod(_describe, egress=False)
    update_security_group_rule_descriptions_egress = partialmethod(_describe, egress=True)
