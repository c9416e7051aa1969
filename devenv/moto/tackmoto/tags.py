"""Limits of tags. moto checks them in some calls only.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

import re
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import core
from moto.ec2.responses._base_response import EC2BaseResponse
from moto.iam.exceptions import DuplicateTags, IAMException, LimitExceededException, TagKeyTooBig, TagValueTooBig

MOST, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256

# The parameters with a tag's key. The first group distinguishes the tag specifications.
_KEY = re.compile(r"((?:TagSpecifications?\.\d+\.)?Tag\.|Tags\.member\.)\d+\.Key")


class TaggedEC2Resource(core.TaggedEC2Resource):
    """Looks up its tags by its id. moto scans all tags of the account: 85 ms with 200 groups."""

    def get_tags(self) -> list[dict[str, str]]:
        return [{"key": key, "value": value} for key, value in self.ec2_backend.tags.get(self.id, {}).items()]


def install() -> None:
    core.TaggedEC2Resource.get_tags = TaggedEC2Resource.get_tags


class TagTypes(EC2BaseResponse):
    def only_tags_of(self, *types: str) -> None:
        """Refuse tags for types of resource that the call does not create. moto drops them, or adds them anyway."""
        for spec in self._get_param("TagSpecifications", []):
            if spec.get("ResourceType") not in types:
                raise EC2ClientError(
                    "InvalidParameterValue", f"'{spec.get('ResourceType')}' is not a valid taggable resource type for this operation."
                )


def check(form: dict[str, Any], service: str, action: str) -> None:
    """Refuse tags that AWS refuses on any resource."""
    iam = service == "iam"
    refused = IAMException if iam else EC2ClientError
    seen: dict[str, set[str]] = {}
    for param, [key, *_] in form.items():
        if not (found := _KEY.fullmatch(param)):
            continue
        if key.lower().startswith("aws:") and not action.startswith("Delete"):
            raise refused("InvalidInput" if iam else "InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
        value = form.get(param.removesuffix("Key") + "Value", [""])[0]
        if len(key) > LONGEST_KEY:
            raise (
                TagKeyTooBig(key)
                if iam
                else EC2ClientError("InvalidParameterValue", f"Tag key exceeds the maximum length of {LONGEST_KEY} characters")
            )
        if len(value) > LONGEST_VALUE:
            raise (
                TagValueTooBig(value)
                if iam
                else EC2ClientError("InvalidParameterValue", f"Tag value exceeds the maximum length of {LONGEST_VALUE} characters")
            )
        keys = seen.setdefault(found[1], set())
        unique = key.lower() if iam and folds(action) else key
        if unique in keys:
            raise DuplicateTags() if iam else EC2ClientError("InvalidParameterValue", f"Duplicate tag key '{key}' specified.")
        keys.add(unique)
        if len(keys) > MOST:
            raise refused("LimitExceeded" if iam else "TagLimitExceeded", f"More tags than the {MOST} of a resource")


def folds(action: str) -> bool:
    """Say whether the tag keys of an action ignore letter case: IAM does this for roles and users, and for nothing else."""
    return action.endswith(("Role", "User"))


def merged(has: list[dict[str, str]], new: list[dict[str, str]], *, fold: bool) -> list[dict[str, str]]:
    """Return an IAM resource's tags with new ones added. With fold, keys ignore letter case."""
    tags = {tag["Key"].lower() if fold else tag["Key"]: tag for tag in [*has, *new]}
    if len(tags) > MOST:
        raise LimitExceededException(f"{len(tags)} tags are more than the {MOST} of a resource")
    return list(tags.values())


def keys_of(has: list[dict[str, str]], keys: list[str]) -> list[str]:
    """Return the keys in the letter case of a role's tags."""
    wanted = {key.lower() for key in keys}
    return [tag["Key"] for tag in has if tag["Key"].lower() in wanted]
