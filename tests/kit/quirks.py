"""What right files have besides the answer: each must cost nothing, where it is graded and at home."""

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
}
END = {
    "savefig": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('plots/a.png')\nplt.show()",
    "unittest": "import unittest\nunittest.main()",
    "main": "if __name__ == '__main__':\n    while True:\n        pass",
    "np.save": "np.save('means.npy', running_mean([1, 2], 1))\nprint(np.load('means.npy'))",
    "csv": "import csv\nwith open('log.csv', 'w') as file:\n    csv.writer(file).writerow([1])",
    "json": "import json\njson.dump({'a': 1}, open('a.json', 'w'))",
    "pickle": "import pickle\npickle.dump([1], open('a.pkl', 'wb'))",
    "prints": "print(running_mean([1.0, 2.0], 2))\nprint(undefined)",
    "cut short": "def unfinished(",
    "del": "del nothing",
    "later": "raise NotImplementedError('the rest')",
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
