"""Libraries that the warm process may import ahead, so that no worker has to: each once, when first used."""

import ast
import contextlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec

# what a program says -> the module that is imported ahead
AHEAD = {
    "numpy": "numpy",
    "torch": "torch",
    "torch.optim": "torch._dynamo",  # making the first optimizer imports it, which takes seconds
    "matplotlib": "matplotlib.pyplot",
    **{
        f"scipy.{part}": f"scipy.{part}"
        for part in (
            "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse",
            "spatial", "special", "stats",
        )
    },
}  # fmt: skip
PRELOADABLE = frozenset(AHEAD.values())
# what programs that import a library often import as well: milliseconds each, in every worker
TOGETHER = {
    "numpy": (
        "numpy.typing", "collections", "copy", "dataclasses", "decimal", "fractions", "functools", "heapq",
        "itertools", "math", "operator", "random", "statistics", "string", "time", "typing",
    ),
}  # fmt: skip
MOST_SEARCHED = 1 << 20  # characters of a text; both patterns take time in proportion to it
ANY_WORD = re.compile(r"\w+")
DOTTED = re.compile(r"\b(torch|scipy)\.(\w+)")


def used_by(texts: Iterable[str]) -> list[str]:
    """Return the modules to import ahead for programs: the libraries that they name and that are here."""
    named: set[str] = set()
    for text in texts:
        named |= {".".join(found) for found in DOTTED.findall(text[:MOST_SEARCHED])}
        named.update(imported_modules(text[:MOST_SEARCHED]))
    near = [name for name in AHEAD if name in named]
    return list(dict.fromkeys(AHEAD[name] for name in near if is_here(name.partition(".")[0])))


def packages_of(texts: Iterable[str]) -> list[str]:
    """Return the packages that programs of the course import, in order."""
    names: set[str] = set()
    for text in texts:
        with contextlib.suppress(SyntaxError):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Import):
                    names.update(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module)
    return sorted({name.partition(".")[0] for name in names})


def imported_modules(text: str) -> Iterator[str]:
    """Yield what the import statements of a program name: `a`, and `a.b` for `from a import b`.

    Every line is looked at once: a statement in brackets ends with them, or where the next one begins.
    """
    package, is_open = "", False
    for line in text.splitlines():
        if not is_open and "import" not in line:
            continue
        words = ANY_WORD.findall(line.partition("#")[0])
        if words[:1] in (["from"], ["import"]):
            is_open = False
            names = words[1:]
            yield from names
            if words[0] == "from" and "import" in words and len(words) > 1:
                package, at = words[1], words.index("import")
                yield from (f"{package}.{name}" for name in words[at + 1 :])
                is_open = "(" in line and ")" not in line
        elif is_open:
            yield from (f"{package}.{name}" for name in words)
            is_open = ")" not in line


@cache
def is_here(package: str) -> bool:
    """Whether a package is installed."""
    return find_spec(package) is not None
