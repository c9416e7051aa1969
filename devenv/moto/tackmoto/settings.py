"""What the gateway lets AWS do in the account of a call: it comes as a header with each."""

import json
from typing import Any

from flask import has_request_context, request

HEADER = "X-Tack-Settings"

# How long a resource stays in a state that AWS leaves by itself, in milliseconds: long
# enough that a client which takes the first answer for the last one is found out.
MOMENT = 1000


def _settings() -> dict[str, Any]:
    header = request.headers.get(HEADER) if has_request_context() else None
    return json.loads(header) if header else {}


def duration(kind: str, state: str) -> float:
    """Give the seconds for which a kind stays in a state."""
    return _settings().get("states", {}).get(f"{kind} {state}", MOMENT) / 1000


def failure() -> dict[str, str] | None:
    """Give code and message of what the resource that this call makes ends in."""
    return _settings().get("failing")


def rules_per_group() -> int:
    """Give the quota of rules per security group and direction.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    """
    return _settings().get("rulesPerSecurityGroup", 60)
