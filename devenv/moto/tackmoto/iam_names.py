"""Names of IAM are unique in any letter case; moto looks at it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

from collections.abc import Iterable

from moto.iam.exceptions import EntityAlreadyExists


def check_name_is_free(name: str, taken: Iterable[str], what: str) -> None:
    if any(other.lower() == name.lower() for other in taken):
        raise EntityAlreadyExists(f"{what} with name {name} already exists.")
