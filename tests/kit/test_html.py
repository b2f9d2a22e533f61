"""The pages: what they say, what they keep to themselves, and that nothing hostile gets through."""

import hashlib
import itertools
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from msgspec.structs import replace

from autograder.data.figures import PNG
from autograder.reports.figures import histogram, round_ticks
from autograder.reports.handback import handback
from autograder.reports.html import TEMPLATES, percent, student_html
from autograder.reports.slim import slimmed
from autograder.reports.student_page import feedback_parts
from autograder.results import Isolation, Outcome

sys.path.insert(0, str(Path(__file__).parent))
from report_samples import (
    ATTACKS,
    HINT,
    QUESTIONS,
    TITLES,
    changed,
    check,
    hostile,
    index_html,
    many,
    report,
    unreadable,
)

VOID = {"meta", "link", "img", "br", "wbr", "input", "base"}
ALL = dict.fromkeys(QUESTIONS, 0.0)
LONG = "x" * 200


class Page(HTMLParser):
    """A page, read strictly: every element is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element of a drawing."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what can be read."""
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        """Return what can be read."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of all elements of a kind."""
        return [attributes for name, attributes in self.found if name == tag]


def every_page() -> Iterator[tuple[str, str]]:
    """Yield pages of all kinds, by name."""
    perfect, failed = (
        [report(f"P{i}") for i in range(3)],
        [report(f"F{i}", ALL, quiz=()) for i in range(3)],
    )
    odd = [
        report("👩‍👩‍👧 Åsa"),
        report("<script>alert(1)</script>"),
        report(LONG),
        report(""),
        unreadable(),
    ]
    attacks = [hostile(attack, number) for number, attack in enumerate(ATTACKS)]
    classes = {"none": [], "one": perfect[:1], "perfect": perfect, "failed": failed, "odd": odd}
    for name, reports in (classes | {"attacks": attacks, "many": many(40)}).items():
        yield f"class of {name}", index_html(reports)
    for one in (perfect[0], failed[0], *odd, *attacks):
        for staff in (False, True):
            yield f"{one.student[:20]} {staff}", student_html(one, staff=staff)


PAGES = dict(every_page())


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_well_formed_and_have_no_script_or_style_but_their_own(name):
    page = Page(PAGES[name])
    for tag, attributes in page.found:
        assert not [key for key in attributes if key.startswith("on") or key == "style"], (
            tag,
            attributes,
        )
        assert tag not in {"base", "iframe", "object", "embed"}
        assert not attributes.get("href", "").lower().startswith(("javascript:", "http", "//"))
    assert len(page.all("script")) == ("class" in page.all("body")[0]["class"])
    assert len(page.all("style")) == 1
    policy = next(one["content"] for one in page.all("meta") if "http-equiv" in one)
    for tag in {"style", "script"} & {tag for tag, _ in page.found}:
        text = PAGES[name].split(f"<{tag}>", 1)[1].split(f"</{tag}>", 1)[0]
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", PAGES)
def test_pages_can_be_used_by_keyboard_and_screen_reader(name):
    page = Page(PAGES[name])
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag, _ in page.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))
    assert len(page.all("main")) == 1
    assert page.all("a")[0]["href"] == "#main"
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("caption")) == len(page.all("table"))
    assert all("scope" in attributes for attributes in page.all("th"))
    named = {label["for"] for label in page.all("label")}
    assert {one["id"] for tag in ("input", "select") for one in page.all(tag)} == named
    for _, attributes in page.found:
        for reference in attributes.get("aria-labelledby", "").split():
            assert reference in ids
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in ids
    for one in page.all("svg"):
        assert one.get("role") == "img" or one.get("aria-hidden") == "true"


def test_a_histogram_has_a_bar_for_each_score_that_somebody_has():
    plot = Page(histogram([0.0, 40.0, 40.0, 41.0], 80.0))
    heights = [float(bar["height"]) for bar in plot.all("rect")]
    assert heights == pytest.approx([heights[0], 3 * heights[0]], rel=1e-3)
    assert "0 to 4: 1; 40 to 44: 3" in plot.text


@pytest.mark.parametrize(
    ("low", "high", "most", "wanted"),
    [
        (0, 80, 10, list(range(0, 81, 10))),
        (-0.06, 1.06, 6, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 0.3, 2, [0, 0.2]),
    ],
)
def test_ticks_are_round_numbers(low, high, most, wanted):
    assert round_ticks(low, high, most) == pytest.approx(wanted)
    assert round_ticks(0, 1.2, 6, whole=True) == [0, 1]


def test_colours_have_the_contrast_that_wcag_aa_asks_for():
    def light(colour):
        parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    style = (TEMPLATES / "style.css").read_text()
    schemes = [dict(re.findall(r"--(\w+): (#\w{6});", part)) for part in style.split(":root")[1:3]]
    assert len(schemes) == 2
    for colours in schemes:
        for name in ("ink", "muted", "accent", "good", "bad", "warn"):
            for ground in ("page", "panel"):
                high, low = sorted([light(colours[name]), light(colours[ground])], reverse=True)
                assert (high + 0.05) / (low + 0.05) >= 4.5, (name, ground)


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_text_is_shown_as_text(attack):
    page = Page(student_html(hostile(attack), staff=True))
    assert attack[:30] in page.text
    assert "49" not in page.text


def test_what_cannot_be_seen_is_made_visible_and_long_text_is_cut():
    name = "a\u202eb\x00c\x1b[31m\nd\u200be\udc80\u2028"
    for html in (index_html([report(name)]), student_html(report(name))):
        assert "a⟨U+202E⟩b␀c␛[31m␊d⟨U+200B⟩e⟨U+DC80⟩⟨U+2028⟩" in html
        assert html.encode()
    assert "👩‍👧" in student_html(report("👩‍👧"))
    assert "e\u0301\u0301\u0301<" in student_html(report("e" + 99 * "\u0301"))
    told = [check("softmax", 0, Outcome.FAILED, feedback="y" * 10**6)]
    assert len(student_html(changed(report(), checks=told, output="z" * 10**6), staff=True)) < 60_000
    assert "x" * 81 not in Page(index_html([report(LONG)])).text


def test_students_do_not_read_what_is_for_staff():
    wrong = changed(report("Bob", ALL), staff_notes=["for us"], output="printed this")
    theirs, ours = student_html(wrong), student_html(wrong, staff=True)
    for text in ("secret softmax 1", "for us", "printed this"):
        assert text not in theirs
        assert text in ours
    assert 'href="../index.html"' in ours
    assert "index.html" not in theirs


def test_before_publication_only_visible_checks_are_told():
    made = report("Bob", {"softmax": 1 / 3, "running_mean": 2 / 3}, mistakes={"softmax": ("forgets_exp",)})
    early = handback(made, published=False)
    assert early.count("0 of 1 checks pass") == 2
    for text in (TITLES[1], TITLES[2], "2 of 9", "Because of", "right", "of 80", "20 of 20"):
        assert text not in early
    assert TITLES[1] in Page(student_html(made)).text
    assert TITLES[1] in handback(made, published=True)


def test_a_hint_that_rests_on_hidden_checks_waits_for_publication():
    checks = [check("softmax", 0, Outcome.PASSED), check("softmax", 1, Outcome.FAILED)]
    made = changed(report("Bob", {"softmax": 0.5}, mistakes={"softmax": ("forgets_exp",)}), checks=checks)
    assert HINT not in handback(made, published=False)
    assert HINT in handback(made, published=True)
    assert HINT in student_html(made)


def test_checks_that_are_never_shown_are_counted_only():
    checks = [check("softmax", 1, Outcome.FAILED, visibility="hidden", title="Behind the curtain")]
    html = student_html(changed(report(), checks=checks))
    assert "Behind the curtain" not in html
    assert "1 check of this assignment is not shown to students" in html


def test_a_page_tells_the_call_the_reason_and_what_came():
    call, details = "f(\n    [1, 2],\n)", "got      [1, 3]\nexpected [1, 2]"
    told = f"{call}\nthe result is wrong at 1 of 2 entries\n{details}"
    assert feedback_parts(told) == (call, "The result is wrong at 1 of 2 entries.", details)
    assert feedback_parts("f(1)\nraised KeyError at line 3: 'a'") == (
        "f(1)",
        "Raised KeyError at line 3: 'a'.",
        "",
    )
    assert feedback_parts("Not written yet.") == ("", "Not written yet.", "")
    assert feedback_parts("f(") == ("", "F(.", "")
    assert feedback_parts("") == ("", "", "")


def test_what_all_checks_say_is_said_once():
    checks = [check("softmax", place, Outcome.UNWRITTEN, feedback="Not written yet.") for place in range(3)]
    html = student_html(changed(report("Bob", {"softmax": 0.0}), checks=checks))
    assert html.partition("Score by question")[2].count("Not written yet.") == 1
    assert "(3 checks)" in html


def test_a_late_submission_sees_what_was_taken_off():
    text = Page(student_html(changed(report(), score=72.0, late_days=1))).text
    assert "adjustment (1 day late) -8" in text
    assert "Together 72 of 80" in text


def test_figures_are_shown_where_the_check_is_visible_and_only_if_they_are_pictures():
    drawn = {"picture": PNG + b"rest", "reference_picture": b"<svg onload=alert(1)>"}
    one = check("softmax", 0, Outcome.FAILED, **drawn)
    seen = student_html(changed(report(), checks=[one]))
    assert b64decode(re.findall(r"base64,([^\"]+)", seen)[0]).endswith(b"rest")
    assert "Yours" in seen
    assert "onload" not in seen
    hidden = changed(report(), checks=[replace(one, visible=False)])
    assert "<img" not in student_html(hidden)
    assert "<img" in student_html(hidden, staff=True)


def test_links_lead_to_the_pages_of_submissions():
    def stems(html):
        return [
            unquote(one["href"][8:-5], errors="surrogateescape")
            for one in Page(html).all("a")
            if "reports/" in one["href"]
        ]

    names = ["a b", "50%#?&", 'q"<', "🦊", "caf\udce9", ".."]
    reports = [report(name, seconds=0.1) for name in names]
    assert stems(index_html(reports)) == names
    assert stems(index_html(reports, links={name: f"n{i}" for i, name in enumerate(names)})) == [
        f"n{i}" for i in range(6)
    ]


def test_students_of_the_same_name_are_told_apart():
    two = [
        report("Bo", submission="one"),
        report("Bo", submission="two"),
        report("Al", submission="three"),
    ]
    text = Page(index_html(two)).text
    assert "Bo (one)" in text
    assert "Bo (two)" in text
    assert "three" not in text


def test_the_level_of_isolation_is_told_with_what_mends_it():
    weak = Isolation("weak: visible checks only", ["rlimits"], ["reads_memory"], "chmod o+x /opt")
    text = Page(index_html([report("A"), report("B", isolation=weak)])).text
    assert "Isolation is not full for 1 submission: weak: visible checks only. To fix it: chmod" in text
    assert "Not held back: reads memory." in text
    assert "not full" not in Page(index_html([report()])).text


def test_percent_is_100_only_if_it_is_all():
    assert [percent(share) for share in (0.0, 0.5, 0.999, 1.0)] == ["0 %", "50 %", "99 %", "100 %"]


def test_pages_do_not_depend_on_anything_but_the_reports():
    reports = many(30)
    assert index_html(reports) == index_html(list(reports))
    assert student_html(reports[3]) == student_html(reports[3])


def test_a_large_class_makes_a_page_of_bearable_size():
    assert len(index_html(many(1000)).encode()) < 2_000_000
    assert len(index_html(many(5000)).encode()) < 10_000_000


def test_plots_are_not_loaded_before_they_are_drawn():
    code = "import sys, autograder.reports.html; sys.exit('matplotlib' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_the_page_says_what_to_teach_again_in_sentences():
    checks = [check("softmax", place, Outcome.UNWRITTEN, feedback="Not written yet.") for place in range(3)]
    reports = [
        changed(report("A", {"softmax": 0.0}), checks=checks),
        report("B", {"softmax": 1 / 3}, mistakes={"softmax": ("forgets_exp",)}),
        report("C"),
        report("D"),
    ]
    text = Page(index_html(reports)).text
    assert "2 submissions of 4 lost points here; the class earned 58 % of its 30 points." in text
    assert "1 submission left it unwritten." in text
    assert f"1 × forgets exp. {HINT}" in text
    assert text.count(HINT) == 2  # here, and among the known mistakes
    assert "Nothing: no question lost the class a tenth" in Page(index_html([report()])).text


def test_who_is_missing_is_on_the_page():
    text = Page(index_html([report()], missing=["Emmy Noether", ATTACKS[0]])).text
    assert "2 students on the roster handed in nothing" in text
    assert "Emmy Noether" in text
    assert ATTACKS[0] in text  # as text
    assert "on the roster" not in Page(index_html([report()])).text


def test_figures_of_ones_own_are_told_as_such():
    told = "These are one student's figures"
    alike = [report(name, quiz=(True, False)) for name in ("Ann", "Bob", "Eve")]
    drawn = [
        changed(one, quiz=[replace(answer, prompt=f"What of {one.student}?") for answer in one.quiz])
        for one in alike
    ]
    assert told in Page(index_html(drawn)).text
    assert told not in Page(index_html(alike)).text


def test_what_passed_is_folded_away_where_it_is_long():
    long = [check("softmax", 0, Outcome.PASSED, id=f"warmup.softmax.{place}") for place in range(9)]
    html = student_html(changed(report(), checks=long))
    assert "<details><summary><h3>9 checks passed</h3></summary>" in html
    assert "<details open><summary><h3>3 checks passed</h3></summary>" in student_html(report())


def test_the_page_of_a_class_needs_no_more_than_slim_reports():
    """What is kept of each in memory says the same; checks that ended alike are kept once."""
    reports, same = [*many(30), *(report(f"F{i}", ALL) for i in range(3))], {}
    slim = [slimmed(one, same) for one in reports]
    assert index_html(slim) == index_html(reports)
    wrong = [check for one in slim[-3:] for check in one.checks]
    assert len({id(one) for one in wrong}) == len(wrong) / 3
