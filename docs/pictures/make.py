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
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
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
RIGHT = """\
    values = np.asarray(values, dtype=float)
    return np.array([values[max(0, n - window + 1) : n + 1].mean() for n in range(len(values))])
"""
SHAPES = """\
    kernel = np.ones(window) / window
    return np.asarray(values) * kernel
"""
HINTS = """\
running_mean:
- At place n, which values are there already, and how many of them are averaged?
- Take a slice that ends at n, n included. Where does it begin, and what if that is before the first value?
- The slice begins at n - window + 1, but never below 0.
clip_to_range:
- What comes out of a value between the ends?
- Two steps, one for each end.
- NumPy has the smaller and the larger of two numbers, entry by entry.
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
    console.print(Text(text.rstrip() + "\n"))  # else the underscores of the last line are cut off
    drawn = console.export_svg(title="")
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)  # nothing is fetched from elsewhere
    drawn = re.sub(r"terminal-\d+", name, drawn).replace("Fira Code", "DejaVu Sans Mono")
    (HERE / f"{name}.svg").write_text(drawn)


def told_by(folder: Path, *words: str) -> str:
    """Return what study.py prints."""
    return run([sys.executable, "study.py", *words], folder)


def watched(folder: Path, change: Callable[[], object]) -> str:
    """Return what study.py shows after a save, while it watches."""
    command = [sys.executable, "-u", "study.py"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        shown = list(iter(process.stdout.readline, "Save the file to run again; Ctrl-C ends.\n"))
        change()
        shown = list(iter(process.stdout.readline, "Save the file to run again; Ctrl-C ends.\n"))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    return re.sub(r"\d\d:\d\d:\d\d", "14:07:31", "".join(shown)).strip()


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


def notebook_page(name: str, path: Path) -> None:
    """Write a picture of a notebook whose first function is written, wrongly, and run."""
    book = nbformat.read(path, 4)
    for cell in book.cells:
        cell.source = re.sub(r" *raise NotImplementedError\(.running_mean.*", AHEAD.rstrip(), cell.source)
    NotebookClient(book, resources={"metadata": {"path": str(path.parent)}}).execute()
    begin = next(at for at, cell in enumerate(book.cells) if "running_mean" in cell.source)
    book.cells = book.cells[begin : begin + 3]
    made = path.with_suffix(".html")
    made.write_text(HTMLExporter(template_name="lab").from_notebook_node(book)[0])
    page(name, made, 1000, 900)


def screens(folder: Path) -> None:
    """Draw what a student sees in their folder."""
    stub = '    raise NotImplementedError("running_mean: write your code here")\n'
    script = folder / "warmup.py"
    template = script.read_text()
    script.write_text(template.replace(stub, AHEAD))
    terminal("study", "python study.py --once", told_by(folder, "--once"))
    terminal("study-check", "python study.py --check", told_by(folder, "--check"))
    terminal("study-zip", "python study.py --zip", told_by(folder, "--zip"))
    terminal(
        "study-hint",
        "python study.py --hint running_mean 2",
        told_by(folder, "--hint", "running_mean", "2"),
    )
    script.write_text(template.replace(stub, SHAPES))
    terminal("study-exception", "python study.py --once", told_by(folder, "--once"))
    saved = watched(folder, lambda: script.write_text(template.replace(stub, RIGHT)))
    terminal("study-watch", "python study.py", saved)
    script.write_text(template)
    notebook_page("notebook", folder / "warmup.ipynb")


def main() -> None:
    """Draw everything."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        shutil.copytree(TINY, home / "course")
        (home / "course" / "grading.yml").write_text(SETTINGS)
        (home / "course" / "assignments" / "warmup" / "hints.yml").write_text(HINTS)
        kit = [sys.executable, "-m", "autograder", "--course", str(home / "course")]
        run([*kit, "build"], ROOT)
        folder = home / "course" / "student_template" / "warmup"
        screens(folder)
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
