"""Which Python and which libraries run students' code: what is promised and installed follows from here."""

import sys

PYTHON = (3, 11)
VERSION = ".".join(map(str, PYTHON))
LIBRARIES = ("numpy", "scipy", "torch", "matplotlib")

# what students install: a range, where the grader has one version. torch has no wheel for Intel Macs
# after 2.2, and that one needs a NumPy before 2.
INTEL_MAC = 'sys_platform == "darwin" and platform_machine == "x86_64"'
NO_INTEL_MAC = 'sys_platform != "darwin" or platform_machine != "x86_64"'
AT_HOME = {
    "matplotlib": ("matplotlib",),
    "numpy": (f"numpy>=2; {NO_INTEL_MAC}", f"numpy>=1.26,<2; {INTEL_MAC}"),
    "pytest": ("pytest>=9",),
    "scipy": ("scipy",),
    "torch": ("torch>=2.2,<3",),
}

# what those import themselves, by the names that they import it under
BROUGHT = (
    "PIL", "_distutils_hack", "contourpy", "cycler", "dateutil", "filelock", "fontTools", "fsspec",
    "functorch", "isympy", "jinja2", "kiwisolver", "markupsafe", "mpl_toolkits", "mpmath", "networkx",
    "packaging", "pkg_resources", "pylab", "pyparsing", "setuptools", "six", "sympy", "torchgen",
    "typing_extensions",
)  # fmt: skip
IMPORTABLE = frozenset((*sys.stdlib_module_names, *LIBRARIES, *BROUGHT))

# what later versions of Python have: the version, and names by module
NEWER_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "3.12": {
        "typing": ("override", "TypeAliasType"), "itertools": ("batched",), "math": ("sumprod",),
        "collections.abc": ("Buffer",), "random": ("binomialvariate",), "calendar": ("Month", "Day"),
        "inspect": ("markcoroutinefunction",),
    },
    "3.13": {
        "typing": ("TypeIs", "ReadOnly", "NoDefault", "get_protocol_members", "is_protocol"),
        "warnings": ("deprecated",), "copy": ("replace",), "math": ("fma",),
        "pathlib": ("UnsupportedOperation",), "queue": ("ShutDown",), "os": ("process_cpu_count",),
    },
    "3.14": {"annotationlib": (), "compression": (), "string.templatelib": (), "concurrent.interpreters": ()},
}  # fmt: skip


def python_name() -> str:
    """Return the Python that grades, as people write it."""
    return f"Python {VERSION}"


def came_with(module: str, name: str = "") -> str:
    """Return the version of Python that brought a module or a name in one, "" if none after ours is known."""
    for version, modules in NEWER_NAMES.items():
        if module in modules and (not modules[module] or name in modules[module]):
            newer = tuple(map(int, version.split("."))) > sys.version_info[:2]
            return version if newer else ""
    return ""


def promised() -> str:
    """Return the promised libraries in words."""
    return f"{', '.join(LIBRARIES[:-1])} and {LIBRARIES[-1]}"
