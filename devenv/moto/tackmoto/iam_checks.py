"""Names and policy documents that IAM refuses and moto accepts, and how IAM shows documents.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from moto.core.serialize import never_return
from moto.iam.exceptions import EntityAlreadyExists, LimitExceededException, MalformedPolicyDocument, NotFoundException
from moto.iam.responses import IamResponse

# The limit of a managed policy, in characters without white space.
MOST_CHARACTERS = 6144


def _encoded(document: Any) -> Any:
    return quote(document) if isinstance(document, str) and not document.startswith("%7B") else document


# moto does not encode all documents for URLs as IAM does, and shows some that IAM leaves out.
TRANSFORMERS = {
    "CreatePolicyVersionResponse.PolicyVersion.Document": never_return,
    "ListPolicyVersionsResponse.Versions.PolicyVersion.Document": never_return,
    "ListInstanceProfilesResponse.InstanceProfiles.InstanceProfile.Tags": never_return,
    "ListInstanceProfilesResponse.InstanceProfiles.InstanceProfile.Roles.Role.Tags": never_return,
    **IamResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER,
    ".AssumeRolePolicyDocument": _encoded,
    ".PolicyDocument": _encoded,
    ".Document": _encoded,
}


def check_name_is_free(name: str, taken: Iterable[str], what: str) -> None:
    """Refuse a name that exists in any letter case."""
    if any(other.lower() == name.lower() for other in taken):
        raise EntityAlreadyExists(f"{what} with name {name} already exists.")


def check_boundary(arn: str | None, policies: Iterable[str]) -> None:
    """Refuse a permissions boundary that does not exist. moto loads AWS's own policies only on request."""
    if arn and ":iam::aws:" not in arn and arn not in policies:
        raise NotFoundException(f"Scope ARN: {arn} does not exist or is not attachable.")


def _statements(document: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(document)["Statement"]
    except (ValueError, KeyError, TypeError):
        raise MalformedPolicyDocument("Syntax errors in policy.") from None
    found = found if isinstance(found, list) else [found]
    if not all(isinstance(statement, dict) for statement in found):
        raise MalformedPolicyDocument("Syntax errors in policy.")
    return found


def check_managed(document: str) -> None:
    if len("".join(document.split())) > MOST_CHARACTERS:
        raise LimitExceededException(f"Cannot exceed quota for PolicySize: {MOST_CHARACTERS}")
    # Only the policy of a resource names principals.
    if any(statement.keys() & {"Principal", "NotPrincipal"} for statement in _statements(document)):
        raise MalformedPolicyDocument("Policy document should not specify a principal.")


def check_trust(document: str) -> None:
    for statement in _statements(document):
        if not statement.keys() & {"Principal", "NotPrincipal"}:
            raise MalformedPolicyDocument("Missing required field Principal")
        if statement.keys() & {"Resource", "NotResource"}:
            raise MalformedPolicyDocument("Has prohibited field Resource")
