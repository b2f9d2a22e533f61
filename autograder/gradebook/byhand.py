"""What staff decide by hand, put into a report: points and comments on questions, a score for the whole."""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from autograder.gradebook.records import Comment, Override
from autograder.results import Outcome, QuizAnswer, Report

QUIZ_ITEM = "quiz."  # begins the name of a quiz item, as in quiz.why_smooth


def with_comments(report: Report, comments: Sequence[Comment]) -> Report:
    """Return a report with the points and the comments that staff gave."""
    for comment in comments:
        if not comment.question:
            report = on_the_whole(report, comment)
        elif comment.question.startswith(QUIZ_ITEM):
            report = on_quiz(report, comment)
        else:
            report = on_question(report, comment)
    return report


def on_question(report: Report, comment: Comment) -> Report:
    """Return a report with a comment on a question of the code."""
    name = f"{report.assignment}.{comment.question}"
    questions = list(report.questions)
    for at, one in enumerate(questions):
        if one.id == name:
            score = comment.score(one.score)
            told = comment_words(comment, one.score, score)
            questions[at] = replace(one, score=score, comment=told)
            return with_note(report, comment, score - one.score, questions=questions)
    return report


def on_quiz(report: Report, comment: Comment) -> Report:
    """Return a report with a comment on an item of the quiz."""
    quiz = list(report.quiz)
    for at, one in enumerate(quiz):
        if one.id == comment.question.removeprefix(QUIZ_ITEM):
            score = comment.score(one.score)
            told = "\n".join(filter(None, (one.feedback, comment_words(comment, one.score, score))))
            quiz[at] = replace(one, score=score, feedback=told, outcome=outcome_by_hand(one, comment, score))
            total = round(report.quiz_score + score - one.score, 2)
            return with_note(report, comment, score - one.score, quiz=quiz, quiz_score=total)
    return report


def outcome_by_hand(answer: QuizAnswer, comment: Comment, score: float) -> Outcome:
    """Return how an answer ended with the points that a person gave, if any were given."""
    if not comment.has_points:
        return answer.outcome
    return Outcome.PASSED if score >= answer.max_score else Outcome.FAILED


def on_the_whole(report: Report, comment: Comment) -> Report:
    """Return a report with a comment on the work as a whole."""
    score = comment.score(report.score)
    points = f"Points given by hand: {score - report.score:+g}." if score != report.score else ""
    notes = [*report.notes, " ".join(filter(None, (said(comment), points)))]
    return with_note(report, comment, score - report.score, notes=notes)


def with_note(report: Report, comment: Comment, more: float, **fields: object) -> Report:
    """Return a report with other fields and points; staff read who gave them."""
    when = datetime.fromtimestamp(comment.made, UTC)
    place = comment.question or "the whole"
    note = f"{place}: {'points' if more else 'comment'} by {comment.author}, {when:%Y-%m-%d %H:%M} UTC"
    if is_older(comment.content_hash, report):
        note += "; other work was handed in since"
    return replace(
        report, score=round(report.score + more, 2), staff_notes=[*report.staff_notes, note], **fields
    )


def comment_words(comment: Comment, before: float, now: float) -> str:
    """Return what a student reads of a comment."""
    points = f"Points given by hand: {now:g} instead of {before:g}." if now != before else ""
    return " ".join(filter(None, (said(comment), points)))


def said(comment: Comment) -> str:
    """Return a comment's own words as a sentence."""
    end = "" if comment.text.endswith((".", "!", "?")) else "."
    return f"From your teachers: {comment.text}{end}" if comment.text else ""


def with_override(report: Report, overrides: Sequence[Override]) -> Report:
    """Return a report with the score that was set by hand last, if it was not taken back."""
    if not overrides or (last := overrides[-1]).score is None:
        return report
    when = datetime.fromtimestamp(last.made, UTC)
    staff = f"set from {report.score:g} to {last.score:g} by {last.author}, {when:%Y-%m-%d %H:%M} UTC"
    if is_older(last.content_hash, report):
        staff += "; other work was handed in since"
    note = f"Staff have set this score by hand: {last.reason}"
    return replace(
        report, score=last.score, notes=[*report.notes, note], staff_notes=[*report.staff_notes, staff]
    )


def is_older(content_hash: str, report: Report) -> bool:
    """Whether a decision was about other work than a report is."""
    return bool(content_hash) and content_hash != report.receipt.get("submission_sha256", content_hash)
