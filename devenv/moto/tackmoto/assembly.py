"""Replaces moto's classes by ours."""

from types import ModuleType
from typing import Any


def extensions(kinds: tuple[ModuleType, ...], base: type) -> list[type]:
    """Return our classes that extend a class or one of its bases."""
    return [ours for kind in kinds for ours in _classes(kind) if ours.__mro__[1] in (base, *base.__bases__)]


def replace_models(kinds: tuple[ModuleType, ...]) -> None:
    """Replace moto's models by ours. moto finds each by its name in its own module."""
    for kind in kinds:
        for ours in _classes(kind):
            theirs: Any = getattr(getattr(kind, "models", None), ours.__name__, None)
            if isinstance(theirs, type) and issubclass(ours, theirs):
                setattr(kind.models, ours.__name__, ours)


def _classes(kind: ModuleType) -> list[type]:
    return [c for c in vars(kind).values() if isinstance(c, type) and c.__module__ == kind.__name__]
