"""Right work with a quirk of its files: modules, data, encodings, notebooks, names, archives.

Each stands for what students hand in, with full points; `HOME` is what their own folder can hold.
"""

# ruff: noqa: E501 - programs, one a line

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping

NAME, BOOK = "warmup.py", "warmup.ipynb"
IMPORT = "import numpy as np\n"
MEAN = """def running_mean(values, window):
    return np.array([np.mean(values[max(0, n + 1 - window) : n + 1]) for n in range(len(values))])
"""
CLIP = """def clip_to_range(values, low=0.0, high=1.0):
    return np.minimum(np.maximum(values, low), high)
"""
RIGHT = IMPORT + MEAN + CLIP
HELPER = "import numpy as np\ndef mean_of(values):\n    return float(np.mean(values))\n"
HELPED = MEAN.replace("np.mean", "mean_of") + CLIP
WEIGHED = MEAN.replace("np.mean", "W * np.mean") + CLIP
MEMBERS = "".join(
    f"    {line}\n" for line in (MEAN + CLIP).replace("def ", "@staticmethod\ndef ").splitlines()
)

Files = Mapping[str, str | bytes]


def book(*cells: str) -> str:
    """Return a notebook of code cells."""
    made = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def zipped(files: Files) -> bytes:
    """Return a zip of files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def tarred(files: Files) -> bytes:
    """Return a .tar.gz of files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, text in files.items():
            data = text.encode() if isinstance(text, str) else text
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))
    return made.getvalue()


PROGRAMS: dict[str, Files] = {
    name: {NAME: text}
    for name, text in {
        "annotations of lost libraries": "import pandas as pd\nfrom jaxtyping import Float\n"
        + RIGHT.replace("(values, window)", "(values: pd.Series, window: int) -> Float[np.ndarray, 'n']"),
        "numba": "from numba import njit\n" + IMPORT + "@njit(cache=True)\n" + MEAN + "@njit\n" + CLIP,
        "beartype": "from beartype import beartype\n" + IMPORT + "@beartype\n" + MEAN + CLIP,
        "timed": IMPORT + "import functools, time\ndef timed(f):\n    @functools.wraps(f)\n    def g(*a, **k):\n"
        "        began = time.time()\n        try:\n            return f(*a, **k)\n        finally:\n"
        "            print(time.time() - began)\n    return g\n@timed\n" + MEAN + "@timed\n" + CLIP,
        "class": IMPORT + "class Solver:\n" + MEMBERS + "solver = Solver()\n"
        "running_mean, clip_to_range = solver.running_mean, solver.clip_to_range\n",
        "callable": RIGHT.replace("def running_mean(", "class Mean:\n  def __call__(self, ").replace(
            "    return np.array", "      return np.array"
        ) + "running_mean = Mean()\n",
        "lambda": IMPORT + "clip_to_range = lambda values, low=0.0, high=1.0: np.clip(values, low, high)\n" + MEAN,
        "recursion": IMPORT + CLIP + "def running_mean(values, window, n=0):\n    if n == len(values):\n"
        "        return []\n    here = np.mean(values[max(0, n + 1 - window) : n + 1])\n"
        "    return [here, *running_mean(values, window, n + 1)]\n",
        "generator": IMPORT + CLIP + "def means(values, window):\n    for n in range(len(values)):\n"
        "        yield np.mean(values[max(0, n + 1 - window) : n + 1])\n"
        "def running_mean(values, window):\n    return np.fromiter(means(values, window), float)\n",
        "written twice": IMPORT + "def running_mean(values, window):\n    raise NotImplementedError\n" + MEAN + CLIP,
        "in a branch": IMPORT + "if True:\n" + "".join(f"    {line}\n" for line in (MEAN + CLIP).splitlines()),
        "tried": IMPORT + "try:\n    import numba\nexcept ImportError:\n" + "".join(
            f"    {line}\n" for line in (MEAN + CLIP).splitlines()
        ),
        "result of a loop": IMPORT + "W = 0\nfor _ in range(1000):\n    W += 0.001\nW = round(W, 6)\n" + WEIGHED,
        "merge conflict": IMPORT + "<<<<<<< HEAD\n" + MEAN + "=======\n>>>>>>> main\n" + CLIP,
        "fenced": f"```python\n{RIGHT}```\n",
        "from a chat": f"Here is the code you asked for:\n\n```python\n{RIGHT}```\n\nIt runs in O(n).\n",
        "typed at a prompt": "\n".join(
            f"{'...' if line.startswith(' ') else '>>>'} {line}" for line in RIGHT.splitlines()
        ) + "\n>>> clip_to_range([3.0])\narray([1.])\n>>> 1 / 0\nTraceback (most recent call last):\n  x\n",
        "typed in IPython": "Python 3.11.2 (main)\n" + "\n".join(
            f"{'   ...:' if line.startswith(' ') else 'In [1]:'} {line}" for line in RIGHT.splitlines()
        ) + "\n\nIn [2]: clip_to_range([3.0])\nOut[2]: array([1.])\n",
        "space that is none": RIGHT.replace("return np.min", "return\N{NO-BREAK SPACE}np.min"),
        "space of no width": "\N{ZERO WIDTH SPACE}" + RIGHT,
        "cells of an editor": "# %%\n" + IMPORT + "# %% [markdown]\n# text\n# %%\n" + MEAN + "# %%\n" + CLIP,
    }.items()
}  # fmt: skip
ENCODED: dict[str, Files] = {
    "with a mark": {NAME: b"\xef\xbb\xbf" + RIGHT.encode()},
    "two marks": {NAME: b"\xef\xbb\xbf" * 2 + RIGHT.encode()},
    "UTF-16": {NAME: RIGHT.encode("utf-16")},
    "Latin-1, said": {NAME: ("# -*- coding: latin-1 -*-\n# Größe\n" + RIGHT).encode("latin-1")},
    "Latin-1, not said": {NAME: ("# Größe\n" + RIGHT).encode("latin-1")},
    "GBK, not said": {NAME: ("# \N{CJK UNIFIED IDEOGRAPH-4F5C}\n" + RIGHT).encode("gbk")},
    "UTF-16 without a mark": {NAME: RIGHT.encode("utf-16-le")},
    "says ASCII": {NAME: "# coding: ascii\n# Größe\n" + RIGHT},
    "says what there is not": {NAME: "# -*- coding: utf8mb4 -*-\n" + RIGHT},
    "CRLF": {NAME: RIGHT.replace("\n", "\r\n")},
    "CR": {NAME: RIGHT.replace("\n", "\r")},
    "tabs": {NAME: RIGHT.replace("    ", "\t")},
    "both": {NAME: IMPORT + MEAN.replace("    ", "\t") + CLIP},
    "form feeds": {NAME: RIGHT.replace("def ", "\f\ndef ")},
    "filled up": {NAME: RIGHT + "\0" * 100},
    "cut": {NAME: RIGHT.rstrip()},
}
MODULES: dict[str, Files] = {
    "notebook that loads": {BOOK: book("%load helpers.py", IMPORT, HELPED), "helpers.py": HELPER},
    "exported notebook": {
        NAME: IMPORT + "get_ipython().run_line_magic('run', '-i helpers.py')\n"
        f"get_ipython().run_cell_magic('time', '', {MEAN.replace('np.mean', 'mean_of')!r})\n"
        f"get_ipython().run_cell_magic('bash', '', 'ls')\nget_ipython().system('pip install x')\n"
        f"get_ipython().run_cell_magic('writefile', 'more.py', {CLIP!r})\n"
        "import numpy\nget_ipython().magic('run more')\n",
        "helpers.py": HELPER,
    },
    "helper": {NAME: IMPORT + "from helpers import *\n" + HELPED, "helpers.py": HELPER},
    "relative": {NAME: IMPORT + "from .helpers import mean_of\n" + HELPED, "helpers.py": HELPER},
    "relative whole": {
        NAME: IMPORT + "from . import helpers as h\nmean_of = h.mean_of\n" + HELPED, "helpers.py": HELPER,
    },
    "package": {
        NAME: IMPORT + "from tools import mean_of\n" + HELPED,
        "tools/__init__.py": "from .means import mean_of\n", "tools/means.py": HELPER,
    },
    "packages": {
        NAME: IMPORT + "import tools.a.b as deep\nmean_of = deep.mean_of\n" + HELPED,
        "tools/a/b.py": "from ..c import mean_of\n", "tools/c.py": HELPER,
    },
    "folder on the path": {
        NAME: IMPORT + "import os, sys\nsys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))\n"
        "from helpers import mean_of\n" + HELPED,
        "lib/helpers.py": HELPER,
    },
    "helper that stops": {
        NAME: IMPORT + "from helpers import mean_of\n" + HELPED,
        "helpers.py": "import pandas as pd\n" + HELPER + "pd.DataFrame()\n",
    },
    "helper that imports back": {
        NAME: IMPORT + "from helpers import mean_of\n" + HELPED, "helpers.py": "import warmup\n" + HELPER,
    },
    "run, not imported": {NAME: IMPORT + "exec(open('helpers.py').read())\n" + HELPED, "helpers.py": HELPER},
    "run by path": {
        NAME: IMPORT + "import runpy\nmean_of = runpy.run_path('helpers.py')['mean_of']\n" + HELPED,
        "helpers.py": HELPER,
    },
    "helper called a test": {
        NAME: IMPORT + "from test_tools import mean_of\n" + HELPED, "test_tools.py": HELPER,
    },
    "data": {NAME: IMPORT + "W = np.loadtxt('w.csv')\n" + WEIGHED, "w.csv": "1.0\n"},
    "data beside": {
        NAME: IMPORT + "from pathlib import Path\nW = np.loadtxt(Path(__file__).parent / 'data' / 'w.csv')\n" + WEIGHED,
        "data/w.csv": "1.0\n",
    },
    "settings": {
        NAME: IMPORT + "import json\nwith open('config.json') as file:\n    W = json.load(file)['w']\n" + WEIGHED,
        "config.json": '{"w": 1.0}',
    },
}  # fmt: skip
BOOKS: dict[str, Files] = {
    name: {BOOK: book(*cells)}
    for name, cells in {
        "magics": (
            "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n" + IMPORT, "%%time\n" + MEAN,
            "%%capture out\n" + CLIP, "%timeit running_mean([1, 2], 1)", "%%timeit\nrunning_mean([1], 1)",
        ),
        "pip": (
            "!pip install -q gymnasium\n%pip install torch\n" + IMPORT, "!wget http://x/y.zip && unzip y.zip",
            "!apt-get install -y \\\n  xvfb", MEAN, CLIP,
        ),
        "other languages": (
            "%%bash\nls -la", "%%html\n<b>x</b>", "%%javascript\nalert(1)", "%%latex\n$x$", "%%sql\nselect 1",
            IMPORT, MEAN, CLIP,
        ),
        "writefile": ("%%writefile helpers.py\n" + HELPER, IMPORT + "from helpers import mean_of", HELPED),
        "colab": (
            "from google.colab import drive, files\ndrive.mount('/content/drive')\n%cd /content/drive/MyDrive",
            IMPORT, "uploaded = files.upload()", MEAN, CLIP,
        ),
        "shown": (
            "from IPython.display import display, Image, HTML, Markdown, Video\nimport ipywidgets", IMPORT, MEAN,
            "display(Markdown('x'), HTML('<b>'))\nImage('a.png')", CLIP,
        ),
        "bars": (
            "from tqdm.notebook import tqdm, trange\n" + IMPORT,
            "bar = tqdm(total=10)\nbar.set_description('x')\nfor i in trange(3, desc='a'):\n    bar.update()\nbar.close()",
            MEAN, CLIP,
        ),
        "awaits": (IMPORT + "import asyncio", "await asyncio.sleep(0)\nasync with asyncio.Lock():\n    pass", MEAN, CLIP),
        "last result": (IMPORT, "1 + 1", "x = _ + 1", MEAN, CLIP),
        "pylab": ("%pylab inline", MEAN.replace("np.", ""), CLIP),
        "measured": ("%%memit\n" + IMPORT, "%%snakeviz -t\n%env X=1\n" + MEAN, CLIP, "x = %env X\ny = %time float(x)"),
        "compiled": ("%load_ext Cython", "%%cython\ncdef int two():\n    return 2", IMPORT, MEAN, CLIP, "two()"),
        "stored": ("%store -r data", IMPORT, MEAN, "%store MEAN\nlines = %sx ls\nprint(lines[:1], data)", CLIP),
        "macro": (IMPORT, MEAN, "%macro again 1-2\nagain", CLIP, "%reset -f"),
        "automagic": (IMPORT, "pip install gymnasium", MEAN, "matplotlib inline", CLIP),
        "environment": (
            "%env CUDA_VISIBLE_DEVICES=0\n%config InlineBackend.figure_format = 'retina'\n?np.mean\nnp.sum?\n" + IMPORT,
            MEAN, CLIP,
        ),
        "in blocks": ("import os\nif not os.path.exists('x'):\n    !git clone http://x/y\n    %cd y\nelse:\n    !ls", RIGHT),
        "results of commands": (IMPORT, "files = !ls\nn = len(files)\nout = %pwd\n!echo {n} $n", MEAN, CLIP),
        "otter": (IMPORT, "import otter\ngrader = otter.Notebook()", MEAN, "grader.check('running_mean')", CLIP),
        "stops": (IMPORT, MEAN, "assert running_mean([1], 1) == 2", CLIP, "raise SystemExit('Stop right there!')"),
        "indented": ("  import numpy as np", *("\n".join(f"    {one}" for one in cell.splitlines()) for cell in (MEAN, CLIP))),
        "typed at a prompt": (
            IMPORT, *(">>> " + cell.strip().replace("\n", "\n... ") for cell in (MEAN, CLIP)),
        ),
        "breaks off": (IMPORT, MEAN, CLIP, "x = 1 + \\"),
        "guard": (IMPORT, MEAN + CLIP, "if __name__ == '__main__':\n    while True: pass"),
    }.items()
}  # fmt: skip
HOME: dict[str, Files] = {**PROGRAMS, **ENCODED, **MODULES, **BOOKS}

NAMED: dict[str, Files] = {
    f"called {name}": {name: RIGHT}
    for name in (
        "warmup (1).py", "final_v2.py", "Übung 1.py", "homework.py", "WARMUP.PY", "warmup.py.txt", "warmup.txt",
        "Kopie von warmup.py", "warmup - Kopie.py", "warmup", "warmup.pyw", "warmup.py.bak", "warmup.py~",
        "a b/c d/warmup.py", "warmup/__init__.py",
    )
}  # fmt: skip
AWAY: dict[str, Files] = {
    # pytest at home would take it for the library, and says so
    "helper called like a library": {NAME: RIGHT, "random.py": "x = 1\n"},
    **NAMED,
    "a folder above": {
        "src/warmup.py": IMPORT + "import sys\nsys.path.append('..')\nfrom helpers import mean_of\n" + HELPED,
        "helpers.py": HELPER,
    },
    "a folder beside": {
        "src/warmup.py": IMPORT + "import sys\nsys.path.append('../lib')\nfrom helpers import mean_of\n" + HELPED,
        "lib/helpers.py": HELPER,
    },
    "data elsewhere": {
        NAME: IMPORT + "W = np.loadtxt('/content/drive/MyDrive/hw/w.csv')\n" + WEIGHED, "w.csv": "1.0\n",
    },
    "data on another disk": {
        NAME: IMPORT + "W = np.loadtxt(r'C:\\Users\\me\\hw\\w.csv')\n" + WEIGHED, "w.csv": "1.0\n",
    },
    "zip": {"hw.zip": zipped({"hw/warmup.py": RIGHT, "__MACOSX/._warmup.py": b"\0\5\26", ".DS_Store": b"x"})},
    "zip in zip": {"hw.zip": zipped({"inner.zip": zipped({NAME: RIGHT})})},
    "zip in zip in zip": {"hw.zip": zipped({"a.zip": zipped({"b.zip": zipped({NAME: RIGHT})})})},
    "Markdown": {"answer.md": f"# Homework 1\n\nIt isn't hard:\n\n```python\n{RIGHT}```\n\nDone.\n"},
    "fenced text": {"answer.txt": f"```\n{RIGHT}```\n"},
    "tar": {"hw.tar.gz": tarred({NAME: RIGHT})},
    "zip with libraries": {
        "hw.zip": zipped({NAME: RIGHT, **{f".venv/lib/site-packages/p{n}.py": "x = 1" for n in range(300)}}),
    },
    "notebook called .py": {NAME: book(IMPORT, MEAN, CLIP)},
    "program called .ipynb": {BOOK: RIGHT},
    "notebook of format 3": {
        BOOK: json.dumps({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": [RIGHT]}]}]}),
    },
    "notebook with a mark": {BOOK: b"\xef\xbb\xbf" + book(RIGHT).encode()},
    "notebook with odd cells": {
        BOOK: json.dumps({"nbformat": 4, "cells": [
            {"source": "x"}, {"cell_type": "code"}, {"cell_type": "code", "source": None},
            {"cell_type": "heading", "level": 1}, {"cell_type": "code", "source": [RIGHT]},
        ]}),
    },
    "notebook with an empty sheet": {
        BOOK: json.dumps({"worksheets": [{}, {"cells": [{"cell_type": "code", "input": RIGHT}]}]}),
    },
    "zip beside the template": {
        "hw.zip": zipped({NAME: RIGHT}),
        NAME: "def running_mean(values, window):\n    raise NotImplementedError('running_mean: write your code here')\n",
    },
    "versions below": {"old/warmup.py": IMPORT + CLIP, "new/warmup.py": RIGHT},
    "folder called .py": {"warmup.py/warmup.py": RIGHT},
    "what systems leave": {
        NAME: RIGHT, "._warmup.py": b"\0\5\26", "Thumbs.db": b"x", ".idea/a.xml": "<a/>", ".git/objects/aa/bb": b"x",
        "__pycache__/warmup.cpython-311.pyc": b"\xa7\r\r\n",
    },
    "notebook and its checkpoint": {
        BOOK: book(RIGHT), ".ipynb_checkpoints/warmup-checkpoint.ipynb": book(IMPORT),
    },
    "notebook that runs a file": {BOOK: book(IMPORT, "%run helpers.py", HELPED), "helpers.py": HELPER},
    "report beside it": {NAME: RIGHT, "README.md": "# hi", "report.pdf": b"%PDF-1.4", "plot.png": b"\x89PNG"},
}  # fmt: skip
REFUSED: dict[str, tuple[Files, str]] = {  # and what is told
    "in a guard": (
        {NAME: IMPORT + "if __name__ == '__main__':\n" + MEMBERS},
        "only inside of something else",
    ),
    "needs a stub": (
        {
            NAME: "def clip_to_range(values):\n    raise NotImplementedError('clip_to_range: write your code here')\n"
            "def running_mean(values, window):\n    return clip_to_range(values)\n"
        },
        "This needs clip_to_range, which is not written yet.",
    ),
    "newer clauses": (
        {NAME: "try:\n    x = t'{1}'\nexcept KeyError, ValueError:\n    pass\n"},
        "A later Python has that",
    ),
    "rar": ({"hw.rar": b"Rar!\x1a\7\0" + b"x" * 50}, "hand in a .zip"),
    "7z": ({"hw.7z": b"7z\xbc\xaf\x27\x1c" + b"x" * 50}, "hand in a .zip"),
    "docx": ({"warmup.docx": zipped({"word/document.xml": f"<x>{RIGHT}</x>"})}, "found: warmup.docx"),
    "page": (
        {"warmup.html": f"<!DOCTYPE html><html><pre>{RIGHT}</pre></html>"},
        "found: warmup.html; hand in the file itself",
    ),
    "page called .py": (
        {NAME: "<!DOCTYPE html>\n<div><span>def</span> running_mean(values, window):</div>"},
        "a web page",
    ),
    "rich text": ({NAME: "{\\rtf1\\ansi def running_mean}"}, "rich text"),
    "lines of a diff": (
        {NAME: "".join(f"+{line}\n" for line in RIGHT.splitlines())},
        "a diff, not Python: hand in",
    ),
    "diff": (
        {NAME: f"diff --git a/{NAME} b/{NAME}\n--- a/{NAME}\n+++ b/{NAME}\n@@ -1 +1,2 @@\n+x = 1\n"},
        "a diff, not Python: hand in",
    ),
    "pointer": ({NAME: "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n"}, "git-lfs"),
    "nothing": ({NAME: "\n\n"}, "there is no code in it"),
    "a link": ({"link.txt": "https://colab.research.google.com/drive/abc"}, "found: link.txt"),
}
