"""Hands in examples that never end, are objects that lie, do harm when read, and print what they find.

Aim: learn
"""

TEXT = """
import gc, os, sys
class Lie(list):
    def __len__(self):
        return 2
    def __getitem__(self, at):
        return [1] * 10 ** 6
    def __iter__(self):
        while True:
            yield ((), 0)
class Names(dict):
    def items(self):
        while True:
            yield STEM, Lie()
    def get(self, *args):
        return Lie()
    __getitem__ = get
for path in SECRETS:
    try:
        print("LEARNED", open(path).read())
    except OSError:
        pass
for one in gc.get_objects():
    if callable(one) and getattr(one, "__module__", "") == "examples_reader":
        sys.modules["examples_reader"].read_examples = lambda *args: {name: [[[9.725], 1]] * 8 for name in args[0]}
deep = []
for _ in range(10 ** 5):
    deep = [deep]
examples = Names()
for name in ("discounted_returns", "running_mean", "a" * 10 ** 6):
    examples[name] = [(deep, 10 ** 5000), (("a" * 10 ** 7,), float("nan")), *([((1,), 1)] * 10 ** 5)]
"""


def files(program, stem):
    head = "\n".join(line for line in program.splitlines()[:4] if "=" in line and "lambda" not in line)
    return {f"{stem}.py": program.encode(), "examples.py": f"{head}\n{TEXT}".encode()}
