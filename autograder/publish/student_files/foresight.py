"""What the grader would stumble over in a program, told from its text alone."""

import ast
import bisect
import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PureWindowsPath

from autograder.errors import STUB, InputError
from autograder.submission.notebook_code import cells_of

NO_NETWORK, NO_PROGRAMS = "the grader has no network", "the grader starts no programs"
IT_ENDS = "it ends the program"
REFUSED_IMPORTS = {
    "socket": NO_NETWORK, "urllib.request": NO_NETWORK, "http.client": NO_NETWORK, "http.server": NO_NETWORK,
    "requests": NO_NETWORK, "subprocess": NO_PROGRAMS, "multiprocessing": "the grader starts no processes",
}  # fmt: skip
REFUSED_CALLS = {
    "input": "nobody answers there", "breakpoint": "nobody answers there",
    "pdb.set_trace": "nobody answers there",
    "exit": IT_ENDS, "quit": IT_ENDS, "sys.exit": IT_ENDS,
    "os._exit": IT_ENDS, "os.abort": IT_ENDS, "os.system": NO_PROGRAMS, "os.popen": NO_PROGRAMS,
}  # fmt: skip
ANY_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
AT_HOME_ONLY = ("__name__ == '__main__'", "'__main__' == __name__", "get_ipython()")
WRITING = re.compile(r"save|write|dump|to_")
MODES = frozenset(("w", "wb", "w+", "a", "ab", "x", "xb"))


class Graded(ast.NodeTransformer):
    """Leaves out what runs only in a main program or a notebook: where it is graded it is neither."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Keep what stands under `else:` of such a guard."""
        self.generic_visit(node)
        return node.orelse if ast.unparse(node.test) in AT_HOME_ONLY else node


def graded(text: str) -> ast.Module:
    """Return a program without what runs only at home."""
    tree: ast.Module = Graded().visit(ast.parse(text))
    return tree


@dataclass(frozen=True)
class HandedProgram:
    """A file that is handed in, as far as it runs where it is graded."""

    name: str
    cells: Sequence[str]
    tree: ast.Module

    def place(self, line: int) -> str:
        """Return where a line of the whole is, in words."""
        return place_of(self.name, self.cells, line)


def place_of(name: str, cells: Sequence[str], line: int) -> str:
    """Return where a line of all cells together is, in words."""
    ends = list(itertools.accumulate(cell.count("\n") + 1 for cell in cells))
    at = min(bisect.bisect_left(ends, line), len(cells) - 1)
    within = line - (ends[at - 1] if at else 0)
    return f"{name}, cell {at + 1}, line {within}" if name.endswith(".ipynb") else f"{name}, line {line}"


def read_program(path: Path) -> HandedProgram:
    """Return a program or a notebook; raise an `InputError` with the place where Python cannot read it."""
    return program_of(path.name, cells_of(path.read_bytes(), path.name))


def program_of(name: str, cells: Sequence[str]) -> HandedProgram:
    """Return a program of cells; raise an `InputError` with the place where Python cannot read it."""
    try:
        return HandedProgram(name, cells, graded("\n".join(cells)))
    except (SyntaxError, ValueError) as wrong:
        place = place_of(name, cells, getattr(wrong, "lineno", None) or 1)
        raise InputError(f"{place}: Python cannot read this: {getattr(wrong, 'msg', wrong)}") from None


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Return the full name of what each imported name means: {"np": "numpy", "system": "os.system"}."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def calls_in(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield the full name of everything that is called, where it is a plain one, with the call."""
    names = imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            head, dot, rest = ast.unparse(node.func).partition(".")
            yield names.get(head, head) + dot + rest, node


def import_troubles(folder: Path, program: HandedProgram, ours: Collection[str]) -> Iterator[str]:
    """Yield what a program imports that is not there, or of no use, where it is graded."""
    told = dict[str, None]()
    for full in imported_names(program.tree).values():
        package = full.partition(".")[0]
        refused = next((name for name in REFUSED_IMPORTS if f"{full}.".startswith(f"{name}.")), "")
        if refused:
            told[f"import {refused}: {REFUSED_IMPORTS[refused]}"] = None
        elif package not in ours and (folder / f"{package}.py").is_file():
            told[
                f"import {package}: {package}.py is not handed in: put its functions into {program.name}"
            ] = None
        elif package not in ours:
            told[f"import {package}: the grader does not have it"] = None
    yield from told


def call_troubles(program: HandedProgram, defined: Collection[str]) -> Iterator[str]:
    """Yield the calls that cannot end well where nobody sits before a screen."""
    for name, call in calls_in(program.tree):
        if name in REFUSED_CALLS and name not in defined:
            yield f"{program.place(call.lineno)}: {name}(): {REFUSED_CALLS[name]}"


def data_troubles(folder: Path, program: HandedProgram, given: Collection[str]) -> Iterator[str]:
    """Yield the files of the folder that a program names in a call and that the grader will not have."""
    for name, call in calls_in(program.tree):
        asked = [*call.args, *(one.value for one in call.keywords)]
        first, *others = [one.value if isinstance(one, ast.Constant) else None for one in asked] or [None]
        if name.endswith("run_line_magic") and others:
            first = f"{others[0]} ".split(" ")[-2]  # the file of %run or %load
        writes = WRITING.search(name.rpartition(".")[2]) or MODES.intersection(map(str, others))
        if not isinstance(first, str) or writes:
            continue
        for path in (PurePath(first), PureWindowsPath(first)):  # as it is called at home
            if path.suffix and path.name not in given and (folder / path.name).is_file():
                yield f"{program.place(call.lineno)}: {path.name} is not handed in, so the grader lacks it"
                break


def bound_names(programs: Sequence[HandedProgram]) -> set[str]:
    """Return the names that programs give to values: `f = lambda x: x`, but not by importing one another."""
    own, found = {PurePath(one.name).stem for one in programs}, set[str]()
    for one in programs:
        found |= {node.id for node in ast.walk(one.tree) if isinstance(node, ast.Name) and gets_value(node)}
        found |= {name for name, full in imported_names(one.tree).items() if full.split(".")[0] not in own}
    return found


def gets_value(node: ast.Name) -> bool:
    """Whether a name stands where it gets a value."""
    return isinstance(node.ctx, ast.Store)


def parameters_of(tree: ast.Module) -> dict[str, list[str]]:
    """Return the names of the parameters of functions, and of methods as `Class.method`."""
    found = {}
    for node in tree.body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                name = inner.name if inner is node else f"{node.name}.{inner.name}"  # type: ignore[attr-defined]
                every = [*inner.args.posonlyargs, *inner.args.args, *inner.args.kwonlyargs]
                found[name] = [one.arg for one in every]
    return found


def example_troubles(program: HandedProgram, questions: Collection[str]) -> Iterator[str]:
    """Yield the examples that have another form than `"question": [((argument,), value)]`."""
    given = [one.value for one in program.tree.body
             if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "examples"]  # fmt: skip
    if not given:
        yield f"{program.name}: there is no examples = {{...}} in it"
        return
    pairs = zip(given[-1].keys, given[-1].values, strict=True) if isinstance(given[-1], ast.Dict) else ()
    for key, value in pairs:
        if isinstance(key, ast.Constant) and key.value not in questions:
            yield f"{program.place(key.lineno)}: {key.value} is no function of this assignment"
        for one in value.elts if isinstance(value, ast.List | ast.Tuple) else [value]:
            if not isinstance(one, ast.Tuple | ast.List) or len(one.elts) != 2:
                yield f"{program.place(one.lineno)}: write ((argument, argument), value)"


def remarks(program: HandedProgram, names: Collection[str]) -> dict[str, str]:
    """Return of questions that are there, and yet not seen to work, why: what stands where."""
    found = dict[str, str]()
    lost = set(names) - {one.name for one in program.tree.body if isinstance(one, ANY_DEFINITION)}
    outers = [one for one in ast.walk(program.tree) if isinstance(one, ANY_DEFINITION)]
    for outer, one in ((each, one) for each in outers for one in ast.walk(each)):
        is_method = isinstance(outer, ast.ClassDef) and outer.name in names
        is_inside = isinstance(one, ANY_DEFINITION) and one is not outer and not is_method
        if is_inside and one.name in lost:
            told = f"{one.name} is inside {outer.name}: move it to the left edge"
            found.setdefault(one.name, f"{program.place(one.lineno)}: {told}")
        elif is_begun(one) and (line := stub_line(one, outer.name)):
            told = "the stub's raise NotImplementedError is left in: take this line out"
            found.setdefault(outer.name, f"{program.place(line)}: {told}")
    return {name: found[name] for name in names if name in found}


def stub_line(node: ast.AST, name: str) -> int:
    """Return the line of a stub's raise that a function comes to, 0 if it returns before or has none."""
    for one in node.body if isinstance(node, ast.FunctionDef) else ():
        if isinstance(one, ast.Raise) and f"{name}: {STUB}" in ast.unparse(one):
            return one.lineno
        if isinstance(one, ast.Return):
            break
    return 0


def is_begun(node: ast.AST) -> bool:
    """Whether a function holds more than a docstring, one statement and other definitions."""
    if not isinstance(node, ast.FunctionDef):
        return False
    own = [one for one in node.body if not isinstance(one, ANY_DEFINITION)]
    return len(own) > 1 + (ast.get_docstring(node) is not None)


def double_definitions(program: HandedProgram, names: Collection[str]) -> Iterator[str]:
    """Yield the questions that a program defines twice."""
    seen = dict[str, int]()
    for node in program.tree.body:
        if isinstance(node, ANY_DEFINITION) and node.name in names:
            if node.name in seen:
                first = program.place(seen[node.name])
                yield f"{program.place(node.lineno)}: {node.name} again: this one counts, not that of {first}"
            seen[node.name] = node.lineno


def renamed_parameters(tree: ast.Module, wanted: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the functions whose parameters are not as handed out; more at the end may be theirs."""
    for name, found in parameters_of(tree).items():
        asked = list(wanted.get(name, ()))
        if found[: len(asked)] != asked:
            yield f"{name}({', '.join(found)}): its arguments were handed out as ({', '.join(asked)})"
