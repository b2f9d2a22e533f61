"""Gradescope: the zip, and its run_autograder on a copy of the platform's folders, on work of every kind."""

import io
import json
import math
import os
import re
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from autograder.config import Course, load_config
from autograder.container import run as platform_run
from autograder.container.metadata import read_circumstances
from autograder.data.figures import PNG
from autograder.errors import KitError
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.judging.receipt import JUDGES, engine_files
from autograder.publish.build import zip_bytes
from autograder.publish.gradescope import gradescope_zip
from autograder.publish.pins import closure, locked
from autograder.reports.gradescope import block, shared, to_gradescope
from autograder.results import Outcome
from autograder.submission.reading import read_submission

KIT = Path(__file__).parent
TINY = KIT / "tiny"
SCHEMA = json.loads((KIT / "gradescope_results.schema.json").read_text())
RIGHT = (TINY / "solutions" / "warmup.py").read_text()
MEAN = RIGHT.partition("def clip_to_range")[0]
SHEET = (TINY / "assignments" / "warmup" / "quiz.yml").read_text()
NOON = "2026-12-10T12:00:00.000000+01:00"

WORK = {
    "perfect": RIGHT,
    "untouched": (TINY / "student_template" / "warmup" / "warmup.py").read_text(),
    "wrong": MEAN + "def clip_to_range(values, low=0.0, high=1.0):\n    return np.clip(values, 0.0, 1.0)\n",
    "crashing": MEAN + "import posix\ndef clip_to_range(values, low=0.0, high=1.0):\n    posix._exit(3)\n",
    "endless": MEAN + "def clip_to_range(values, low=0.0, high=1.0):\n    while True: pass\n",
    "unreadable": "def clip_to_range(values\n",
    "hostile": """
import json, os, sys
for name in ("results/results.json", "source/fallback.json", "submission_metadata.json"):
    try:
        open("ROOT/" + name, "w").write(json.dumps({"score": 100}))
    except OSError:
        pass
for descriptor in range(64):
    try:
        os.write(descriptor, b'{"score": 100}')
    except OSError:
        pass
def running_mean(values, window):
    raise SystemExit(100)
""",
}
MARKUP = """
ODD = chr(0) + chr(0x2028)
def running_mean(values, window):
    raise RuntimeError("<script>alert(1)</script>\\n# heading\\n```\\n![](x) " + ODD + "**bold**")
"""


@pytest.fixture(scope="module")
def course() -> Course:
    return load_config(TINY)


@pytest.fixture(scope="module")
def bundle(course: Course) -> dict[str, bytes]:
    return gradescope_zip(course, "warmup")


@pytest.fixture(scope="module")
def grader(course: Course) -> Iterator[Grader]:
    made = open_grader(course, "warmup")
    yield made
    made.close()


class Platform:
    """A copy of the platform's folders with one submission in it."""

    def __init__(self, root: Path, bundle: dict[str, bytes]) -> None:
        self.root, self.source = root, root / "source"
        with zipfile.ZipFile(io.BytesIO(zip_bytes(bundle))) as archive:
            archive.extractall(self.source)
        (root / "submission").mkdir()
        (root / "results").mkdir()
        self.tell()

    def submit(self, text: str, quiz: str = "") -> None:
        (self.root / "submission" / "warmup.py").write_text(text.replace("ROOT", str(self.root)))
        if quiz:
            (self.root / "submission" / "quiz.yml").write_text(quiz)

    def tell(self, created_at: str = NOON, **more: Any) -> None:
        assignment = {"due_date": "2026-12-15T23:59:00.000000+01:00", "total_points": "20.0"}
        told = {"created_at": created_at, "assignment": assignment, "users": [{"name": "A"}], **more}
        (self.root / "submission_metadata.json").write_text(json.dumps(told))

    def settings(self, old: str, new: str) -> None:
        path = self.source / "course" / "grading.yml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def run(self, **environment: str) -> dict[str, Any]:
        """Run what the platform runs and return what it finds."""
        here = {"AUTOGRADER_ROOT": str(self.root), "AUTOGRADER_PYTHON": sys.executable}
        self.printed = subprocess.run(
            ["/bin/bash", str(self.source / "run_autograder")],
            env={**os.environ, **here, **environment},
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return self.results()

    def results(self) -> dict[str, Any]:
        found = json.loads((self.root / "results" / "results.json").read_text())
        jsonschema.validate(found, SCHEMA)
        assert math.isclose(sum(row.get("max_score", 0) for row in found["tests"]), 20)
        return found


@pytest.fixture
def platform(tmp_path: Path, bundle: dict[str, bytes]) -> Platform:
    return Platform(tmp_path / "autograder", bundle)


def test_the_zip_has_the_same_bytes_every_time(course, bundle):
    assert zip_bytes(bundle) == zip_bytes(gradescope_zip(course, "warmup"))


def test_the_zip_is_as_the_platform_wants_it(bundle):
    with zipfile.ZipFile(io.BytesIO(zip_bytes(bundle))) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    for name in ("setup.sh", "run_autograder"):
        assert bundle[name].startswith(b"#!/bin/bash\n")
        assert b"\r" not in bundle[name]
        assert stat.S_IMODE(modes[name]) == 0o755
        subprocess.run(["/bin/bash", "-n"], input=bundle[name], check=True)
    assert not any(b"@STEM@" in content or b"@IMPORTS@" in content for content in bundle.values())


def test_only_what_grading_needs_is_in_the_zip(bundle):
    names = set(bundle)
    assert {"course/solutions/warmup.py", "course/tests/questions/test_warmup.py"} <= names
    assert not [name for name in names if "/doctor/" in name or "/publish/" in name]
    wanted = {name.partition("==")[0] for name in bundle["requirements.txt"].decode().split() if "==" in name}
    assert {"numpy", "scipy", "matplotlib", "pillow", "msgspec", "pyyaml", "click"} < wanted
    assert not {"torch", "pytest", "rich", "otter-grader"} & wanted
    assert bundle["requirements-torch.txt"].startswith(b"torch==")


def test_everything_that_the_zip_installs_is_named_by_its_hashes_with_all_that_it_needs(bundle):
    text = bundle["requirements.txt"].decode()
    blocks = text.replace(" \\\n", " ").splitlines()
    assert all(re.fullmatch(r"[\w.-]+==\S+( +--hash=sha256:[0-9a-f]{64})+", block) for block in blocks)
    assert {"contourpy", "kiwisolver", "python-dateutil"} < {*re.findall(r"^([\w-]+)==", text, re.MULTILINE)}


def test_the_lock_has_a_hash_of_everything_and_the_versions_that_are_here():
    found = locked((KIT.parents[1] / "requirements.lock").read_text())
    assert len(found) > 100
    here = {f"{name}=={version}" for name, version in closure(["pytest", "rich", "jinja2", "numpy"]).items()}
    assert here <= found.keys()


def test_a_course_with_torch_asks_for_torch_whatever_its_build():
    files = gradescope_zip(load_config(KIT.parents[1]), "rl_foundations")
    assert files["requirements-torch.txt"] == b"torch==2.13.0\n"
    assert b"torch==" not in files["requirements.txt"]
    assert b"sympy==" in files["requirements.txt"]


def test_a_pip_conf_of_the_course_goes_along(tmp_path):
    shutil.copytree(TINY, tmp_path / "course")
    (tmp_path / "course" / "pip.conf").write_text("[global]\n")
    assert gradescope_zip(load_config(tmp_path / "course"), "warmup")["pip.conf"] == b"[global]\n"


def test_a_library_that_is_not_here_is_named(tmp_path):
    shutil.copytree(TINY, tmp_path / "course")
    with (tmp_path / "course" / "solutions" / "warmup.py").open("a") as file:
        file.write("import no_such_library\n")
    with pytest.raises(KitError, match="no_such_library is imported by the course and not installed here"):
        gradescope_zip(load_config(tmp_path / "course"), "warmup")


def test_the_engine_in_the_zip_never_imports_what_is_not_in_it(bundle, tmp_path):
    files = engine_files(("container.run", *JUDGES))
    for path, content in files.items():
        (tmp_path / "autograder" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "autograder" / path).write_bytes(content)
    paths = [path.removesuffix(".py") for path in files if not path.endswith("probes.py")]
    modules = [f"autograder.{path.replace('/', '.')}".removesuffix(".__init__") for path in paths]
    code = "import sys; sys.path.insert(0, sys.argv[1]); [__import__(name) for name in sys.argv[2:]]"
    subprocess.run([sys.executable, "-I", "-c", code, str(tmp_path), *modules], check=True)


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("perfect", 15), ("untouched", 0), ("wrong", None), ("crashing", 10), ("endless", 10),
        ("unreadable", 0), ("hostile", 0),
    ],
)  # fmt: skip
def test_a_run_gives_what_check_gives(platform, grader, course, name, score):
    platform.submit(WORK[name])
    found = platform.run()
    report = grader.grade(read_submission(platform.root / "submission", "warmup"))
    want = json.loads(json.dumps(to_gradescope(report, course.settings)))
    assert found == want
    assert found["score"] == score if score is not None else 10 < found["score"] < 15
    assert found["extra_data"]["receipt"]["submission_sha256"] == report.receipt["submission_sha256"]


def test_the_command_line_says_the_same(platform):
    platform.submit(WORK["wrong"])
    found = platform.run()
    command = [sys.executable, "-m", "autograder", "--course", str(TINY), "check", "-a", "warmup"]
    command.append(str(platform.root / "submission"))
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=KIT.parents[1]).stdout
    assert f"score {found['score']:g} of 20" in printed
    assert f"score {found['score']:g} of 20" in platform.printed.stdout


def test_the_quiz_is_graded_too(platform, grader):
    platform.submit(RIGHT, SHEET)
    found = platform.run()
    report = grader.grade(read_submission(platform.root / "submission", "warmup"))
    assert found["score"] == report.score
    assert [row["number"] for row in found["tests"] if row["number"].startswith("3.")]


def test_rows_are_what_students_need(platform):
    platform.submit(WORK["wrong"])
    rows = platform.run()["tests"]
    first = rows[0]
    assert (first["number"], first["status"], first["visibility"]) == ("1.1", "passed", "visible")
    assert first["name"].startswith("running_mean: ")
    hidden = [row for row in rows if "hidden" in row["tags"]]
    assert hidden
    assert {row["visibility"] for row in hidden} == {"after_published"}


def test_nothing_of_a_student_is_rendered(platform):
    platform.submit(MARKUP)
    rows = platform.run()["tests"]
    told = next(row["output"] for row in rows if "<script>" in row["output"])
    assert all(line.startswith("    ") for line in told.splitlines())
    assert "\0" not in told
    assert "\u2028" not in told


@settings(deadline=None)
@given(st.text())
def test_every_line_of_a_block_is_indented(text):
    assert all(line.startswith("    ") for line in block(text).split("\n") if line)
    assert len(block(text).splitlines()) == (len(block(text).split("\n")) if block(text) else 0)


@settings(deadline=None)
@given(
    st.floats(0, 1000, allow_nan=False).map(lambda points: round(points, 2)),
    st.lists(st.floats(0.1, 10), min_size=1, max_size=40),
)
def test_shares_add_up(points, weights):
    shares = shared(points, weights)
    assert round(sum(shares), 6) == points
    assert min(shares) >= 0


def test_a_broken_check_bears_no_points_and_all_broken_ones_are_given(grader, course, platform):
    platform.submit(RIGHT)
    report = grader.grade(read_submission(platform.root / "submission", "warmup"))
    for broken in (1, len(report.checks)):
        checks = [
            structs.replace(check, outcome=Outcome.BROKEN) if at < broken else check
            for at, check in enumerate(report.checks)
        ]
        rows = to_gradescope(structs.replace(report, checks=checks), course.settings)["tests"]
        assert math.isclose(sum(row["max_score"] for row in rows), 20)
        assert math.isclose(sum(row["score"] for row in rows), 15)
        assert broken > 1 or rows[0]["max_score"] == 0


def test_a_hint_is_as_hidden_as_what_it_is_about(grader, course, platform):
    platform.submit(WORK["wrong"])
    report = grader.grade(read_submission(platform.root / "submission", "warmup"))
    questions = [structs.replace(question, hint="Look again.") for question in report.questions]
    for kept, shown in ((True, "visible"), (False, "after_published")):
        checks = [
            structs.replace(check, outcome=Outcome.FAILED if check.visible is kept else Outcome.PASSED)
            for check in report.checks
        ]
        hinted = structs.replace(report, questions=questions, checks=checks)
        rows = to_gradescope(hinted, course.settings)["tests"]
        hints = [row for row in rows if "hint" in row["tags"]]
        assert {row["visibility"] for row in hints} == {shown}
        assert not any("score" in row or "max_score" in row for row in hints)


def test_figures_are_rows_of_html_and_large_ones_are_left_out(grader, course, platform):
    platform.submit(WORK["wrong"])
    report = grader.grade(read_submission(platform.root / "submission", "warmup"))
    told = {"feedback": "<b>wrong</b>", "picture": PNG + b"mine", "reference_picture": PNG + b"theirs"}
    for picture, shown in ((PNG + b"mine", True), (PNG + bytes(90_000), False), (b"<svg>", False)):
        checks = [structs.replace(check, **told | {"picture": picture}) for check in report.checks]
        found = to_gradescope(structs.replace(report, checks=checks), course.settings)
        jsonschema.validate(found, SCHEMA)
        first = found["tests"][0]
        last = next(row for row in found["tests"] if "hidden" in row["tags"])
        assert ("Yours" in first["output"]) is shown
        assert (first.get("output_format") == "html") is (len(picture) < 1000)
        assert "<b>" not in first["output"] or not first.get("output_format")
        assert "<img" not in last["output"]
        assert all(len(row["output"]) < 100_000 for row in found["tests"])


def test_a_leaderboard_is_there_only_if_it_is_asked_for(platform):
    platform.submit(RIGHT)
    assert "leaderboard" not in platform.run()
    platform.settings("limits:", "leaderboard: true\nlimits:")
    assert platform.run()["leaderboard"] == [{"name": "score", "value": 15}]


def test_nothing_on_the_platform_tells_the_seed(platform):
    platform.settings("seed: 7", "seed: 20269999")
    platform.submit(RIGHT)
    told = json.dumps(platform.run())
    assert "20269999" not in told + platform.printed.stdout
    assert "course_sha256" in told


def test_a_run_that_is_killed_keeps_what_was_graded(platform):
    platform.settings("call_s: 2, submission_s: 20", "call_s: 60, submission_s: 100")
    late = "while len(values) > 3: pass\n    return np.clip(values, low, high)"
    platform.submit(WORK["endless"].replace("while True: pass", late))
    path = "import sys; sys.path.insert(0, sys.argv[1] + '/source'); "
    code = path + "from autograder.container.run import main; main()"
    found = platform.root / "results" / "results.json"
    running = subprocess.Popen(
        [sys.executable, "-I", "-c", code, str(platform.root), "warmup"], stdout=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: found.exists() and platform.results()["score"] > 10)
    finally:
        running.kill()
        running.wait()
    results = platform.results()
    assert "staff have been told" in results["output"]
    passed = [row["status"] for row in results["tests"] if row["name"].startswith("clip_to_range")]
    assert passed == ["passed", "passed", "failed", "failed"]
    assert "the run ended before this" in results["tests"][-2]["output"]


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_run_ends_before_the_platform_ends_it(platform):
    platform.settings("call_s: 2, submission_s: 20", "call_s: 60, submission_s: 100")
    platform.submit(WORK["endless"])
    found = platform.run(AUTOGRADER_SECONDS="3")
    assert 0 <= found["score"] < 10  # as far as it came
    assert "out of time" in platform.printed.stderr


@pytest.mark.parametrize("harm", ["no checks", "no python", "settings"])
def test_there_is_a_results_json_when_the_grader_fails(platform, harm):
    platform.submit(RIGHT)
    if harm == "no checks":
        (platform.source / "course" / "tests" / "questions" / "test_warmup.py").unlink()
    if harm == "settings":
        platform.settings("seed: 7", "sed: 7")
    found = platform.run(**({"AUTOGRADER_PYTHON": "/nonexistent/python"} if harm == "no python" else {}))
    assert found["score"] == 0
    assert "staff have been told" in found["output"]


@pytest.mark.parametrize("kind", ["nothing", "link", "folder", "pipe"])
def test_odd_submissions_get_a_row_each_and_a_reason(platform, kind):
    work = platform.root / "submission" / "warmup.py"
    if kind == "link":
        work.symlink_to(platform.source / "course" / "solutions" / "warmup.py")
    elif kind == "folder":
        work.mkdir()
    elif kind == "pipe":
        os.mkfifo(work)
    found = platform.run()
    assert found["score"] == 0
    assert [row["score"] for row in found["tests"]] == [0, 0, 0]
    assert found["output"]


def test_metadata_is_closed_to_others(platform):
    platform.submit(RIGHT)
    platform.run()
    for path in ("submission_metadata.json", "results", "source"):
        assert not stat.S_IMODE((platform.root / path).stat().st_mode) & 0o077


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"created_at": 5}', b"\xff\0", b"[" * 100_000])
def test_odd_metadata_say_nothing_and_staff_are_told(data):
    found = read_circumstances(data)
    assert found.submitted is None
    assert "submission_metadata.json" in found.staff_notes[0]


@pytest.mark.parametrize("data", [None, b"{"])
def test_odd_metadata_cost_nothing(platform, data):
    platform.submit(RIGHT)
    path = platform.root / "submission_metadata.json"
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    assert platform.run()["score"] == 15
    assert "submission_metadata.json" in platform.printed.stdout


def test_late_work_loses_a_part_of_the_maximum(platform):
    platform.submit(RIGHT)
    platform.tell("2026-12-17T12:00:00.000000+01:00")  # two days begun
    found = platform.run()
    assert found["score"] == 15 - 2 * 0.1 * 20
    assert found["extra_data"]["late_days"] == 2
    assert "2 days late" in found["output"]
    platform.tell("2026-12-25T12:00:00.000000+01:00")
    assert platform.run()["score"] == 0


def test_an_extension_on_the_platform_counts(platform):
    platform.submit(RIGHT)
    own = {"name": "B", "assignment": {"due_date": "2026-12-17T23:59:00.000000+01:00"}}
    platform.tell("2026-12-17T12:00:00.000000+01:00", users=[{"name": "A"}, own])
    found = platform.run()
    assert found["score"] == 15
    assert "Extended" in platform.printed.stdout


def earlier(hours: float, **more: Any) -> dict[str, Any]:
    when = datetime.fromisoformat(NOON) - timedelta(hours=hours)
    return {"submission_time": when.isoformat(), "autograder_error": False, **more}


def test_after_the_last_attempt_the_earlier_results_stand(platform):
    platform.settings("limits:", "attempts: {max: 2, cooldown_minutes: 0}\nlimits:")
    platform.submit(WORK["wrong"])
    before = platform.run()
    platform.submit(RIGHT)
    platform.tell(previous_submissions=[earlier(2), earlier(1, score=before["score"], results=before)])
    found = platform.run()
    assert found["score"] == before["score"]
    assert found["tests"] == before["tests"]
    assert found["output"].startswith("This comes after 2 of 2 attempts")
    again = earlier(0.5, score=found["score"], results=found)
    platform.tell(previous_submissions=[earlier(2), earlier(1), again])
    assert platform.run()["output"] == found["output"]  # does not grow


def test_attempts_that_the_platform_failed_use_none_up(platform):
    platform.settings("limits:", "attempts: {max: 2, cooldown_minutes: 0}\nlimits:")
    platform.submit(RIGHT)
    platform.tell(previous_submissions=[earlier(2), earlier(1, autograder_error=True, results={"tests": []})])
    assert platform.run()["score"] == 15


def test_too_soon_after_the_last_attempt_its_score_stands(platform):
    platform.settings("limits:", "attempts: {max: null, cooldown_minutes: 60}\nlimits:")
    platform.submit(RIGHT)
    platform.tell(previous_submissions=[earlier(0.5, score="7.5")])
    found = platform.run()
    assert found["score"] == 7.5
    assert "less than 60 minutes" in found["output"]


def test_what_metadata_say_is_read_as_far_as_it_makes_sense():
    odd = {"created_at": NOON, "assignment": 3, "users": [5, {"email": "e"}], "previous_submissions": [None]}
    found = read_circumstances(json.dumps(odd).encode())
    assert found.submitted == datetime.fromisoformat(NOON)
    assert (found.due, found.earlier, found.results, found.score) == (None, (), {}, 0.0)


@pytest.mark.parametrize(("here", "budget"), [(0, 512), (4096, 512), (600, 450), (300, 192)])
def test_a_small_container_bounds_the_worker(course, monkeypatch, here, budget):
    monkeypatch.setattr(platform_run, "container_mb", lambda: here)
    bounded = platform_run.within_memory(course, "warmup")
    assert bounded.assignment("warmup").limits.memory_mb == budget


def test_the_container_says_its_memory(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("max\n")
    (tmp_path / "b").write_text(f"{768 * 2**20}\n")
    monkeypatch.setattr(platform_run, "MEMORY_LIMITS", (tmp_path / "none", tmp_path / "a", tmp_path / "b"))
    assert platform_run.container_mb() == 768


FAKE = """#!{python}
import sys

if sys.argv[1] == "-c":
    del sys.get_int_max_str_digits
    sys.argv[:2] = []
    exec(sys.argv[0])
"""


def shell_function(script: str, name: str) -> str:
    """Return the text of one function of a script."""
    text = script[script.index(f"{name}() {{") :]
    return text[: text.index("\n}\n") + 3]


@pytest.mark.parametrize(("wanted", "statuses"), [("exact", [1, 0]), ("later", [1, 1])])
def test_a_python_that_is_only_a_candidate_for_a_release_is_refused(bundle, tmp_path, wanted, statuses):
    fake = tmp_path / "python3.11"
    fake.write_text(FAKE.format(python=sys.executable))
    fake.chmod(0o755)
    function = shell_function(bundle["setup.sh"].decode(), "good_release")
    tried = [
        subprocess.run(
            ["/bin/bash", "-c", f"{function}good_release {python} {wanted}"], check=False
        ).returncode
        for python in (fake, sys.executable)
    ]
    assert tried == statuses


ROADS = """
installed() { echo later-here; }
packages() { echo later-here; [ $1 = later ] || echo exact-broken; }
downloaded() { [ $1 = later ] || echo %s; }
good_release() { case $1 in $2-*) ;; *) return 1 ;; esac; }
carries_the_course() { [ $python != exact-broken ]; }
finish() { exit 0; }
venv=/nonexistent
"""


@pytest.mark.parametrize(
    ("download", "tried"),
    [("exact-good", ["exact-broken", "exact-good"]), ("", ["exact-broken", "later-here"])],
)
def test_a_later_python_is_taken_only_where_no_road_leads_to_the_exact_one(bundle, tmp_path, download, tried):
    for name in ("later-here", "exact-broken", "exact-good"):
        (tmp_path / name).write_text("#!/bin/sh\necho Python 3.x\n")
        (tmp_path / name).chmod(0o755)
    script = bundle["setup.sh"].decode()
    program = ROADS % download + script[script.index('tried=" "') :]
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(
        ["/bin/bash", "-euc", program], env=path, capture_output=True, text=True, check=True
    )
    assert [line.rpartition(" ")[2] for line in done.stdout.splitlines() if "trying" in line] == tried


def test_the_libraries_are_seen_to_work(bundle, tmp_path):
    (tmp_path / "smoke.py").write_bytes(bundle["smoke.py"])
    program = [sys.executable, "-I", tmp_path / "smoke.py"]
    assert subprocess.run([*program, "numpy", "torch"], check=False).returncode == 0
    assert subprocess.run([*program, "no_such_library"], capture_output=True, check=False).returncode == 1
