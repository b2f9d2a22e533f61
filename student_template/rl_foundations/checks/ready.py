"""Says what your machine or your folder lacks. It imports nothing that may lack; old Pythons read it."""

import json
import os
import platform
import re
import sys
from importlib import metadata

PUT_BACK = "is the zip unpacked? Put the folder back as you got it"
WITHOUT = "pytest"  # runs the same checks, but study.py does without
INSTALL = "python -m pip install -r requirements.txt"
ORDERS = {
    ">=": lambda one, other: one >= other, "<": lambda one, other: one < other,
    "==": lambda one, other: one == other,
}  # fmt: skip


def read_facts(folder):
    """Return what is to be known of the assignment."""
    try:
        return json.loads((folder / "checks" / "assignment.json").read_text("utf-8"))
    except (OSError, ValueError):
        sys.exit("checks/assignment.json is missing: " + PUT_BACK)


def readiness(folder, facts):
    """Yield what checks need here: whether it is so, what to say, and whether nothing works without it."""
    stem = facts["stem"]
    here, needed = (".".join(map(str, version[:2])) for version in (sys.version_info, facts["python"]))
    enough = sys.version_info[:2] >= tuple(facts["python"])
    yield (
        enough,
        f"Python {here}" + ("" if enough else f" is too old: install Python {needed} or newer"),
        True,
    )
    for name in ("requirements.txt", "checks/kit.py", "checks/test_" + stem + ".py"):
        if not (folder / name).is_file():
            yield False, f"{name} is missing: {PUT_BACK}", True
            return
    wanted = requirements(folder)
    for name in in_the_way(folder, wanted):
        yield False, f"{name} has the name of a module that Python or a library needs: rename it", True
    yield from libraries(folder, wanted)


def libraries(folder, wanted):
    """Yield which libraries are there, and in a version that will do."""
    missing = []
    for name, bounds in wanted.items():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing += [name] if name != WITHOUT else []
            continue
        fits = all(ORDERS[order](version_numbers(version), version_numbers(bound)) for order, bound in bounds)
        asked = ",".join(map("".join, bounds))
        yield fits, f"{name} {version}" + ("" if fits else f": {asked} is needed. Run: {INSTALL}"), False
    if missing:
        yield False, f"not installed: {', '.join(missing)}. {how_to_install(folder)}", True


def how_to_install(folder):
    """Say what brings the libraries: an environment that is there already may only have to be activated."""
    inside = sys.prefix != sys.base_prefix
    if not inside and (folder / ".venv").is_dir():
        line = ".venv\\Scripts\\activate" if os.name == "nt" else "source .venv/bin/activate"
        return f"First activate your environment: {line}"
    return f"Run: {INSTALL}" + ("" if inside else " (in an environment, see README.md)")


def requirements(folder):
    """Return the libraries that this machine is asked for, each with its bounds: {"numpy": [(">=", "2")]}."""
    found = {}
    for line in (folder / "requirements.txt").read_text("utf-8").splitlines():
        asked, _, marker = line.partition("#")[0].partition(";")
        name = re.match(r"[\w.-]*", asked.strip()).group()
        if name and applies(marker):
            found[name] = re.findall(r"(>=|==|<)\s*([\d.]+)", asked)
    return found


def applies(marker):
    """Whether a requirement is for this machine; of its conditions one must hold, or all."""
    facts = {"sys_platform": sys.platform, "platform_machine": platform.machine()}
    parts = re.findall(r"""(\w+) (==|!=) ["'](\w+)["']""", marker)
    truths = [(facts.get(name) == value) == (order == "==") for name, order, value in parts]
    return any(truths) if " or " in marker else all(truths)


def version_numbers(version):
    """Return the first numbers of a version, to be compared."""
    found = [int(part) for part in re.match(r"[\d.]*", version).group().split(".") if part]
    while found and not found[-1]:
        found.pop()
    return found


def in_the_way(folder, names):
    """Return the files that would be imported in place of a module of Python or of one of these."""
    taken = {*getattr(sys, "stdlib_module_names", ()), *names}
    return sorted(path.name for path in folder.glob("*.py") if path.stem in taken)
