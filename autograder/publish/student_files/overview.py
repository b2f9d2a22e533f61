"""How far a student is: points, the quiz, the time left, what to do next, which parts of the lab work."""

import importlib.util
import json
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.publish.student_files.progress import (
    FAILED,
    NOT_RUN,
    PASSED,
    UNWRITTEN_YET,
    VisibleVerdict,
    progress_line,
    too_slow,
)

TITLE_SHOWN = 60  # characters; above, it stands in full
TEXT_LINES = 24  # of a failure
Results = Mapping[str, Sequence[Mapping[str, Any]]]  # of the checks, by question


def share_of(results: Sequence[Mapping[str, Any]]) -> float:
    """Return which part of a question's visible checks passes."""
    return sum(one["status"] == PASSED for one in results) / len(results) if results else 0.0


def status_line(folder: Path, facts: Mapping[str, Any], results: Results, now: datetime) -> str:
    """Return "40 of 85 visible points, quiz 9 of 17, due in 3 days", as far as it is known."""
    points = facts["questions"]
    earned = sum(worth * share_of(results.get(name, ())) for name, worth in points.items())
    parts = [f"{earned:.3g} of {sum(points.values()):g} visible points"]
    quiz = quiz_state(folder)
    parts += [f"quiz {quiz.answered} of {quiz.total}"] if quiz else []
    parts += [due_in(facts["due"], now)] if facts.get("due") else []
    return ", ".join(parts)


def by_question(facts: Mapping[str, Any], results: Iterable[Mapping[str, Any]]) -> Results:
    """Return results by question, in the order of the assignment."""
    found = {name: [one for one in results if one["question"] == name] for name in facts["questions"]}
    return {name: some for name, some in found.items() if some}


def all_right(groups: Results) -> set[str]:
    """Return the questions whose visible checks all pass."""
    return {name for name, found in groups.items() if share_of(found) == 1}


def run_report(
    folder: Path,
    facts: Mapping[str, Any],
    loaded: Mapping[str, Any],
    results: Sequence[Mapping[str, Any]],
    before: Sequence[Mapping[str, Any]] | None,
    now: datetime,
) -> str:
    """Return what is to be read after a run: what changed since `before` in full, the rest briefly."""
    groups, old = by_question(facts, results), by_question(facts, before or [])
    lines = [line for text in loaded["complaints"][:3] for line in text.splitlines()]
    lines += [""] if lines else []
    width, shown = max(map(len, groups), default=0), set[str]()
    for name, found in groups.items():
        verdicts = [VisibleVerdict(one["status"], one["text"]) for one in found]
        lines.append(f"{name:{width}}   {progress_line(verdicts)}")
        lines += [f"  {slow}" for slow in too_slow(verdicts)]
        wrong = [one for one in found if one["status"] == FAILED]
        if before is None:
            wrong = wrong[:1]
        elif old.get(name) == found:
            wrong = []
        for one in wrong:
            if one["text"] not in shown:
                shown.add(one["text"])
                lines += failure_lines(one)
    lines.append("")
    parts = lab_parts(folder, list(facts["questions"]))
    possible = now_possible(parts, all_right(old), all_right(groups))
    if len(possible) == 1:
        lines.append(f"lab.ipynb, part {possible[0]!r}: everything that it needs works now.")
    elif possible:
        lines.append(f"lab.ipynb: {len(possible)} more parts have everything that they need.")
    lines.append(status_line(folder, facts, groups, now))
    lines.append(next_step(folder, facts, groups, loaded["complaints"]))
    return "\n".join([*lines, *([loaded["note"]] if loaded["note"] else [])])


def failure_lines(result: Mapping[str, Any]) -> list[str]:
    """Return a failed check with what it says and what was printed."""
    lines = [f"  {result['title']}:", *("    " + line for line in result["text"].splitlines()[:TEXT_LINES])]
    printed = result["printed"].splitlines()
    return [*lines, *(["    your code printed:"] if printed else []), *("      " + line for line in printed)]


def run_lines(
    loaded: Mapping[str, Any], results: Sequence[Mapping[str, Any]], known: Collection[str]
) -> Iterator[tuple[bool, str]]:
    """Yield what a run says before handing in: where the file stops, unless `known`, and what passes."""
    for text in loaded["complaints"]:
        if not text.startswith(tuple(known)):
            yield False, text
    verdicts = (VisibleVerdict(one["status"], one["text"]) for one in results)
    yield from ((False, slow) for slow in too_slow(verdicts))
    passed = sum(one["status"] == PASSED for one in results)
    yield passed == len(results) > 0, f"{passed} of {len(results)} visible checks pass"


def due_in(due: str, now: datetime) -> str:
    """Return how long there is until a moment, in words."""
    left = datetime.fromisoformat(due) - now
    hours = left.total_seconds() / 3600
    if hours < 0:
        return f"it was due {counted_time(-hours)} ago"
    return f"due in {counted_time(hours)}"


def counted_time(hours: float) -> str:
    """Return a stretch of time in the unit that fits."""
    for size, unit in ((24, "day"), (1, "hour")):
        if hours >= 2 * size or (hours >= size and size == 24):
            count = int(hours // size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{max(1, int(hours * 60))} minutes"


@dataclass(frozen=True)
class QuizState:
    """How far a student's quiz is: who they are, what is answered, what cannot be read."""

    student: str
    answered: int
    total: int
    troubles: tuple[str, ...]


def quiz_state(folder: Path) -> QuizState | None:
    """Return how far the quiz is, as its own script reads it; None without one."""
    script, sheet = folder / "quiz.py", folder / "quiz.yml"
    if not script.is_file() or not sheet.is_file():
        return None
    quiz = module_from(script)
    read = quiz.read_sheet(sheet.read_bytes().decode("utf-8-sig", "replace"), list(quiz.QUESTIONS))
    troubles, answered = list(read.problems), 0
    for name, question in quiz.QUESTIONS.items():
        parts = read.answers.get(name, ())
        given, trouble = quiz.show_answer(question, parts)
        answered += bool(parts) and not trouble
        troubles += [f"{name}: {given}: {trouble}"] if trouble else []
    return QuizState(read.student, answered, len(quiz.QUESTIONS), tuple(troubles))


def module_from(path: Path) -> Any:
    """Return a module of ours from its file."""
    spec = importlib.util.spec_from_file_location(f"handed_out_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path.name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def next_step(folder: Path, facts: Mapping[str, Any], results: Results, complaints: Sequence[str]) -> str:
    """Return the one thing to do now."""
    if complaints:
        return "Next: fix what stops the file, see above."
    for name, found in results.items():
        wrong = [one for one in found if one["status"] not in (PASSED, UNWRITTEN_YET)]
        if wrong:
            if wrong[0]["status"] == NOT_RUN:
                return f"Next: {name}, see above."
            hint = f"\nA hint: python study.py --hint {name}" if name in facts.get("hints", {}) else ""
            title = textwrap.shorten(wrong[0]["title"], TITLE_SHOWN, placeholder=" ...")
            return f'Next: {name}, until "{title}" passes.{hint}'
    unwritten = [name for name, found in results.items() if share_of(found) < 1]
    if unwritten:
        return f"Next: write {unwritten[0]}."
    quiz = quiz_state(folder)
    if quiz and quiz.answered < quiz.total:
        return "Next: the quiz. python quiz.py prints it with your own figures."
    return "All visible checks pass. Next: python study.py --check, then --zip, then hand in."


def lab_parts(folder: Path, questions: Sequence[str]) -> dict[str, set[str]]:
    """Return the parts of lab.ipynb that use a student's functions, each with the functions it needs."""
    try:
        cells = json.loads((folder / "lab.ipynb").read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return {}
    parts: dict[str, set[str]] = {}
    heading = ""
    for cell in cells:
        text = "".join(cell["source"])
        titles = re.findall(r"^##? (.+)$", text, re.MULTILINE) if cell["cell_type"] == "markdown" else []
        heading = titles[-1].replace("`", "") if titles else heading
        if cell["cell_type"] == "code" and heading:
            used = {name for name in questions if re.search(rf"\b(?:work|mine)\.{name}\b", text)}
            parts.setdefault(heading, set()).update(used)
    return {part: used for part, used in parts.items() if used}


def now_possible(parts: Mapping[str, set[str]], before: set[str], now: set[str]) -> list[str]:
    """Return the parts of the lab whose functions all work now, and did not before."""
    return [part for part, used in parts.items() if used <= now and not used <= before]
