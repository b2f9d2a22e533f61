"""What a zip installs: every package that it needs, by its version and the hashes of its files."""

import re
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PUBLISH = Path(__file__).resolve().parent
LOCKS = (PUBLISH / "requirements.lock", PUBLISH.parents[1] / "requirements.lock")  # of a wheel, of a clone
BY_PIN = frozenset({"torch"})  # without hashes: its build, and what that needs, depend on the machine


def requirement_files(packages: Iterable[str]) -> dict[str, str]:
    """Return requirements.txt, and requirements-torch.txt where torch is needed.

    Hashes are those of requirements.lock; where that lacks one of the packages, or has another version of
    it, there are only versions: pip wants hashes of all or of none.
    """
    needed = closure(packages)
    known = locked(next(path for path in LOCKS if path.is_file()).read_text("utf-8"))
    lines = {name: f"{name}=={needed[name]}" for name in sorted(needed.keys() - BY_PIN)}
    if all(line in known for line in lines.values()):
        lines = {name: f"{line} \\\n{known[line]}" for name, line in lines.items()}
    files = {"requirements.txt": "".join(f"{line}\n" for line in lines.values())}
    by_pin = "".join(f"{name}=={needed[name]}\n" for name in sorted(needed.keys() & BY_PIN))
    return files | ({"requirements-torch.txt": by_pin} if by_pin else {})


def closure(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions that are used here of packages and of all that they need, without the builds."""
    found: dict[str, str] = {}
    waiting = [canonicalize_name(package) for package in packages]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            there = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # needed on other machines only
            continue
        found[name] = there.version.partition("+")[0]
        for line in there.requires or ():
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(wanted.name))
    return found


def locked(text: str) -> dict[str, str]:
    """Return the lines of hashes in a lock file by their requirement."""
    found = re.findall(r"^([\w.-]+)==(\S+) \\\n((?: +--hash=\S+(?: \\)?\n?)+)", text, re.MULTILINE)
    return {f"{canonicalize_name(name)}=={version}": hashes.rstrip() for name, version, hashes in found}
