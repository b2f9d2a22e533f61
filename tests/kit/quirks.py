"""What right files have besides the answer: each must cost nothing, where it is graded and at home."""

# ruff: noqa: E501 - programs, one a line

TOP = {  # between the imports and the first function
    "gymnasium": "import gymnasium as gym",
    "several imports": "import os, pandas, sys",
    "sklearn": "from sklearn.linear_model import LinearRegression, Ridge",
    "seaborn": "import seaborn as sns\nsns.set_theme()",
    "colab": "from google.colab import drive\ndrive.mount('/content/drive')",
    "tqdm": "from tqdm import tqdm, trange\nfor _ in tqdm(range(3)):\n    pass",
    "tqdm.auto": "from tqdm.auto import tqdm",
    "IPython": "from IPython.display import clear_output, display, HTML\nclear_output(wait=True)",
    "get_ipython": "get_ipython().run_line_magic('matplotlib', 'inline')",
    "in a notebook": "if get_ipython():\n    import otter",
    "magic": "%matplotlib inline\n%load_ext autoreload",
    "shell": "!pip install gymnasium",
    "shell result": "gpu = !nvidia-smi\nprint('\\n'.join(gpu))",
    "TkAgg": "import matplotlib\nmatplotlib.use('TkAgg')",
    "MacOSX": "import matplotlib\nmatplotlib.use('MacOSX')",
    "style": "import matplotlib.pyplot as plt\nplt.style.use('seaborn')",
    "logging": "import logging\nlogging.basicConfig(filename='run.log')\nlogging.warning('x')",
    "folders": "import os\nos.makedirs('results/plots', exist_ok=True)",
    "pathlib": "from pathlib import Path\nPath('out').mkdir(exist_ok=True)",
    "listdir": "import os\nprint(os.listdir('.'))",
    "tempfile": "import tempfile\nFOLDER = tempfile.mkdtemp()",
    "data file": "data = np.loadtxt('data.csv')",
    "open a path": "text = open('/content/notes.txt').read()",
    "stdout": "import sys\nsys.stdout.reconfigure(encoding='utf-8')",
    "stdout buffer": "import io, sys\nOUT = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')",
    "user": "import getpass\nprint(getpass.getuser())",
    "environment": "import os\nKEY = os.environ['WANDB_API_KEY']",
    "locale": "import locale\nlocale.setlocale(locale.LC_ALL, 'de_DE.UTF-8')",
    "input": "gamma = float(input('gamma? '))",
    "exit": "exit()",
    "sys.exit": "import sys\nsys.exit(0)",
    "assert": "assert False, 'not yet'",
    "division": "1 / 0",
    "typo": "prnt('hello')",
    "class that fails": "class Config:\n    seed = undefined",
    "decorator that fails": "@undefined\ndef helper():\n    pass",
    "syntax": "x = = 3",
    "indentation": "def helper():\nreturn 3",
    "open bracket": "values = [1, 2",
    "open string": "text = 'abc",
    "merge marker": "<<<<<<< HEAD",
    "prose": "Here comes my answer:",
    "future": "from __future__ import annotations",
    "warnings as errors": "import warnings\nwarnings.simplefilter('error')",
    "seed": "np.random.seed(0)",
    "recursion": "import sys\nsys.setrecursionlimit(5000)",
    "print options": "np.set_printoptions(precision=1, suppress=True)",
    "errstate": "np.seterr(all='raise')",
    "urlopen": "import urllib.request\nurllib.request.urlopen('http://localhost:9/x')",
    "subprocess": "import subprocess\nsubprocess.run(['no-such-program'], check=True)",
    "own tests": "def test_it():\n    assert running_mean([1], 1) == 1",
    "await": "import asyncio\nawait asyncio.sleep(0)",
    "argparse": "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--lr', required=True)\n"
    "args = parser.parse_args()",
    "argv": "import sys\nLR = float(sys.argv[1])",
    "SummaryWriter": "from torch.utils.tensorboard import SummaryWriter\nwriter = SummaryWriter('runs/a')\n"
    "writer.add_scalar('loss', 1, 2)\nwriter.close()",
    "hint of a lost library": "import pandas as pd\ndef helper(frame: pd.DataFrame) -> pd.Series:\n    return frame['a']",
    "wandb": "import wandb\nwandb.init(project='x')\nwandb.config.lr = 3",
    "loguru": "from loguru import logger\nlogger.add('x.log')\nlogger.info('start')",
    "own folder": "import os\nos.chdir(os.path.dirname(os.path.abspath(__file__)))",
    "folder elsewhere": "import os\nos.chdir('/content/drive/MyDrive')",
    "sys.path": "import sys\nsys.path.append('..')\nsys.path.insert(0, '/content')",
    "own text": "print(len(open(__file__).read()))",
    "log handler": "import logging\nlogger = logging.getLogger(__name__)\n"
    "logger.addHandler(logging.FileHandler('a.log'))\nlogger.warning('x')",
    "plotly": "import plotly.express as px\nfigure = px.line(x=[1], y=[2])\nfigure.show()",
    "widgets": "from ipywidgets import interact\n@interact(x=(0, 1))\ndef show(x):\n    print(x)",
    "dataclass": "from dataclasses import dataclass, field\n@dataclass(slots=True, frozen=True)\nclass Settings:\n"
    "    lr: float = 1e-3\n    sizes: list[int] = field(default_factory=list)\nSETTINGS = Settings()",
    "newer typing": "from typing import override\nclass A:\n    @override\n    def f(self):\n        return 1",
    "match": "match [1, 2]:\n    case [first, *_]:\n        print(first)",
    "walrus": "if (n := len('abc')) > 2:\n    print(n)",
    "star": "from math import *",
    "cached": "from functools import cache\n@cache\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)",
    "prints": "for i in range(20_000):\n    print('epoch', i, 'loss', 0.1)",
    "breakpoint": "if len(__name__) > 99:\n    breakpoint()",
    "getpass": "import getpass\ntoken = getpass.getpass()",
    "stdin": "import sys\nfirst = sys.stdin.readline()",
    "thread": "import threading\nthread = threading.Thread(target=print)\nthread.start()\nthread.join()",
    "processes": "import multiprocessing\nmultiprocessing.set_start_method('spawn', force=True)\nprint(multiprocessing.cpu_count())",
    "smi": "import subprocess\nprint(subprocess.check_output(['nvidia-smi']))",
    "machine": "import os, platform\nfrom pathlib import Path\nprint(platform.platform(), os.getcwd(), Path.home())",
    "remove": "import os, shutil\nshutil.rmtree('out', ignore_errors=True)\nos.makedirs('out')\nshutil.rmtree('out')",
    "zip": "import zipfile\nopen('a.txt', 'w').write('x')\nwith zipfile.ZipFile('a.zip', 'w') as out:\n    out.write('a.txt')",
    "environ": "import os\nos.environ['CUDA_VISIBLE_DEVICES'] = '0'",
    "import or exit": "import sys\ntry:\n    import gymnasium\nexcept ImportError:\n    sys.exit('install gymnasium')",
    "colab or not": "try:\n    from google.colab import drive\n    COLAB = True\nexcept ImportError:\n    COLAB = False",
    "pytest": "import pytest\n@pytest.mark.parametrize('a', [1])\ndef test_a(a):\n    pass",
    "form": '#@title Setup { display-mode: "form" }\nlr = 0.1 #@param {type:"number"}',
    "greek": "γ = 0.9  # Größe ✓",
    "abstract": "from abc import ABC, abstractmethod\nclass Base(ABC):\n    @abstractmethod\n    def act(self): ...\n"
    "agent = Base()",
    "redirected": "import sys\nsys.stdout = open('log.txt', 'w')",
    "not a space": "lr =\N{NO-BREAK SPACE}0.1",
    "curly quotes": "name = \N{LEFT DOUBLE QUOTATION MARK}x\N{RIGHT DOUBLE QUOTATION MARK}",
}
END = {
    "savefig": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('plots/a.png')\nplt.show()",
    "unittest": "import unittest\nunittest.main()",
    "main": "if __name__ == '__main__':\n    while True:\n        pass",
    "np.save": "np.save('means.npy', running_mean([1, 2], 1))\nprint(np.load('means.npy'))",
    "csv": "import csv\nwith open('log.csv', 'w') as file:\n    csv.writer(file).writerow([1])",
    "newer f-string": 'def show(row):\n    return f"{row["a"]}"',
    "json": "import json\njson.dump({'a': 1}, open('a.json', 'w'))",
    "pickle": "import pickle\npickle.dump([1], open('a.pkl', 'wb'))",
    "prints": "print(running_mean([1.0, 2.0], 2))\nprint(undefined)",
    "cut short": "def unfinished(",
    "del": "del nothing",
    "later": "raise NotImplementedError('the rest')",
    "doctest": "import doctest\ndoctest.testmod()",
    "stub again": "if False:\n    def running_mean(values, window):\n        pass",
    "arguments": "if __name__ == '__main__':\n    import argparse\n    argparse.ArgumentParser().parse_args(['x'])",
    "python 2": "print 'done'",
    "end of file": "\x1a",
    "wrong way round": "assert running_mean([1.0], 1) == 2",
}
INSIDE = {  # at the start of the first function
    "print": "print('here', window)",
    "makedirs": "import os; os.makedirs('runs', exist_ok=True)",
    "log file": "open('log.txt', 'a').write('x')",
    "bar": "from tqdm import tqdm",
    "figure": "import matplotlib.pyplot as plt; plt.figure(); plt.savefig('a.png'); plt.close('all')",
    "seeded": "np.random.seed(1)",
    "temporary": "import tempfile; tempfile.TemporaryDirectory().cleanup()",
    "stderr": "import sys; print('x', file=sys.stderr, flush=True)",
    "log": "import logging; logging.basicConfig(filename='a.log'); logging.warning('x')",
    "writer": "from tensorboardX import SummaryWriter; SummaryWriter().add_scalar('a', 1, 1)",
    "shown": "from IPython.display import clear_output, display; clear_output(); display(values)",
    "counted": "global CALLS; CALLS = globals().get('CALLS', 0) + 1",
    "warned": "import warnings; warnings.warn('hm')",
    "cleared": "import os; os.system('cls' if os.name == 'nt' else 'clear')",
    "copied": "import os, shutil; os.makedirs('d', exist_ok=True); open('d/x', 'w').write('xy'); "
    "shutil.copytree('d', 'f', dirs_exist_ok=True); os.truncate('f/x', 1); assert open('f/x').read() == 'x'",
    "latest": "import os; open('a', 'w').write('x'); [os.remove('last') for _ in range(os.path.exists('last'))]; "
    "os.symlink('a', 'last'); assert open('last').read() == 'x'",
    "packed": "import bz2; bz2.open('a.bz2', 'wb').close(); assert bz2.open('a.bz2').read() == b''",
    "saved": "np.savez('a.npz', x=values); np.load('a.npz')['x']",
}
SAMPLE = ("gymnasium", "savefig", "log file", "syntax", "exit", "future")


def quirky(solution: str) -> dict[str, str]:
    """Return a right file with each quirk, by its name."""
    before, _, after = solution.partition("FloatArray =")
    found = {name: f"{before}{text}\n\nFloatArray ={after}" for name, text in TOP.items()}
    found["future"] = (
        f"{TOP['future']}\n{solution.partition('import numpy')[1]}{solution.partition('import numpy')[2]}"
    )
    found["future"] = found["future"].replace(
        "import numpy as np", "from collections.abc import Sequence\nimport numpy as np", 1
    )
    found |= {name: f"{solution}\n\n{text}\n" for name, text in END.items()}
    found |= {
        name: solution.replace("    starts = [", f"    {text}\n    starts = [", 1)
        for name, text in INSIDE.items()
    }
    return found
