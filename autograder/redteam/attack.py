"""Is this zip safe? Runs attacks against it, and against the grader, and says what each gained.

What an attack gains is judged from outside.
"""

import contextlib
import functools
import os
import resource
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import structs

from autograder.config import Course
from autograder.errors import InputError
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.grading.scoring import VISIBLE_PART
from autograder.redteam.collection import QUICK, Attack, Gain, armed, hand_in, load_attacks
from autograder.redteam.gains import ReadByStudents, Secrets, gains_of, lingers, offspring, secrets_of
from autograder.redteam.stage import Stage, on_stages
from autograder.redteam.table import table
from autograder.redteam.zipped import Honest, against_zip
from autograder.results import Isolation
from autograder.submission.reading import Submission, read_submission
from autograder.submission.work import Task, task_of

GRADER_S, GRADER_MB = 8, 350  # of one attack; of all: with what it begins with far below 600
CENT = 0.011  # scores are rounded


def against_grader(
    course: Course, stem: str, attacks: Sequence[Attack], without: Sequence[str] = ()
) -> tuple[list[Gain], Isolation]:
    """Run attacks against a grader in this process, which believes nothing of what earlier runs found."""
    grader = open_grader(hurried(course, stem), stem, without, hidden_anyway=True, keeps=False)
    try:
        honest = grader.grade(submission("honest", stem, grader.bank.solution)).score
        secrets = secrets_of(grader)
        size, before = peak_mb(), offspring(grader.wall.pid)
        task = task_of(course, stem)
        gains = list(on_stages(attacks, functools.partial(run_one, grader, task, secrets)))
        gains.append(fit_the_examples(grader))
        after = grader.grade(submission("honest", stem, grader.bank.solution)).score
        left = ["an honest submission scores less than before"] if after != honest else []
        ours = before | grader.wall.workers
        left += ["a process was left behind"] if lingers(grader.wall.pid, ours) else []
        left += [f"the grader grew by {grown:.0f} MB"] if (grown := peak_mb() - size) > GRADER_MB else []
        if left:
            gains.append(Gain("afterwards", after, tuple(left)))
        return gains, grader.isolation
    finally:
        grader.close()


def run_one(grader: Grader, task: Task, secrets: Secrets, scene: Stage, attack: Attack) -> Gain:
    """Run one attack and look at what it gained."""
    stem, work = grader.bank.stem, scene.folder / "work" / attack.name
    preamble = scene.preamble(os.getpid(), grader.course.root.resolve(), stem)
    text = armed(attack, preamble, list(grader.assignment.questions))
    hand_in(attack, text, stem, work)
    used = time.thread_time()  # all of the grader's work on a submission is done in the thread that asks
    report = grader.grade(read_submission(work, task))
    used = time.thread_time() - used
    hidden = [one.feedback for one in report.checks if not one.visible]
    visible = [one.feedback for one in report.checks if one.visible]
    visible += [one.feedback for one in report.quiz]
    told = ReadByStudents(
        " ".join([*hidden, *(one.hint for one in report.questions)]), " ".join([*visible, *report.notes])
    )
    gained = gains_of(report.score, report.output, told, secrets, scene)
    if used > GRADER_S:
        gained.append(f"kept the grader busy for {used:.0f} s")
    return Gain(attack.name, report.score, tuple(gained))


def peak_mb() -> float:
    """Return the most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fit_the_examples(grader: Grader) -> Gain:
    """Answer the visible examples from a table: that may earn what they carry, and nothing else."""
    report = grader.grade(submission("fits_the_examples", grader.bank.stem, table(grader)))
    dear = [one for one in report.questions if one.score > VISIBLE_PART * one.max_score + CENT]
    gained = [f"earned {one.score:g} of {one.max_score:g} in {one.id} from a table" for one in dear]
    return Gain("fits_the_examples", report.score, tuple(gained))


def submission(name: str, stem: str, text: str) -> Submission:
    """Return a program as a submission."""
    return Submission(name, name, {f"{stem}.py": text.encode()}, main=f"{stem}.py")


def hurried(course: Course, stem: str) -> Course:
    """Return the course with limits that end an attack soon."""
    assignment = course.settings.assignments[stem]
    assignment = structs.replace(assignment, limits=structs.replace(assignment.limits, **QUICK))
    assignments = {**course.settings.assignments, stem: assignment}
    return Course(course.root, structs.replace(course.settings, assignments=assignments))


def run_all(
    course: Course, stem: str, archive: Path, folder: Path, *, each_layer: bool, tell: Callable[[str], None]
) -> bool:
    """Run a collection against the grader and a zip, tell what was gained, and return whether nothing was.

    `each_layer` runs it again with each layer switched off, to see what it is worth.
    """
    attacks = load_attacks(folder)
    if not zipfile.is_zipfile(archive):
        raise InputError(f"{archive} is not a zip: run autograder build")
    with zipfile.ZipFile(archive) as opened:
        if not {"run_autograder", f"course/solutions/{stem}.py"} <= set(opened.namelist()):
            raise InputError(f"{archive} is not the Gradescope zip of {stem}: run autograder build")
    gains, isolation = against_grader(course, stem, attacks)
    tell(f"isolation: {isolation.verdict} ({', '.join(isolation.layers)})")
    safe = show_gains(f"{len(attacks)} attacks against autograder grade", gains, attacks, tell)
    with contextlib.closing(open_grader(course, stem)) as grader:
        secrets, solution = secrets_of(grader), grader.bank.solution
        honest = Honest(solution, grader.grade(submission("honest", stem, solution)).score)
    questions = list(course.assignment(stem).questions)
    gains = against_zip(archive, stem, questions, attacks, secrets, honest, tell)
    safe = show_gains(f"{len(attacks)} attacks against {archive.name}", gains, attacks, tell) and safe
    for layer in isolation.layers if each_layer else ():
        gains, weaker = against_grader(course, stem, attacks, [layer])
        show_gains(f"without {layer} ({weaker.verdict})", gains, attacks, tell)
    return safe


def show_gains(
    where: str, gains: Sequence[Gain], attacks: Sequence[Attack], tell: Callable[[str], None]
) -> bool:
    """Tell what attacks gained, and return whether it was nothing."""
    titles = {attack.name: attack.title for attack in attacks}
    lucky = [gain for gain in gains if gain.gained]
    tell(f"{where}: {len(lucky)} gained something")
    for gain in lucky:
        tell(f"  {gain.attack}: {'; '.join(gain.gained)}")
        tell(f"    {titles.get(gain.attack, '')}")
    return not lucky
