"""Quotas of an account, which AWS raises on request.

moto allows 60 rules per direction of a security group, whatever the account. The
gateway holds the quota of each account, so moto counts none.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupBackend

from .patching import replace


def patch() -> None:
    replace(SecurityGroupBackend, "_verify_group_will_respect_rule_count_limit", "4dae0a17fad1", _unlimited)


def _unlimited(self: SecurityGroupBackend, *_: Any, **__: Any) -> None:
    """Accept any number of rules."""
