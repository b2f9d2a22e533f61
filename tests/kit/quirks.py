"""What right files have besides the answer: each must cost nothing, where it is graded and at home."""

import ast

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
    "argparse main": "import argparse\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--n', type=int, required=True)\n    print(p.parse_args().n)\nmain()",
    "type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas as pd\ndef helper(x: 'pd.DataFrame') -> 'pd.Series': ...",
    "asyncio run": "import asyncio\nasync def main():\n    await asyncio.sleep(0)\nasyncio.run(main())",
    "fullwidth": "print\uff08'x'\uff09",
    "space after backslash": "total = 1 + \\ \n    2",
    "long literal": "TABLE = [" + "0.5, " * 30_000 + "]",
    "databricks": "# Databricks notebook source\n# MAGIC %pip install gymnasium\n# COMMAND ----------\ndbutils.library.restartPython()",
    "light": "# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py:light\n# ---\n# + tags=['a']\nx = 1\n# -",
    "exported by nbconvert": "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\nget_ipython().run_line_magic('load_ext', 'autoreload')\nget_ipython().system('pip install x')",
    "colab output": "from google.colab import output, userdata\noutput.clear()\nTOKEN = userdata.get('HF')",
    "kaggle": "import os\nfor dirname, _, filenames in os.walk('/kaggle/input'):\n    for filename in filenames:\n        print(os.path.join(dirname, filename))",
    "spyder": "from IPython import get_ipython\nget_ipython().magic('reset -sf')\nget_ipython().run_line_magic('clear', '')",
    "runfile": "runfile('warmup.py', wdir='C:/Users/me')",
    "unittest": "import unittest\nclass TestIt(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(1, 2)\nunittest.main(argv=[''], exit=False)",
    "hypothesis": "from hypothesis import given, strategies as st\n@given(st.integers())\ndef test_a(n):\n    assert n == n",
    "jax": "import jax\nimport jax.numpy as jnp\n@jax.jit\ndef helper(x):\n    return jnp.sum(x)\nkey = jax.random.PRNGKey(0)",
    "two in one": "import numpy as np, pandas as pd",
    "alarm": "import signal\nsignal.alarm(1)",
    "own handler": "import signal\nsignal.signal(signal.SIGINT, lambda *a: None)\nsignal.signal(signal.SIGALRM, lambda *a: None)",
    "atexit": "import atexit\natexit.register(print, 'bye')",
    "timer": "import threading\nthreading.Timer(0.01, print).start()",
    "daemon": "import threading, time\ndef spin():\n    while True:\n        time.sleep(0.01)\nthreading.Thread(target=spin, daemon=True).start()",
    "pool": "from multiprocessing import Pool\nwith Pool(2) as pool:\n    print(pool.map(abs, [1, -2]))",
    "process executor": "from concurrent.futures import ProcessPoolExecutor\nwith ProcessPoolExecutor(2) as pool:\n    print(list(pool.map(abs, [1, -2])))",
    "environ cleared": "import os\nos.environ.clear()",
    "limits of its own": "import os, resource\nos.nice(1)\nos.umask(0)\nos.sched_setaffinity(0, {0})\nresource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))",
    "interpreter": "import gc, faulthandler, sys\ngc.disable()\nfaulthandler.enable()\nsys.settrace(None)\nsys.tracebacklimit = 0\nsys.excepthook = lambda *a: None",
    "sqlite": "import sqlite3\ndb = sqlite3.connect('runs.db')\ndb.execute('create table a (b)')\ndb.commit()",
    "shelve": "import shelve\nwith shelve.open('cache') as cache:\n    cache['a'] = 1",
    "rotating": "import logging.handlers\nlogging.getLogger().addHandler(logging.handlers.RotatingFileHandler('logs/a.log'))",
    "memmap": "m = np.memmap('a.dat', dtype='float32', mode='w+', shape=(2, 2))\nm[:] = 1\nm.flush()",
    "named temporary": "import tempfile\nwith tempfile.NamedTemporaryFile('w', suffix='.txt', delete=False) as f:\n    f.write('x')\nprint(open(f.name).read())",
    "paths": "from pathlib import Path\nPath('a').mkdir(parents=True, exist_ok=True)\nPath('a/b.txt').write_text('x')\nPath('a/b.txt').touch()\nprint(list(Path('.').rglob('*.txt')), Path('a').exists(), Path('a/b.txt').stat().st_size)",
    "hostname": "import socket, uuid\nprint(socket.gethostname(), uuid.uuid1(), uuid.getnode())",
    "clock": "import time, datetime, zoneinfo\ntime.tzset()\nprint(datetime.datetime.now().astimezone(), zoneinfo.ZoneInfo('Europe/Berlin'))",
    "browser": "import webbrowser\nwebbrowser.open('http://localhost')",
    "tkinter": "import tkinter as tk\nroot = tk.Tk()\nroot.mainloop()",
    "interactive plot": "import matplotlib.pyplot as plt\nplt.ion()\nplt.plot([1])\nplt.pause(0.01)\nplt.draw()\nplt.get_current_fig_manager().set_window_title('x')",
    "animation": "import matplotlib.pyplot as plt\nfrom matplotlib.animation import FuncAnimation\nfig = plt.figure()\nani = FuncAnimation(fig, lambda i: [], frames=2)\nani.save('a.gif', writer='pillow')",
    "latex": "import matplotlib.pyplot as plt\nplt.rcParams['text.usetex'] = True\nplt.rc('font', family='Times New Roman')\nplt.style.use('ggplot')\nplt.title('$x$')",
    "pydantic": "from pydantic import BaseModel\nclass Config(BaseModel):\n    lr: float = 0.1\nconfig = Config()",
    "metaclass": "class Meta(type):\n    def __new__(cls, *a, **k):\n        return super().__new__(cls, *a, **k)\nclass A(metaclass=Meta):\n    pass",
    "shadowed": "sum = 0\nlist = [1]\nid = 3",
    "arrow": "x <- 3",
    "git version": "import subprocess\nSHA = subprocess.run(['git', 'rev-parse', 'HEAD'], capture_output=True, text=True).stdout.strip()",
    "inspect own": "import inspect, sys\nprint(inspect.getsource(sys.modules[__name__])[:20])",
    "deprecated numpy": "x = np.float(3)\ny = np.bool8(1)",
    "newer except": "try:\n    pass\nexcept ValueError, TypeError:\n    pass",
    "newer template": "name = 'x'\ntext = t'hello {name}'",
    "tracemalloc": "import tracemalloc\ntracemalloc.start()\nprint(tracemalloc.take_snapshot())",
    "seed all": "def seed_all(s):\n    import random, os, torch\n    random.seed(s); np.random.seed(s); torch.manual_seed(s); torch.cuda.manual_seed_all(s)\n    os.environ['PYTHONHASHSEED'] = str(s)\n    torch.backends.cudnn.deterministic = True\nseed_all(0)",
    "gym env": "import gymnasium as gym\nenv = gym.make('CartPole-v1')\nobs, _ = env.reset()\nfor _ in range(3):\n    obs, *_ = env.step(env.action_space.sample())\nenv.close()",
    "hydra": "import hydra\nfrom omegaconf import DictConfig\n@hydra.main(config_path='.', config_name='c')\ndef main(cfg: DictConfig) -> None:\n    print(cfg)\nmain()",
    "tensorflow": "import tensorflow as tf\nprint(tf.__version__)\nfor gpu in tf.config.list_physical_devices('GPU'):\n    tf.config.experimental.set_memory_growth(gpu, True)",
    "rich": "from rich import print\nfrom rich.console import Console\nconsole = Console()\nconsole.print('x')\nprint('[b]x[/b]')",
    "nested loop": "import asyncio, nest_asyncio\nnest_asyncio.apply()\nasyncio.get_event_loop().run_until_complete(asyncio.sleep(0))",
    "descriptors": "import os\nfd = os.open('a.bin', os.O_CREAT | os.O_WRONLY)\nos.write(fd, b'x')\nos.close(fd)\nos.replace('a.bin', 'b.bin')\nassert os.path.getsize('b.bin') == 1",
    "array files": "np.arange(3).tofile('x.bin')\nnp.fromfile('x.bin', dtype=int)\nnp.arange(3).dump('x.pkl')",
    "tee": "import sys\nclass Tee:\n    def __init__(self, *files): self.files = files\n    def write(self, s): [f.write(s) for f in self.files]\n    def flush(self): [f.flush() for f in self.files]\nsys.stdout = Tee(sys.stdout, open('log.txt', 'w'))\nprint('x')",
    "terminal": "import os, sys\nprint(sys.stdout.isatty(), sys.stdout.encoding)\nos.write(1, b'x')\nprint(os.get_terminal_size())",
    "turtle": "import turtle\nscreen = turtle.Screen()\nscreen.tracer(0)",
    "curses": "import curses, readline\nstdscr = curses.initscr()",
    "stack": "import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(2**26)\nthread = threading.Thread(target=print)\nthread.start()",
    "own environment": "import gymnasium as gym\nclass Env(gym.Env):\n    def __init__(self):\n        self.action_space = gym.spaces.Discrete(4)\nenv = Env()\nobs = env.reset()",
    "module attributes": "__all__ = ['x']\n__version__ = '1'\ndef __getattr__(name):\n    raise AttributeError(name)",
    "dictConfig": "import logging.config\nlogging.config.dictConfig({'version': 1, 'handlers': {'f': {'class': 'logging.FileHandler', 'filename': 'x/y.log'}}, 'root': {'handlers': ['f']}})\nlogging.warning('x')",
    "download": "import os, urllib.request\nif not os.path.exists('data.csv'):\n    urllib.request.urlretrieve('http://localhost:9/data.csv', 'data.csv')",
    "dataset": "from datasets import load_dataset\nfor row in load_dataset('imdb')['train']:\n    print(row)",
    "builtins of its own": "input = lambda *a: '3'\nopen = None\nprint = lambda *a, **k: None",
    "surrogate": "print('\\ud800')",
    "home": "from pathlib import Path\n(Path.home() / 'hw').mkdir(exist_ok=True)\n(Path.home() / 'hw' / 'a').write_text('x')\nopen('/content/out.txt', 'w').write('x')",
    "path of Windows": "import os\nopen(r'C:\\Users\\me\\log.txt', 'w').write('x')\nos.chdir('C:/Users/me')",
    "profile": "import cProfile, timeit\ncProfile.run('1+1', 'out.prof')\ntimeit.timeit('1+1', number=10)",
    "streamlit": "import streamlit as st\nst.title('x')\nif st.button('Run'):\n    st.write(1)\nwith st.sidebar:\n    n = st.slider('n', 1, 5)\nfor i in range(n):\n    pass",
    "gradio": "import gradio as gr\nwith gr.Blocks() as demo:\n    gr.Markdown('x')\ndemo.launch()",
    "click": "import click\n@click.command()\n@click.option('--n', default=1)\ndef cli(n):\n    print(n)\ncli()",
    "transformers": "from transformers import AutoTokenizer, pipeline\ntok = AutoTokenizer.from_pretrained('gpt2')\nprint(tok('x')['input_ids'])",
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
    "curly quotes": "note = \N{LEFT DOUBLE QUOTATION MARK}x\N{RIGHT DOUBLE QUOTATION MARK}",
    "track": "from rich.progress import track; [i for i in track(range(3), description='x')]",
    "debugger": "from IPython.core.debugger import set_trace",
    "threads": "from concurrent.futures import ThreadPoolExecutor as Pool; list(Pool(2).map(abs, [1, -2]))",
    "loop": "import asyncio; asyncio.run(asyncio.sleep(0))",
    "chdir": "import os; os.makedirs('sub', exist_ok=True); os.chdir('sub'); os.chdir('..')",
    "redirected": "import contextlib, io; contextlib.redirect_stdout(io.StringIO()).__enter__()",
    "picture": "import matplotlib.pyplot as plt; plt.imsave('x.png', np.zeros((2, 2))); plt.imread('x.png')",
    "own text": "from pathlib import Path; Path(__file__).read_text(); import inspect; inspect.stack()[0]",
    "saved": "np.savez('a.npz', x=values); np.load('a.npz')['x']",
}
HABITS = """
import getpass, logging, os, sys, tempfile
import matplotlib
matplotlib.use('TkAgg')
import matplotlib.pyplot as plt
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)
torch.set_num_interop_threads(2)
torch.autograd.set_detect_anomaly(True)
torch.set_printoptions(precision=2)
torch.backends.cudnn.benchmark = False
DEVICE = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
sys.stdout.reconfigure(encoding='utf-8')
logging.basicConfig(filename='run.log')
FOLDER = tempfile.mkdtemp()
USER, KEY = getpass.getuser(), os.environ.get('WANDB_API_KEY')
os.makedirs('runs/a', exist_ok=True)
WRITER = SummaryWriter('runs/a')
plt.plot([1, 2])
plt.savefig('runs/a/plot.png')
plt.show()
torch.save({'w': torch.ones(2)}, 'runs/a/model.pt')
WEIGHTS = torch.load('runs/a/model.pt')
compiled = torch.compile(lambda x: x)
DATA = torch.utils.data.DataLoader([1, 2, 3], num_workers=2, pin_memory=True)
for _ in tqdm(DATA):
    pass
"""
HABITS_INSIDE = (
    "plt.figure(); plt.plot([1]); plt.savefig('b.png'); plt.show(); plt.close('all'); "
    "torch.save(torch.ones(1).to(DEVICE), 'm.pt'); torch.load('m.pt'); WRITER.add_scalar('a', 1, 1); "
    "logging.info('x'); os.makedirs('more', exist_ok=True); compiled(1); open('log.csv', 'a').write('1')"
)
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


def with_habits(solution: str) -> str:
    """Return a solution that does what torch's and matplotlib's users do, above and inside its functions."""
    lines = solution.splitlines()
    functions = [node for node in ast.parse(solution).body if isinstance(node, ast.FunctionDef)]
    for node in reversed(functions):
        first = node.body[1] if len(node.body) > 1 else node.body[0]
        lines.insert(first.lineno - 1, " " * first.col_offset + HABITS_INSIDE)
    lines.insert(functions[0].lineno - 1, f"import torch\n{HABITS}")
    return "\n".join(lines) + "\n"
