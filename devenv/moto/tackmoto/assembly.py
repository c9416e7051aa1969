"""Puts our classes in the place of moto's own."""

from types import ModuleType
from typing import Any


def extensions(kinds: tuple[ModuleType, ...], base: type) -> list[type]:
    """Give our classes that extend a class, or one of the classes that it consists of."""
    return [ours for kind in kinds for ours in _classes(kind) if ours.__mro__[1] in (base, *base.__bases__)]


def replace_models(kinds: tuple[ModuleType, ...]) -> None:
    """Have moto make our models: it makes each by its name in its own module."""
    for kind in kinds:
        for ours in _classes(kind):
            theirs: Any = getattr(getattr(kind, "models", None), ours.__name__, None)
            if isinstance(theirs, type) and issubclass(ours, theirs):
                setattr(kind.models, ours.__name__, ours)


def _classes(kind: ModuleType) -> list[type]:
    return [c for c in vars(kind).values() if isinstance(c, type) and c.__module__ == kind.__name__]
