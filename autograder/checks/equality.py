"""Is this exactly the answer? Text, nested data, sets; and texts where case and spaces may be forgiven."""

from collections.abc import Callable
from typing import Any

from autograder.checks.compare import CheckFailed, refusal
from autograder.checks.describe import counted, describe, show, written
from autograder.checks.sameness import is_listing, is_number, is_set, matched, same_data, simple
from autograder.checks.tolerance import RTOL
from autograder.data.plain import plain

ITEMS_SHOWN = 300  # characters of a value in the details of a message
NEAR = 500  # characters of a text in which near misses are looked for


def expect_equal(got: Any, want: Any, *, ordered: bool = True, rtol: float = RTOL, name: str = "") -> None:
    """Fail unless `got` is `want`: text, numbers, None, and lists, dicts and sets of these.

    A tuple counts as a list, and an array as the list of its entries; True equals only True. Where `want`
    has a float, a number that is close enough is right; whole numbers, text and keys are exact. A
    dataclass is compared by its fields.

    Args:
        got: what the student returned.
        want: what is right.
        ordered: whether the order of a list matters; without it, a set and a list may stand for each other.
        rtol: relative tolerance for floats; 0 asks for the very same.
        name: what to call the answer in the message.
    """
    __tracebackhide__ = True
    subject = name or "the result"
    found, wanted = simple(plain(got)), simple(plain(want))
    if ordered or not (is_listing(found) and is_listing(wanted)):
        reason = difference(found, wanted, subject, rtol)
    else:
        reason = told_apart(list(found), list(wanted), subject, "item", rtol)
    if reason:
        raise CheckFailed(reason, f"got      {shown(found)}\nexpected {shown(wanted)}")


def expect_text(
    got: Any, want: str | list[str], *, case: bool = False, spaces: bool = False, name: str = ""
) -> None:
    """Fail unless `got` is the text `want`, or one of several.

    Args:
        got: what the student returned.
        want: the text, or every text that is right.
        case: whether upper and lower case must be as in `want`.
        spaces: whether spaces and line breaks must be as in `want`; otherwise those at the ends are left
            out and several count as one.
        name: what to call the answer in the message.
    """
    __tracebackhide__ = True
    subject, found = name or "the result", plain(got)
    if not isinstance(found, str):
        raise refusal(found, subject, "text")
    texts = [want] if isinstance(want, str) else want

    def folded(text: str) -> str:
        text = text if spaces else " ".join(text.split())
        return text if case else text.casefold()

    if folded(found) not in map(folded, texts):
        details = f"got      {shown(found)}\nexpected {' or '.join(map(shown, texts))}"
        raise CheckFailed(f"{subject} is another text{near_miss(found, texts)}", details)


def near_miss(found: str, texts: list[str]) -> str:
    """Return what alone sets a text apart from a right one, as a sentence of its own, or ""."""
    if not found.strip():
        return ": it is empty"
    found, texts = found[:NEAR], [text[:NEAR] for text in texts]
    looks: list[tuple[str, Callable[[str], str]]] = [
        ("only upper and lower case differ", str.casefold),
        ("only spaces or line breaks differ", lambda text: "".join(text.split())),
        (
            "only punctuation differs",
            lambda text: "".join(c for c in text if c.isalnum() or c.isspace()).strip(),
        ),
        ("the words are right, their order is not", lambda text: " ".join(sorted(text.casefold().split()))),
    ]
    for told, look in looks:
        if look(found) in map(look, texts):
            return f": {told}"
    if any(text and text.casefold() in found.casefold() for text in texts):
        return ": it holds the right text, and more"
    if any(len(found.strip()) > 2 and found.strip().casefold() in text.casefold() for text in texts):
        return ": it is a part of the right text"
    return ""


def difference(found: Any, wanted: Any, subject: str, rtol: float) -> str:
    """Return how simple data differs from what is wanted, without its contents, or ""."""
    if same_data(found, wanted, rtol):
        return ""
    if isinstance(wanted, list):
        return list_difference(found, wanted, subject, rtol)
    if isinstance(wanted, dict):
        return dict_difference(found, wanted, subject, rtol)
    if is_set(wanted):
        told = f"{subject} is {describe(found)}; expected a set"
        return told_apart(list(found), list(wanted), subject, "element", rtol) if is_set(found) else told
    if is_number(wanted) and is_number(found):
        return f"{subject} is not the right number"
    if isinstance(wanted, str) and isinstance(found, str):
        return f"{subject} is another text{near_miss(found, [wanted])}"
    if type(found) is not type(wanted):
        return f"{subject} is {kind_of_data(found)}; expected {kind_of_data(wanted)}"
    return f"{subject} is not the right one"


def kind_of_data(value: Any) -> str:
    """Return what a piece of data is, without its contents."""
    return "text" if isinstance(value, str) else describe(value)


def list_difference(found: Any, wanted: list[Any], subject: str, rtol: float) -> str:
    """Return how a list differs from what is wanted."""
    if not isinstance(found, list):
        return f"{subject} is {describe(found)}; expected a list"
    if len(found) != len(wanted):
        return f"{subject} has {counted(len(found), 'item')}; expected {len(wanted)}"
    if not told_apart(found, wanted, subject, "item", rtol):
        return f"{subject} is in another order"
    pairs = enumerate(zip(found, wanted, strict=True))
    return next(filter(None, (difference(*pair, f"{subject}[{at}]", rtol) for at, pair in pairs)), "")


def dict_difference(found: Any, wanted: dict[Any, Any], subject: str, rtol: float) -> str:
    """Return how a dict differs from what is wanted."""
    if not isinstance(found, dict):
        return f"{subject} is {describe(found)}; expected a dict"
    missing, extra = len(wanted.keys() - found.keys()), len(found.keys() - wanted.keys())
    if missing or extra:
        return f"{subject} {unbalanced(missing, extra, 'key')}"
    told = (
        difference(found[key], value, f"the value of the {ordinal(at)} key of {subject}", rtol)
        for at, (key, value) in enumerate(wanted.items(), 1)
    )
    return next(filter(None, told), "")


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, ..., 11th, ..."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def told_apart(found: list[Any], wanted: list[Any], subject: str, noun: str, rtol: float) -> str:
    """Return how many items one has and the other lacks, whatever their order, or ""."""
    there = matched(found, wanted, rtol)
    if there == len(found) == len(wanted):
        return ""
    return f"{subject} {unbalanced(len(wanted) - there, len(found) - there, noun)}"


def unbalanced(missing: int, extra: int, noun: str) -> str:
    """Return what lacks and what is too much."""
    if not extra:
        return f"lacks {counted(missing, noun)}"
    return (
        f"lacks {counted(missing, noun)} and has {extra} too many"
        if missing
        else f"has {counted(extra, noun)} too many"
    )


def shown(value: Any) -> str:
    """Return data as text, cut to a few lines."""
    text = show(value) if isinstance(value, float) else written(value)
    return text if len(text) <= ITEMS_SHOWN else f"{text[:ITEMS_SHOWN]}..."
