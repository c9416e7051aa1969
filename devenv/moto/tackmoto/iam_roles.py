"""Roles: names ignore letter case, a boundary must exist, a policy is attached once, and a service's role is protected."""

from typing import Any

from moto.core.responses import ActionResult
from moto.iam import models, responses
from moto.iam.exceptions import IAMException

from .iam_checks import check_boundary, check_name_is_free, check_trust
from .tags import keys_of, merged


class RoleBackend(models.IAMBackend):
    def create_role(
        self, role_name: str, assume_role_policy_document: str, path: str, permissions_boundary: str | None, *args: Any, **kwargs: Any
    ) -> models.Role:
        check_trust(assume_role_policy_document)
        check_boundary(permissions_boundary, self.managed_policies)
        check_name_is_free(role_name, (role.name for role in self.roles.values()), "Role")
        return super().create_role(role_name, assume_role_policy_document, path, permissions_boundary, *args, **kwargs)

    def update_assume_role_policy(self, role_name: str, policy_document: str) -> None:
        check_trust(policy_document)
        super().update_assume_role_policy(role_name, policy_document)

    def put_role_permissions_boundary(self, role_name: str, permissions_boundary: str) -> None:
        check_boundary(permissions_boundary, self.managed_policies)
        super().put_role_permissions_boundary(role_name, permissions_boundary)

    def attach_role_policy(self, policy_arn: str, role_name: str) -> None:
        # moto counts a repeated call as a second attachment.
        if policy_arn not in self.get_role(role_name).managed_policies:
            super().attach_role_policy(policy_arn, role_name)

    def tag_role(self, role_name: str, tags: list[dict[str, str]]) -> None:
        self._tag_verification(tags)
        role = self.get_role(role_name)
        role.tags = merged(role.tags, tags, fold=True)

    def untag_role(self, role_name: str, tag_keys: list[str]) -> None:
        super().untag_role(role_name, keys_of(self.get_role(role_name).tags, tag_keys))


class RoleResponse(responses.IamResponse):
    def delete_role(self) -> ActionResult:
        role = self.backend.get_role(self._get_param("RoleName"))
        if role.path.startswith("/aws-service-role/"):
            raise IAMException(
                "UnmodifiableEntity", f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable by AWS"
            )
        return super().delete_role()
