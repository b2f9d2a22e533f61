"""Checks of wordbook: words, the vocabulary, pairs of words, the picture."""

import numpy as np

from autograder.checks import check, expect, expect_close, expect_equal, expect_unchanged

SENTENCE = ["so", "it", "goes", "so", "it", "went", "so", "far"]

# split_words


@check("split_words", visible=True)
def test_a_sentence_with_punctuation(student):
    """Words in upper and lower case, with a comma, an apostrophe and a digit between them."""
    expect_equal(student.split_words("The cat, the dog's 2nd"), ["the", "cat", "the", "dog", "s", "nd"])


@check("split_words")
def test_words_between_odd_separators(student, reference, rng):
    """Words with several separators between them, and at both ends."""
    marks = np.array([" ", "\n", "--", "3", "...", "\t", "_", "\u2019"])
    for count in (2, 5, 9):
        words = rng.choice(["North", "EAST", "so", "a", "west"], count)
        text = "".join(mark + word for mark, word in zip(rng.choice(marks, count), words, strict=True)) + "!"
        expect_equal(student.split_words(text), reference.split_words(text))


@check("split_words")
def test_nothing_and_one_word(student):
    """No text, only separators, and a lone word."""
    expect_equal(student.split_words("Word"), ["word"])
    for text in ("", " 12, 3!"):
        expect_equal(student.split_words(text), [])


@check("split_words")
def test_letters_beyond_z_separate(student, reference):
    """Letters that are not a to z."""
    for text in ("Caf\u00e9 au lait", "na\u00efve \u03b1\u03b2 end"):
        expect_equal(student.split_words(text), reference.split_words(text))


# Vocabulary


@check("Vocabulary", visible=True)
def test_a_vocabulary_by_hand(student):
    """The words of a sentence, of which the three most frequent are kept."""
    vocabulary = student.Vocabulary(SENTENCE, 3)
    expect_equal(vocabulary.encode(["it", "so", "far", "away"]), [2, 1, 3, 0])


@check("Vocabulary", visible=True)
def test_numbers_become_words_again(student):
    """Numbers of the same vocabulary, 0 among them."""
    expect_equal(student.Vocabulary(SENTENCE, 3).decode([3, 0, 1]), ["far", "?", "so"])


@check("Vocabulary")
def test_random_texts_are_encoded_and_decoded(student, reference, rng):
    """Random texts with ties, in vocabularies that are smaller and larger than the text."""
    known = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"]
    for size in (2, 5, 20):
        words = [known[at] for at in rng.integers(0, 8, 30)]
        mine, right = student.Vocabulary(words, size), reference.Vocabulary(words, size)
        ids = right.encode([*known, "yak"])
        expect_equal(mine.encode([*known, "yak"]), ids)
        expect_equal(mine.decode(ids), right.decode(ids))
        expect_equal(len(mine), len(right))


@check("Vocabulary")
def test_two_vocabularies_are_independent(student, reference):
    """Two vocabularies of different words, used in turn."""
    first, second = student.Vocabulary(["a", "b", "b"], 5), student.Vocabulary(["c", "c", "a"], 5)
    expect_equal(first.encode(["a", "b", "c"]), [2, 1, 0])
    expect_equal(second.encode(["a", "b", "c"]), [2, 0, 1])
    expect_equal(len(first), 2)


# bigram_probs


@check("bigram_probs", visible=True)
def test_pairs_by_hand(student):
    """The text 1, 2, 1, 0, 1, 2 in a vocabulary of four."""
    want = [[0.0, 1.0, 0.0, 0.0], [1 / 3, 0.0, 2 / 3, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0] * 4]
    expect_close(student.bigram_probs([1, 2, 1, 0, 1, 2], 4), want)


@check("bigram_probs")
def test_pairs_of_random_texts(student, reference, rng):
    """Random texts, also as arrays, with words that nothing follows."""
    for size, count in ((3, 12), (6, 25), (9, 15)):
        ids = rng.integers(0, size, count)
        want = reference.bigram_probs(ids, size)
        expect_close(student.bigram_probs(ids, size), want)
        expect_close(student.bigram_probs(ids.tolist(), size), want)


@check("bigram_probs")
def test_the_text_is_left_alone(student, reference):
    """Right on a text with a repeated word, and the text is as it was."""
    probs, ids = student.bigram_probs, np.array([2, 2, 0, 1, 2])
    expect_close(probs(ids, 3), reference.bigram_probs(ids, 3))
    expect_unchanged(probs)


# plot_counts

COUNTS = {"so": 9, "it": 31, "goes": 4, "far": 1}


@check("plot_counts", visible=True)
def test_the_line_falls(student):
    """Four counts: one line, from the most frequent word to the least."""
    (axes,) = student.plot_counts(COUNTS).axes
    expect(len(axes["lines"]) == 1, "there must be one line")
    expect_close(axes["lines"][0]["y"], [31, 9, 4, 1])


@check("plot_counts")
def test_ranks_begin_at_one(student, reference, rng):
    """Random counts: ranks along x, counts along y."""
    counts = {f"w{at}": int(count) for at, count in enumerate(rng.integers(1, 200, 12))}
    (mine,), (right,) = student.plot_counts(counts).axes, reference.plot_counts(counts).axes
    expect(len(mine["lines"]) == 1, "there must be one line")
    expect_close(mine["lines"][0]["x"], right["lines"][0]["x"], name="x")
    expect_close(mine["lines"][0]["y"], right["lines"][0]["y"], name="y")


@check("plot_counts")
def test_title_and_labels(student):
    """The line, with a title and a label at each axis."""
    (axes,) = student.plot_counts(COUNTS).axes
    expect(bool(axes["lines"]), "there is no line")
    expect(bool(axes["title"] or axes["suptitle"]), "there is no title")
    expect(bool(axes["xlabel"] and axes["ylabel"]), "the label of an axis is missing")


@check("plot_counts")
def test_the_y_axis_is_logarithmic(student):
    """The counts 1, 10, 100 and 1000: on a logarithmic axis their ticks are powers of ten."""
    (axes,) = student.plot_counts({"a": 1, "b": 10, "c": 100, "d": 1000}).axes
    expect(bool(axes["lines"]), "there is no line")
    places = [text["y"] for text in axes["yticks"]]
    expect({10, 100} <= {round(place) for place in places}, "the y axis is not logarithmic")
    expect(
        max(places, default=0) < 5000 and not {200, 400} & {round(place) for place in places}, "it is linear"
    )
