"""Grade a folder of submissions: in parallel, with progress, and never the same work twice."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from msgspec.structs import replace

from autograder import __version__
from autograder.batch.backend import Backend
from autograder.batch.files import reports_folder
from autograder.batch.outputs import Written, write_page, write_report, write_reports
from autograder.batch.tasks import Batch, Done, Progress, Stopped, Watched
from autograder.batch.update import Need, need_of, renamed, stumbled
from autograder.errors import KitError, SubmissionFailed, one_line
from autograder.gradebook.book import Gradebook
from autograder.gradebook.current import settled
from autograder.gradebook.keys import FILES, files_key, work_key
from autograder.gradebook.records import About, Result, Run, Stored
from autograder.grading.adding_up import FAILED, blank_report
from autograder.results import Report
from autograder.submission.entry import Entry
from autograder.submission.reading import Submission, content_hash, read_entry
from autograder.submission.work import Task

IN_FLIGHT = 4  # submissions in the air for each thread: bounds the memory, keeps the threads busy
COMMIT_AFTER = 50  # results, or COMMIT_S seconds, whichever comes first
COMMIT_S = 0.5
SETTLE_FROM = 20  # submissions for which it pays to make the warm process cheap to fork


def grade_class(batch: Batch, out: Path) -> Written:
    """Grade every submission of a class that OUT/ does not hold yet, and say what was written."""
    with Gradebook(out, create=not batch.wishes.dry_run) as book:
        run = ClassRun(batch, book)
        try:
            return run.write_down(out)
        finally:
            run.close()


class ClassRun:
    """One run over a class: a backend that is opened again if it dies, and the gradebook."""

    def __init__(self, batch: Batch, book: Gradebook) -> None:
        self.batch, self.book, self.wishes = batch, book, batch.wishes
        self.rows = {row.name: row for row in batch.intake.rows}
        self.backend = self.opened()
        self.course_keys = self.backend.keys
        last = book.last_run(finished=True)
        self.baseline = last.id if last else 0

    def opened(self) -> Backend:
        """Open a backend, ready for as many submissions as there are."""
        backend = self.batch.open_backend()
        if len(self.rows) >= SETTLE_FROM:
            backend.settle(anew=self.wishes.again or bool(self.wishes.only))
        return backend

    def write_down(self, out: Path) -> Written:
        """Grade everything, committing as results come, then write what follows from them."""
        if self.wishes.dry_run:
            for done in self.waves():
                self.told(done)
            return Written(count=len(self.rows))
        run = self.begin()
        folder = reports_folder(out)
        waiting: list[Done] = []
        committed = time.monotonic()
        try:
            for done in self.waves():
                waiting += done
                if len(waiting) >= COMMIT_AFTER or time.monotonic() - committed >= COMMIT_S:
                    self.commit(run, waiting, folder)
                    committed = time.monotonic()
        finally:
            self.commit(run, waiting, folder)
        written = write_reports(out, self.book, run)
        self.book.finish(run.id)
        return written

    def begin(self) -> Run:
        """Write down which submissions there are."""
        batch, assignment = self.batch, self.backend.assignment
        about = About(
            options=batch.options, questions=list(assignment.worth),
            title=assignment.title, missing=batch.intake.missing,
            has_roster=bool(batch.options.roster), canvas_column=batch.intake.canvas_column,
            blackboard_column=batch.intake.blackboard_column, platforms=batch.intake.platforms,
            worksheet=[list(row) for row in batch.intake.worksheet],
            points=assignment.worth, quiz=assignment.quiz, terms=batch.terms,
            previews=batch.intake.previews,
        )  # fmt: skip
        stem, folder = assignment.stem, batch.folder.resolve()
        run = self.book.begin(stem, folder, __version__, about, batch.intake.rows)
        return Run(run, False, stem, folder, about, __version__)

    def commit(self, run: Run, waiting: list[Done], folder: Path) -> None:
        """Write results into the gradebook, then tell of them."""
        self.book.add(run.id, [done.result for done in waiting])
        finished, waiting[:] = list(waiting), []
        for report in self.told(finished):
            write_report(folder, report)
            try:
                write_page(folder, report)
            except Exception as error:  # noqa: BLE001 one page must not stop a class
                self.batch.say(f"{report.submission}: its page cannot be written ({one_line(error)})")

    def told(self, finished: Sequence[Done]) -> list[Report]:
        """Tell of results that are safe now, and return the reports as they count."""
        counts, reports = self.batch.counts, []
        for done in finished:
            counts["done"] += 1
            counts["reused"] += not done.ran
            watched = self.watched(done)
            reports.append(watched.now)
            self.batch.watch(watched)
            total = len(self.rows)
            self.batch.tell(Progress(counts["done"], total, counts["reused"], watched.now, not done.ran))
        return reports

    def watched(self, done: Done) -> Watched:
        """Return a submission's reports as they counted and as they count."""
        by_hand, row, old = self.book.by_hand(done.row.name), done.row, done.before
        row_before = (old and self.book.row(self.baseline, row.name)) or row
        before = settled(old.report, row_before, old.kept, by_hand) if old else None
        is_set = bool(by_hand.overrides) and by_hand.overrides[-1].score is not None
        return Watched(done, before, settled(done.report, row, done.kept, by_hand), is_set)

    def waves(self) -> Iterator[list[Done]]:
        """Yield what was graded, at least every COMMIT_S, even if that is nothing."""
        jobs = self.wishes.jobs or self.backend.jobs
        only = self.wishes.only
        queue = deque(entry for entry in self.batch.intake.entries if not only or entry.name in only)
        flying: dict[Future[Done], Entry] = {}
        pool = ThreadPoolExecutor(jobs)
        progress = True  # since the backend was opened
        try:
            while queue or flying:
                while queue and len(flying) < jobs * IN_FLIGHT:
                    entry = queue.popleft()
                    flying[pool.submit(self.one, entry)] = entry
                ready, _ = wait(flying, COMMIT_S, FIRST_COMPLETED)
                done, lost, error = landed(ready, flying)
                progress = progress or bool(done)
                yield done
                if self.batch.stop():
                    raise Stopped
                if error is not None:
                    more, others, _ = landed(wait(flying).done, flying)
                    yield more
                    self.reopen(error, hopeless=not (progress or more))
                    queue.extendleft(reversed([*lost, *others]))
                    progress = False
        finally:
            if flying:
                self.backend.close()  # ends what is still running, so that no thread stays
            pool.shutdown(wait=False, cancel_futures=True)

    def one(self, entry: Entry) -> Done:
        """Grade one submission, as far as what is known does not tell already."""
        row = self.rows[entry.name]
        submission = read_safely(entry, self.batch.intake.task or self.backend.assignment.stem)
        keys = {FILES: files_key(submission), **self.course_keys}
        work, report, kept = work_key(keys), None, None
        newest = self.book.newest(row.name)
        before = self.book.newest(row.name, up_to=self.baseline)
        reuse = not (self.wishes.again or self.wishes.only)
        if reuse and newest and newest.work == work and not stumbled(newest.report):
            result = Result(row.name, content_hash(submission), work, keys, None)
            return Done(row, result, newest.report, newest.kept, False, before)
        same = self.book.with_work(work) if reuse else None
        if same and not stumbled(same.report):
            report, ran = renamed(same.report, submission), False
        else:
            need = need_of(newest.keys, keys, newest.report) if newest and reuse else Need.RUN
            adds_up = newest.report if newest and need is Need.ADD_UP else None
            report, ran = self.graded(submission, adds_up), adds_up is None
        if self.wishes.never_lower:
            kept = score_to_keep(before or newest, report)
        result = Result(row.name, content_hash(submission), work, keys, report, kept)
        return Done(row, result, report, kept, ran, before)

    def graded(self, submission: Submission, adds_up: Report | None) -> Report:
        """Return the report on a submission; one that cannot be graded is a row with the reason."""
        try:
            return self.backend.grade(submission, adds_up)
        except KitError as error:
            if not isinstance(error, SubmissionFailed):
                raise
            note = str(error)
        except Exception as error:  # noqa: BLE001 one submission must not stop a class
            note = one_line(error)
        blank = blank_report(self.backend.assignment, FAILED)
        return replace(renamed(blank, submission), staff_notes=[note])

    def reopen(self, error: KitError, *, hopeless: bool) -> None:
        """Open another backend in place of one that has gone; raise if that is no use."""
        if hopeless or self.backend.is_alive():
            raise error
        self.batch.say(f"{error}; starting another one, nothing is lost")
        self.close()
        self.backend = self.opened()

    def close(self) -> None:
        """End everything behind the wall."""
        self.backend.close()


def read_safely(entry: Entry, task: Task | str) -> Submission:
    """Read a submission; whatever happens there, it is this submission's problem only."""
    try:
        return read_entry(entry, task)
    except Exception as error:  # noqa: BLE001 one submission must not stop a class
        return Submission(entry.name, entry.student, {}, f"it could not be read ({one_line(error)})")


def landed(
    ready: set[Future[Done]], flying: dict[Future[Done], Entry]
) -> tuple[list[Done], list[Entry], KitError | None]:
    """Take what is ready out of the air: what was graded, what was not, and why not."""
    done, lost, error = [], [], None
    for future in ready:
        entry = flying.pop(future)
        try:
            done.append(future.result())
        except KitError as wrong:
            lost.append(entry)
            error = wrong
    return done, lost, error


def score_to_keep(before: Stored | None, report: Report) -> float | None:
    """Return the score to keep if the one before was a larger share of the points, else None."""
    if before is None or not before.report.max_score:
        return None
    old = max(before.report.score, before.kept or 0.0) / before.report.max_score * report.max_score
    return round(old, 2) if round(old, 2) > report.score else None
