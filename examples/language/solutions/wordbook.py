"""From text to numbers: words, a vocabulary, pairs of words, and a picture. Axis: V words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case, in the order in which they stand there.

    A word is a run of the letters a to z, upper or lower case. Everything else separates words: spaces,
    digits, punctuation, line breaks. "Don't stop!" has three words: don, t, stop.

    Args:
        text: any text.

    Returns:
        The words; none for a text without letters.
    """
    letters = "abcdefghijklmnopqrstuvwxyz"
    return "".join(mark if mark in letters else " " for mark in text.lower()).split()


class Vocabulary:
    """Words and their numbers: the most frequent word is 1, the next 2, and so on; 0 stands for all others.

    Words that occur equally often are numbered in alphabetical order. `len(vocabulary)` is the number of
    words that have a number of their own.
    """

    def __init__(self, words: Iterable[str], max_size: int) -> None:
        """Count the words and keep the most frequent.

        Args:
            words: the text, word by word.
            max_size: how many words get a number of their own, at most.
        """
        counts = Counter(words)
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        self._words = ranked[:max_size]
        self._ids = {word: number for number, word in enumerate(self._words, start=1)}

    def __len__(self) -> int:
        return len(self._words)

    def encode(self, words: Iterable[str]) -> list[int]:
        """Return the number of each word, 0 for a word that has none."""
        return [self._ids.get(word, 0) for word in words]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the word of each number, "?" for 0."""
        return ["?" if number == 0 else self._words[number - 1] for number in ids]


def bigram_probs(ids: Sequence[int], size: int) -> npt.NDArray[np.float64]:
    """Return how often each word follows each other one, as shares.

    `probs[i, j]` is the share of the places after an `i` at which a `j` stands. A row of a word that nothing
    follows is 0.

    Args:
        ids: a text as numbers 0 .. V-1. Not modified.
        size: V.

    Returns:
        The shares, shape (V, V).
    """
    counts = np.zeros((size, size))
    for before, after in pairwise(ids):
        counts[before, after] += 1
    totals = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)


def plot_counts(counts: Mapping[str, int]) -> Figure:
    """Draw how often words occur, from the most frequent to the least, and return the figure.

    One line: at x = 1, 2, ... stands the count of the most frequent word, of the next, and so on. The figure
    has a title and a label at each axis; the y axis is logarithmic.

    Args:
        counts: how often each word occurs, 1 or more.

    Returns:
        A matplotlib `Figure` with one pair of axes.
    """
    figure = Figure()
    axes = figure.subplots()
    ordered = sorted(counts.values(), reverse=True)
    axes.plot(range(1, len(ordered) + 1), ordered)
    axes.set_yscale("log")
    axes.set_title("How often words occur")
    axes.set_xlabel("rank")
    axes.set_ylabel("count")
    return figure
