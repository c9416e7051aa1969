"""Detects changes in those functions of moto that our classes replace.

A new version of moto may change a function that we replace, and our version would hide the change. The file pins.txt holds a digest of each such function. Compare moto's new code with ours, then
run `python -m tackmoto.pins --update` to write the file again.
"""

import hashlib
import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

import tackmoto

FILE = Path(__file__).with_name("pins.txt")


def replaced() -> dict[str, str]:
    """Return the digest of each function of moto that our classes replace, by its full name."""
    found: dict[str, str] = {}
    for info in pkgutil.iter_modules(tackmoto.__path__, "tackmoto."):
        module = importlib.import_module(info.name)
        for ours in vars(module).values():
            if not inspect.isclass(ours) or vars(ours).get("__module__") != info.name:
                continue
            for theirs in ours.__mro__[1:]:
                if not theirs.__module__.startswith("moto."):
                    continue
                for name in vars(ours).keys() & vars(theirs).keys():
                    if code := _code(vars(theirs)[name]):
                        found[f"{theirs.__module__}.{theirs.__qualname__}.{name}"] = digest(code)
    return found


def _code(member: object) -> object:
    """Return the function of a method or a property. Anything else has no source."""
    member = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
    return member if inspect.isfunction(member) else None


def digest(code: object) -> str:
    return hashlib.sha256(inspect.getsource(code).encode()).hexdigest()[:12]


def recorded() -> dict[str, str]:
    return dict(line.split() for line in FILE.read_text().splitlines())


def changes() -> list[str]:
    """Return the differences from pins.txt."""
    now, then = replaced(), recorded()
    return [f"{name}: recorded {then.get(name)}, is {now.get(name)}" for name in sorted(now.keys() | then.keys()) if now.get(name) != then.get(name)]


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        FILE.write_text("".join(f"{name} {value}\n" for name, value in sorted(replaced().items())))
    elif found := changes():
        sys.exit("\n".join(found))
