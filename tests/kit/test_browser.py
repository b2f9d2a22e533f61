"""The pages in a browser: sorting, filtering, links, keyboard, paper, no script of a student."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autograder.reports.html import Facts, student_html
from autograder.results import Report
from autograder.roster.people import Person
from autograder.similar.fingerprints import fingerprints
from autograder.similar.gather import NameSign
from autograder.similar.outputs import write_similar
from autograder.similar.pairs import ComparedWork, SimilarPair
from autograder.term.outputs import write_term
from autograder.term.table import Mark, StudentMarks, Term, TermAssignment
from autograder.viva.questions import VivaQuestion, VivaSheet
from autograder.viva.sheets import write_sheets

sys.path.insert(0, str(Path(__file__).parent))
from report_samples import ATTACKS, QUESTIONS, hostile, index_html, many, report, unreadable

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: dev)")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: apt-get install chromium"),
]
ROWS = "Array.from(document.querySelectorAll('#submissions tbody tr'))"
NAMES = ROWS + ".filter(r => !r.hidden).map(r => r.cells[0].textContent)"
COLUMN = f"n => {ROWS}.map(r => r.cells[n].textContent.trim())"
WIDTHS = (360, 768, 1280)
CUT = (  # whether a list of pairs hides what they share and where to read them
    "Array.from(document.querySelectorAll('#pairs .scroll')).some(e => e.scrollWidth > e.clientWidth + 1)"
)
SCROLLS = "document.documentElement.scrollWidth > window.innerWidth"


@dataclass
class Watched:
    """A page, and what it did besides being read."""

    page: "playwright.Page"
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def quiet(self) -> bool:
        """Whether nothing was fetched but pages of the site, and nothing was said or run."""
        hit = self.page.evaluate("document.documentElement.dataset.hit || window.frames.length")
        return not self.said and not hit and all(one.startswith(("file:", "data:")) for one in self.asked)


@pytest.fixture(scope="module")
def chromium() -> Iterator["playwright.Browser"]:
    """A browser without a window."""
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS.split())
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, tmp_path) -> Iterator[Callable[..., Watched]]:
    """Write the site of a class and open one of its pages; every page must have been quiet."""
    contexts, watched = [], []

    def go(reports: list[Report], place: str = "index.html", **settings) -> Watched:
        write_site(tmp_path, reports)
        context = chromium.new_context(**settings)
        context.set_default_timeout(5000)
        contexts.append(context)
        seen = Watched(context.new_page())
        seen.page.on("request", lambda request: seen.asked.append(request.url))
        seen.page.on("console", lambda message: seen.said.append(message.text))
        seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
        seen.page.on("dialog", lambda dialog: (seen.said.append(dialog.message), dialog.dismiss()))
        seen.page.goto((tmp_path / place).as_uri())
        watched.append(seen)
        return seen

    yield go
    talkers = [one.said + one.asked for one in watched if not one.quiet()]
    for context in contexts:
        context.close()
    assert not talkers


def write_site(folder: Path, reports: list[Report]) -> None:
    """Write a class's pages, those of the first submissions among them, each under a number."""
    (folder / "reports").mkdir(exist_ok=True)
    links = {one.submission: f"é #{number}%" for number, one in enumerate(reports)}
    (folder / "index.html").write_text(index_html(reports, links=links), "utf-8")
    for one in reports[:50]:
        page = folder / "reports" / f"{links[one.submission]}.html"
        page.write_text(student_html(one, staff=True), "utf-8")


def heads(page: "playwright.Page") -> dict[str, str]:
    """Return by column how it is sorted."""
    found = page.evaluate(
        "Array.from(document.querySelectorAll('#submissions thead th'),"
        " h => [h.textContent.trim(), h.getAttribute('aria-sort') || ''])"
    )
    return dict(found)


def test_a_click_on_a_column_sorts_by_it_and_another_the_other_way(visit):
    page = visit(many(60)).page
    button = page.get_by_role("button", name="Score", exact=True)
    button.click()
    scores = [float(text) for text in page.evaluate(COLUMN, 1)]
    assert scores == sorted(scores)
    assert heads(page)["Score"] == "ascending"
    button.click()
    assert [float(text) for text in page.evaluate(COLUMN, 1)] == sorted(scores, reverse=True)
    page.get_by_role("button", name="Submission", exact=True).click()
    assert heads(page)["Score"] == ""
    assert heads(page)["Submission"] == "ascending"
    names = [name for name in page.evaluate(NAMES) if name.startswith("Student ")]
    assert names == sorted(names, key=lambda name: int(name.split()[1]))  # 9 before 10


def test_outcomes_are_sorted_from_mild_to_severe(visit):
    page = visit(many(60)).page
    page.get_by_role("button", name="Outcome", exact=True).click()
    kinds = page.evaluate(f"{ROWS}.map(r => r.dataset.kind)")
    order = ["passed", "failed", "error", "timeout", "crashed"]
    assert list(dict.fromkeys(kinds)) == order


def test_typing_filters_by_words_without_regard_to_accents_or_case(visit):
    page = visit([*many(20), report("Zoë Zebra", notes=["Late by a day."]), report("Ben")]).page
    page.get_by_label("Find").fill("zoe LATE")
    assert page.evaluate(NAMES) == ["Zoë Zebra"]
    assert page.get_by_role("status").inner_text() == "1 of 22 shown"
    page.get_by_label("Find").fill("nobody at all")
    assert page.evaluate(NAMES) == []
    page.get_by_label("Find").fill("")
    assert len(page.evaluate(NAMES)) == 22


def test_the_filter_by_outcome_survives_sorting(visit):
    page = visit(many(60)).page
    page.get_by_label("Outcome").select_option("timeout")
    shown = page.evaluate(NAMES)
    assert 0 < len(shown) < 60
    page.get_by_role("button", name="Score", exact=True).click()
    assert sorted(page.evaluate(NAMES)) == sorted(shown)


def test_the_keyboard_is_enough(visit):
    page = visit(many(8)).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = []
    for _ in range(200):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")
        )
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none" or (
            page.evaluate("document.activeElement === document.body")
        )
        if reached[-1] == "Score":
            break
    assert {"words", "Submission", "Score"} <= set(reached)
    page.keyboard.press("Enter")
    assert heads(page)["Score"] == "ascending"
    page.keyboard.press("Space")
    assert heads(page)["Score"] == "descending"
    page.get_by_label("Find").focus()
    page.keyboard.type("number-that-is-nowhere")
    assert page.evaluate(NAMES) == []


def test_without_a_script_the_table_is_a_plain_one(visit, tmp_path, chromium):
    write_site(tmp_path, many(10))
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert page.locator("#submissions tbody tr").count() == 10
    assert page.locator("#submissions thead th", has_text="Score").is_visible()
    assert page.get_by_role("button").count() == 0
    assert not page.locator("#filter").is_visible()
    context.close()


def test_every_link_leads_somewhere_and_back(visit):
    reports = [*many(6), unreadable(), report("a/b <i>?#%"), hostile(ATTACKS[0])]
    page = visit(reports).page
    links = page.locator("#submissions tbody a")
    assert links.count() == len(reports)
    for number in range(len(reports)):
        name = links.nth(number).inner_text()
        links.nth(number).click()
        assert page.locator("h1").inner_text()[:6] == name[:6]
        page.get_by_role("link", name="The whole class").click()
    for link in page.locator("nav a").all():
        link.click()
        assert page.evaluate("document.querySelector(location.hash) !== null")


@pytest.mark.parametrize(
    "place", ["index.html", *(f"reports/é #{number}%.html" for number in range(len(ATTACKS)))]
)
def test_no_script_of_a_student_runs(visit, place):
    reports = [hostile(attack, number) for number, attack in enumerate(ATTACKS)]
    seen = visit(reports, place)
    seen.page.wait_for_timeout(50)
    assert seen.quiet()
    assert seen.page.locator("main").is_visible()
    assert seen.page.locator("img, iframe, base").count() == 0
    assert seen.page.evaluate("document.scripts.length") <= 1


def test_even_a_script_that_got_into_the_page_would_not_run(chromium, tmp_path):
    html = index_html(many(3))
    bad = "<script>document.title='hit'</script><img src=x onerror=\"document.title='hit'\">"
    (tmp_path / "bad.html").write_text(html.replace('<main id="main"', bad + '<main id="main"'), "utf-8")
    page = chromium.new_page()
    page.set_default_timeout(5000)
    page.goto((tmp_path / "bad.html").as_uri())
    page.get_by_role("button", name="Score", exact=True).click()
    assert page.title() == "Warming up"
    page.close()


@pytest.mark.parametrize("place", ["index.html", "reports/é #0%.html", "reports/é #1%.html"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_screen(visit, place, width):
    long = report("W" * 200, dict.fromkeys(QUESTIONS, 0.0), notes=["n" * 500], output="o" * 900)
    seen = visit([long, hostile("<b>" * 60), *many(30)], place, viewport={"width": width, "height": 700})
    assert not seen.page.evaluate(SCROLLS)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_for_staff_fit_the_screen(chromium, tmp_path, width):
    page = chromium.new_page(viewport={"width": width, "height": 700})
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    for path in staff_pages(tmp_path):
        page.goto(path.as_uri())
        assert page.locator("h1").first.is_visible(), path
        assert not page.evaluate(SCROLLS), path
        assert not page.evaluate(CUT), path
    assert not said
    page.close()


def staff_pages(folder: Path) -> list[Path]:
    """Write the other pages that staff read, about people and code with long and hostile texts."""
    bad, code = (
        "<script>alert(1)</script>" * 3,
        f"x = '{'y' * 300}'\n" + "\n".join(f"a{n} = {n}" for n in range(60)),
    )
    people = [
        Person(name=f"{bad} {'W' * 80}", sid="1", section="Tue"),
        Person(name="Zoë", sid="2", section="W" * 60),
    ]
    stems = [f"assignment_{number}" for number in range(6)]
    graded = [TermAssignment(stem, stem, folder, "2026-12-15 23:59", 20.0, None) for stem in stems]
    students = [StudentMarks(one, {stem: Mark(3.0, 20.0, 1) for stem in stems}) for one in people]
    term = write_term(Term(graded, students), folder)
    works = [ComparedWork(name, "", (code,), fingerprints([code]), "same") for name in ("ada" * 30, bad)]
    pair = SimilarPair(*works, 1.0, set(works[0].prints.marks), [f"warmup.{'f' * 60}.{n}" for n in range(5)])
    similar = write_similar(folder, "Warming up", [pair], [NameSign("ada", bad, f"the code: {bad}")], 2)
    asked = VivaQuestion("after", "f", f"What does `{'f' * 90}` return? {bad}", "1", "how", ["1", bad])
    viva = write_sheets(folder, "Warming up", [VivaSheet("ada", bad, [asked], [[(1, code)]])])
    facts = {one.submission: Facts("W" * 60, "2026-12-15 23:59") for one in many(20)}
    section = folder / "section.html"
    section.write_text(index_html(many(20), f"A class: {'W' * 60}", facts=facts, missing=[bad]), "utf-8")
    pages = [one for one in term if one.suffix == ".html"]
    return [*pages, similar, similar.parent / "pair-1.html", viva / "sheets.html", viva / "key.html", section]


def test_on_paper_everything_is_there(visit):
    page = visit(many(80)).page
    page.emulate_media(media="print")
    assert page.evaluate(
        "Array.from(document.querySelectorAll('.scroll')).every(e => e.scrollHeight <= e.clientHeight + 1)"
    )
    assert not page.locator("nav").is_visible()
    assert not page.locator("#filter").is_visible()
    for names in page.locator("details a").all()[:3]:
        assert names.is_visible()
    assert len(page.pdf()) > 10_000


def test_the_page_follows_the_scheme_of_the_reader(visit):
    background = "getComputedStyle(document.body).backgroundColor"
    colours = [visit(many(3), color_scheme=scheme).page.evaluate(background) for scheme in ("light", "dark")]
    assert colours == ["rgb(255, 255, 255)", "rgb(17, 22, 28)"]


def test_a_large_class_is_shown_and_sorted_at_once(visit):
    page = visit(many(1000)).page
    spent = page.evaluate(
        "() => { const began = performance.now();"
        " document.querySelectorAll('#submissions thead button')[1].click();"
        " document.body.offsetHeight; return performance.now() - began; }"
    )
    assert spent < 2000
    shown = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert shown < 4000
