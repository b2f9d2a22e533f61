"""Build the image and grade in it, as a desk and as Gradescope do: what comes out is what comes out here.

As root, with podman: `python tests/rehearsal/desk.py [--base IMAGE] [--seccomp PROFILE] [--reuse]`
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from container import debian, run  # noqa: E402
from gradescope import pip_settings  # noqa: E402

from autograder.config import load_config  # noqa: E402
from autograder.data.files import write_whole  # noqa: E402
from autograder.publish.build import zip_bytes  # noqa: E402
from autograder.publish.gradescope import gradescope_zip  # noqa: E402

PODMAN = ["podman", "--runtime", "runc", "--cgroup-manager", "cgroupfs", "--storage-driver", "vfs"]
# an ordinary user's podman keeps its images elsewhere, in layers: a copy of each would take many gigabytes
ROOTLESS = [*PODMAN[:-1], "overlay"]
# what Gradescope gives a container, and no network; the ulimits are for a podman without systemd
BOUNDS = [
    "--rm", "--network", "none", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096",
    "--memory", "768m", "--cpus", "0.5",
]  # fmt: skip
DESK, KIT = "localhost/autograder", "localhost/autograder-kit"
STEM = "rl_foundations"
PERSON, FIRST = 1000, 200_000  # an ordinary user, and the first of the users that its containers may have
BUILD = ROOT / "build" / "rehearsal"


def main() -> None:
    """Prove each way, and end with status 1 at the first that is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", help="an image with Python (default: a fresh Debian, made here)")
    parser.add_argument("--seccomp", help="a profile of system calls (default: podman's, made from Docker's)")
    parser.add_argument("--reuse", action="store_true", help="take the image of the last time")
    asked = parser.parse_args()
    if os.geteuid() != 0 or shutil.which("podman") is None:
        sys.exit("This needs root and podman: apt-get install podman runc; sudo make container-proof")
    bounds = [*BOUNDS, *(["--security-opt", f"seccomp={asked.seccomp}"] if asked.seccomp else [])]
    if not asked.reuse:
        build_images(asked.base or imported_base())
    class_is_the_same(bounds)
    other_users_have_the_wall(bounds)
    podman_without_root_has_the_wall(bounds)
    attacks_gain_nothing(bounds)
    gradescope_runs(bounds)


def imported_base() -> str:
    """Return the name of an image like the official one: a fresh Debian with this Python in /usr/local."""
    shutil.rmtree(BUILD / "base", ignore_errors=True)
    run("cp", "-ax", str(debian(BUILD / "debian")), str(BUILD / "base"))
    unwanted = shutil.ignore_patterns("test", "site-packages", "__pycache__")
    for part in ("bin", "lib"):
        shutil.copytree(
            Path(sys.base_prefix, part),
            BUILD / "base/usr/local" / part,
            symlinks=True,
            ignore=unwanted,
            dirs_exist_ok=True,
        )
    run("chroot", str(BUILD / "base"), "ldconfig")
    with subprocess.Popen(["tar", "-C", str(BUILD / "base"), "-c", "."], stdout=subprocess.PIPE) as packing:
        run(*PODMAN, "import", "-", "autograder-base", stdin=packing.stdout, stdout=subprocess.DEVNULL)
    return "localhost/autograder-base"


def build_images(base: str) -> None:
    """Build the Dockerfile's two stages on a base, pip set up as it is here."""
    settings, bound = pip_settings()
    texts = "".join(f"{name.removeprefix('PIP_').lower()} = {value}\n" for name, value in settings.items())
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / "pip.conf").write_text(f"[global]\n{texts}".replace("\\n", " "))
    shared = {str(BUILD / "pip.conf"): "/etc/pip.conf", **{str(here): there for here, there in bound.items()}}
    volumes = [word for here, there in shared.items() for word in ("--volume", f"{here}:{there}:ro")]
    command = [*PODMAN, "build", "--isolation", "chroot", "--network", "host", "--build-arg", f"BASE={base}"]
    run(*command, *volumes, "--target", "kit", "--tag", KIT, str(ROOT))
    run(*command, *volumes, "--tag", DESK, str(ROOT))


def inside(bounds: list[str], mounted: Path, image: str, *command: str, podman: list[str] = PODMAN) -> str:
    """Run a command in a container with a folder mounted as /work; return what it printed."""
    done = subprocess.run(
        [*podman, "run", *bounds, "--volume", f"{mounted}:/work", image, *command],
        capture_output=True, text=True, check=False, cwd=mounted,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def class_is_the_same(bounds: list[str]) -> None:
    """The sample class, right, wrong and hostile: the wall is whole, every point is the one given here."""
    with tempfile.TemporaryDirectory() as name:
        course = Path(name)
        for part in ("assignments", "solutions", "tests/questions"):
            shutil.copytree(ROOT / part, course / part)
        shutil.copy(ROOT / "grading.yml", course)
        shutil.copytree(ROOT / "tests/kit/sample_class", course / "class", symlinks=True)
        words = ["grade", "class", "-a", STEM, "--quiet", "-o"]
        inside(bounds, course, DESK, *words, "there")
        run(
            sys.executable,
            "-m",
            "autograder",
            *words,
            "here",
            cwd=course,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        verdicts = {
            json.loads(path.read_text())["isolation"]["verdict"]
            for path in (course / "there/reports").glob("*.json")
        }
        here, there = (table(course / side / "grades.csv") for side in ("here", "there"))
    expect(verdicts == {"full"}, f"isolation in the container: {verdicts}")
    expect(here == there, f"grades differ: {[(a, b) for a, b in zip(here, there, strict=False) if a != b]}")
    print(f"{len(here)} submissions graded in the container, isolation full, every point as on the host")


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def other_users_have_the_wall(bounds: list[str]) -> None:
    """An ordinary user inside, and a root inside that is nobody outside."""
    mapped = ["--uidmap", f"0:{FIRST}:65536", "--gidmap", f"0:{FIRST}:65536"]
    has_the_wall("an ordinary user", [*bounds, "--user", f"{PERSON}:{PERSON}"], PERSON)
    has_the_wall("a root that is nobody outside", [*bounds, *mapped], FIRST)


def podman_without_root_has_the_wall(bounds: list[str]) -> None:
    """The image, handed to an ordinary user's own podman; only here does that user have further ones."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "subids").write_text(f"{PERSON}:{FIRST}:65536\n")
        (home / "run").mkdir(mode=0o700)
        for path in (home, home / "run"):
            os.chown(path, PERSON, PERSON)
        mounts = "".join(f"mount --bind {home}/subids /etc/sub{kind}; " for kind in ("uid", "gid"))
        person = ["setpriv", f"--reuid={PERSON}", f"--regid={PERSON}", "--clear-groups"]
        own = ["env", "-i", f"PATH={os.environ['PATH']}", f"HOME={home}", f"XDG_RUNTIME_DIR={home}/run"]
        podman = ["unshare", "--mount", "sh", "-c", f'{mounts}exec "$@"', "sh", *person, *own, *ROOTLESS]
        with subprocess.Popen([*PODMAN, "save", DESK], stdout=subprocess.PIPE, cwd=home) as saved:
            run(*podman, "load", stdin=saved.stdout, stdout=subprocess.DEVNULL, cwd=home)
        try:
            has_the_wall("podman without root's rights", bounds, PERSON, podman=podman)
        finally:
            run(*podman, "system", "reset", "--force", stdout=subprocess.DEVNULL, cwd=home)


def has_the_wall(told_of: str, bounds: list[str], owner: int, podman: list[str] = PODMAN) -> None:
    """Whoever grades the tiny course's reference in the container, the wall is whole."""
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        shutil.copytree(ROOT / "tests/kit/tiny", course, dirs_exist_ok=True)
        for path in (course, *course.rglob("*")):
            os.chown(path, owner, owner)
        told = inside(bounds, course, DESK, "check", "solutions/warmup.py", "-a", "warmup", podman=podman)
    expect("isolation: full" in told, f"{told_of}: {told}")
    print(f"{told_of}: isolation full")


def attacks_gain_nothing(bounds: list[str]) -> None:
    """The collection of attacks in the tiny course, started in the container."""
    with tempfile.TemporaryDirectory() as name:
        course = Path(name)
        shutil.copytree(ROOT / "tests/kit/tiny", course, dirs_exist_ok=True)
        inside(bounds, course, DESK, "build")
        print(inside(bounds, course, DESK, "redteam", "dist/gradescope_warmup.zip").splitlines()[-1])


def gradescope_runs(bounds: list[str]) -> None:
    """The zip's Dockerfile, on the image instead of Gradescope's: the reference has all points."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_whole(place / "zip", zip_bytes(gradescope_zip(load_config(ROOT / "tests/kit/tiny"), "warmup")))
        with zipfile.ZipFile(place / "zip") as archive:
            archive.extractall(place / "source")
        base = ["--build-arg", f"BASE={KIT}", "--tag", "autograder-warmup"]
        run(*PODMAN, "build", "--isolation", "chroot", "--network", "host", *base, str(place / "source"))
        (place / "results").mkdir()
        (place / "submission").mkdir()
        shutil.copy(ROOT / "tests/kit/tiny/solutions/warmup.py", place / "submission")
        volumes = [f"--volume={place / part}:/autograder/{part}" for part in ("submission", "results")]
        told = inside([*bounds, *volumes], place, "autograder-warmup", "/autograder/run_autograder")
        rows = json.loads((place / "results" / "results.json").read_text())["tests"]
    lost = [
        row["name"]
        for row in rows
        if "quiz" not in row["name"] and row.get("score", 0) < row.get("max_score", 0)
    ]
    expect(not lost and "isolation: full" in told, f"the reference loses points at {lost}\n{told}")
    print(f"Gradescope's way: {len(rows)} rows, the reference has all points")


def expect(fact: bool, told: str) -> None:
    """End with status 1 if something is not so."""
    if not fact:
        sys.exit(told)


if __name__ == "__main__":
    main()
