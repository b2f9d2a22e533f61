"""What the notebooks of a folder use: the student's functions from either file, the checks, the zip."""

import dis
import inspect
import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.errors import STUB
from autograder.publish.student_files.preflight import zip_report
from autograder.publish.student_files.progress import PASSED, progress_line, too_slow
from autograder.publish.student_files.runner import checks_in, question_of, run_check, title_of
from autograder.publish.student_files.work import OwnWork, facts_of, limits_of, load_work

ON_COLAB = "Download this notebook (File, Download, .ipynb) and hand it in"


class Lab(types.ModuleType):
    """A student's functions, from the script or the notebook, read again whenever it was saved."""

    def __init__(self, stem: str) -> None:
        super().__init__(stem)
        self._folder, self._saved = Path.cwd(), ()

    def __getattribute__(self, name: str) -> Any:
        if name == "__dict__" or not name.startswith("_"):
            object.__getattribute__(self, "_refresh")()
        return super().__getattribute__(name)

    def _refresh(self) -> None:
        paths = [self._folder / f"{self.__name__}.{ending}" for ending in ("py", "ipynb")]
        saved = tuple(path.stat().st_mtime_ns for path in paths if path.exists())
        if saved == self._saved:
            return
        self._saved = saved
        work = load_work(self._folder, self.__name__)
        print(*work.complaints, sep="\n", end="\n" if work.complaints else "")  # noqa: T201
        own: dict[str, Any] = object.__getattribute__(self, "__dict__")
        own.update({name: value for name, value in work.namespace.items() if not name.startswith("__")})

    def is_written(self, question: str) -> bool:
        """Whether a question is no stub any more; where it is one, say so."""
        return is_written(question, vars(self))


def is_written(question: str, namespace: Mapping[str, Any]) -> bool:
    """Whether a name is defined and no stub; where it is not, say so."""
    found = namespace.get(question)
    if found is None:
        print(f"{question} is not defined: run its cell first")  # noqa: T201
    elif is_stub_object(found):
        print(f"{question}: not written yet (its raise NotImplementedError still stands)")  # noqa: T201
    else:
        return True
    return False


def is_stub_object(value: Any) -> bool:
    """Whether a function, or every method of a class, only raises as it was handed out."""
    if isinstance(value, type):
        methods = [one for one in vars(value).values() if inspect.isfunction(one)]
        return bool(methods) and all(map(is_stub_object, methods))
    code = getattr(inspect.unwrap(value), "__code__", None)
    if code is None or not any(STUB in text for text in code.co_consts if isinstance(text, str)):
        return False
    return not any(step.opname.startswith("RETURN_") and step.opname != "RETURN_GENERATOR"
                   for step in dis.get_instructions(code))  # fmt: skip


def check_cell(question: str, namespace: dict[str, Any]) -> None:
    """Run the visible checks of a question on what a notebook defines, and say how they end."""
    if not is_written(question, namespace):
        return
    facts = facts_of(Path())
    stem = facts["stem"]
    own = [value for value in namespace.values() if inspect.isfunction(value)]
    files = {one.__code__.co_filename for one in own if one.__globals__ is namespace}
    work = OwnWork(f"{stem}.ipynb", namespace, files, limits=limits_of(facts))
    found = []
    for check in checks_in(Path("checks", f"test_{stem}.py")):
        if question_of(check) == question:
            found.append((check, *run_check(check, work)))
    told = [f"{question}: {progress_line([verdict for _, verdict, _ in found])}"]
    told += too_slow(verdict for _, verdict, _ in found)
    for check, verdict, printed in found:
        if verdict.status != PASSED and verdict.text not in told:
            told += [f"\n{title_of(check)}:", verdict.text, *([f"it printed:\n{printed}"] if printed else [])]
    print("\n".join(told))  # noqa: T201


def hand_in_notebook() -> None:
    """Say what to look at before handing in, and write the zip; on Colab, say what to download."""
    facts = facts_of(Path())
    if "google.colab" in sys.modules:
        more = " and ".join(facts["files"][1:])
        print(ON_COLAB + (f" together with {more}." if more else "."))  # noqa: T201
        return
    print(zip_report(Path(), facts))  # noqa: T201
