"""Lets plain `pytest` check your work and say in plain words how far you are. Leave it as it is."""

import importlib.util
import os
import sys
import types
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).resolve().parent
STEM = "policy_gradients"

os.environ.setdefault("MPLBACKEND", "Agg")  # plots open no window here
sys.path.insert(0, str(HERE))  # provided modules


def load_kit() -> types.ModuleType:
    """Import checks/kit.py under a name of its own, so that two assignments can be checked together."""
    name, path = f"kit_{zlib.crc32(str(HERE).encode())}", HERE / "checks" / "kit.py"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise pytest.UsageError(f"{path} is missing: put the folder back as you got it")
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


kit = load_kit()
NAMES = {"checks": types.ModuleType("checks"), "checks.kit": kit}
FOLDER = kit.Folder(HERE, STEM)


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Any:
    """The stand-in for your module. (The check's own folder: pytest may mix up those of two.)"""
    return request.node.student_folder.stand_in(request.node)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Random numbers that are the same in every run."""
    made: np.random.Generator = kit.visible_rng(request.node.name)
    return made


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """While the checks of this folder are imported, `checks` means this folder's."""
    others = {name: sys.modules.pop(name, None) for name in NAMES}
    sys.modules.update(NAMES)
    yield
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


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how far each question is."""
    FOLDER.print_summary(terminalreporter)
