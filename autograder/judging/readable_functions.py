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
DRAWS = re.compile("rand|sample|choice|shuffle|permut|uniform|normal|nomial|dropout|integers")
IMPORTED = "import "  # how what a name stands for begins, if it is imported


def names_used(
    node: ast.FunctionDef, defined: Mapping[str, ast.AST | str], members: Collection[str]
) -> set[str] | None:
    """Return what a function uses of its program; None if it may do more than its text says."""
    parts = list(parts_of(node))
    given = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    made = {one.id for one in parts if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    made |= {one.arg for one in parts if isinstance(one, ast.arg)}
    made |= {one.name or "" for one in parts if isinstance(one, ast.ExceptHandler | ast.FunctionDef)}
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
        if isinstance(node, ast.FunctionDef):
            return not node.decorator_list
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
