"""Wrong answers to wordbook that students really write. The docstring is the hint."""

import re
from collections import Counter

import numpy as np
from matplotlib.figure import Figure
from solutions.wordbook import Vocabulary, bigram_probs

from autograder.checks import misconception

# split_words


@misconception("split_words")
def splits_at_spaces_only(text):
    """Punctuation sticks to the words. What separates words besides spaces?"""
    return text.lower().split()


@misconception("split_words")
def keeps_upper_case(text):
    """Upper and lower case are kept apart. In which case should the words come out?"""
    return re.findall("[a-zA-Z]+", text)


@misconception("split_words")
def keeps_digits_and_underscores(text):
    """Digits or underscores are taken for letters. What does \\w match?"""
    return re.findall(r"[0-9a-z_]+", text.lower())


@misconception("split_words")
def takes_every_letter(text):
    """Letters beyond a to z are kept. Which letters make a word here?"""
    return "".join(mark if mark.isalpha() else " " for mark in text.lower()).split()


@misconception("split_words")
def leaves_empty_words(text):
    """There are empty words between neighbouring separators. What does split(" ") make of two spaces?"""
    return re.split("[^a-z]", text.lower())


@misconception("split_words")
def drops_repeated_words(text):
    """Each word comes out once. Is a word that occurs twice two words?"""
    return list(dict.fromkeys(re.findall("[a-z]+", text.lower())))


# Vocabulary


@misconception("Vocabulary")
class CountsFromZero(Vocabulary):
    """The most frequent word has the number 0. Which number is kept for words without one?"""

    def encode(self, words):
        return [max(0, number - 1) for number in super().encode(words)]


@misconception("Vocabulary")
class OrderOfAppearance(Vocabulary):
    """Words are numbered in the order of the text. Which word should be number 1?"""

    def __init__(self, words, max_size):
        self._words = list(dict.fromkeys(words))[:max_size]
        self._ids = {word: number for number, word in enumerate(self._words, start=1)}


@misconception("Vocabulary")
class TiesByAppearance(Vocabulary):
    """Words that are equally frequent stand in the order of the text. Which order is asked for?"""

    def __init__(self, words, max_size):
        self._words = [word for word, _ in Counter(words).most_common(max_size)]
        self._ids = {word: number for number, word in enumerate(self._words, start=1)}


@misconception("Vocabulary")
class KeepsEveryWord(Vocabulary):
    """More words have a number than were asked for. Where is max_size used?"""

    def __init__(self, words, max_size):
        super().__init__(words, 10**6)


@misconception("Vocabulary")
class CountsTheUnknownWord(Vocabulary):
    """One word too few has a number. Is the 0 one of the max_size numbers?"""

    def __init__(self, words, max_size):
        super().__init__(words, max_size - 1)


@misconception("Vocabulary")
class SharedByAll(Vocabulary):
    """Two vocabularies share their words. Is the table made once for the class, or for each object?"""

    _ids = {}  # noqa: RUF012 this is the mistake
    _words = []  # noqa: RUF012

    def __init__(self, words, max_size):
        own = Vocabulary(words, max_size)
        self._ids.clear()
        self._ids.update(own._ids)
        self._words[:] = own._words


# bigram_probs


@misconception("bigram_probs")
def counts_only(ids, size):
    """These are counts. By what must each row be divided?"""
    counts = np.zeros((size, size))
    np.add.at(counts, (np.asarray(ids[:-1]), np.asarray(ids[1:])), 1)
    return counts


@misconception("bigram_probs")
def divides_by_all_pairs(ids, size):
    """Each entry is a share of all pairs. Of what should it be a share?"""
    return counts_only(ids, size) / max(1, len(ids) - 1)


@misconception("bigram_probs")
def swaps_rows_and_columns(ids, size):
    """Rows and columns are exchanged. Does a row belong to the first word of a pair or to the second?"""
    return bigram_probs(ids, size).T


@misconception("bigram_probs")
def divides_by_zero(ids, size):
    """A row of a word that nothing follows is NaN. What is 0 / 0?"""
    counts = counts_only(ids, size)
    with np.errstate(all="ignore"):
        return counts / counts.sum(axis=1, keepdims=True)


@misconception("bigram_probs")
def overwrites_repeated_pairs(ids, size):
    """A pair that occurs twice is counted once. What does counts[i, j] += 1 do with arrays of indices?"""
    counts = np.zeros((size, size))
    counts[np.asarray(ids[:-1]), np.asarray(ids[1:])] += 1
    totals = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)


@misconception("bigram_probs")
def sorts_the_text(ids, size):
    """The shares are right, but the caller's text is not what it was. Where is it changed?"""
    probs = bigram_probs(ids, size)
    if isinstance(ids, np.ndarray):
        ids.sort()
    return probs


# plot_counts


def drawn(values, start=1, scale="log", title="How often words occur"):
    figure = Figure()
    axes = figure.subplots()
    axes.plot(range(start, len(values) + start), values)
    axes.set(yscale=scale, title=title, xlabel="rank", ylabel="count")
    return figure


@misconception("plot_counts")
def in_the_order_of_the_dict(counts):
    """The words are not sorted by how often they occur. Which comes first?"""
    return drawn(list(counts.values()))


@misconception("plot_counts")
def from_rare_to_frequent(counts):
    """The line rises. Which word should be at the left, the most frequent or the rarest?"""
    return drawn(sorted(counts.values()))


@misconception("plot_counts")
def ranks_from_zero(counts):
    """The first rank is 0. Where does the most frequent word stand?"""
    return drawn(sorted(counts.values(), reverse=True), start=0)


@misconception("plot_counts")
def linear_axis(counts):
    """The y axis is linear, so that rare words cannot be told apart. Which scale is asked for?"""
    return drawn(sorted(counts.values(), reverse=True), scale="linear")


@misconception("plot_counts")
def without_labels(counts):
    """The figure has no title or no labels. What would a reader know of it?"""
    figure = Figure()
    axes = figure.subplots()
    axes.semilogy(range(1, len(counts) + 1), sorted(counts.values(), reverse=True))
    return figure
