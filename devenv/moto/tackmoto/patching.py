"""Replaces methods of moto, and refuses to when moto's own code is not what we read."""

import hashlib
import inspect
from collections.abc import Callable
from typing import Any


def replace(owner: type, name: str, digest: str, by: Callable[..., Any]) -> None:
    """Set owner.name to by.

    digest is the start of the SHA-256 of the source that by was written for. Another
    pin of moto may change that source, and the patch would then hide the change.
    """
    source = inspect.getsource(getattr(owner, name))
    got = hashlib.sha256(source.encode()).hexdigest()[: len(digest)]
    if got != digest:
        raise SystemExit(
            f"moto's {owner.__qualname__}.{name} changed: compare it with our patch in {by.__module__}, "
            f"then set the digest there to {got}"
        )
    setattr(owner, name, by)
