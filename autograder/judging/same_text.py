"""What a function consists of, where its text tells: the same text, with all that it uses, answers the same.

Read is the plain program that most students hand in: imports, functions, numbers and texts with names of
their own, each name given once. Its functions may use what the course's own right answers use, and nothing
else of a library. Of any other program nothing is said: its functions are called, as ever.
"""

import ast
import builtins
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.judging.answer_cache import hash_of_texts
from autograder.sandbox.program import Program
from autograder.submission.parsing import syntax_tree

MOST_READ = 30_000  # characters of a program: far more than students write
# What a function may ask Python for: nothing that looks into things, prints, or waits.
BUILTINS = frozenset({
    "abs", "all", "any", "bool", "complex", "dict", "divmod", "enumerate", "filter", "float", "frozenset",
    "int", "isinstance", "len", "list", "map", "max", "min", "pow", "range", "reversed", "round", "set",
    "slice", "sorted", "str", "sum", "tuple", "zip", "ArithmeticError", "AssertionError", "Exception",
    "IndexError", "KeyError", "NotImplementedError", "TypeError", "ValueError", "ZeroDivisionError",
})  # fmt: skip
OTHERS = frozenset(dir(builtins)) - BUILTINS
OF_TYPES = (  # of an annotation, or of what gives a type a name
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.BinOp, ast.BitOr, ast.Load,
)  # fmt: skip
OF_BODIES = (
    ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.For, ast.While, ast.If, ast.With,
    ast.withitem, ast.Raise, ast.Try, ast.Assert, ast.Expr, ast.Pass, ast.Break, ast.Continue, ast.BoolOp,
    ast.BinOp, ast.UnaryOp, ast.Lambda, ast.IfExp, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp, ast.comprehension, ast.Compare, ast.Call, ast.Constant, ast.Attribute, ast.Subscript,
    ast.Starred, ast.Name, ast.List, ast.Tuple, ast.Slice, ast.keyword, ast.operator, ast.unaryop, ast.boolop,
    ast.cmpop, ast.Load, ast.Store, ast.ExceptHandler, ast.JoinedStr, ast.FormattedValue,
)  # fmt: skip
DRAWS = re.compile("rand|sample|choice|shuffle|permut|uniform|normal|nomial|dropout|integers")
WITH_EFFECTS = {"seed", "set_grad_enabled"}
IMPORTED, TYPE = "import ", "a type"


@dataclass(frozen=True)
class RightAnswers:
    """What the course's right answers use of libraries: the names of members, and what is imported."""

    members: frozenset[str]
    imports: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, sources: Sequence[str]) -> "RightAnswers":
        """Return what is used in the texts of right answers; not what has effects or draws at random."""
        nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
        members = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        imports = {pair for node in nodes for pair, _ in imported(node)}
        quiet = {one for one in members if one[0] != "_" and one[-1] != "_" and one not in WITH_EFFECTS}
        # pyplot has a figure that is current
        known = {pair for pair in imports if "pyplot" not in f"{pair}" and not draws(f"{pair}")}
        return cls(frozenset(quiet), frozenset(known))


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
        texts = [f"{one} {self._texts[one]}".encode() for one in sorted(reached)]
        return hash_of_texts([self._beside, *texts])

    @cached_property
    def _beside(self) -> bytes:
        """A digest of the files beside the program, of all that it imports and is lent."""
        files = [part for name, data in self._program.files.items() for part in (name.encode(), data)]
        imports = sorted(text for text in self._texts.values() if text.startswith(IMPORTED))
        return hash_of_texts([*files, *(text.encode() for text in [*imports, *sorted(self._lent)])])

    @cached_property
    def _uses(self) -> dict[str, set[str]]:
        """What each name leads to, but those of types; nothing unless every function is plain."""
        found = {name: set[str]() for name, text in self._texts.items() if text != TYPE}
        for name, node in self._defined.items() if found else ():
            if isinstance(node, ast.FunctionDef):
                used = names_used(node, self._defined, self._right.members)
                if used is None:
                    return {}
                found[name] = set() if name in self._lent else used
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
        if tree is None:
            return {}
        for node in tree.body:
            for name, meant in meaning(node, right):
                again = name in found and found[name] != meant
                if again or not name or name in OTHERS | BUILTINS or name.startswith("__"):
                    return {}
                found[name] = meant
    return found


def meaning(node: ast.stmt, right: RightAnswers) -> Iterator[tuple[str, ast.AST | str]]:
    """Yield the names that a statement at the top gives, and what to; "" if it may do anything else."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()],
                                     comparators=[ast.Constant(value="__main__")]), orelse=[]):  # fmt: skip
            return  # no submission is a main program
        case ast.Import() | ast.ImportFrom():
            for pair, name in imported(node):
                yield (name, f"{IMPORTED}{pair}") if pair in right.imports else ("", "")
        case ast.FunctionDef(name=name, decorator_list=[]) if is_read_quietly(node, right.members):
            yield name, node
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_fixed(value):
            yield name, value
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_type(value, right.members):
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


def is_read_quietly(node: ast.FunctionDef, members: Collection[str]) -> bool:
    """Whether nothing happens where a function is defined: fixed defaults, annotations that name types."""
    every = node.args
    defaults = [one for one in (*every.defaults, *every.kw_defaults) if one is not None]
    named = [*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg]
    types = [node.returns, *(one.annotation for one in named if one is not None)]
    return all(map(is_fixed, defaults)) and all(is_type(one, members) for one in types if one is not None)


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


def names_used(
    node: ast.FunctionDef, defined: Mapping[str, ast.AST | str], members: Collection[str]
) -> set[str] | None:
    """Return what a function uses of its program; None if it may do more than its text says."""
    parts = list(parts_of(node))
    given = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    made = {one.id for one in parts if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    made |= {one.arg for one in parts if isinstance(one, ast.arg)}
    made |= {one.name or "" for one in parts if isinstance(one, ast.ExceptHandler)}
    names = {one.id for one in parts if isinstance(one, ast.Name)}
    used = {one for one in names if one in defined}
    imports = {one for one in used if str(defined[one]).startswith(IMPORTED)}
    own, found = given | made, Parts(members, given - made, given | made, imports)
    if not all(map(found.is_plain, parts)) or not names <= own | used | BUILTINS:
        return None
    hidden = any(one in defined or one in OTHERS or one.startswith("__") for one in own)
    return None if hidden or not found.keeps_libraries(parts) else used


def parts_of(node: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the parts of a function's body; of local variables, annotations are never read."""
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, ast.AnnAssign) and one.simple:
            waiting += [one.target, *([one.value] if one.value else [])]
        else:
            waiting += ast.iter_child_nodes(one)


@dataclass(frozen=True)
class Parts:
    """What the parts of a function may be: `given` are parameters that stay what they are."""

    members: Collection[str]
    given: Collection[str]
    own: Collection[str]
    imports: Collection[str]

    def is_plain(self, node: ast.AST) -> bool:
        """Whether a part has no effect but on what the function was given or made."""
        if isinstance(node, ast.Attribute):
            of_given = isinstance(node.value, ast.Name) and node.value.id in self.given
            known = node.attr in self.members and (of_given or not draws(node.attr))
            return known and isinstance(node.ctx, ast.Load)
        if isinstance(node, ast.AnnAssign):
            return bool(node.simple)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            return root_of(node) in self.own
        return isinstance(node, OF_BODIES)

    def keeps_libraries(self, parts: Sequence[ast.AST]) -> bool:
        """Whether what is imported is called or stands before a dot: nothing else gets hold of it."""
        places = [one.func if isinstance(one, ast.Call) else one.value for one in parts
                  if isinstance(one, ast.Call | ast.Attribute)]  # fmt: skip
        return self._count(parts) == self._count(places)

    def _count(self, parts: Sequence[ast.AST]) -> int:
        return sum(isinstance(one, ast.Name) and one.id in self.imports for one in parts)


def root_of(node: ast.AST) -> str:
    """Return the name whose entry is set, "" where that is no entry of something with a name."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def draws(name: str) -> bool:
    """Whether something of this name may draw at random: then it matters what was drawn before."""
    return DRAWS.search(name) is not None


def dumped(meant: ast.AST | str) -> str:
    """Return a definition as text, whatever its layout and comments."""
    return meant if isinstance(meant, str) else ast.dump(meant)
