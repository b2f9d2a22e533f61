"""Run a folder's visible checks without pytest, one after another, and tell of each as it ends."""

import contextlib
import inspect
import io
import traceback
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from autograder.checks.draws import visible_rng
from autograder.errors import InputError
from autograder.publish.student_files.limit import HOME_FACTOR, CallLog, recorder, time_limit
from autograder.publish.student_files.overview import module_from
from autograder.publish.student_files.progress import (
    VisibleVerdict,
    cut_output,
    passed_verdict,
    visible_verdict,
)
from autograder.publish.student_files.work import OwnWork, headline, load_work
from autograder.sandbox.student import here

CheckEvent = dict[str, Any]


def checks_in(path: Path) -> list[Callable[..., None]]:
    """Return the checks of a file in their order; an `InputError` says which file is not as handed out."""
    try:
        module = module_from(path)
    except Exception as error:
        raise InputError(not_as_handed_out(path.parent.parent, error)) from error
    return [value for value in vars(module).values() if getattr(value, "check", None) is not None]


def not_as_handed_out(folder: Path, error: Exception) -> str:
    """Say which file of a folder stops its checks from being imported."""
    places = [(one.filename, one.lineno) for one in traceback.extract_tb(error.__traceback__)]
    places.append((getattr(error, "filename", None) or "", getattr(error, "lineno", None)))
    own = [(Path(name).name, line) for name, line in places if Path(name).is_relative_to(folder)]
    name, line = own[-1] if own else ("checks", 0)
    return f"{name}, line {line}: {headline(error)}\n-> this is no file of yours: put it back as you got it"


def title_of(check: Callable[..., None]) -> str:
    """Return what a check is called."""
    return (inspect.getdoc(check) or check.__name__).splitlines()[0].removesuffix(".")


def run_folder(
    folder: Path, stem: str, checks: Collection[Callable[..., None]], skip: Collection[str] = ()
) -> Iterator[CheckEvent]:
    """Load the student's file, run checks on it but those in `skip`, and yield what happens as plain data."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        work = load_work(folder, stem)
    yield {"event": "loaded", "name": work.name, "complaints": work.complaints, "note": work.note}
    for check in checks:
        if check.__name__ in skip:
            continue
        facts = {"check": check.__name__, "question": question_of(check), "title": title_of(check)}
        yield {"event": "begins", **facts}
        verdict, printed = run_check(check, work)
        yield {"event": "ended", **facts, "status": verdict.status, "text": verdict.text, "printed": printed}
    yield {"event": "done"}


def run_check(check: Callable[..., None], work: OwnWork) -> tuple[VisibleVerdict, str]:
    """Return how a check ended, and what the student's code printed meanwhile."""
    log = CallLog()
    record = recorder(log, question_of(check), work.endless, work.namespace)
    fixtures = {"student": here(work.namespace, record), "rng": visible_rng(check.__name__)}
    printed = io.StringIO()
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            time_limit(HOME_FACTOR * work.limits.call_s),
        ):
            check(**{name: fixtures[name] for name in inspect.signature(check).parameters})
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever they wrote
        return visible_verdict(error, question_of(check), work, log.calls), cut_output(printed.getvalue())
    return passed_verdict(log, work), cut_output(printed.getvalue())


def question_of(check: Callable[..., None]) -> str:
    """Return the question that a check is about."""
    return str(check.check.question)  # type: ignore[attr-defined]
