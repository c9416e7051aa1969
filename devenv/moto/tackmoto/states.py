"""Transient states, which a resource leaves after a while without a call. moto skips most of them.

moto.moto_api.state_manager has no settings per account, and moves a resource on only when a
call reads it. Until such a read, the resource would hold its interface and address.
"""

import time
from collections.abc import Callable
from typing import Any

from . import settings


class StatesBackend:
    """Holds the resources that are in a transient state."""

    def __init__(self) -> None:
        self.transitions: dict[str, tuple[Any, str, float, Callable[[], Any]]] = {}

    def enter(self, resource: Any, kind: str, state: str, arrive: Callable[[], Any]) -> None:
        """Move a resource into a transient state, and call arrive after its time.

        This cancels the transition of another transient state.
        """
        resource.state = state
        self.transitions[resource.id] = (resource, kind, time.monotonic(), arrive)

    def leave(self, resource: Any, kind: str, all_of_kind: dict[str, Any]) -> None:
        """Move a resource into the state deleted. AWS lists it for a while, then neither the resource nor its tags."""

        def forget() -> None:
            all_of_kind.pop(resource.id, None)
            self.tags.pop(resource.id, None)  # type: ignore[attr-defined]

        self.enter(resource, kind, "deleted", forget)

    def advance(self) -> None:
        """End the transient states whose time is over. Every call begins with this."""
        now = time.monotonic()
        for name, (resource, kind, since, arrive) in list(self.transitions.items()):
            if now - since >= settings.duration(kind, resource.state):
                del self.transitions[name]
                arrive()
