"""Right answers to wordbook, written in unusual ways. None of them may lose a point."""

import re
from collections import Counter
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from autograder.checks import alternative

# split_words


@alternative("split_words")
def one_regular_expression(text):
    """One regular expression."""
    return re.findall("[a-z]+", text.lower())


@alternative("split_words")
def collects_letters(text):
    """Letter by letter; a tuple of NumPy strings comes out."""
    words, word = [], ""
    for mark in text + " ":
        if "a" <= mark.lower() <= "z" and mark.isascii():
            word += mark.lower()
        elif word:
            words.append(word)
            word = ""
    return tuple(np.array(words)) if words else ()


# Vocabulary


@alternative("Vocabulary")
class ArraysInside:
    """NumPy inside; arrays come out."""

    def __init__(self, words, max_size):
        names, counts = np.unique(np.array(list(words)), return_counts=True)
        self.names = ["?", *names[np.argsort(-counts, kind="stable")][:max_size]]

    def __len__(self):
        return len(self.names) - 1

    def encode(self, words):
        return np.array([self.names.index(word) if word in self.names[1:] else 0 for word in words])

    def decode(self, ids):
        return [self.names[number] for number in ids]


# bigram_probs


@alternative("bigram_probs")
def counts_with_a_counter(ids, size):
    """A Counter of pairs; nested lists come out."""
    ids = [int(number) for number in ids]
    pairs, firsts = Counter(pairwise(ids)), Counter(ids[:-1])
    return [[pairs[i, j] / firsts[i] if firsts[i] else 0.0 for j in range(size)] for i in range(size)]


@alternative("bigram_probs")
def one_hot_products(ids, size):
    """A product of one-hot matrices, in single precision."""
    one_hot = np.eye(size, dtype=np.float32)[np.asarray(ids)]
    counts = one_hot[:-1].T @ one_hot[1:]
    return counts / np.maximum(counts.sum(1, keepdims=True), 1)


# plot_counts


@alternative("plot_counts")
def with_pyplot(counts):
    """Drawn with pyplot, as points joined by a line, with a title above the figure."""
    figure, axes = plt.subplots()
    axes.semilogy(np.arange(len(counts)) + 1, sorted(counts.values())[::-1], "o-")
    figure.suptitle("Words")
    axes.set(xlabel="Rank of the word", ylabel="How often")
    return figure
