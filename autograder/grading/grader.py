"""Grade one submission: run its checks behind the wall, diagnose, add up."""

from collections.abc import Callable, Mapping, Sequence
from threading import Semaphore
from typing import Any

from autograder.checks.draws import draw_of
from autograder.config import Course
from autograder.diagnosis.diagnosis import Diagnosis, Diagnostician
from autograder.errors import KitError
from autograder.grading.adding_up import added_up
from autograder.grading.examples import EXAMPLES_FILE as EXAMPLES
from autograder.grading.examples import Examiner
from autograder.grading.lending import Lending, better, judge_again
from autograder.grading.load_notes import load_notes, was_refused
from autograder.grading.quiz_sheet import graded_sheet
from autograder.grading.scoring import is_absent, may_be_spoilt, share
from autograder.judging.answer_cache import cache_of
from autograder.judging.answer_room import MOST_LARGE, Held
from autograder.judging.answers import Answers
from autograder.judging.bank import Bank, Check
from autograder.judging.judge import Judge
from autograder.judging.judged import Judged
from autograder.judging.pictures import with_pictures
from autograder.judging.programs import reference_program, variant_program
from autograder.judging.receipt import receipt_of
from autograder.judging.session import Session
from autograder.quiz.questions import Quiz
from autograder.results import (
    CheckResult,
    Examples,
    Isolation,
    Outcome,
    QuestionResult,
    QuizAnswer,
    Report,
    worst,
)
from autograder.sandbox import protocol
from autograder.sandbox.libraries import used_by
from autograder.sandbox.pages import hand_back
from autograder.sandbox.program import Program
from autograder.sandbox.selfcheck import FULL
from autograder.sandbox.student import Student
from autograder.sandbox.wall import Wall
from autograder.sandbox.warm import CannotStart, WallLost
from autograder.submission.reading import Submission, data_files_of, modules_of, source_of

Judgements = dict[str, tuple[Judged, CheckResult]]  # by the id of a check
TRIES = 3  # of a submission whose workers ended with the process that they were forked from


class Grader:
    """Grades submissions of one assignment; keeps the reference's answers between them."""

    def __init__(
        self, course: Course, bank: Bank, quiz: Quiz | None, wall: Wall, isolation: Isolation,
        *, hidden_too: bool, keeps: bool = True,
    ) -> None:  # fmt: skip
        self.course, self.bank, self.quiz = course, bank, quiz
        self.wall, self.isolation = wall, isolation
        self.assignment = course.assignment(bank.stem)
        self.receipt = receipt_of(course, bank.stem, isolation.verdict)
        program = reference_program(bank)
        # A submission that is not held back might write to the cache.
        cache = cache_of(program) if keeps and isolation.verdict == FULL else None
        self.reference = Answers(wall, program, cache)
        self.judge = Judge(
            course.settings.seed, self.reference, hidden_too=hidden_too, known=bank.sentences.known,
            checks_source=bank.checks_source, right=[bank.alternatives_source], lasting=cache is not None,
        )  # fmt: skip
        mistakes = {
            mistake.name: variant_program(bank, bank.mistakes_source, mistake)
            for mistake in bank.misconceptions
        }
        right = {one.name: variant_program(bank, bank.alternatives_source, one) for one in bank.alternatives}
        source = bank.mistakes_source + bank.alternatives_source
        self.diagnostician = Diagnostician(wall, self.judge, mistakes, right, source)
        self.lending = Lending(wall, self.judge, bank, list(self.assignment.questions))
        self.examiner = Examiner(wall, bank, self.judge)
        self.large = Semaphore(MOST_LARGE)
        self.after_check: Callable[[CheckResult], None] = lambda _: None

    def grade(self, submission: Submission) -> Report:
        """Return the report on one submission; whatever is in it, this returns."""
        try:
            return self.graded_or_not(submission)
        finally:
            hand_back()

    def graded_or_not(self, submission: Submission) -> Report:
        """Return the report on one submission, if need be one that says why it could not be graded."""
        if submission.problem:
            return self.ungraded(submission, Outcome.ERROR, submission.problem)
        told = "The kit failed on this submission; staff have been told."
        for _ in range(TRIES):
            try:
                return self.grade_readable(submission)
            except WallLost as lost:
                note = str(lost)
                if isinstance(lost, CannotStart):
                    break
            except KitError:
                raise
            except Exception as error:  # noqa: BLE001 one submission must not stop a class
                return self.ungraded(submission, Outcome.BROKEN, told, f"{type(error).__name__}: {error}")
        return self.ungraded(submission, Outcome.BROKEN, told, note)

    def grade_readable(self, submission: Submission) -> Report:
        """Run the checks and the quiz of a submission and add up."""
        program = self.program_of(submission)
        session = Session(self.wall, program, draw=self.draw_of(program), held=Held(self.large))
        try:
            found = self.judge_checks(self.checks(session, visible=True), session)
            answers, quiz_notes = self.grade_quiz(submission, session)
            code_notes = self.notes_on_code(session)
            examples, example_notes = self.judge_examples(submission, session)
            notes = [*submission.notes, *code_notes, *quiz_notes, *example_notes]
            # What students read has been said: from here on the program may know hidden inputs.
            session.seal()
            found |= self.judge_checks(self.checks(session, visible=False), session, found)
            graded = [self.grade_question(name, session, found) for name in self.assignment.questions]
        finally:
            try:
                output = session.close()
            finally:
                session.held.release()  # else one worker too many would wait for it for ever
        return self.report(
            submission,
            [question for question, _ in graded],
            [result for _, results in graded for result in results],
            answers,
            notes=notes,
            output=output,
            seconds=round(session.seconds, 4),
            refused=was_refused(session),
            examples=examples,
        )

    def program_of(self, submission: Submission) -> Program:
        """Return a submission as it is loaded."""
        source = source_of(submission, self.bank.stem)
        modules = {**modules_of(submission), **self.bank.provided}
        self.wall.preload(used_by([*source.cells, *modules.values()]))
        text = protocol.ProgramText(source.name, list(source.cells))
        return Program(text, modules, files={**data_files_of(submission), **self.bank.files})

    def notes_on_code(self, session: Session) -> list[str]:
        """Load a submission and return what students should know of that; what is only a quiz has no code."""
        if not self.assignment.questions:
            return []
        session.load()
        return load_notes(session, self.wall.bounds.import_s)

    def draw_of(self, program: Program) -> int:
        """Return which draw of the hidden inputs a program meets."""
        texts = [*program.source.cells, *(program.modules[name] for name in sorted(program.modules))]
        texts += [f"{name}\n{data.decode('latin-1')}" for name, data in sorted(program.files.items())]
        return draw_of(self.course.settings.seed, texts)

    def checks(self, session: Session, *, visible: bool) -> list[Check]:
        """Return all visible or all hidden checks, question by question."""
        bank = self.bank.drawn(session.draw)
        found = (check for question in self.assignment.questions for check in bank.of(question))
        return [check for check in found if check.visible is visible]

    def grade_question(
        self, question: str, session: Session, found: Judgements
    ) -> tuple[QuestionResult, list[CheckResult]]:
        """Add up a question's checks; judge again what another question may have spoilt.

        With right functions first: where that is full marks, a slip there is the reason.
        """
        results, diagnosis = self.judge_question(question, found)
        results = with_pictures(results, [found[result.id][0] for result in results], self.reference)
        first, told = results, ""
        lent = judge_again(self.lending, question, session, results)
        if lent is not None:
            results, told, own = lent.results, lent.told, self.diagnose(question, lent.judged)
            diagnosis = own.after(told) if told or own.misconceptions else diagnosis
        if may_be_spoilt(results) and not diagnosis.misconceptions:
            again, alone = self.judge_alone(question, session)
            before, results = results, better(results, again, "Wrong, where nothing else has run before.")
            diagnosis = alone.after(told) if told and results is before else alone
        if results is not first:
            for result in results:
                self.after_check(result)
        points = self.assignment.questions[question]
        graded = QuestionResult(
            id=f"{self.bank.stem}.{question}", score=share(points, results), max_score=points,
            outcome=worst([result.outcome for result in results]),
            hint=diagnosis.hint, misconceptions=list(diagnosis.misconceptions), behaviour=diagnosis.behaviour,
        )  # fmt: skip
        return graded, results

    def judge_alone(self, question: str, session: Session) -> tuple[list[Outcome], Diagnosis]:
        """Run a question's checks in a fresh worker; only how they ended, and a known mistake, come of it."""
        session.seal()
        session.renew()
        judged = self.judge.judge_all(self.bank.drawn(session.draw).of(question), session)
        found = {one.check.id: (one, self.result(one)) for one in judged}
        results, diagnosis = self.judge_question(question, found)
        outcomes = [result.outcome for result in results]
        if all(outcome is Outcome.PASSED for outcome in outcomes):
            session.right.add(question)
        return outcomes, diagnosis

    def judge_question(self, question: str, found: Judgements) -> tuple[list[CheckResult], Diagnosis]:
        """Return the results of a question's checks, and the known mistake behind what is wrong."""
        judged = [found[check.id][0] for check in self.bank.of(question)]
        results = [found[check.id][1] for check in self.bank.of(question)]
        if is_absent(results):
            return results, Diagnosis()
        return results, self.diagnose(question, judged)

    def diagnose(self, question: str, judged: Sequence[Judged]) -> Diagnosis:
        """Return the known mistake behind what is wrong with a question's answers."""
        candidates = [mistake for mistake in self.bank.misconceptions if mistake.question == question]
        right = [one for one in self.bank.alternatives if one.question == question]
        return self.diagnostician.diagnose([one.check for one in judged], judged, candidates, right)

    def judge_checks(
        self, checks: Sequence[Check], session: Session, before: Judgements | None = None
    ) -> Judgements:
        """Run checks and tell of each as soon as it has ended; those in `before` have run already."""
        found: Judgements = {}
        passed = [
            one.check.name for one, _ in (before or {}).values() if one.verdict.outcome is Outcome.PASSED
        ]
        for judged in self.judge.judge_all(checks, session, passed):
            result = self.result(judged)
            self.after_check(result)
            found[judged.check.id] = (judged, result)
        return found

    def result(self, judged: Judged) -> CheckResult:
        """Return a check's result, with who may see it."""
        check, verdict = judged.check, judged.verdict
        visibility = self.course.settings.visibility
        return CheckResult(
            id=check.id, question=f"{self.bank.stem}.{check.question}", title=check.title,
            visible=check.visible, weight=check.weight,
            visibility=visibility.visible_checks if check.visible else visibility.hidden_checks,
            outcome=verdict.outcome, cause=verdict.cause, feedback=verdict.feedback,
            staff_note=verdict.staff_note,
            answer_digest=judged.digest.hex() if verdict.outcome is Outcome.FAILED else "",
            line=judged.place[0], cell=judged.place[1],
        )  # fmt: skip

    def grade_quiz(self, submission: Submission, session: Session) -> tuple[list[QuizAnswer], list[str]]:
        """Grade the answer sheet, whose figures are the student's own, and note what is odd about it."""
        if self.quiz is None:
            return [], []
        session.begin_question("quiz")
        session.begin_check()
        reference, own = Student(self.reference.conversation().send), Student(session.send)
        functions = self.functions(reference), self.functions(own)
        return graded_sheet(self.quiz, self.assignment.quiz, submission, *functions)

    def judge_examples(self, submission: Submission, session: Session) -> tuple[list[Examples], list[str]]:
        """Judge the examples that a student wrote, where the assignment asks for them."""
        data = submission.files.get(EXAMPLES)
        if self.assignment.examples == "none" or data is None:
            return [], []
        text = data.decode("utf-8", "replace")
        return self.examiner.judge(text, list(self.assignment.questions), session)

    def functions(self, module: Student) -> Mapping[str, Callable[..., Any]]:
        """Return what the solution defines as functions of a module, by name."""
        return {name: getattr(module, name) for name in self.bank.defined if name[0] != "_"}

    def ungraded(self, submission: Submission, outcome: Outcome, told: str, *staff: str) -> Report:
        """Return the report on a submission whose checks could not run: no points, and why."""
        questions = [
            QuestionResult(id=f"{self.bank.stem}.{name}", score=0.0, max_score=points, outcome=outcome)
            for name, points in self.assignment.questions.items()
        ]
        notes = [*submission.notes, told]
        return self.report(submission, questions, [], [], notes=notes, staff=staff, outcome=outcome)

    def report(
        self,
        submission: Submission,
        questions: list[QuestionResult],
        checks: list[CheckResult],
        answers: list[QuizAnswer],
        **more: Any,
    ) -> Report:
        """Add up; `more` is what else the report holds."""
        return added_up(
            self.assignment, submission, questions, checks, answers,
            isolation=self.isolation, receipt=self.receipt, **more,
        )  # fmt: skip

    def close(self) -> None:
        """End everything behind the wall."""
        self.diagnostician.close()
        self.judge.save()
        self.reference.close()
        self.wall.close()
