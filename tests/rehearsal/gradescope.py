"""Rehearse Gradescope: build the zip, set it up in a fresh Debian, run it as root on honest and hostile work.

As root: `python tests/rehearsal/gradescope.py [STEM] [--memory MB] [--cpus N] [--only NAME ...]`
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent), str(ROOT / "tests" / "kit")]

from container import Bounds, debian, inside, overlay  # noqa: E402
from pythons import put_refused_pythons, wrongly_taken  # noqa: E402
from whole_files import first_of_each, whole_file  # noqa: E402

from autograder.config import Course, CourseSettings, load_config  # noqa: E402
from autograder.container import run as platform  # noqa: E402
from autograder.data.files import write_whole  # noqa: E402
from autograder.grading.opening import open_grader  # noqa: E402
from autograder.judging.bank import load_bank  # noqa: E402
from autograder.publish.build import zip_bytes  # noqa: E402
from autograder.publish.gradescope import gradescope_zip  # noqa: E402
from autograder.reports.gradescope import to_gradescope  # noqa: E402
from autograder.results import Report  # noqa: E402
from autograder.submission.reading import read_submission  # noqa: E402

SAMPLES = ROOT / "tests" / "kit" / "sample_class"
OF_SAMPLES = "rl_foundations"
HOSTILE = Path(__file__).parent / "hostile"
SCHEMA = ROOT / "tests" / "kit" / "gradescope_results.schema.json"
FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PLAIN = {"PATH": FOLDERS, "LANG": "C.UTF-8", "HOME": "/root"}
METADATA = {
    "id": 1, "created_at": "2026-12-10T12:00:00.000000+01:00", "submission_method": "upload",
    "assignment": {
        "id": 2, "course_id": 3, "title": "Rehearsal", "group_submission": False, "group_size": None,
        "release_date": "2026-11-01T00:00:00.000000+01:00", "due_date": "2026-12-15T23:59:00.000000+01:00",
        "late_due_date": None, "total_points": "100.0",
    },
    "users": [{"id": 4, "name": "A Student", "email": "student@example.edu"}], "previous_submissions": [],
}  # fmt: skip


def main() -> None:
    """Rehearse one assignment and end with status 1 if anything is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stem", nargs="?", default=OF_SAMPLES)
    parser.add_argument("--memory", type=int, default=768, help="of the container, in MB")
    parser.add_argument("--cpus", type=float, default=0.5)
    parser.add_argument("--only", nargs="*", help="names of samples")
    parser.add_argument("--reuse", action="store_true", help="take the image of the last rehearsal")
    asked = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("The platform runs as root, and so must this rehearsal: sudo make gradescope-rehearsal")
    build = ROOT / "build" / "rehearsal"
    course = load_config(ROOT)
    archive = build / f"gradescope_{asked.stem}.zip"
    write_whole(archive, zip_bytes(gradescope_zip(course, asked.stem)))
    base = debian(build / "debian")
    image = build / "image"
    shutil.rmtree(build / "runs", ignore_errors=True)
    if not (asked.reuse and image.is_dir()):
        shutil.rmtree(image, ignore_errors=True)
        set_up(base, image, archive)
    samples = [path for folder in (SAMPLES, HOSTILE) for path in sorted(folder.iterdir())]
    samples = samples if asked.stem == OF_SAMPLES else made(build, course, asked.stem)
    samples += [untouched(build, asked.stem), linked(build, asked.stem)]
    samples = [path for path in samples if path.is_dir() and (not asked.only or path.name in asked.only)]
    platform.container_mb = lambda: asked.memory  # what is here has as little as what is in there
    grader = open_grader(platform.within_memory(course, asked.stem), asked.stem)
    try:
        expected = {path.name: grader.grade(read_submission(path, asked.stem)) for path in samples}
    finally:
        grader.close()
    bad = 0
    for path in samples:
        bad += rehearse(path, [image, base], build / "runs", asked, expected[path.name], course.settings)
    print(f"{len(samples)} submissions, {bad} not as they must be")
    sys.exit(1 if bad else 0)


def made(build: Path, course: Course, stem: str) -> list[Path]:
    """Return folders with the solution, and with a known mistake to each question."""
    bank = load_bank(course.root, stem, course.assignment(stem))
    texts = {"perfect": bank.solution}
    for mistake in first_of_each(bank.misconceptions):
        texts[mistake.name] = whole_file(bank, bank.mistakes_source, mistake)
    for name, text in texts.items():
        write_whole(build / "made" / name / f"{stem}.py", text.encode())
    return [build / "made" / name for name in texts]


def untouched(build: Path, stem: str) -> Path:
    """Return a folder with the handed-out stubs alone."""
    folder = build / "untouched"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "student_template" / stem / f"{stem}.py", folder)
    return folder


def linked(build: Path, stem: str) -> Path:
    """Return a folder whose work is a link to the solution, as a repository can hold one."""
    folder = build / "linked"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / f"{stem}.py"
    link.unlink(missing_ok=True)
    link.symlink_to(f"/autograder/source/course/solutions/{stem}.py")
    return folder


def set_up(base: Path, image: Path, archive: Path) -> None:
    """Make the image: unpack the zip where the platform does, run setup.sh in it, among bad Pythons."""
    settings, bound = pip_settings()
    bound |= {Path("/etc/resolv.conf"): "/etc/resolv.conf"}
    with overlay([base], image, bound) as root:
        source = root / "autograder" / "source"
        source.mkdir(parents=True)
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                opened.extract(entry, source)
                (source / entry.filename).chmod(entry.external_attr >> 16)
        shutil.copy(source / "run_autograder", root / "autograder" / "run_autograder")
        candidate = put_refused_pythons(root, PLAIN)
        status, printed, seconds = inside(root, ["/autograder/source/setup.sh"], PLAIN | settings)
        told = [line for line in printed.splitlines() if not line.startswith("WARNING: Location")]
        print("\n".join(told[-20:]))
        print(f"setup.sh: status {status}, {seconds:.0f} s")
        wrong = wrongly_taken(candidate, printed)
        print("\n".join(wrong))
        if status or wrong:
            sys.exit(1)


def pip_settings() -> tuple[dict[str, str], dict[Path, str]]:
    """Return this machine's pip settings as an environment, and the folders that they name."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    settings, bound = {}, {}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        name = key.rpartition(".")[2].upper().replace("-", "_")
        settings[f"PIP_{name}"] = value.strip("'\"")
    settings |= {key: value for key, value in os.environ.items() if key.startswith("PIP_")}
    for value in settings.values():
        for word in value.replace("\\n", " ").split():
            path = Path(word.removeprefix("file://"))
            if path.is_absolute() and path.exists():
                bound[folder_of(path)] = str(folder_of(path))
    return settings, bound


def folder_of(path: Path) -> Path:
    """Return what to mount for a path: an index's files lie beside it."""
    return path.parent if path.name == "simple" else path


def rehearse(
    path: Path, layers: list[Path], runs: Path, asked: argparse.Namespace, report: Report,
    settings: CourseSettings,
) -> int:  # fmt: skip
    """Run one submission in a fresh container; print a line; return 1 if something is wrong."""
    import jsonschema

    upper = runs / path.name
    bounds = Bounds(f"rehearsal-{os.getpid()}-{path.name}", asked.memory, asked.cpus)
    bound = {bounds.memory: "/sys/fs/cgroup/memory"} if bounds.enforced else {}
    with overlay(layers, upper, bound) as root:
        place = root / "autograder"
        shutil.copytree(path, place / "submission", symlinks=True)
        (place / "results").mkdir()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        (place / "submission_metadata.json").write_text(json.dumps(METADATA | {"rehearsed": stamp}))
        status, printed, seconds = inside(root, ["/autograder/run_autograder"], PLAIN, bounds, 600)
        found = place / "results" / "results.json"
        text = found.read_text() if found.exists() else ""
    (runs / f"{path.name}.txt").write_text(printed)
    (runs / f"{path.name}.json").write_text(text)
    wrong = [] if status == 0 else [f"status {status}"]
    try:
        results = json.loads(text)
        jsonschema.validate(results, json.loads(SCHEMA.read_text()))
        here = json.loads(json.dumps(to_gradescope(report, settings)))
        wrong += differences(results, here, report)
    except ValueError as error:
        results, wrong = {}, [*wrong, str(error)]
    except jsonschema.ValidationError as error:
        wrong.append(error.message[:200])
    told = f"{path.name:<24} {results.get('score', '-'):>6} of {report.max_score:g} {seconds:6.1f} s"
    told += f" {bounds.peak_mb:5.0f} MB, {bounds.killed()} ended for memory: "
    bounds.close()
    print(told + ("; ".join(wrong[:3]) or "as it must be"), flush=True)
    return bool(wrong)


def differences(got: dict, want: dict, report: Report) -> list[str]:
    """Return how a run's results differ from what the same work gets on this machine."""
    told = []
    if got["score"] != want["score"]:
        told.append(f"score {got['score']}, here {want['score']}")
    keys = ("name", "number", "score", "max_score", "status", "tags", "visibility")
    rows = [[tuple(map(str, map(row.get, keys))) for row in one["tests"]] for one in (got, want)]
    pairs = zip(*rows, strict=False)
    told += [f"{mine[0]}: {mine[2:]} here {theirs[2:]}" for mine, theirs in pairs if mine != theirs]
    if len(rows[0]) != len(rows[1]):
        told.append(f"{len(rows[0])} rows, here {len(rows[1])}")
    total = round(sum(row.get("max_score", 0) for row in got["tests"]), 6)
    if total != report.max_score:
        told.append(f"rows add up to {total}")
    for key in ("submission_sha256", "course_sha256", "kit_sha256"):
        if got["extra_data"]["receipt"].get(key) != report.receipt[key]:
            told.append(f"receipt: another {key}")
    if got["extra_data"]["isolation"] != "full":
        told.append(f"isolation {got['extra_data']['isolation']}")
    return told


if __name__ == "__main__":
    main()
