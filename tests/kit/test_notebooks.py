"""The notebooks: generated, without outputs, and run by a real kernel on stubs and on the solution."""

import base64
import io
import json
import re
import shutil
import sys
import types
import zipfile
from pathlib import Path

import nbformat
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from autograder.config import load_config
from autograder.publish.notebook import SET_UP, lab_notebook, work_notebook
from autograder.publish.student_files.notebook_tools import hand_in_notebook
from autograder.publish.template import build_template
from autograder.publish.tree import write_tree
from autograder.submission.notebook_code import cells_of, is_untouched
from autograder.submission.reading import read_submission

ROOT = Path(__file__).resolve().parents[2]
COURSE = load_config(ROOT)
WITH_LAB = [
    pytest.param(stem, marks=[] if stem == "rl_foundations" else [pytest.mark.slow])
    for stem in COURSE.settings.assignments
    if (ROOT / "assignments" / stem / "lab.py").exists()
]
STUB_LINE = re.compile(r'raise NotImplementedError\(\\"\w+: write your code here\\"\)')
STUBS = '''"""Two things."""

import functools

LIMIT = 3


def first(values):
    """Return the first."""
    raise NotImplementedError("first: write your code here")


@functools.cache
def second(values: list[int] = []) -> int:
    """Return the second.

    It has more than one line.
    """
    raise NotImplementedError("second: write your code here")
'''
LAB = """# %% [markdown]
# # A title

# %%
# %matplotlib inline
x = 1

# %% tags=["hide"]
x
"""


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A student's folder for each assignment that has a lab."""
    made = {}
    for stem in COURSE.settings.assignments:
        made[stem] = tmp_path_factory.mktemp("folders") / stem
        write_tree(build_template(COURSE, stem), made[stem])
    return made


def run(path: Path) -> nbformat.NotebookNode:
    """Run a notebook where it is, as a student would. An error in a cell is an error here.

    Not by nbclient: its stand-in for the widgets of `interact` now and then waits for ever.
    """
    book = nbformat.read(path, 4)
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(path.parent))
    try:
        for cell in book.cells:
            if cell.cell_type == "code":
                cell.outputs = outputs_of(client, cell.source)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return book


def outputs_of(client: BlockingKernelClient, source: str) -> list[nbformat.NotebookNode]:
    """Run a cell and return what it shows."""
    shown = []

    def keep(message: dict) -> None:
        if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
            shown.append(nbformat.v4.output_from_msg(message))

    reply = client.execute_interactive(source, output_hook=keep, allow_stdin=False, timeout=180)
    assert reply["content"]["status"] == "ok", "\n".join(reply["content"].get("traceback", []))
    return shown


def printed(book: nbformat.NotebookNode) -> str:
    found = [out for cell in book.cells for out in cell.get("outputs", [])]
    return "\n".join(out.get("text") or out.get("data", {}).get("text/plain", "") for out in found)


def pictures(book: nbformat.NotebookNode) -> list[bytes]:
    found = [out.get("data", {}) for cell in book.cells for out in cell.get("outputs", [])]
    return [base64.b64decode(data["image/png"]) for data in found if "image/png" in data]


def test_a_lab_is_its_source_without_outputs():
    book = nbformat.reads(lab_notebook(LAB, "two"), 4)
    nbformat.validate(book)
    assert [cell.cell_type for cell in book.cells] == ["markdown", "code", "code", "code"]
    assert [cell.id for cell in book.cells] == ["cell-1", "cell-2", "cell-3", "cell-4"]
    assert book.cells[1].source == SET_UP.format(stem="two")
    assert book.cells[2].source == "%matplotlib inline\nx = 1"
    assert book.cells[3].metadata == {"tags": ["hide"]}
    assert all(cell.get("outputs", []) == [] for cell in book.cells)
    assert lab_notebook(LAB, "two") == lab_notebook(LAB, "two")


def test_stubs_become_cells_each_with_its_checks():
    text = work_notebook(STUBS, "two", "Two things", ["quiz.yml"])
    book = nbformat.reads(text, 4)
    nbformat.validate(book)
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    assert code[1] == '"""Two things."""\n\nimport functools\n\nLIMIT = 3'
    assert code[2].startswith("def first(values):")
    assert code[3] == 'kit and kit.check_cell("first", globals())'
    assert code[4].startswith("@functools.cache\ndef second(")
    assert code[5] == 'kit and kit.check_cell("second", globals())'
    assert code[6] == "kit and kit.hand_in_notebook()"
    assert is_untouched("\n".join(cells_of(text.encode(), "two.ipynb")))
    assert "Hand in this notebook and `quiz.yml`." in book.cells[0].source
    assert "Hand in this notebook." in work_notebook(STUBS, "two", "Two things")
    assert text == work_notebook(STUBS, "two", "Two things", ["quiz.yml"])


def test_a_folder_handed_in_whole_is_graded_by_what_was_written(handed_out, tmp_path):
    folder = tmp_path / "work"
    shutil.copytree(handed_out["rl_foundations"], folder)
    shutil.copy(ROOT / "solutions" / "rl_foundations.py", folder)
    assert read_submission(folder, "rl_foundations").main == "rl_foundations.py"
    notebook = folder / "rl_foundations.ipynb"
    notebook.write_text(notebook.read_text().replace("raise NotImplementedError", "return 0; f"))
    shutil.copy(handed_out["rl_foundations"] / "rl_foundations.py", folder)
    assert read_submission(folder, "rl_foundations").main == "rl_foundations.ipynb"


@pytest.mark.parametrize("stem", WITH_LAB)
def test_the_lab_runs_on_stubs_and_says_what_to_write(stem, handed_out, tmp_path):
    shutil.copytree(handed_out[stem], tmp_path / stem)
    told = printed(run(tmp_path / stem / "lab.ipynb"))
    assert "write your code here" in told
    assert "Traceback" not in told
    if "grader.check" in (tmp_path / stem / "lab.ipynb").read_text():
        assert "not written yet" in told


@pytest.mark.parametrize("stem", WITH_LAB)
def test_the_lab_runs_on_the_solution_with_real_plots(stem, handed_out, tmp_path):
    shutil.copytree(handed_out[stem], tmp_path / stem)
    shutil.copy(ROOT / "solutions" / f"{stem}.py", tmp_path / stem)
    book = run(tmp_path / stem / "lab.ipynb")
    told = printed(book)
    assert "write your code here" not in told
    assert "Test case failed" not in told
    checks = sum("grader.check" in cell.source for cell in book.cells)
    assert told.count("All test cases passed!") == checks
    assert len(pictures(book)) >= 3
    assert all(len(picture) > 5000 for picture in pictures(book))


@pytest.mark.slow
@pytest.mark.parametrize("stem", list(COURSE.settings.assignments))
def test_the_work_notebook_runs_checks_and_exports(stem, handed_out, tmp_path):
    folder = tmp_path / stem
    shutil.copytree(handed_out[stem], folder)
    path = folder / f"{stem}.ipynb"
    begun, count = STUB_LINE.subn("return 0", path.read_text(), count=1)
    assert count
    path.write_text(begun)  # which of the two is handed in shows once one of them is begun
    told = printed(run(path))
    assert "not written yet" in told
    assert "is not written yet" in told
    (archive,) = folder.glob(f"{stem}_*.zip")
    submission = read_submission(archive, stem)
    assert not submission.problem
    assert submission.main == f"{stem}.ipynb"


@pytest.mark.slow
def test_the_notebooks_run_without_otter(handed_out, tmp_path):
    folder = tmp_path / "rl_foundations"
    shutil.copytree(handed_out["rl_foundations"], folder)
    (folder / "otter.py").write_text("raise ModuleNotFoundError('No module named otter')\n")
    assert "not written yet" in printed(run(folder / "rl_foundations.ipynb"))
    told = printed(run(folder / "lab.ipynb"))
    assert "otter is not installed" in told
    assert "write your code here" in told


def test_no_notebook_names_this_machine(handed_out):
    for folder in handed_out.values():
        for path in folder.glob("*.ipynb"):
            book = json.loads(path.read_text())
            assert sys.prefix not in path.read_text()
            assert book["metadata"]["kernelspec"]["name"] == "python3"


COLAB = """
import sys, types
from pathlib import Path
files = types.ModuleType("google.colab.files")
files.upload = lambda: {"folder.zip": Path(ZIP).read_bytes()}
colab = types.ModuleType("google.colab")
colab.files = files
sys.modules.update({"google": types.ModuleType("google"), "google.colab": colab, "google.colab.files": files})
"""


def test_on_colab_the_first_cell_brings_the_folder(handed_out, tmp_path):
    """The notebook alone, in an empty folder; what stands in for Colab hands over the zip."""
    shutil.make_archive(str(tmp_path / "given"), "zip", handed_out["rl_foundations"].parent, "rl_foundations")
    (tmp_path / "content").mkdir()
    path = tmp_path / "content" / "rl_foundations.ipynb"
    book = nbformat.read(handed_out["rl_foundations"] / "rl_foundations.ipynb", 4)
    pretend = COLAB.replace("ZIP", repr(str(tmp_path / "given.zip")))
    book.cells = [nbformat.v4.new_code_cell(pretend), *book.cells]
    nbformat.write(book, path)
    told = printed(run(path))
    assert "discounted_returns: not written yet" in told
    assert "File, Download" in told


@pytest.fixture
def colab(tmp_path, monkeypatch):
    """Run the first cell as on Colab, where these files are chosen; return what it calls `kit`."""
    (tmp_path / "content").mkdir()
    monkeypatch.chdir(tmp_path / "content")
    monkeypatch.setattr(sys, "path", [*sys.path])

    def run_cell(chosen: dict[str, bytes]) -> object:
        files = types.SimpleNamespace(upload=lambda: chosen)
        stand_in = {"google": types.ModuleType("google"), "google.colab": types.SimpleNamespace(files=files)}
        for name, module in stand_in.items():
            monkeypatch.setitem(sys.modules, name, module)
        names = {"get_ipython": lambda: True}
        try:
            exec(SET_UP.format(stem="two"), names)
        finally:
            for name in ("checks", "checks.kit"):
                sys.modules.pop(name, None)
        return names["kit"]

    return run_cell


def folder_as_zip(top: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(f"{top}checks/kit.py", "here = 1\n")
    return held.getvalue()


@pytest.mark.parametrize("top", ["two/", ""])
def test_on_colab_the_zip_may_hold_the_folder_or_what_is_in_it(colab, top):
    assert colab({"two.zip": folder_as_zip(top)}).here == 1
    assert colab({}).here == 1  # run again, it asks for nothing


@pytest.mark.parametrize("chosen", [{}, {"two.py": b"x = 1"}, {"other.zip": folder_as_zip("other/")}])
def test_on_colab_one_line_says_that_nothing_was_uploaded(colab, chosen, capsys):
    assert colab(chosen) is None
    assert "run this cell again, and choose the zip that you were given" in capsys.readouterr().out


def test_on_colab_all_that_is_handed_in_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    (tmp_path / "checks").mkdir()
    for files, told in (
        (["a.py"], "hand it in.\n"),
        (["a.py", "b.py", "c.csv"], "together with b.py and c.csv."),
    ):
        (tmp_path / "checks" / "assignment.json").write_text(json.dumps({"files": files}))
        hand_in_notebook()
        assert told in capsys.readouterr().out


def test_the_lab_takes_what_was_written_in_the_notebook(handed_out, tmp_path):
    folder = tmp_path / "rl_foundations"
    shutil.copytree(handed_out["rl_foundations"], folder)
    path = folder / "rl_foundations.ipynb"
    stub = 'raise NotImplementedError(\\"length_penalized_reward: write your code here\\")'
    assert stub in path.read_text()
    answer = "return rm_score - penalty_per_token * np.maximum(0, np.asarray(num_tokens) - free_tokens)"
    path.write_text(path.read_text().replace(stub, answer))
    told = printed(run(folder / "lab.ipynb"))
    assert "discounted_returns: not written yet" in told
    assert "length_penalized_reward: not written yet" not in told
