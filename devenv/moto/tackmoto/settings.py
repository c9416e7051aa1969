"""The settings of AWS for a call. The gateway sends them in a header with each call."""

import json
from datetime import timedelta
from typing import Any

from flask import has_request_context, request

HEADER = "X-Tack-Settings"

# How long a resource stays in a transient state, in milliseconds. It is long enough to expose
# a client that treats the first state as the final one.
MOMENT = 1000

# How long AWS lists a deleted resource, in hours. AWS documents about an hour for NAT gateways, and no time for endpoints
# and transit gateways, which stay listed for a while, too.
# Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
LISTED = 1


def _settings() -> dict[str, Any]:
    header = request.headers.get(HEADER) if has_request_context() else None
    return json.loads(header) if header else {}


def duration(kind: str, state: str) -> float:
    """Return for how many seconds a kind stays in a state."""
    if state == "deleted":
        return listed(kind).total_seconds()
    return _settings().get("states", {}).get(f"{kind} {state}", MOMENT) / 1000


def listed(kind: str, hours: int = LISTED) -> timedelta:
    """Return for how long AWS lists a deleted resource of a kind."""
    return timedelta(milliseconds=_settings().get("states", {}).get(f"{kind} deleted", hours * 3_600_000))


def failure() -> dict[str, str] | None:
    """Return code and message of the failure of the resource that this call creates, if it fails."""
    return _settings().get("failing")


def service_calls() -> bool:
    """Say whether a service of AWS makes this call, such as CloudFormation for a stack."""
    return bool(_settings().get("service"))


def rules_per_group() -> int:
    """Return the quota of rules per security group and direction.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    """
    return _settings().get("quotas", {}).get("rulesPerSecurityGroup", 60)
