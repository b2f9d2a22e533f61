"""Lets plain `pytest` check your work and say in plain words how far you are. Leave it as it is."""

import importlib.util
import io
import os
import sys
import types
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
STEM = "gridworld"
ALONE = f"run pytest alone, in {HERE.name}; pytest -k QUESTION runs the checks of one question"

os.environ.setdefault("MPLBACKEND", "Agg")  # plots open no window here
sys.path.insert(0, str(HERE))  # provided modules
if isinstance(sys.__stdout__, io.TextIOWrapper):
    sys.__stdout__.reconfigure(errors="replace")  # for a console that has fewer signs than a message


def module_here(name: str, file: str) -> types.ModuleType:
    """Import a file of checks/ under a name of its own, so that two assignments can be checked together."""
    name, path = f"{name}_{zlib.crc32(str(HERE).encode())}", HERE / "checks" / file
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise pytest.UsageError(f"{path} is missing: put the folder back as you got it")
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_kit() -> types.ModuleType:
    """Return checks/kit.py, if this machine and this folder are ready for it."""
    ready = module_here("ready", "ready.py")
    for fine, told, needed in ready.readiness(HERE, ready.read_facts(HERE)):
        if needed and not fine:
            raise pytest.UsageError(told)
    return module_here("kit", "kit.py")


kit = load_kit()
NAMES = {"checks": types.ModuleType("checks"), "checks.kit": kit}
FOLDER = kit.Folder(HERE, STEM)


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Any:
    """The stand-in for your module. (The check's own folder: pytest may mix up those of two.)"""
    return request.node.student_folder.stand_in(request.node)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> Any:
    """Random numbers that are the same in every run."""
    return kit.visible_rng(request.node.name)


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: Any) -> Generator[None, Any, None]:
    """While the checks of this folder are imported, `checks` means this folder's."""
    others = {name: sys.modules.pop(name, None) for name in NAMES}
    sys.modules.update(NAMES)
    report = (yield).get_result()
    if report.failed and HERE / "tests" in getattr(collector, "path", HERE).parents:
        report.longrepr = f"tests/ is for otter: {ALONE}"
    elif report.failed:
        try:
            kit.checks_in(HERE / "checks" / f"test_{STEM}.py")
        except kit.InputError as wrong:
            report.longrepr = str(wrong)
    for name, module in others.items():
        del sys.modules[name]
        if module is not None:
            sys.modules[name] = module


def pytest_itemcollected(item: Any) -> None:
    """Tell a check where it belongs."""
    FOLDER.adopt(item)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Stop a loop that never ends."""
    with FOLDER.check_limit(item):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """Put the outcome of a check in plain words."""
    report = (yield).get_result()
    FOLDER.retell(report, item, call)


def pytest_report_teststatus(report: Any) -> Any:
    """Keep what is not written yet apart from what is wrong."""
    return FOLDER.own_status(report)


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int) -> None:
    """Say how far each question is, or that no check was among what was asked for."""
    FOLDER.print_summary(terminalreporter)
    if exitstatus in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR):
        terminalreporter.write_line(f"No check ran: {ALONE}")
