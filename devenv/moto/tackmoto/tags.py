"""Limits of tags, and AWS's own tags. moto checks them in some calls only.

A key that begins with aws:, in any letter case, belongs to AWS: only a service of AWS sets and removes it, and it does not
count toward the limit of a resource.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
"""

import re
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import core, tags as models
from moto.iam.exceptions import DuplicateTags, IAMException, LimitExceededException, TagKeyTooBig, TagValueTooBig

from . import settings

MOST, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256

# The parameters with a tag's key. The first group distinguishes the tag specifications.
_KEY = re.compile(r"((?:TagSpecifications?\.\d+\.)?Tag\.|Tags\.member\.)\d+\.Key")

# The parameters with a key at any depth, such as in the data of a launch template, and with one that IAM removes.
_ANY_KEY = re.compile(r"(?:.+\.)?(?:Tag\.\d+\.Key|Tags\.member\.\d+\.Key|TagKeys\.member\.\d+)")


class TaggedEC2Resource(core.TaggedEC2Resource):
    """Looks up its tags by its id. moto scans all tags of the account: 85 ms with 200 groups."""

    def get_tags(self) -> list[dict[str, str]]:
        return [{"key": key, "value": value} for key, value in self.ec2_backend.tags.get(self.id, {}).items()]


class TagBackend(models.TagBackend):
    def create_tags(self, resource_ids: list[str], tags: dict[str, str]) -> bool:
        """Count as AWS does. moto counts AWS's own tags of a resource as well."""
        for resource_id in resource_ids:
            if len([key for key in {**self.tags.get(resource_id, {}), **tags} if not reserved(key)]) > MOST:
                raise EC2ClientError("TagLimitExceeded", f"More tags than the {MOST} of a resource")
        for resource_id in resource_ids:
            self.tags[resource_id].update(tags)
        return True


def install() -> None:
    core.TaggedEC2Resource.get_tags = TaggedEC2Resource.get_tags


# The types of the resources that an action creates, where they are not in its name.
_TYPES = {
    "AllocateAddress": ("elastic-ip",),
    "AuthorizeSecurityGroupEgress": ("security-group-rule",),
    "AuthorizeSecurityGroupIngress": ("security-group-rule",),
    "CreateFleet": ("fleet", "instance"),
    "CreateFlowLogs": ("vpc-flow-log",),
    "CreateManagedPrefixList": ("prefix-list",),
    "CreateNatGateway": ("natgateway",),
    "CreateTransitGatewayVpcAttachment": ("transit-gateway-attachment",),
    "CreateVpcEndpointServiceConfiguration": ("vpc-endpoint-service",),
    "RunInstances": ("instance", "volume", "network-interface", "spot-instances-request"),
}


def created_by(action: str) -> tuple[str, ...]:
    """Return the types of resource that an action of EC2 creates: a route-table for CreateRouteTable."""
    return _TYPES.get(action) or (re.sub(r"(?<!^)([A-Z][a-z]+)", r"-\1", action.removeprefix("Create")).lower(),)


def check_types(action: str, specs: list[dict[str, Any]]) -> None:
    """Refuse tags for types of resource that the call does not create. moto drops them, or adds them anyway."""
    for spec in specs:
        if (found := spec.get("ResourceType")) not in created_by(action):
            raise EC2ClientError("InvalidParameterValue", f"'{found}' is not a valid taggable resource type for this operation.")


def reserved(key: str) -> bool:
    """Say whether a key belongs to AWS."""
    return key.lower().startswith("aws:")


def check_reserved(form: dict[str, Any], iam: bool) -> None:
    """Refuse to set or remove AWS's own tags, unless a service of AWS calls."""
    for param, [key, *_] in form.items():
        if _ANY_KEY.fullmatch(param) and reserved(key) and not settings.service_calls():
            message = "Tag keys starting with 'aws:' are reserved for internal use"
            if iam:
                raise IAMException("InvalidInput", message)
            raise EC2ClientError("InvalidParameterValue", f"Value ( {key} ) for parameter key is invalid. {message}")


def check(form: dict[str, Any], service: str, action: str) -> None:
    """Refuse tags that AWS refuses on any resource."""
    iam = service == "iam"
    check_reserved(form, iam)
    refused = IAMException if iam else EC2ClientError
    seen: dict[str, set[str]] = {}
    for param, [key, *_] in form.items():
        if not (found := _KEY.fullmatch(param)):
            continue
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
        if len([k for k in keys if not reserved(k)]) > MOST:
            raise refused("LimitExceeded" if iam else "TagLimitExceeded", f"More tags than the {MOST} of a resource")


def folds(action: str) -> bool:
    """Say whether the tag keys of an action ignore letter case: IAM does this for roles and users, and for nothing else."""
    return action.endswith(("Role", "User"))


def merged(has: list[dict[str, str]], new: list[dict[str, str]], *, fold: bool) -> list[dict[str, str]]:
    """Return an IAM resource's tags with new ones added. With fold, keys ignore letter case."""
    tags = {tag["Key"].lower() if fold else tag["Key"]: tag for tag in [*has, *new]}
    if len([key for key in tags if not reserved(key)]) > MOST:
        raise LimitExceededException(f"{len(tags)} tags are more than the {MOST} of a resource")
    return list(tags.values())


def keys_of(has: list[dict[str, str]], keys: list[str]) -> list[str]:
    """Return the keys in the letter case of a role's tags."""
    wanted = {key.lower() for key in keys}
    return [tag["Key"] for tag in has if tag["Key"].lower() in wanted]
