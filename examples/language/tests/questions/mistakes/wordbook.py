"""Wrong answers to wordbook that students really write, each with the hint that is read."""

import re

import numpy as np
from matplotlib.figure import Figure
from solutions.wordbook import Vocabulary, bigram_probs

from autograder.checks import changed, misconception

# split_words

changed(
    "split_words",
    keeps_upper_case=("mark in letters else \" \" for mark in text.lower()", "mark.lower() in letters else \" \" for mark in text",
        "Upper and lower case are kept apart. In which case should the words come out?"),
    keeps_digits_and_underscores=("vwxyz", "vwxyz0123456789_", "Digits or underscores are taken for letters. What does \\w match?"),
    takes_every_letter=("mark in letters", "mark.isalpha()", "Letters beyond a to z are kept. Which letters make a word here?"),
    leaves_empty_words=(".split()", ".split(\" \")",
        "There are empty words between neighbouring separators. What does split(\" \") make of two spaces?"),
)  # fmt: skip


@misconception("split_words")
def keeps_apostrophes(text):
    """An apostrophe is taken for a letter. Everything but a to z separates words."""
    return re.findall("[a-z']+", text.lower())


@misconception("split_words")
def strips_marks_from_the_ends(text):
    """Marks are taken from the ends of words alone. Inside a word they separate, too, as digits do."""
    return [word.strip(".,;:!?\"'()-") for word in text.lower().split()]


@misconception("split_words")
def leaves_empty_words_at_the_ends(text):
    """There is an empty word where the text begins or ends with a separator. What does re.split give there?"""
    return re.split("[^a-z]+", text.lower())


@misconception("split_words")
def sorts_the_words(text):
    """The words come sorted, each once. They are asked as they stand in the text, as often as they do."""
    return sorted(set(re.findall("[a-z]+", text.lower())))


@misconception("split_words")
def glues_the_parts_together(text):
    """What is no letter is taken out, and its neighbours grow together. It separates words."""
    return re.sub("[^a-z ]", "", text.lower()).split()


@misconception("split_words")
def glues_parts_but_not_lines(text):
    """What is neither a letter nor a space or line break is taken out, and its neighbours grow together. It
    separates words."""
    return re.sub(r"[^a-z\s]", "", text.lower()).split()


@misconception("split_words")
def sorts_what_it_finds(text):
    """The words come in alphabetical order. They are asked in that of the text."""
    return sorted(re.findall("[a-z]+", text.lower()))


@misconception("split_words")
def forgets_the_word_at_the_end(text):
    """A text that ends in a letter loses its last word. What is left over when the loop ends?"""
    return re.findall("[a-z]+(?=[^a-z])", text.lower())


@misconception("split_words")
def splits_at_spaces_only(text):
    """Punctuation sticks to the words. What separates words besides spaces?"""
    return text.lower().split()


@misconception("split_words")
def drops_repeated_words(text):
    """Each word comes out once. Is a word that occurs twice two words?"""
    return list(dict.fromkeys(re.findall("[a-z]+", text.lower())))


@misconception("split_words")
def loses_capitals(text):
    """Capital letters are taken for what separates words. Make the text lower case before you look."""
    return re.findall("[a-z]+", text)


# Vocabulary

changed(
    "Vocabulary",
    CountsFromZero=("start=1", "start=0", "The most frequent word has the number 0. Which number is kept for words without one?"),
    OrderOfAppearance=("sorted(counts, key=lambda word: (-counts[word], word))", "list(counts)",
        "Words are numbered in the order of the text. Which word should be number 1?"),
    TiesByAppearance=("(-counts[word], word)", "-counts[word]",
        "Words that are equally frequent stand in the order of the text. Which order is asked for?"),
    KeepsEveryWord=("ranked[:max_size]", "ranked", "More words have a number than were asked for. Where is max_size used?"),
    CountsTheUnknownWord=("ranked[:max_size]", "ranked[:max_size - 1]",
        "One word too few has a number. Is the 0 one of the max_size numbers?"),
)  # fmt: skip


@misconception("Vocabulary")
class HasANumberForTheUnknown(Vocabulary):
    """The length counts the 0 as well. It is the number of words that have one of their own."""

    def __len__(self):
        return super().__len__() + 1


@misconception("Vocabulary")
class InAlphabeticalOrder(Vocabulary):
    """The words are numbered by the alphabet alone. How often they occur comes first."""

    def __init__(self, words, max_size):
        super().__init__(sorted(set(words)), max_size)


@misconception("Vocabulary")
class SkipsWhatItDoesNotKnow(Vocabulary):
    """Words without a number are left out. Each of them is a 0."""

    def encode(self, words):
        return [number for number in super().encode(words) if number]


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

changed(
    "bigram_probs",
    counts_only=("np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)", "counts",
        "These are counts. By what must each row be divided?"),
    divides_by_all_pairs=("counts.sum(axis=1, keepdims=True)", "counts.sum() * np.ones((size, 1))",
        "Each entry is a share of all pairs. Of what should it be a share?"),
    swaps_rows_and_columns=("counts[before, after]", "counts[after, before]",
        "Rows and columns are exchanged. Does a row belong to the first word of a pair or to the second?"),
    divides_by_zero=(", out=np.zeros_like(counts), where=totals > 0", "",
        "A row of a word that nothing follows is NaN. What is 0 / 0?"),
    overwrites_repeated_pairs=("+= 1", "= 1",
        "A pair that occurs twice is counted once. What does counts[i, j] += 1 do with arrays of indices?"),
)  # fmt: skip


@misconception("bigram_probs")
def begins_its_counts_at_one(ids, size):
    """Pairs that never occur have a share. Do the counts begin at 1? No smoothing is asked."""
    counts = np.ones((size, size))
    np.add.at(counts, (np.asarray(ids[:-1], dtype=int), np.asarray(ids[1:], dtype=int)), 1)
    return counts / counts.sum(axis=1, keepdims=True)


@misconception("bigram_probs")
def sorts_the_text(ids, size):
    """The shares are right, but the caller's text is not what it was. Where is it changed?"""
    probs = bigram_probs(ids, size)
    if isinstance(ids, np.ndarray):
        ids.sort()
    return probs


@misconception("bigram_probs")
def divides_by_column_totals(ids, size):
    """Each column adds up to 1. A row tells what follows its word: which totals belong to it?"""
    counts = np.zeros((size, size))
    np.add.at(counts, (list(ids[:-1]), list(ids[1:])), 1)
    totals = counts.sum(axis=0)
    return counts / np.where(totals > 0, totals, 1)


# plot_counts

changed(
    "plot_counts",
    in_the_order_of_the_dict=("sorted(counts.values(), reverse=True)", "list(counts.values())",
        "The words are not sorted by how often they occur. Which comes first?"),
    from_rare_to_frequent=(", reverse=True", "",
        "The line rises. Which word should be at the left, the most frequent or the rarest?"),
    ranks_from_zero=("range(1, len(ordered) + 1)", "range(len(ordered))",
        "The first rank is 0. Where does the most frequent word stand?"),
    linear_axis=("axes.set_yscale(\"log\")", "pass",
        "The y axis is linear, so that rare words cannot be told apart. Which scale is asked for?"),
)  # fmt: skip


@misconception("plot_counts")
def without_labels(counts):
    """The figure has no title or no labels. What would a reader know of it?"""
    figure = Figure()
    axes = figure.subplots()
    axes.semilogy(range(1, len(counts) + 1), sorted(counts.values(), reverse=True))
    return figure
