"""The gradebook: what is committed is not lost, nothing is overwritten, its errors are one line."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autograder.errors import InputError
from autograder.gradebook.book import Gradebook
from autograder.gradebook.database import BOOK_FILE
from autograder.gradebook.records import About, Comment, Result
from autograder.results import Isolation, Outcome, Report
from autograder.roster.intake import Row
from autograder.roster.people import Person

ROOT = Path(__file__).resolve().parents[2]


def report(name: str, score: float = 5.0) -> Report:
    return Report(
        kit_version="1", assignment="warmup", title="", student=name, submission=name,
        score=score, max_score=10.0,
        outcome=Outcome.PASSED, questions=[], checks=[], quiz=[], quiz_score=0.0, quiz_max_score=0.0,
        isolation=Isolation("full", [], []),
    )  # fmt: skip


def row(name: str) -> Row:
    return Row(name=name, student=name, people=[Person(name=name)])


def result(name: str, score: float = 5.0, work: str = "w") -> Result:
    return Result(name, "content", work, {"files": work}, report(name, score))


@pytest.fixture
def book(tmp_path):
    with Gradebook(tmp_path / "out") as made:
        yield made


def begin(book: Gradebook, *names: str) -> int:
    return book.begin("warmup", Path("/class"), "1", About(questions=["f"]), [row(name) for name in names])


def test_what_is_written_is_read_back(book):
    run = begin(book, "b", "a")
    book.add(run, [result("a", 7.0, "wa")])
    stored = book.newest("a")
    assert stored is not None
    assert (stored.report, stored.work, stored.keys, stored.kept) == (
        report("a", 7.0),
        "wa",
        {"files": "wa"},
        None,
    )
    assert book.newest("b") is None
    assert book.names(run) == ["b", "a"]  # in the order of the class
    assert [one.people[0].name for one in book.rows(run)] == ["b", "a"]
    assert book.with_work("wa") == stored
    assert book.with_work("other") is None


def test_the_newest_counts_and_the_history_stays(book):
    first = begin(book, "a")
    book.add(first, [result("a", 7.0)])
    book.finish(first)
    second = begin(book, "a")
    book.add(second, [result("a", 3.0)])
    assert book.newest("a").report.score == 3.0
    assert book.newest("a", up_to=first).report.score == 7.0
    assert [score for _, score, _ in book.history("a")] == [7.0, 3.0]
    assert (book.last_run().id, book.last_run(finished=True).id) == (second, first)
    assert book.last_run().about.questions == ["f"]


def test_the_content_hash_of_each_hand_in_is_kept(book, tmp_path):
    for content in ("one", "two"):
        run = begin(book, "a")
        book.add(run, [Result("a", content, "w", {}, None)])
    rows = (
        sqlite3.connect(tmp_path / "out" / BOOK_FILE)
        .execute("SELECT content_hash FROM submissions")
        .fetchall()
    )
    assert rows == [("one",), ("two",)]


def test_who_is_gone_is_known(book):
    book.add(begin(book, "a", "b"), [result("a"), result("b")])
    assert book.gone(begin(book, "b")) == ["a"]


def test_overrides_have_a_history(book):
    begin(book, "a")
    book.override("a", 9.0, "me", "oral exam")
    book.override("a", None, "you", "by mistake")
    assert [(one.score, one.author, one.reason) for one in book.by_hand("a").overrides] == [
        (9.0, "me", "oral exam"), (None, "you", "by mistake"),
    ]  # fmt: skip
    assert book.by_hand("b").overrides == ()


def test_all_results_of_a_commit_are_written_or_none(book):
    run = begin(book, "a", "b")
    broken = Result("b", "content", "w", {"files": object()}, report("b"))  # no JSON can be made of it
    with pytest.raises(TypeError):
        book.add(run, [result("a"), broken])
    assert book.newest("a") is None
    book.add(run, [result("a")])
    assert book.newest("a") is not None


def test_one_gradebook_holds_one_assignment(book):
    begin(book, "a")
    with pytest.raises(InputError, match="holds the grades of warmup: give other another -o"):
        book.begin("other", Path("/class"), "1", About(), [])


def test_a_second_opening_writes_nothing(tmp_path):
    with Gradebook(tmp_path) as book:
        book.add(begin(book, "a"), [result("a")])
    before = (tmp_path / BOOK_FILE).read_bytes()
    with Gradebook(tmp_path, create=False) as book:
        assert book.newest("a") is not None
    assert (tmp_path / BOOK_FILE).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [BOOK_FILE]


def spoil_head(data: bytes) -> bytes:
    return b"not a database at all" + data[21:]


def spoil_inside(data: bytes) -> bytes:
    return data[:4096] + b"\xff" * (len(data) - 4096)


def cut_short(data: bytes) -> bytes:
    return data[:5000]


def use(folder: Path) -> None:
    """Open a gradebook, read it and write to it."""
    with Gradebook(folder) as book:
        book.newest("a")
        begin(book, "a")


@pytest.mark.parametrize("spoil", [spoil_head, spoil_inside, cut_short])
def test_a_damaged_gradebook_is_one_clear_line(tmp_path, spoil):
    with Gradebook(tmp_path) as book:
        book.add(begin(book, "a"), [result("a")])
    path = tmp_path / BOOK_FILE
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError, match=r"damaged.*move it away") as wrong:
        use(tmp_path)
    assert str(path) in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_report_that_cannot_be_read_is_one_clear_line(tmp_path):
    with Gradebook(tmp_path) as book:
        book.add(begin(book, "a"), [result("a")])
    with sqlite3.connect(tmp_path / BOOK_FILE) as database:
        database.execute("UPDATE reports SET report = '{}'")
    with Gradebook(tmp_path) as book, pytest.raises(InputError, match="is damaged"):
        book.newest("a")


def test_another_version_and_no_gradebook_are_told(tmp_path):
    with pytest.raises(InputError, match=r"holds no gradebook\.sqlite"):
        Gradebook(tmp_path / "nothing", create=False)
    assert not (tmp_path / "nothing").exists()
    with sqlite3.connect(tmp_path / BOOK_FILE) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(InputError, match=r"another version of the kit \(99\)"):
        Gradebook(tmp_path)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        Gradebook(tmp_path / "file" / "out")
    (tmp_path / "out" / BOOK_FILE).mkdir(parents=True)
    with pytest.raises(InputError, match="cannot be written"):
        Gradebook(tmp_path / "out")


def test_a_full_disk_is_one_line_and_loses_nothing(tmp_path):
    with Gradebook(tmp_path) as book:
        run = begin(book, "a", "b")
        book.add(run, [result("a")])
        book._db.execute(
            "PRAGMA max_page_count = 1"
        )  # what SQLite says then is what a full disk makes it say
        with pytest.raises(InputError, match=r"database or disk is full.*make room"):
            book.add(run, [result("b")] * 200)
    with Gradebook(tmp_path) as book:
        assert book.newest("a") is not None


def test_threads_share_one_gradebook(book):
    names = [f"s{n}" for n in range(40)]
    run = begin(book, *names)

    def work(mine: list[str]) -> None:
        for name in mine:
            book.add(run, [result(name)])
            assert book.newest(name) is not None

    threads = [threading.Thread(target=work, args=(names[at::4],)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(book.newest(name) for name in names)


WRITER = """
import sys
sys.path[:0] = sys.argv[1:3]
import test_gradebook as kit
from pathlib import Path
with kit.Gradebook(Path(sys.argv[3])) as book:
    print("ready", flush=True)
    sys.stdin.read(1)
    run = kit.begin(book, "a")
    for n in range(60):
        book.add(run, [kit.result("a", float(n), sys.argv[4])])
    book.finish(run)
"""


def test_two_processes_write_without_losing_anything(tmp_path):
    command = [sys.executable, "-c", WRITER, str(ROOT), str(Path(__file__).parent), str(tmp_path)]
    writers = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("x")
    assert [writer.returncode for writer in writers] == [0, 0]
    database = sqlite3.connect(tmp_path / BOOK_FILE)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    counts = database.execute("SELECT work, count(*) FROM reports GROUP BY work").fetchall()
    assert counts == [("one", 60), ("two", 60)]
    assert database.execute("SELECT count(*) FROM runs WHERE finished IS NOT NULL").fetchone() == (2,)


def test_a_gradebook_of_the_version_before_is_brought_up_to_date(tmp_path):
    with Gradebook(tmp_path) as made:
        run = begin(made, "a")
        made.add(run, [result("a", 7.0)])
        made.override("a", 9.0, "me", "why")
        made.finish(run)
    before = sqlite3.connect(tmp_path / BOOK_FILE)
    before.executescript(
        "DROP TABLE comments; DROP TABLE settings; ALTER TABLE overrides DROP COLUMN content_hash;"
        "PRAGMA user_version = 2;"
    )
    before.close()
    for _ in range(2):
        with Gradebook(tmp_path) as book:
            assert book.newest("a").report.score == 7.0
            (held,) = book.by_hand("a").overrides
            assert (held.score, held.reason, held.content_hash) == (9.0, "why", "")
            assert book.setting("published") == ""


def test_the_newest_comment_on_a_question_holds_and_an_empty_one_takes_it_back(book):
    run = begin(book, "a")
    book.add(run, [result("a")])
    book.comment([("a", Comment("f", 3.0, None, "well argued", "me", 1.0))])
    book.comment([("a", Comment("f", None, -1.0, "late thought", "you", 2.0))])
    book.comment([("a", Comment("", None, None, "see me", "you", 2.0))])
    assert [(one.question, one.score(5.0), one.content_hash) for one in book.by_hand("a").comments] == [
        ("f", 4.0, "content"),
        ("", 5.0, "content"),
    ]
    book.comment([("a", Comment("f", None, None, "", "you", 3.0))])
    assert [one.text for one in book.by_hand("a").comments] == ["see me"]
