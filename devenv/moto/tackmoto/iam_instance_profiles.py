"""Instance profiles: names ignore letter case, and only a role in the profile can be removed from it."""

from typing import Any

from moto.iam import models
from moto.iam.exceptions import NotFoundException

from .iam_checks import check_name_is_free
from .tags import merged


class InstanceProfileBackend(models.IAMBackend):
    def create_instance_profile(self, name: str, *args: Any, **kwargs: Any) -> models.InstanceProfile:
        check_name_is_free(name, self.instance_profiles, "Instance Profile")
        return super().create_instance_profile(name, *args, **kwargs)

    def remove_role_from_instance_profile(self, profile_name: str, role_name: str) -> None:
        if role_name not in (role.name for role in self.get_instance_profile(profile_name).roles):
            raise NotFoundException(f"Role {role_name} is not in instance profile {profile_name}.")
        super().remove_role_from_instance_profile(profile_name, role_name)

    def tag_instance_profile(self, instance_profile_name: str, tags: list[dict[str, str]]) -> None:
        profile = self.get_instance_profile(instance_profile_name)
        profile.tags = merged(profile.tags, tags, fold=False)
