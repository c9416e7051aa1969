"""Groups: names ignore letter case, a path changes alone, and AWS does not delete a group that has members or policies.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html
"""

from moto.iam import models
from moto.iam.exceptions import DeleteConflictException

from .iam_checks import check_name_is_free


class GroupBackend(models.IAMBackend):
    def create_group(self, group_name: str, path: str = "/") -> models.Group:
        check_name_is_free(group_name, self.groups, "Group")
        return super().create_group(group_name, path)

    def update_group(self, group_name: str, new_group_name: str | None, new_path: str | None) -> None:
        group = self.get_group(group_name)
        super().update_group(group_name, new_group_name, new_path)
        if new_path:
            group.path = new_path  # moto ignores it without a new name

    def delete_group(self, group_name: str) -> None:
        group = self.get_group(group_name)
        if group.users:
            raise DeleteConflictException("Cannot delete entity, must remove users from group first.")
        if group.managed_policies:
            raise DeleteConflictException("Cannot delete entity, must detach all policies first.")
        if group.policies:
            raise DeleteConflictException("Cannot delete entity, must delete policies first.")
        super().delete_group(group_name)
