"""Draws the pictures of the documentation anew, from what the commands really print: make pictures

Terminals become SVG, pages become PNG by Debian's chromium. The tiny course is what they show.
"""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TINY = ROOT / "tests" / "kit" / "tiny"
CHROMIUM = "/usr/bin/chromium"
SETTINGS = """\
attempts: {previews: 3}
assignments:
  warmup:
    title: A warm-up with NumPy
    due: 2027-01-12T23:59:00+01:00
    examples: feedback
    questions: {running_mean: 10, clip_to_range: 5}
    quiz: 5
"""
AHEAD = """\
    values = np.asarray(values, dtype=float)
    return np.array([np.mean(values[n : n + window]) for n in range(len(values))])
"""
LOOP = """
import numpy as np


def running_mean(values, window):
    means = []
    for place in range(len(values)):
        start = place - window + 1
        if start < 0:
            start = 0
        piece = values[start : place + 1]
        means.append(sum(piece) / len(piece))
    return np.array(means)


def clip_to_range(values, low=0.0, high=1.0):
    return np.minimum(np.maximum(values, low), high)
"""
CUT = LOOP.replace("return np.array(means)", "return np.array(means).astype(np.asarray(values).dtype)")
EXAMPLES = """
examples = {
    "running_mean": [(([2.0, 4.0, 8.0], 2), [2.0, 3.0, 6.0]), (([3.0, 6.0, 1.0], 2), [3.0, 4.5, 3.0])],
    "clip_to_range": [(([-1.0, 0.5, 7.0],), [0.0, 0.5, 1.0])],
}
"""
PEOPLE = {"Ada Lovelace": LOOP, "Alan Turing": CUT, "Grace Hopper": LOOP.replace("means", "out")}


def run(command: list[str], cwd: Path) -> str:
    """Return what a command prints."""
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "96"}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment, check=False)
    return done.stdout


def terminal(name: str, typed: str, text: str) -> None:
    """Write a terminal with a command and what it printed."""
    console = Console(record=True, width=100, file=io.StringIO())
    console.print(Text.assemble(("$ ", "bold green"), (typed, "bold")))
    console.print(Text(text.rstrip()))
    drawn = console.export_svg(title="")
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)  # nothing is fetched from elsewhere
    drawn = re.sub(r"terminal-\d+", name, drawn).replace("Fira Code", "DejaVu Sans Mono")
    (HERE / f"{name}.svg").write_text(drawn)


def page(name: str, path: Path, width: int, height: int) -> None:
    """Write a picture of a page, if there is a browser."""
    if not Path(CHROMIUM).exists():
        sys.exit(f"no {CHROMIUM}: apt-get install chromium")
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--window-size={width},{height}",
    ]
    subprocess.run(
        [CHROMIUM, *flags, f"--screenshot={HERE / name}.png", path.as_uri()], check=True, capture_output=True
    )


def main() -> None:
    """Draw everything."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        shutil.copytree(TINY, home / "course")
        (home / "course" / "grading.yml").write_text(SETTINGS)
        kit = [sys.executable, "-m", "autograder", "--course", str(home / "course")]
        run([*kit, "build"], ROOT)
        folder = home / "course" / "student_template" / "warmup"
        stub = '    raise NotImplementedError("running_mean: write your code here")\n'
        script = folder / "warmup.py"
        script.write_text(script.read_text().replace(stub, AHEAD))
        terminal("study", "python study.py --once", run([sys.executable, "study.py", "--once"], folder))
        terminal(
            "study-check", "python study.py --check", run([sys.executable, "study.py", "--check"], folder)
        )
        for person, code in PEOPLE.items():
            place = home / "class" / person
            place.mkdir(parents=True)
            (place / "warmup.py").write_text(code)
            (place / "examples.py").write_text(EXAMPLES)
        out = home / "out"
        run([*kit, "grade", str(home / "class"), "-a", "warmup", "-o", str(out), "-q"], ROOT)
        run([*kit, "report", str(out), "--feedback"], ROOT)
        terminal(
            "feedback",
            "cat 'out/feedback/Alan Turing.txt'",
            (out / "feedback" / "Alan Turing.txt").read_text(),
        )
        page("class", out / "index.html", 1000, 900)
        run([*kit, "similar", str(out), "-q"], ROOT)
        page("similar", out / "similar" / "index.html", 1000, 420)
        run([*kit, "viva", str(out), "-q"], ROOT)
        page("viva", out / "viva" / "Ada Lovelace.html", 900, 900)
        page("student", out / "reports" / "Alan Turing.html", 900, 900)


if __name__ == "__main__":
    with contextlib.chdir(ROOT):
        main()
