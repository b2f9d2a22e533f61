"""Which functions do what their text says and nothing else, and what of their program they use."""

import ast
import builtins
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

# What a function may ask Python for: nothing that looks into things, prints, or waits.
BUILTINS = frozenset({
    "abs", "all", "any", "bool", "complex", "dict", "divmod", "enumerate", "filter", "float", "frozenset",
    "int", "isinstance", "len", "list", "map", "max", "min", "pow", "range", "reversed", "round", "set",
    "slice", "sorted", "str", "sum", "tuple", "zip", "ArithmeticError", "AssertionError", "Exception",
    "IndexError", "KeyError", "NotImplementedError", "TypeError", "ValueError", "ZeroDivisionError",
})  # fmt: skip
OTHERS = frozenset(dir(builtins)) - BUILTINS
OF_BODIES = (
    ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.For, ast.While, ast.If, ast.With,
    ast.withitem, ast.Raise, ast.Try, ast.Assert, ast.Expr, ast.Pass, ast.Break, ast.Continue, ast.BoolOp,
    ast.BinOp, ast.UnaryOp, ast.Lambda, ast.IfExp, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp, ast.comprehension, ast.Compare, ast.Call, ast.Constant, ast.Attribute, ast.Subscript,
    ast.Starred, ast.Name, ast.List, ast.Tuple, ast.Slice, ast.keyword, ast.operator, ast.unaryop, ast.boolop,
    ast.cmpop, ast.Load, ast.Store, ast.ExceptHandler, ast.JoinedStr, ast.FormattedValue, ast.Nonlocal,
)  # fmt: skip
OF_KINDS = (ast.Name, ast.Attribute, ast.Tuple, ast.BinOp, ast.BitOr, ast.Load)  # what `isinstance` asks for
DRAWS = re.compile("rand|choice|shuffle|permut|uniform|normal|integers")  # a generator that is given may
# What has more to it than what it is given: global chance, memory, files, settings, time, a current figure.
ELSEWHERE = re.compile(
    "sampl|nomial|bernoulli|dropout|seed|Linear|Conv|Embedding|LSTM|GRU|RNN|Attention|Transformer|stride"
    "|buffer|load|save|file|txt|time|wrap|rcParams|attrgetter|methodcaller|pyplot"
)
OF_THE_PROCESS = frozenset({
    "builtins", "ctypes", "gc", "importlib", "inspect", "io", "logging", "os", "pathlib", "secrets", "socket",
    "subprocess", "sys", "tempfile", "threading", "types", "uuid",
})  # fmt: skip
UNFILLED = re.compile("ndarray|Tensor$")  # called with a shape, they hold what lay in memory
EMPTY, UNTOLD = "empty", ""  # so does what `empty` makes: who uses it uses what no text tells
IMPORTED = "import "  # how what a name stands for begins, if it is imported


def names_used(
    node: ast.FunctionDef, defined: Mapping[str, ast.AST | str], members: Collection[str],
    outside: Collection[str] | None,
) -> set[str] | None:  # fmt: skip
    """Return what a function uses of its program; None if it may do more than its text says.

    `outside` are the names that it, or what is in it, does not define.
    """
    parts = list(parts_of(node))
    given = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    made = {one.id for one in parts if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    made |= {one.arg for one in parts if isinstance(one, ast.arg)}
    made |= {one.name or "" for one in parts if isinstance(one, ast.ExceptHandler | ast.FunctionDef)}
    names = {one.id for one in parts if isinstance(one, ast.Name)}
    used = {one for one in names if one in defined}
    imports = {one: str(defined[one]).rpartition(" ")[2] for one in used if is_imported(defined[one])}
    own, found = given | made, Parts(members, given - made, given | made, imports)
    if not all(map(found.is_plain, parts)) or not names <= own | used | BUILTINS:
        return None
    hidden = any(one in defined or one in OTHERS or one.startswith("__") for one in own)
    # names of an inner scope that are read beyond it are somebody else's
    hidden = hidden or outside is None or not own.intersection(outside) <= BUILTINS
    if any(isinstance(one, ast.Attribute) and EMPTY in one.attr for one in parts):
        used.add(UNTOLD)
    return None if hidden or not found.keeps_libraries(parts) else used


def is_imported(meant: ast.AST | str) -> bool:
    """Whether what a name stands for is imported."""
    return isinstance(meant, str) and meant.startswith(IMPORTED)


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
    """What the parts of a function may be.

    `given` are parameters that stay what they are; `imports` are by their names in the libraries.
    """

    members: Collection[str]
    given: Collection[str]
    own: Collection[str]
    imports: Mapping[str, str]

    def is_plain(self, node: ast.AST) -> bool:
        """Whether a part has no effect but on what the function was given or made."""
        if isinstance(node, ast.Attribute):
            of_given = isinstance(node.value, ast.Name) and node.value.id in self.given
            known = node.attr in self.members and not ELSEWHERE.search(node.attr)
            return known and (of_given or not DRAWS.search(node.attr)) and isinstance(node.ctx, ast.Load)
        if isinstance(node, ast.AnnAssign):
            return bool(node.simple)
        if isinstance(node, ast.FunctionDef):
            return not node.decorator_list
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            return root_of(node, ast.Subscript) in self.own
        return isinstance(node, OF_BODIES)

    def keeps_libraries(self, parts: Sequence[ast.AST]) -> bool:
        """Whether nothing gets hold of what is imported: it is called, asked about, or stands before a dot.

        A class stands before none: its methods would change whatever they are called with.
        """
        calls = [one for one in parts if isinstance(one, ast.Call)]
        called = {one.func for one in calls if not UNFILLED.search(self._imported(one.func))}
        fine = called.union(*map(self._kinds, calls))
        before = {one.value for one in parts if isinstance(one, ast.Attribute)}
        names = {one for one in parts if isinstance(one, ast.Name) and one.id in self.imports}
        classes = {one for one in parts if is_of_class(self._imported(one))}
        return names <= fine | before and classes <= fine

    def _kinds(self, call: ast.Call) -> set[ast.AST]:
        """Return the parts of a call that say which kinds something may be of."""
        asks = isinstance(call.func, ast.Name) and call.func.id == "isinstance" not in self.own
        parts = {part for kind in call.args[1:] for part in ast.walk(kind)} if asks else set[ast.AST]()
        return parts if all(isinstance(part, OF_KINDS) for part in parts) else set()

    def _imported(self, node: ast.AST) -> str:
        """Return the name that something imported, or what stands behind a dot of it, has in its library."""
        if isinstance(node, ast.Attribute):
            return node.attr if root_of(node, ast.Attribute) in self.imports else ""
        return self.imports.get(node.id, "") if isinstance(node, ast.Name) else ""


def is_of_class(name: str) -> bool:
    """Whether a name is that of a class, as a rule."""
    return name[:1].isupper() or name == "ndarray"


def root_of(node: ast.AST, kind: type[ast.Subscript | ast.Attribute]) -> str:
    """Return the name that entries of entries, or parts of parts, are of; "" where that has no name."""
    while isinstance(node, kind):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_of_libraries(module: str, name: str) -> bool:
    """Whether what is imported follows from what it is given, as names go."""
    both = f"{module} {name}"
    elsewhere = EMPTY in both or DRAWS.search(both) or ELSEWHERE.search(both)
    return not elsewhere and module.partition(".")[0] not in OF_THE_PROCESS
