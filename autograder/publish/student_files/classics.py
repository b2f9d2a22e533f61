"""What the classic exceptions of NumPy and PyTorch mean here, and one thing to try."""

import re

SHAPES = "these shapes do not fit: print both .shape just before; [:, None] or keepdim=True adds an axis"
GRAPH = "the gradient is lost on the way: look for .item(), .detach(), .numpy(), float() or a new tensor(...)"
TYPES = "float32 meets float64: bring one to the other's dtype, x.to(y.dtype)"
NONE = "something is None here: does the function before it return its result? (append and sort do not)"
BRANCH = "a whole array cannot be true or false: np.where and np.maximum work on each entry, .any() on all"
OTHERS = "another language writes it so; Python writes elif, += 1, >=, <=, and, or"
BRANCH_T = "a whole tensor cannot be true or false: torch.where and torch.clamp work on each entry"
# a pattern of `TypeName: message`, and what to say
CLASSICS = (
    (r"ValueError: The truth value of an array", BRANCH),
    (r"RuntimeError: Boolean value of Tensor with more", BRANCH_T),
    (r"RuntimeError: .*does not require grad and does not have a grad_fn", GRAPH),
    (r"RuntimeError: .*(expected|same).*(Double|Float|dtype)", TYPES),
    (
        r"RuntimeError: Can't call numpy\(\) on Tensor that requires grad",
        "NumPy ends the gradient: use torch's functions here, or .detach() where none is wanted",
    ),
    (r"ValueError: (operands could not be broadcast|shapes .* not aligned|matmul: )", SHAPES),
    (r"ValueError: could not broadcast input array", SHAPES),
    (r"RuntimeError: (The size of tensor|mat1 and mat2 shapes|shape '.*' is invalid|size mismatch)", SHAPES),
    (
        r"RuntimeError: a leaf Variable that requires grad is being used in an in-place",
        "+= changes the input itself: write x = x + ... instead",
    ),
    (
        r"RuntimeError: one of the variables needed for gradient computation has been modified",
        "a tensor that the gradient needs was changed in place: write x = x + ... instead of x += ...",
    ),
    (
        r"RuntimeError: Trying to backward through the graph a second time",
        "backward() ran twice on one graph: compute the loss anew for each, or .detach() what is old",
    ),
    (
        r"RuntimeError: [Oo]nly Tensors of floating point",
        "integers have no gradient: make the tensor with a dtype of floats",
    ),
    (
        r"(ValueError|TypeError): only (one element tensors|integer tensors|length-1|0-dimensional)",
        "one number is wanted and several came: np.exp or torch.exp for math.exp, torch.stack for lists",
    ),
    (r"TypeError: .*must be tuple of Tensors, not Tensor", "give it a list of tensors: torch.stack([a, b])"),
    (
        r"(RuntimeError|ValueError): .*expect(ed|s) a non-empty",
        "the list of tensors is empty: does anything go into it? (Layers in a plain list are not found)",
    ),
    (
        r"TypeError: only integer scalar arrays can be converted",
        "an array stands where one index is wanted; np.concatenate wants a list of arrays",
    ),
    (
        r"IndexError: .*out of (range|bounds)",
        "the index goes past the end: how many are there, and where is t + 1 at the last step?",
    ),
    (
        r"TypeError: (mean|std|var|sum|max|min)\(\) (got an unexpected|received an invalid)",
        "NumPy's function meets torch's tensor: use torch's own, like x.mean()",
    ),
    (r"(TypeError|AttributeError): .*'?NoneType'?", NONE),
    (
        r"AttributeError: '(builtin_function_or_method|function|method)' object",
        "this is a function, not what it returns: call it, with () behind its name",
    ),
    (r"AttributeError: cannot assign (module|parameter)", "super().__init__() comes first in __init__"),
    (r"AttributeError: 'list' object has no", "a list is no array: np.asarray(...) comes first"),
    (
        r"AttributeError: 'numpy.*' object has no",
        "NumPy's arrays have none: is it a method of tensors, or of lists?",
    ),
    (r"AttributeError: 'Tensor' object has no", "this is torch's, not NumPy's: look for torch's name of it"),
    (r"TypeError: .*(bitwise_xor|for \^=?: )", "^ is no power in Python: write **"),
    (
        r"TypeError: (unsupported operand|can't multiply sequence)",
        "the two sides are of kinds that do not go together: print type(...) of both; lists need np.asarray",
    ),
    (
        r"TypeError: '.*' object is not callable",
        "this is no function: an entry is taken by [ ]; if you mean one, a variable has its name: rename it",
    ),
    (r"TypeError: '.*' object is not subscriptable", "this is one number, not a list: it has no [...]"),
    (r"TypeError: iteration over a 0-d", "this is one number: there is nothing to loop over"),
    (
        r"EOFError|OSError: pytest: reading from stdin",
        "nobody answers an input() here, nor where it is graded: take values as arguments",
    ),
    (r"(bdb\.)?BdbQuit", "nobody sits at a debugger here, nor where it is graded: take breakpoint() out"),
    (r"NameError: name '(np|torch|plt|math)' is", "it is not imported in this file: do so at the top"),
    (r"ZeroDivisionError", "something divides by 0: what happens for an empty input, or for one entry?"),
    (
        r"UnboundLocalError",
        "the function gives it a value, but not yet here: give it one before; if it has another meaning"
        " outside, rename it",
    ),
    (
        r"FileNotFoundError",
        "there is no such file in this folder; where it is graded there are only the files that you hand in",
    ),
    (r"MemoryError", "this is more than the memory holds: print the sizes that go into it"),
    (r"SystemExit", "this ends the program: take it away, also where your work is graded it ends there"),
    (r"SyntaxError: .*\| >>>", "this was copied from a prompt: take the >>> away"),
    (r"SyntaxError: invalid character '[“”‘’„]'", "these quotes are a word processor's: type them again"),
    (
        r"SyntaxError: invalid (non-printable )?character",
        "this sign came in by pasting: delete it (it may be a space), and type it again",
    ),
    (r"SyntaxError: .*\| (```|~~~)", "this was copied from a chat or a page: take the line out"),
    (r"SyntaxError: .*\| [A-Z][a-z']*( [a-z']+){2}", "is this a sentence? With # before it, it is a comment"),
    (
        r"SyntaxError: .*\| (!?pip3?|conda|python3?|pytest|cd) [\w.-]",
        "this is for the terminal: take it out here",
    ),
    (r"SyntaxError: .*\| .*(\belse if\b|\+\+|=>|=<|&&|\|\|)", OTHERS),
    (r"SyntaxError: inconsistent use of tabs", "tabs and spaces are mixed: let your editor indent by spaces"),
    (r"SyntaxError: un(indent|expected indent)", "a line begins exactly below those that it belongs to"),
    (r"SyntaxError: expected an indented block", "what was begun there has nothing below it yet"),
    (r"RecursionError", "the function calls itself without an end: which input stops it?"),
)


def meaning(headline: str) -> str:
    """Return what an exception means, as a line of its own, or ""; `headline` is `TypeName: message`.

    Of a line that Python cannot read it is `SyntaxError: message | line`.
    """
    return next((f"-> {told}" for pattern, told in CLASSICS if re.match(pattern, headline)), "")
