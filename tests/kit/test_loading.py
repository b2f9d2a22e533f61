"""Loading: what stops in a file costs what it defines, and nothing else."""

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.data.limits import Limits
from autograder.grading.load_notes import load_notes
from autograder.judging.session import Session
from autograder.sandbox.calls import Call, StudentRaised
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.sandbox.wall import Wall
from autograder.submission import reading

Load = Callable[..., tuple[Session, list[str]]]


@pytest.fixture(scope="module")
def hasty() -> Iterator[Wall]:
    """A wall that gives a program a second to load."""
    bounds = Limits(import_s=1, call_s=1, submission_s=10, memory_mb=256, output_kb=8)
    with Wall(bounds, ("numpy",)) as made:
        yield made


@pytest.fixture
def load(wall) -> Iterator[Load]:
    """Load a program's cells in a session; return it and the notes for the student."""
    sessions = []

    def run(*cells: str, name: str = "", modules=None, files=None, over=wall) -> tuple[Session, list[str]]:
        cells = tuple(map(textwrap.dedent, cells))
        name = name or ("work.py" if len(cells) == 1 else "work.ipynb")
        session = Session(over, Program(ProgramText(name, list(cells)), modules or {}, files=files or {}))
        sessions.append(session)
        session.load()
        return session, load_notes(session, over.bounds.import_s)

    yield run
    for session in sessions:
        session.close()


def value(session: Session, name: str = "f", *args: object) -> object:
    return session.send(Call("call", name, args)).value


ABOVE = "def f():\n    return 1\n"
BELOW = "def g():\n    return 2\n"


@pytest.mark.parametrize(
    "statement",
    [
        "import gymnasium", "1 / 0", "assert False, 'not yet'", "exit()", "import sys; sys.exit(3)",
        "import os; os._exit(0)", "x = input()",
        "raise KeyboardInterrupt", "raise SystemExit", "raise BaseException", "for i in range(3):\n    1 / 0",
        "import os; os.environ['NOT_SET']", "float(input('gamma? '))", "class A:\n    x = undefined",
        "@undefined\ndef h():\n    return 3", "return 5", "x = = 3", "def h(:\n    pass",
        "while True print(1)",
        "'never closed", "x = (1,", "x = '''never closed", "import unittest; unittest.main()",
    ],
)  # fmt: skip
def test_a_statement_that_stops_costs_itself_only(load, statement):
    session, notes = load(ABOVE + statement + "\n" + BELOW)
    assert (value(session, "f"), value(session, "g")) == (1, 2)
    assert len(notes) == 1
    assert "line 3" in notes[0] or "line 4" in notes[0]


@pytest.mark.parametrize(
    "statement",
    [
        "import posix; posix._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes; ctypes.string_at(0)", "while True: pass", "import time; time.sleep(100)",
        "import itertools, collections; collections.deque(itertools.count(), 0)",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    ],
)  # fmt: skip
def test_a_statement_that_ends_its_worker_or_never_ends_is_left_out(load, hasty, statement):
    session, notes = load(ABOVE + statement + "\n" + BELOW, over=hasty)
    assert (value(session, "f"), value(session, "g")) == (1, 2)
    assert len(notes) == 1
    assert "line " in notes[0]
    session.renew()
    assert value(session, "g") == 2


def test_a_helper_that_is_imported_late_is_no_statement_to_tell_of(load, hasty):
    text = "import posix\nposix._exit(1)\ndef f():\n    import helpers\n    return helpers.two()\n"
    session, _ = load(text, modules={"helpers": "def two():\n    return 2\n"}, over=hasty)
    assert [value(session), value(session)] == [2, 2]


def test_several_of_them_are_left_out_one_by_one(load, hasty):
    ends = "import posix\n" + "posix._exit(1)\n"
    session, notes = load(ends + ABOVE + ends + BELOW + "while True: pass\n", over=hasty)
    assert (value(session, "f"), value(session, "g")) == (1, 2)
    assert len(notes) == 3


def test_what_comes_after_long_training_is_loaded_too(load, hasty):
    training = "import time\nwhile True:\n    time.sleep(0.01)\n"
    text = f"{ABOVE}trained = 0\n{training}best = 3\n{BELOW}{training}def h():\n    return best\n"
    session, notes = load(text, over=hasty)
    assert [value(session, name) for name in "fgh"] == [1, 2, 3]
    assert len(notes) == 2
    assert "was cut off after 1 s: loading may take 1 s in all" in notes[0]


def test_training_may_take_all_of_the_time(load, hasty):
    session, notes = load("import time\ntime.sleep(0.7)\nbest = 3\ndef f():\n    return best\n", over=hasty)
    assert value(session) == 3
    assert notes == []


@pytest.mark.parametrize(
    "definition",
    [
        "@njit\ndef f(): return 1", "@nb.jit(nopython=True)\n@other\ndef f(): return 1",
        "def f(x: nb.Series = 1, *y: 1 / 0) -> Missing[int, 3]: return x",
        "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: nb.Array\ndef f(): return A(1).x",
        "class A:\n    @nb.typed\n    def g(self): return 1\n@nb.cached\ndef f(): return 1",
        "class A:\n    @property\n    @nb.typed\n    def g(self): return 1\ndef f(): return A().g",
        f"@njit\ndef f(): return 1\n@njit\ndef g(): return {'+'.join('1' * 600)}",
        f"def f(): return 1\n@njit\ndef g(): return {'+'.join('1' * 2_000)}",
    ],
)  # fmt: skip
def test_a_definition_outlives_what_adorns_it(load, definition):
    session, notes = load(f"import nowhere as nb\n{definition}\n")
    assert value(session) == 1
    assert "No module named 'nowhere'" in notes[0]


def test_one_library_that_is_not_there_is_one_cause(load):
    session, notes = load(f"import nowhere\nfrom nowhere import a, b\nimport nowhere.c as d\n{ABOVE}")
    assert value(session) == 1
    assert len(notes) == 1


NOTHING_THERE = """
    import nowhere
    from nowhere.logs import logger
    board = nowhere.Board("x").open()
    board.rate = 3

    def f(x=1):
        logger.bind(a=x).info("at %s", x)
        with nowhere.profile() as run:
            run.add(x)
        nowhere.show([x], title="x")
        logger.error("x")
        return x

    def needs(x=1):
        return nowhere.double(x) + 1

    def gives_back():
        return nowhere.double(2)

    def named():
        return f"{board.name}"

    def asks():
        return 1 if board.is_open else 2

    g = nowhere.faster(f)
"""


def test_what_is_made_of_a_missing_library_and_thrown_away_costs_nothing(load):
    session, notes = load(NOTHING_THERE)
    assert value(session) == 1
    assert len(notes) == 1
    assert "`nowhere`, `logger`, `g` and `board` are missing" in notes[0]


@pytest.mark.parametrize("name", ["needs", "gives_back", "named", "asks"])
def test_who_needs_a_value_of_a_missing_library_is_told_so(load, name):
    session, _ = load(NOTHING_THERE)
    with pytest.raises(StudentRaised) as caught:
        value(session, name)
    assert caught.value.problem.type_name == "ModuleNotFoundError"
    assert "nowhere" in caught.value.problem.message
    assert caught.value.problem.lacks == "library"
    assert caught.value.problem.line or name == "gives_back"


def test_what_is_no_function_for_lack_of_a_library_is_not_defined(load):
    session, _ = load("import nowhere\nf = nowhere.solve(1)\n")
    with pytest.raises(StudentRaised, match="NotDefined"):
        value(session)


@pytest.mark.parametrize(
    "line", ["from .helpers import two", "from . import helpers\ntwo = helpers.two",
             "from lib.helpers import two", "import sys\nsys.path.append('lib')\nfrom helpers import two",
             "import runpy\ntwo = runpy.run_path('lib/helpers.py')['two']"],
)  # fmt: skip
def test_modules_of_folders_and_of_no_package_are_found(load, line):
    helper = "def two():\n    return 2\n"
    modules = {"lib": "", "lib.helpers": helper} if "lib" in line else {"helpers": helper}
    session, notes = load(f"{line}\ndef f():\n    return two()\n", modules=modules)
    assert value(session) == 2
    assert notes == []


def test_signs_that_nobody_sees_are_read_as_nothing_and_told(load):
    text = "\N{ZERO WIDTH SPACE}def f():\n\N{NO-BREAK SPACE}   a = 1\n    return\N{IDEOGRAPHIC SPACE}a\n"
    session, notes = load(text)
    assert value(session) == 1
    assert "U+200B" in notes[0]


@pytest.mark.parametrize("line", ["note = \u201ca-b\u201d", "note = 1 \u2212 2", "note = 'a\u2019"])
def test_signs_of_word_processors_are_read_as_plain_ones_and_told(load, line):
    session, notes = load(f"def f():\n    {line}\n    return 1\n")
    assert value(session) == 1
    assert "line 2" in notes[0]
    assert "read as the plain sign" in notes[0]


def test_a_function_whose_rest_cannot_be_read_is_lost_and_its_neighbours_are_not(load):
    session, notes = load(ABOVE + "def cut():\n    a = 1\nb = (2}\n    return a + b\n" + BELOW)
    assert (value(session, "f"), value(session, "g")) == (1, 2)
    assert "cut" not in session.loaded.names
    assert "cut" in notes[0]


@pytest.mark.parametrize("gap", ["", "\n\n"])
def test_a_function_that_is_whole_outlives_what_cannot_be_read_below_it(load, gap):
    session, _ = load("def f():\n    while True:\n        return 1\n" + gap + "def h(:\n    x\n" + BELOW)
    assert (value(session, "f"), value(session, "g")) == (1, 2)
    session, _ = load(ABOVE + "b = (2}\n    return b\n" + BELOW)
    assert value(session, "f") == 1
    session, _ = load("r = []\ndef f():\n    r.append(1)\na sentence\nif 1 so:\n    be it\n" + BELOW)
    assert "f" in session.loaded.names


def test_flags_of_the_future_and_annotations_carry_on(load):
    text = """
        from __future__ import annotations
        import nowhere
        x: int = 3
        def f(a: Undefined = 0) -> Missing:
            return [x, __annotations__["x"], f.__annotations__["a"]]
    """
    session, _ = load(text)
    assert value(session) == [3, "int", "Undefined"]


def test_line_numbers_stay_after_a_stop(load):
    session, _ = load("1 / 0\n\n\ndef f():\n    return 1 / 0\n")
    with pytest.raises(Exception, match="division") as caught:
        value(session)
    assert caught.value.problem.line == 5


def test_an_import_of_several_names_loses_only_what_is_not_there(load):
    session, notes = load(
        "import nowhere, math\nfrom math import pi, nothing, e\n\ndef f():\n    return math.pi - pi\n"
    )
    assert value(session) == 0
    assert len(notes) == 2
    assert "`nowhere` is missing" in notes[0]
    assert "`nothing` is missing" in notes[1]


def test_what_lacks_a_lost_name_is_no_cause_of_its_own(load):
    session, notes = load("import pandas as pd\nframe = pd.DataFrame()\nhead = frame.head()\n" + ABOVE)
    assert value(session) == 1
    assert len(notes) == 1
    assert "`pd`, `frame` and `head` are missing" in notes[0]
    assert "numpy, scipy, torch and matplotlib" in notes[0]


def test_cells_await_and_use_what_a_notebook_has(load):
    session, notes = load(
        "import asyncio\nasync def later():\n    return 4\nx = await later()",
        "get_ipython().run_line_magic('matplotlib', 'inline')\ndisplay(x)",
        "lines = get_ipython().getoutput('ls')",
        "def f():\n    return [x, lines]",
    )
    assert value(session) == [4, []]
    assert notes == []


def test_a_script_exported_from_a_notebook_has_get_ipython(load):
    session, notes = load("if get_ipython():\n    import otter\n" + ABOVE)
    assert value(session) == 1
    assert notes == []


def test_a_cell_is_told_by_how_it_begins(load):
    _, notes = load("a = 1", "# plots\n\nb = 2\n1 / 0")
    assert "line 4 of the code cell that begins with `# plots`" in notes[0]


def test_a_file_that_is_no_python_at_all_says_so_in_one_line(load):
    _, notes = load("<!DOCTYPE html>\n<html>\n<body>\n<p>It is here</p>\n</body>\n</html>\n")
    assert len(notes) == 1


@pytest.mark.parametrize(
    "text",
    ["print(f\"{d[\"a\"]}\")", "def first[T](x: list[T]) -> T:\n    return x[0]", "type Array = list[float]",
     "from typing import override", "from itertools import batched, chain",
     "import itertools\nitertools.batched"],
)  # fmt: skip
def test_what_only_a_later_python_has_is_named_as_that(load, text):
    session, notes = load(text + "\n" + ABOVE)
    assert value(session) == 1
    assert len(notes) == 1
    assert "Python 3.11 grades" in notes[0]


HABITS = """
    import csv, io, json, locale, logging, os, pathlib, shutil, sys, tempfile, getpass
    import numpy as np

    def f(what):
        return globals()[what]()

    def folders():
        os.makedirs("out/plots", exist_ok=True)
        pathlib.Path("runs").mkdir(parents=True, exist_ok=True)
        open("out/plots/a.txt", "w").write("x")
        shutil.copy("out/plots/a.txt", "out/b.txt")
        os.rename("out/b.txt", "out/c.txt")
        found = sorted(os.listdir("out")), os.path.isdir("out/plots"), os.path.exists("nothing")
        shutil.rmtree("out")
        return [*found, os.path.exists("out"), sorted(str(p) for p in pathlib.Path(".").glob("r*"))]

    def texts():
        with open("log.csv", "w", newline="") as file:
            csv.writer(file).writerow([1, 2])
        with open("log.csv", "a") as file:
            file.write("3,4")
        return open("log.csv").read().split()

    def arrays():
        np.save("a.npy", np.arange(3.0)); np.savez("b.npz", x=np.ones(2)); np.savetxt("c.txt", np.eye(2))
        return float(np.load("a.npy").sum() + np.load("b.npz")["x"].sum() + np.loadtxt("c.txt").sum())

    def temporary():
        with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile("w+", dir=folder) as file:
            file.write("abc"); file.seek(0)
            text = file.read()
        with tempfile.TemporaryFile() as file:
            file.write(b"abc")
        number, path = tempfile.mkstemp()
        os.write(number, b"12"); os.close(number)
        return [text, pathlib.Path(path).read_bytes(), os.path.isdir(tempfile.mkdtemp())]

    def logs():
        logging.basicConfig(filename="train.log", level=logging.INFO, force=True)
        logging.info("step")
        return pathlib.Path("train.log").read_text().strip()

    def streams():
        sys.stdout.reconfigure(encoding="utf-8"); sys.stdout.buffer.write(b"x"); print("y", flush=True)
        locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
        return [getpass.getuser() != "", os.getcwd() != ""]

    def handed_in():
        elsewhere = r"C:\\Users\\ada\\rewards.json", "/content/drive/rewards.json"
        assert all(os.path.exists(path) and open(path).read() == "[1, 2]" for path in elsewhere)
        assert not os.path.exists("/content/drive/nothing.json")
        return json.load(open("data/rewards.json"))

    def itself():
        breakpoint()
        import pdb, zipfile; pdb.set_trace()
        with zipfile.ZipFile("a.zip", "w") as packed:
            packed.write(__file__)
        return "def itself" in open(__file__).read()

    def libraries():
        from tqdm.auto import tqdm, trange
        from tensorboardX import SummaryWriter
        from IPython.display import HTML, clear_output
        from IPython.core.debugger import set_trace
        from rich.progress import track
        from rich import print
        print("[b]x[/b]", *track(range(3), description="x"))
        set_trace()
        with SummaryWriter("runs") as writer:
            for i in tqdm(range(3), desc="x"):
                writer.add_scalar("loss", i, i)
        clear_output(wait=True)
        return [sum(trange(4)), *tqdm([5, 6])]
"""


def test_harmless_habits_are_harmless(load):
    session, notes = load(HABITS, files={"data/rewards.json": b"[1, 2]"})
    assert notes == []
    assert value(session, "f", "folders") == [["c.txt", "plots"], True, False, False, ["runs"]]
    assert value(session, "f", "texts") == ["1,2", "3,4"]
    assert value(session, "f", "arrays") == 7
    assert value(session, "f", "temporary") == ["abc", b"12", True]
    assert value(session, "f", "logs") == "INFO:root:step"
    assert value(session, "f", "streams") == [True, True]
    assert value(session, "f", "handed_in") == [1, 2]
    assert value(session, "f", "itself") is True
    assert value(session, "f", "libraries") == [6, 5, 6]


TORCH_HABITS = """
    import torch, matplotlib
    from torch.utils.tensorboard import SummaryWriter
    matplotlib.use("TkAgg")
    import matplotlib.pyplot as plt
    torch.use_deterministic_algorithms(True)
    torch.set_num_interop_threads(2)
    torch.set_default_dtype(torch.float64)

    @torch.compile
    def half(x):
        return x / 2

    def f():
        plt.plot([1, 2]); plt.savefig("figures/a.png"); plt.savefig("a.pdf"); plt.show()
        torch.save({"w": torch.ones(2)}, "model.pt")
        compiled = torch.compile(half)
        torch.jit.script(torch.nn.Linear(1, 1)).save("jit.pt")
        torch.jit.save(torch.jit.load("jit.pt"), "again.pt")
        return float(torch.load("model.pt")["w"].sum() + half(torch.ones(1)) + compiled(torch.ones(1)))

    def g():
        return torch.cuda.current_device()

    def kind():
        return str(torch.zeros(1).dtype)

    def loaded():
        from torch.utils.data import DataLoader
        return [float(one.sum()) for one in DataLoader([1.0, 2.0], num_workers=2, persistent_workers=True)]
"""


def test_habits_with_torch_and_plots_are_harmless(load, torch_wall):
    torch_wall.preload(["matplotlib.pyplot"])
    session, notes = load(TORCH_HABITS, over=torch_wall)
    assert notes == []
    assert value(session) == 3
    assert value(session, "kind") == "torch.float32"
    assert value(session, "loaded") == [1, 2]
    layer = session.send(Call("make", "torch.nn.Linear", (2, 1))).value
    weight = session.send(Call("read", "weight", handle=layer)).value
    assert weight.dtype == "float32"
    with pytest.raises(Exception, match="CUDA") as caught:
        value(session, "g")
    assert caught.value.problem.lacks == "graphics card"


def test_what_is_written_is_gone_with_its_worker(load):
    text = """
        import os
        def f():
            there = os.path.exists("/tmp/mark")
            open("/tmp/mark", "w").close()
            return there
    """
    session, _ = load(text)
    assert [value(session), value(session)] == [False, True]
    session.renew()
    assert value(session) is False
    assert not Path("/tmp/mark").exists()


@pytest.mark.parametrize("name", ["pandas", "pytest", "yaml", "hypothesis", "jupyter"])
def test_nothing_can_be_imported_but_what_is_promised(load, name):
    session, notes = load(f"import {name}\n" + ABOVE)
    assert value(session) == 1
    assert "nothing else" in notes[0]


def test_helpers_lose_only_what_stops_in_them(load):
    helper = "import pandas\ndef two():\n    return 2\n"
    session, notes = load("import helper\ndef f():\n    return helper.two()\n", modules={"helper": helper})
    assert value(session) == 2
    assert len(notes) == 1


def test_a_helper_can_be_run_and_written_in_a_notebook(load):
    cells = [
        reading.cells_of(text.encode(), "a.py")[0] if not text.startswith("%%") else text
        for text in ("%run helper.py", "def f():\n    return two()")
    ]
    session, notes = load(*cells, modules={"helper": "def two():\n    return 2\n"})
    assert notes == []
    assert value(session) == 2
