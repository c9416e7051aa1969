"""Users: names ignore letter case, a boundary must exist, tags survive a new path, and AWS does not delete a user that has anything.

moto has no boundaries of users and no service-specific credentials.
Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
"""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.iam import models, responses
from moto.iam.exceptions import DeleteConflictException, NotFoundException
from moto.iam.utils import random_resource_id

from .iam_checks import check_boundary, check_name_is_free
from .tags import keys_of, merged

models.User.permissions_boundary = None
Credential = dict[str, Any]


class UserBackend(models.IAMBackend):
    def create_user(self, region_name: str, user_name: str, *args: Any, **kwargs: Any) -> models.User:
        check_name_is_free(user_name, self.users, "User")
        return super().create_user(region_name, user_name, *args, **kwargs)

    def update_user(self, user_name: str, new_path: str | None = None, new_user_name: str | None = None) -> None:
        user = self.get_user(user_name)
        tags = user.tags or []
        self.tagger.delete_all_tags_for_resource(user.arn)  # moto keeps them under the old ARN
        super().update_user(user_name, new_path, new_user_name)
        self.tagger.tag_resource(user.arn, tags)

    def attach_user_policy(self, policy_arn: str, user_name: str) -> None:
        # moto counts a repeated call as a second attachment.
        if policy_arn not in self.get_user(user_name).managed_policies:
            super().attach_user_policy(policy_arn, user_name)

    def tag_user(self, name: str, tags: list[dict[str, str]]) -> None:
        user = self.get_user(name)
        new = merged(user.tags or [], tags, fold=True)
        self.tagger.delete_all_tags_for_resource(user.arn)
        self.tagger.tag_resource(user.arn, new)

    def untag_user(self, name: str, tag_keys: list[str]) -> None:
        super().untag_user(name, keys_of(self.get_user(name).tags or [], tag_keys))

    def delete_virtual_mfa_device(self, serial_number: str) -> None:
        if any(serial_number in user.mfa_devices for user in self.users.values()):
            raise DeleteConflictException("MFA VirtualDevice in use. Must deactivate first.")
        super().delete_virtual_mfa_device(serial_number)

    def credentials_of(self, user_name: str) -> dict[str, Credential]:
        return vars(self.get_user(user_name)).setdefault("credentials", {})

    def delete_user(self, user_name: str) -> None:
        user = self.get_user(user_name)
        for what, has in {
            "delete access keys": user.access_keys,
            "delete login profile": user.password,
            "delete MFA device": user.mfa_devices,
            "delete signing certificate": user.signing_certificates,
            "delete SSH public keys": user.ssh_public_keys,
            "delete service specific credentials": self.credentials_of(user_name),
            "remove users from group": self.get_groups_for_user(user_name),
        }.items():
            if has:
                raise DeleteConflictException(f"Cannot delete entity, must {what} first.")
        super().delete_user(user_name)


class UserResponse(responses.IamResponse):
    def create_user(self) -> ActionResult:
        boundary = self._get_param("PermissionsBoundary")
        check_boundary(boundary, self.backend.managed_policies)
        created = super().create_user()
        _bind(created.result["User"], boundary)
        return created

    def put_user_permissions_boundary(self) -> ActionResult:
        boundary = self._get_param("PermissionsBoundary")
        check_boundary(boundary, self.backend.managed_policies)
        return _bind(self.backend.get_user(self._get_param("UserName")), boundary)

    def delete_user_permissions_boundary(self) -> ActionResult:
        return _bind(self.backend.get_user(self._get_param("UserName")), None)

    def create_service_specific_credential(self) -> ActionResult:
        name, made = self._get_param("UserName"), f"ACCA{random_resource_id()}"
        credential = {
            "UserName": name, "ServiceName": self._get_param("ServiceName"), "ServiceSpecificCredentialId": made,
            "Status": "Active", "CreateDate": utcnow(),
        }  # fmt: skip
        self.backend.credentials_of(name)[made] = credential
        return ActionResult({"ServiceSpecificCredential": credential})

    def list_service_specific_credentials(self) -> ActionResult:
        return ActionResult({"ServiceSpecificCredentials": [*self.backend.credentials_of(self._get_param("UserName")).values()]})

    def delete_service_specific_credential(self) -> ActionResult:
        if not self.backend.credentials_of(self._get_param("UserName")).pop(self._get_param("ServiceSpecificCredentialId"), None):
            raise NotFoundException("The credential does not exist.")
        return EmptyResult()


def _bind(user: models.User, arn: str | None) -> ActionResult:
    user.permissions_boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None
    return EmptyResult()
