"""Which of moto's functions our classes replace, and what those were when we read them.

Another pin of moto may change a function that we replace, and our own would hide it.
pins.txt holds a digest of each. `python -m tackmoto.pins --update` writes it anew, after
someone has compared moto's new code with ours.
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
    """Give the digest of each function of moto that one of our classes has, by its full name."""
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
    """Give the function of a method or a property; anything else has no source of its own."""
    member = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
    return member if inspect.isfunction(member) else None


def digest(code: object) -> str:
    return hashlib.sha256(inspect.getsource(code).encode()).hexdigest()[:12]


def recorded() -> dict[str, str]:
    return dict(line.split() for line in FILE.read_text().splitlines())


def changes() -> list[str]:
    """Say what is not as pins.txt records it."""
    now, then = replaced(), recorded()
    return [f"{name}: recorded {then.get(name)}, is {now.get(name)}" for name in sorted(now.keys() | then.keys()) if now.get(name) != then.get(name)]


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        FILE.write_text("".join(f"{name} {value}\n" for name, value in sorted(replaced().items())))
    elif found := changes():
        sys.exit("\n".join(found))
