"""The form of EC2's ids. moto answers to a malformed id as to an unknown one.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
"""

import re
from collections.abc import Iterable

from moto.ec2.exceptions import EC2ClientError


def check(code: str, noun: str, prefix: str, ids: Iterable[str]) -> None:
    """Refuse ids that no resource can have, before AWS looks for the resources."""
    for given in ids:
        if not re.fullmatch(prefix + "-([0-9a-f]{8}|[0-9a-f]{17})", given):
            raise EC2ClientError(code, f"The {noun} ID '{given}' is malformed")
