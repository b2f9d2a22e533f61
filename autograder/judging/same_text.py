"""What a function consists of, where its text tells: the same text, with all that it uses, answers the same.

Read is the program that most students hand in: imports, definitions, numbers and texts with names of their
own, each name given once, so that loading it does nothing else. Of its functions those are plain, with all
that they use, that use of libraries what the course's own right answers use, and nothing else. Of all others
nothing is said: they are called, as ever.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.judging.answer_cache import hash_of_texts
from autograder.judging.readable_functions import (
    BUILTINS,
    IMPORTED,
    OTHERS,
    UNTOLD,
    is_imported,
    is_of_libraries,
    names_used,
    root_of,
)
from autograder.sandbox.program import Program
from autograder.sandbox.syntax import WITHOUT_ANNOTATIONS, futures
from autograder.submission.parsing import names_from_outside, syntax_tree

MOST_READ = 30_000  # characters of a program: far more than students write
OF_TYPES = (  # of an annotation, or of what gives a type a name
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.BinOp, ast.BitOr, ast.Load,
)  # fmt: skip
OF_DEFAULTS = (
    ast.Name, ast.Attribute, ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.UnaryOp, ast.unaryop, ast.Load,
)  # fmt: skip
TYPE, UNREAD = "a type", "may be anything"


@dataclass(frozen=True)
class RightAnswers:
    """What the course's right answers use of libraries: the names of members, in types too, and imports."""

    members: frozenset[str]
    of_types: frozenset[str]
    imports: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, sources: Sequence[str]) -> "RightAnswers":
        """Return what is used in the texts of right answers; not what sets a library, nor chance."""
        nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
        members = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        imports = {pair for node in nodes for pair, _ in imported(node)}
        libraries = {name for node in nodes for _, name in imported(node)}
        settings = {
            node.attr for node in nodes if isinstance(node, ast.Attribute) and node.attr.startswith("set")
            and root_of(node, ast.Attribute) in libraries
        }  # fmt: skip
        quiet = {one for one in members - settings if one[0] != "_" and one[-1] != "_"}
        known = {pair for pair in imports if is_of_libraries(*pair)}
        return cls(frozenset(quiet), frozenset(members), frozenset(known))


class SameText:
    """The functions of one program, by digests of all that they consist of."""

    def __init__(self, program: Program, right: RightAnswers, given: Mapping[str, str]) -> None:
        """Begin; of modules beside the program, only those that are `given` by the course are known."""
        self._program, self._right, self._given = program, right, given
        self._lent = program.lender.names if program.lender else ()
        self._digests: dict[frozenset[str], bytes] = {}

    def digest(self, names: Collection[str]) -> bytes:
        """Return a digest of functions and all that they use, empty where the text does not tell."""
        wanted = frozenset(names)
        if wanted not in self._digests:
            self._digests[wanted] = self._digest(wanted)
        return self._digests[wanted]

    def _digest(self, names: Collection[str]) -> bytes:
        reached, waiting = set[str](), list(names)
        while waiting:
            one = waiting.pop()
            if one not in self._uses:
                return b""
            if one not in reached:
                reached.add(one)
                waiting += self._uses[one]
        packages = {package_of(self._texts[one]) for one in reached} - {""}
        imports = {text for text in self._texts.values() if package_of(text) in packages}  # they add to it
        texts = [f"{one} {self._texts[one]}".encode() for one in sorted(reached)]
        return hash_of_texts([self._beside, *(one.encode() for one in sorted(imports)), *texts])

    @cached_property
    def _beside(self) -> bytes:
        """A digest of the files beside the program, and of what it is lent."""
        files = [part for name, data in self._program.files.items() for part in (name.encode(), data)]
        return hash_of_texts([*files, *(name.encode() for name in sorted(self._lent))])

    @cached_property
    def is_plain(self) -> bool:
        """Whether all that a program defines is plain, so that no function of it changes what others do."""
        plain = self._uses.keys() | {UNTOLD}
        names = [name for name, text in self._texts.items() if text != TYPE]
        return bool(self._uses) and all(name in plain and self._uses[name] <= plain for name in names)

    @cached_property
    def _uses(self) -> dict[str, set[str]]:
        """What each name leads to that is plain, but those of types."""
        found = {name: set[str]() for name, text in self._texts.items() if text not in (TYPE, UNREAD)}
        for name, node in self._defined.items() if found else ():
            if isinstance(node, ast.FunctionDef) and name not in self._lent:
                used = names_used(node, self._defined, self._right.members, self._outside.get(name))
                if used is None:
                    del found[name]
                else:
                    found[name] = used
        return found

    @cached_property
    def _texts(self) -> dict[str, str]:
        """What each name of the program stands for, as text; nothing where that cannot be written down."""
        try:
            texts = {name: dumped(meant) for name, meant in self._defined.items()}
        except (RecursionError, ValueError, MemoryError):  # nested too deeply; a number of 4,000 digits
            return {}
        return texts | dict.fromkeys(self._lent, "lent") if texts else {}

    @cached_property
    def _outside(self) -> dict[str, set[str]]:
        """What each function, and what is in it, reads without defining it."""
        found: dict[str, set[str]] = {}
        for text in self._program.source.cells:
            for name, names in (names_from_outside(text) or {}).items():
                found.setdefault(name, set()).update(names)
        return found

    @cached_property
    def _defined(self) -> dict[str, ast.AST | str]:
        program, cells = self._program, self._program.source.cells
        if program.bind or sum(map(len, cells)) > MOST_READ:
            return {}
        if any(self._given.get(name) != text for name, text in program.modules.items()):
            return {}
        return definitions(cells, self._right)


def definitions(cells: Sequence[str], right: RightAnswers) -> dict[str, ast.AST | str]:
    """Return what each name of a program stands for; nothing if that is not all that there is to it."""
    found: dict[str, ast.AST | str] = {}
    for text in cells:
        tree = syntax_tree(text)
        if tree is None or not is_read_as_it_stands(tree):
            return {}
        leave_unread_annotations_out(tree)
        for node in tree.body:
            for name, meant in meaning(node, right):
                again = name in found and found[name] != meant
                if again or not name or name in OTHERS | BUILTINS or name.startswith("__"):
                    return {}
                found[name] = meant
    return found


def is_read_as_it_stands(tree: ast.Module) -> bool:
    """Whether what is imported from the future comes first: else no text is read whole and as it stands."""
    body = tree.body if ast.get_docstring(tree) is None else tree.body[1:]
    future = [isinstance(one, ast.ImportFrom) and one.module == "__future__" for one in body]
    return future == sorted(future, reverse=True)


def leave_unread_annotations_out(tree: ast.Module) -> None:
    """Take annotations out of functions where they are postponed; else Python reads them at each call."""
    if futures(tree.body) & WITHOUT_ANNOTATIONS:
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        for part in (part for node in functions for within in node.body for part in ast.walk(within)):
            if isinstance(part, ast.FunctionDef):
                part.returns = None
            elif isinstance(part, ast.arg):
                part.annotation = None


def meaning(node: ast.stmt, right: RightAnswers) -> Iterator[tuple[str, ast.AST | str]]:
    """Yield the names that a statement at the top gives, and what to; "" if it may do anything else.

    `UNREAD` is what may be anything, but does nothing until it is called.
    """
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()],
                                     comparators=[ast.Constant(value="__main__")]), orelse=[]):  # fmt: skip
            return  # no submission is a main program
        case ast.Import() | ast.ImportFrom():
            for pair, name in imported(node):
                if pair in right.imports:
                    yield name, f"{IMPORTED}{' '.join(pair)}"
                else:
                    other_python = pair[0].endswith("__future__") and pair != ("__future__", "annotations")
                    yield ("" if name == "*" or other_python else name), UNREAD
        case ast.FunctionDef(name=name, decorator_list=[]) if is_read_quietly(node, right.of_types):
            yield name, node if has_fixed_defaults(node) else UNREAD
        case ast.ClassDef(name=name, decorator_list=[], keywords=[]) if is_class_read_quietly(node, right):
            yield name, UNREAD
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_fixed(value):
            yield name, value
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_type(value, right.of_types):
            yield name, TYPE
        case _:
            yield "", ""


def imported(node: ast.AST) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield what an import statement imports, as (module, name), and the name that it gives."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.name, ""), alias.asname or alias.name.partition(".")[0]
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield (f"{'.' * node.level}{node.module}", alias.name), alias.asname or alias.name


def package_of(text: str) -> str:
    """Return the package that a name is imported from, "" if it is not imported."""
    return text.removeprefix(IMPORTED).split(" ")[0].partition(".")[0] if is_imported(text) else ""


def is_read_quietly(node: ast.FunctionDef, members: Collection[str]) -> bool:
    """Whether nothing happens where a function is defined: nothing is called for defaults and annotations."""
    every = node.args
    named = [*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg]
    types = [node.returns, *(one.annotation for one in named if one is not None)]
    parts = [part for default in defaults_of(node) for part in ast.walk(default)]
    quiet = all(isinstance(part, OF_DEFAULTS) for part in parts)
    return quiet and all(is_type(one, members) for one in types if one is not None)


def defaults_of(node: ast.FunctionDef) -> list[ast.expr]:
    """Return the defaults of a function's parameters."""
    return [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]


def has_fixed_defaults(node: ast.FunctionDef) -> bool:
    """Whether all defaults are numbers and texts."""
    return all(map(is_fixed, defaults_of(node)))


def is_class_read_quietly(node: ast.ClassDef, right: RightAnswers) -> bool:
    """Whether nothing happens where a class is defined, or named in a type."""
    return all(is_base(base, right.of_types) for base in node.bases) and all(
        is_read_quietly_in_class(one, right.of_types) for one in node.body
    )


def is_read_quietly_in_class(node: ast.stmt, members: Collection[str]) -> bool:
    """Whether a statement of a class defines a method, a number or a text."""
    match node:
        case ast.FunctionDef(name=name, decorator_list=[]):  # a type such as `Own[int]` calls that one
            return name != "__class_getitem__" and is_read_quietly(node, members)
        case ast.AnnAssign(target=ast.Name(), annotation=kind, value=ast.Constant()):
            return is_type(kind, members)
        case (
            ast.Pass()
            | ast.Expr(value=ast.Constant())
            | ast.Assign(targets=[ast.Name()], value=ast.Constant())
        ):
            return True
    return False


def is_base(node: ast.expr, members: Collection[str]) -> bool:
    """Whether a class can be made from this without the program's own code being run."""
    return isinstance(node, ast.Name | ast.Attribute) and (
        is_type(node, members) if isinstance(node, ast.Attribute) else node.id in BUILTINS
    )


def is_fixed(node: ast.expr) -> bool:
    """Whether an expression is a number, a text, or several of them."""
    if isinstance(node, ast.Tuple):
        return all(map(is_fixed, node.elts))
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def is_type(node: ast.expr, members: Collection[str]) -> bool:
    """Whether an expression can be a type, such as `list[float] | None`."""
    parts = list(ast.walk(node))
    known = all(one.attr in members for one in parts if isinstance(one, ast.Attribute))
    return known and all(isinstance(one, OF_TYPES) for one in parts)


def dumped(meant: ast.AST | str) -> str:
    """Return a definition as text, whatever its layout and comments."""
    return meant if isinstance(meant, str) else ast.dump(meant)
