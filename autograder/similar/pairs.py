"""Which works of a class are alike: by rare shared fingerprints, rare shared wrong answers, quiz figures.

Nothing here decides anything: it is a list for a person to read. What many share says little, so every
shared thing weighs by how rare it is in the class.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

from autograder.similar.fingerprints import Prints

COMMON = 0.1  # of a class: what more of it share says nothing
ALWAYS_SHARED = 4  # works may always share a thing
ALIKE = 0.5  # from this share of the rarer fingerprints on, two programs are told
RARE_ANSWERS = 2  # from so many shared rare wrong answers on, two works are told
MOST_PAIRS = 300  # pairs are told


@dataclass(frozen=True)
class ComparedWork:
    """One submission to compare. `term` is "" in this class, else the folder that it comes from.

    `wrong` are digests of wrong answers by check; `figures` the wrong answers to quiz items, and `rights` the
    right ones, each as (item, answer), where every student has figures of their own.
    """

    name: str
    term: str
    cells: tuple[str, ...]
    prints: Prints
    raw: str
    wrong: frozenset[tuple[str, str]] = frozenset()
    figures: frozenset[tuple[str, str]] = frozenset()
    rights: frozenset[tuple[str, str]] = frozenset()


@dataclass
class SimilarPair:
    """Two works and what they share. `share` is that of the rarer fingerprints of the shorter program."""

    one: ComparedWork
    other: ComparedWork
    share: float = 0.0
    marks: set[int] = field(default_factory=set)
    answers: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    @property
    def same(self) -> str:
        """Return how the programs are the same, "" if they are not."""
        if self.one.raw and self.one.raw == self.other.raw:
            return "byte for byte"
        if self.one.prints.count and self.one.prints.whole == self.other.prints.whole:
            return "but for names, comments and layout"
        return ""

    @property
    def weight(self) -> float:
        """Return by how much the two are to be looked at before others."""
        whole = 2.0 if self.same else 0.0
        return whole + self.share + 0.5 * len(self.answers) + 1.0 * len(self.figures)


def pairs_of(works: Sequence[ComparedWork], handed_out: set[int]) -> list[SimilarPair]:
    """Return the pairs to look at, the most alike first; those of two earlier works are left out."""
    marks = [set(work.prints.marks) - handed_out for work in works]
    rare = rarities(marks)
    found: dict[tuple[int, int], SimilarPair] = {}

    def pair(at: tuple[int, int]) -> SimilarPair:
        return found.setdefault(at, SimilarPair(works[at[0]], works[at[1]]))

    totals = [sum(rare.get(mark, 0.0) for mark in own) for own in marks]
    for at, shared in sharing(marks, rare).items():
        if not is_class(works, at):
            continue
        share = sum(rare[mark] for mark in shared) / max(1e-9, min(totals[at[0]], totals[at[1]]))
        if share >= ALIKE and len(shared) >= ALWAYS_SHARED:
            pair(at).share, pair(at).marks = min(1.0, share), set(shared)
    for at in same_whole(works):
        if is_class(works, at) and marks[at[0]]:
            pair(at).marks |= marks[at[0]] & marks[at[1]]
            pair(at).share = max(pair(at).share, 1.0 if totals[at[0]] else 0.0)
    answers = [set(work.wrong) for work in works]
    for at, same in sharing(answers, rarities(answers)).items():
        if is_class(works, at) and len(same) >= RARE_ANSWERS:
            pair(at).answers = sorted(check for check, _ in same)
    for at, items in other_figures(works).items():
        if is_class(works, at):
            pair(at).figures = items
    return sorted(found.values(), key=lambda one: (-one.weight, one.one.name, one.other.name))[:MOST_PAIRS]


def is_class(works: Sequence[ComparedWork], at: tuple[int, int]) -> bool:
    """Whether one of two works is of this class."""
    return not (works[at[0]].term and works[at[1]].term)


def rarities(held: Sequence[Iterable[Any]]) -> dict[Any, float]:
    """Return how much each thing that is rare weighs: more, the fewer have it."""
    counts = Counter(thing for things in held for thing in things)
    most = max(ALWAYS_SHARED, COMMON * len(held))
    return {thing: math.log((1 + len(held)) / many) for thing, many in counts.items() if many <= most}


def sharing(held: Sequence[Iterable[Any]], rare: Mapping[Any, float]) -> dict[tuple[int, int], list[Any]]:
    """Return what is rare and shared, by the places of the two that share it."""
    owners: defaultdict[Any, list[int]] = defaultdict(list)
    for at, things in enumerate(held):
        for thing in things:
            if thing in rare:
                owners[thing].append(at)
    shared: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
    for thing, places in owners.items():
        for two in combinations(places, 2):
            shared[two].append(thing)
    return shared


def same_whole(works: Sequence[ComparedWork]) -> Iterator[tuple[int, int]]:
    """Yield the places of programs that are the same, each beside the one before."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for at, work in enumerate(works):
        if work.prints.count:
            groups[work.prints.whole].append(at)
    for places in groups.values():
        yield from pairwise(places)


def other_figures(works: Sequence[ComparedWork]) -> dict[tuple[int, int], list[str]]:
    """Return the quiz items to which one gave the answer that is right with the other's figures."""
    owners: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for at, work in enumerate(works):
        for item in work.rights:
            owners[item].append(at)
    found: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    most = max(ALWAYS_SHARED, COMMON * len(works))
    for at, work in enumerate(works):
        for item in work.figures:
            for owner in owners[item] if len(owners[item]) <= most else ():
                found[min(at, owner), max(at, owner)].append(item[0])
    return {two: sorted(items) for two, items in found.items()}
