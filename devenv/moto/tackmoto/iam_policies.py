"""Managed policies: a name is unique across paths, and AWS does not delete a policy that is in use.

moto compares ARNs, ignores boundaries, and deletes attached policies.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.iam import models, responses
from moto.iam.exceptions import DeleteConflictException

from .iam_checks import check_managed, check_name_is_free
from .tags import merged


class PolicyBackend(models.IAMBackend):
    def create_policy(
        self, description: str, path: str, policy_document: str, policy_name: str, tags: list[dict[str, str]]
    ) -> models.ManagedPolicy:
        check_managed(policy_document)
        own = (policy.name for policy in self.managed_policies.values() if not isinstance(policy, models.AWSManagedPolicy))
        check_name_is_free(policy_name, own, "Policy")
        policy = super().create_policy(description, path, policy_document, policy_name, [])
        self.tag_policy(policy.arn, tags)
        return policy

    def create_policy_version(self, policy_arn: str, policy_document: str, set_as_default: bool) -> models.PolicyVersion:
        check_managed(policy_document)
        return super().create_policy_version(policy_arn, policy_document, set_as_default)

    def bounded_by(self, policy_arn: str) -> tuple[list[models.Role], list[models.User]]:
        roles = [role for role in self.roles.values() if role.permissions_boundary_arn == policy_arn]
        return roles, [user for user in self.users.values() if (user.permissions_boundary or {}).get("PermissionsBoundaryArn") == policy_arn]

    def delete_policy(self, policy_arn: str) -> None:
        policy = self.get_policy(policy_arn)
        if policy.attachment_count or any(self.bounded_by(policy_arn)):
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        if len(policy.versions) > 1:
            raise DeleteConflictException("This policy has more than one version. Before you delete a policy, you must delete the policy's versions.")
        super().delete_policy(policy_arn)

    def tag_policy(self, policy_arn: str, tags: list[dict[str, str]]) -> None:
        # moto ignores letter case in the keys.
        policy = self.get_policy(policy_arn)
        for tag in tags:
            self._validate_tag_key(tag["Key"])
        policy.tags = {tag["Key"]: tag for tag in merged(policy.get_tags(), tags, fold=False)}

    def untag_policy(self, policy_arn: str, tag_keys: list[str]) -> None:
        policy = self.get_policy(policy_arn)
        for key in tag_keys:
            policy.tags.pop(key, None)


class PolicyResponse(responses.IamResponse):
    def get_policy(self) -> ActionResult:
        policy = self.backend.get_policy(self._get_param("PolicyArn"))
        policy.permissions_boundary_usage_count = sum(map(len, self.backend.bounded_by(policy.arn)))
        return ActionResult({"Policy": policy})

    def list_entities_for_policy(self) -> ActionResult:
        found = super().list_entities_for_policy()
        roles, users = self.backend.bounded_by(self._get_param("PolicyArn"))
        found.result["PolicyRoles"] += roles
        found.result["PolicyUsers"] += users
        return found
