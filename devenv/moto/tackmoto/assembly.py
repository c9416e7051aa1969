"""Replaces moto's classes by ours."""

import importlib
import pkgutil
from types import ModuleType
from typing import Any

import tackmoto

PROGRAMS = ("__main__", "ec2", "iam", "pins")


def kinds(service: str) -> list[ModuleType]:
    """Return the modules about a kind of a service: they import moto's modules for it as models or responses."""
    names = [info.name for info in pkgutil.iter_modules(tackmoto.__path__) if info.name not in PROGRAMS]
    modules = [importlib.import_module(f"tackmoto.{name}") for name in names]
    return [m for m in modules if any(theirs.__name__.startswith(f"moto.{service}.") for theirs in _theirs(m))]


def _theirs(kind: ModuleType) -> list[ModuleType]:
    return [vars(kind)[name] for name in ("models", "responses") if name in vars(kind)]


def extensions(kinds: list[ModuleType], base: type) -> list[type]:
    """Return our classes that extend a class or one of its bases."""
    return [ours for kind in kinds for ours in _classes(kind) if ours.__mro__[1] in (base, *base.__bases__)]


def replace_models(kinds: list[ModuleType]) -> None:
    """Replace moto's models by ours. moto finds each by its name in its own module."""
    for kind in kinds:
        for ours in _classes(kind):
            theirs: Any = getattr(getattr(kind, "models", None), ours.__name__, None)
            if isinstance(theirs, type) and issubclass(ours, theirs):
                setattr(kind.models, ours.__name__, ours)


def _classes(kind: ModuleType) -> list[type]:
    return [c for c in vars(kind).values() if isinstance(c, type) and c.__module__ == kind.__name__]
