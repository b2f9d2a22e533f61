"""The class's page and a student's page: from reports to HTML that needs nothing but itself.

All that students wrote is hostile: templates escape it, control and bidirectional characters become
visible, what is very long is cut, and the page's policy lets no script or style run but its own.
"""

import base64
import functools
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from autograder.data.figures import PNG
from autograder.reports import attention, statistics
from autograder.reports.code import Cell
from autograder.reports.figures import histogram, scatter
from autograder.reports.repairs import repairs
from autograder.reports.student_page import at_home, grouped, questions_of, seen
from autograder.reports.tables import JOINERS
from autograder.reports.terminal import number
from autograder.results import SEVERITY, CheckResult, Isolation, Outcome, Report

TEMPLATES = Path(__file__).parent / "templates"
LINE, TEXT = 80, 4000  # characters shown of a name, and of a longer text
PILE = re.compile(r"([\u0300-\u036f]{3})[\u0300-\u036f]+")  # accents that would cover other lines
# An outcome is told by its sign and its words; colour only adds to it.
OUTCOMES = {
    Outcome.PASSED: ("✓", "passed"), Outcome.FAILED: ("✗", "wrong"), Outcome.ERROR: ("!", "error"),
    Outcome.TIMEOUT: ("◷", "no answer in time"), Outcome.CRASHED: ("↯", "ended its process"),
    Outcome.UNWRITTEN: ("○", "not written yet"), Outcome.SKIPPED: ("–", "not run"),
    Outcome.WAITING: ("…", "waits for a person"),
    Outcome.NOT_RUN: ("–", "not run here"), Outcome.BROKEN: ("?", "our fault"),
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What the class's page tells of a submission besides its report."""

    section: str = ""
    submitted: str = ""


@dataclass(frozen=True)
class TableRow:
    """A submission in the table of all; `scores` has None for a question that it was not asked."""

    report: Report
    scores: tuple[float | None, ...]
    severity: int
    remark: str
    facts: Facts


def index_parts(
    reports: Sequence[Report],
    title: str = "",
    *,
    links: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
    facts: Mapping[str, Facts] | None = None,
    due: str = "",
    root: str = "",
) -> Iterator[str]:
    """Yield the page of a class, in pieces: what to teach again, what to look at, and every submission.

    `links` gives submissions the stem of their page in `reports/`, which `root` leads to; `missing` names
    those on the roster who handed in nothing; `due` is in words.
    """
    names, known = Counter(report.student for report in reports), facts or {}
    code = statistics.code_items(reports)
    return page_parts(
        "index.html.j2",
        script=True,
        title=title or (reports[0].title if reports else "No submissions"),
        reports=reports,
        missing=missing,
        **scores_of(reports),
        rows=rows_of(reports, code, known),
        sections=sorted({known[one.submission].section for one in reports if one.submission in known} - {""}),
        dated=any(one.submitted for one in known.values()),
        due=due,
        code=code,
        **findings_of(reports),
        href=functools.partial(href, links=links or {}, root=root),
        label=functools.partial(label, names=names),
    )


def findings_of(reports: Sequence[Report]) -> dict[str, object]:
    """Return what the reports of a class show together."""
    both = statistics.contrast(reports)
    return {
        "help": attention.needs_help(reports),
        "quiz": statistics.quiz_items(reports),
        "topics": statistics.reteach(reports),
        "mistakes": statistics.known_mistakes(reports),
        "concerns": attention.concerns(reports),
        "both": both,
        "scatter": scatter(both.points, statistics.HIGH, statistics.LOW) if both.points else "",
        "isolations": isolations(reports),
        "late": any(report.late_days for report in reports),
        "outcomes_seen": sorted({one.outcome for one in reports}, key=SEVERITY.index),
        "statistics": statistics,
    }


def scores_of(reports: Sequence[Report]) -> dict[str, object]:
    """Return what is to be said about the scores of those that could be graded."""
    readable = [report for report in reports if statistics.was_readable(report)]
    scores = [report.score for report in readable]
    worth = max((report.max_score for report in reports), default=0.0)
    return {
        "readable": readable,
        "worth": worth,
        "middle": statistics.median(scores),
        "mean": sum(scores) / len(scores) if scores else 0.0,
        "quarters": statistics.quarters(scores),
        "full": sum(report.score >= report.max_score for report in readable),
        "histogram": histogram(scores, worth) if scores else "",
    }


def student_html(report: Report, *, staff: bool = False, code: Sequence[Cell] = ()) -> str:
    """Return the page of a submission, as its student should read it once results are published.

    `staff` adds what students do not see, such as `code` with marked lines.
    """
    questions = questions_of(report, staff, published=True)
    added = round(report.score - sum(one.score for one in report.questions) - report.quiz_score, 2)
    return page(
        "student.html.j2",
        script=False,
        title=f"{line(report.student)}: {report.title}",
        report=report, staff=staff, code=code, questions=questions,
        repairs=repairs(report, questions, scored=True),
        adjustment=added if abs(added) >= 0.01 else 0.0,
        receipt=report.receipt,
        never=sum(not seen(check, staff, True) for check in report.checks),
        handed_in=statistics.handed_in_quiz(report),
        pictures=functools.partial(pictures, staff=staff),
    )  # fmt: skip


def page(template: str, *, script: bool, **values: object) -> str:
    """Return a template filled in, under a policy that allows its own style and script only."""
    return "".join(page_parts(template, script=script, **values))


def page_parts(template: str, *, script: bool, **values: object) -> Iterator[str]:
    """Yield a template filled in, in pieces: a large page need not be in memory as a whole."""
    yield from environment().get_template(template).generate(**dress(script=script), **values)


@functools.cache
def dress(*, script: bool) -> Mapping[str, str]:
    """Return what every page has: its style, its script and the policy that allows no others."""
    style = Markup((TEMPLATES / "style.css").read_text("utf-8"))  # noqa: S704 our own file
    code = Markup((TEMPLATES / "script.js").read_text("utf-8") if script else "")  # noqa: S704
    policy = [
        "default-src 'none'", f"style-src '{policy_hash(style)}'", "img-src data:", "base-uri 'none'",
        f"script-src '{policy_hash(code)}'" if script else "script-src 'none'", "form-action 'none'",
    ]  # fmt: skip
    return {"style": style, "script": code, "policy": "; ".join(policy)}


def policy_hash(text: str) -> str:
    """Return the hash by which a policy knows a style or a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@functools.cache
def environment() -> jinja2.Environment:
    """Return the templates' environment, which escapes everything."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"line": line, "text": text, "number": number, "percent": percent}
    made.filters |= {"short": statistics.short_question, "paragraphs": paragraphs, "grouped": grouped}
    made.globals |= {"OUTCOMES": OUTCOMES, "count": count, "at_home": at_home}
    return made


def line(value: str, limit: int = LINE) -> str:
    """Return text of others as one line: nothing invisible, nothing that turns the line around."""
    return made_visible(value, limit, "")


def text(value: str, limit: int = TEXT) -> str:
    """Return text of others in its lines."""
    return made_visible(value.replace("\r\n", "\n"), limit, "\n\t")


@functools.lru_cache(maxsize=2048)  # a class reads the same titles and sentences again and again
def made_visible(value: str, limit: int, keep: str) -> str:
    """Return text with signs for what cannot be seen, cut to a length."""
    cut = value[:limit].rstrip() + "…" if len(value) > limit else value
    if not cut.isprintable():
        cut = "".join(sign(char) if char not in keep else char for char in cut)
    return PILE.sub(r"\1", cut)


def sign(char: str) -> str:
    """Return a character, or a visible sign for one that is a control or a direction."""
    if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in JOINERS:
        return char
    if char < " ":
        return chr(0x2400 + ord(char))
    return f"⟨U+{ord(char):04X}⟩"


def paragraphs(value: str) -> list[str]:
    """Return text as paragraphs: blank lines part them."""
    return [text(part) for part in re.split(r"\n\s*\n", value.strip()) if part]


def percent(share: float) -> str:
    """Return a share in percent, 100 only if it is all."""
    return f"{min(99, round(100 * share)) if share < 1 else 100} %"


def count(many: int, word: str) -> str:
    """Return `1 submission` or `2 submissions`."""
    return f"{many:,} {word}{'' if many == 1 else 's'}"


def label(report: Report, names: Mapping[str, int]) -> str:
    """Return a student's name, with the submission's where several have the same."""
    if not report.student or names[report.student] > 1:
        return f"{report.student} ({report.submission})" if report.student else report.submission
    return report.student


def href(report: Report, links: Mapping[str, str], root: str = "") -> str:
    """Return the link to a submission's page."""
    stem = links.get(report.submission, report.submission)
    return f"{root}reports/{quote(stem, safe='', errors='surrogateescape')}.html"


def rows_of(
    reports: Iterable[Report], code: Sequence[statistics.ItemStatistics], facts: Mapping[str, Facts]
) -> Iterator[TableRow]:
    """Yield the table of all submissions."""
    for report in reports:
        scores = {question.id: question.score for question in report.questions}
        scores_in_order = tuple(scores.get(item.id) for item in code)
        about = facts.get(report.submission, Facts())
        yield TableRow(report, scores_in_order, SEVERITY.index(report.outcome), page_remark(report), about)


def page_remark(report: Report) -> str:
    """Return the first things to know about a submission: its first note and its known mistakes."""
    known = [name for question in report.questions for name in question.misconceptions[:1]]
    mistakes = ", ".join(name.replace("_", " ") for name in known)
    note = line(report.notes[0], 200) if report.notes else ""
    return f"{note} {mistakes}".strip()


def isolations(reports: Iterable[Report]) -> list[tuple[Isolation, int]]:
    """Return what the wall held back, and for how many submissions."""
    found: dict[str, tuple[Isolation, int]] = {}
    for report in reports:
        one, many = found.get(repr(report.isolation), (report.isolation, 0))
        found[repr(report.isolation)] = (one, many + 1)
    return sorted(found.values(), key=lambda pair: -pair[1])


def pictures(check: CheckResult, *, staff: bool) -> list[tuple[str, str]]:
    """Return the figures of a check as (caption, address): the student's, then the reference's.

    Those of a hidden check are for staff: they could carry its input out, or its answer.
    """
    if not (check.visible or staff):
        return []
    found = []
    for data, caption in ((check.picture, "Yours"), (check.reference_picture, "The reference's")):
        if data.startswith(PNG):
            found.append((caption, f"data:image/png;base64,{base64.b64encode(data).decode()}"))
    return found
