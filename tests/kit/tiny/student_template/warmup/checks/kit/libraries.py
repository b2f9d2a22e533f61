"""Libraries that the warm process may import ahead, so that no worker has to: each once, when first used."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec

# what a program says -> the module that is imported ahead
LIBRARIES = {
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
PRELOADABLE = frozenset(LIBRARIES.values())


def used_by(texts: Iterable[str]) -> list[str]:
    """Return the modules to import ahead for programs: the libraries that they name and that are here."""
    program = "\n".join(texts)
    words = set(re.findall(r"\w+", program))
    near = [name for name in LIBRARIES if words.issuperset(name.split("."))]
    named = [name for name in near if mention(name).search(program)]
    return list(dict.fromkeys(LIBRARIES[name] for name in named if is_here(name.partition(".")[0])))


@cache
def mention(name: str) -> re.Pattern[str]:
    """Return the pattern of a program that uses a library: `import a.b`, `a.b.f()`, `from a import b`."""
    package, _, part = map(re.escape, name.partition("."))
    if not part:
        return re.compile(rf"^[ \t]*(?:import|from)\b[^\n]*\b{package}\b", re.MULTILINE)
    listed = rf"\bfrom\s+{package}\s+import\s+(?:\([^)]*|[^\n(]*)\b{part}\b"
    return re.compile(rf"\b{package}\.{part}\b|{listed}")


@cache
def is_here(package: str) -> bool:
    """Whether a package is installed."""
    return find_spec(package) is not None
