"""Pythons that setup.sh must refuse, in the rehearsal's Debian, beside a good one under another name.

Ubuntu 22.04's python3.11 is a candidate for a release that lacks a function of `sys`: torch can be imported
there, and its optimizers cannot be made. One stand-in says that it is a candidate. Another says that it is
final, and what it lacks shows only to who tries the course on it. A third says that it is a later Python, and
would do if there were no good one of the course's version.
"""

from pathlib import Path

from container import inside

LATER, HIDES_IT, GOOD = "python3.17", "python3.18", "python3.19"
STAND_IN = """#!/bin/bash
export REHEARSED_AS={kind}
exec -a "$0" {real} "$@"
"""
SITE = """import os, sys

kind = os.environ.get("REHEARSED_AS")
if kind == "candidate" or (kind == "final" and sys.flags.isolated):
    del sys.get_int_max_str_digits
if kind == "candidate":
    class Version(tuple):
        major, minor, micro, releaselevel, serial = 3, 11, 0, "candidate", 1
    sys.version_info = Version((3, 11, 0, "candidate", 1))
if kind == "later":
    class Version(tuple):
        major, minor, micro, releaselevel, serial = 3, 17, 0, "final", 0
    sys.version_info = Version((3, 17, 0, "final", 0))
"""


def put_refused_pythons(root: Path, environment: dict[str, str]) -> str:
    """Put them into a root in the place of its own Python, which goes on under a later name; return its name.

    Args:
        root: of a Debian.
        environment: for commands in it.
    """
    name = (root / "usr/bin/python3").readlink().name
    real, own = f"/usr/bin/{name}-real", f"/usr/bin/{name}"
    command = ["dpkg-divert", "--local", "--rename", "--divert", real, "--add", own]
    status, printed, _ = inside(root, command, environment)
    if status:
        raise SystemExit(printed)
    for stand_in, kind in ((name, "candidate"), (LATER, "later"), (HIDES_IT, "final")):
        script = root / "usr/bin" / stand_in
        script.write_text(STAND_IN.format(kind=kind, real=real))
        script.chmod(0o755)
    (root / "usr/bin" / GOOD).symlink_to(real)
    site = root / "usr/lib" / name / "sitecustomize.py"
    site.unlink(missing_ok=True)
    site.write_text(SITE)
    return name


def wrongly_taken(name: str, printed: str) -> list[str]:
    """Return what setup.sh did with them that it must not do.

    Args:
        name: of the one that says that it is a candidate.
        printed: by setup.sh.
    """
    tried = [line.rpartition(" ")[2] for line in printed.splitlines() if line.startswith("setup.sh: trying")]
    places = [Path(one).name for one in tried]
    wrong = [f"{name}, a candidate for a release, was tried"] if {name, "python3"} & set(places) else []
    if places != [HIDES_IT, GOOD]:
        wrong.append(f"tried {', '.join(places)}, where {HIDES_IT} and then {GOOD} must be")
    return wrong
