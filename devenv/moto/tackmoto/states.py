"""States that AWS leaves by itself after a while; moto has the one after it at once.

Upstream has moto.moto_api.state_manager for this, without accounts and with states that
only a read moves on: what a resource holds would then stay until somebody looks at it.
"""

import time
from collections.abc import Callable
from typing import Any

from . import settings


class StatesBackend:
    """Knows the resources that are in such a state."""

    def __init__(self) -> None:
        self.transitions: dict[str, tuple[Any, str, float, Callable[[], Any]]] = {}

    def enter(self, resource: Any, kind: str, state: str, arrive: Callable[[], Any]) -> None:
        """Bring a resource into a state, and call arrive once its time is over.

        A resource that is in another such state leaves that for good.
        """
        resource.state = state
        self.transitions[resource.id] = (resource, kind, time.monotonic(), arrive)

    def settle(self) -> None:
        """Move on what has stayed its time. Every call begins with this."""
        now = time.monotonic()
        for name, (resource, kind, since, arrive) in list(self.transitions.items()):
            if now - since >= settings.duration(kind, resource.state):
                del self.transitions[name]
                arrive()
