"""The visible checks of `plot_timeline` for otter: those in checks/. Leave this file as it is."""

import re

import numpy as np

from checks.kit import Figure, expect, overlapping
from checks.for_otter import Cases

OK_FORMAT = False
name = "plot_timeline"
case = Cases("gridworld", name)


def squashed(text):
    """Return a text without its spaces and line breaks."""
    return "".join(text.split())


def texts_of(figure):
    """Return all texts and tick labels, each with `at`: its place in units of its axes' size.

    The place of an annotation is the point that it is about.
    """
    found = []
    for axes in figure.axes:
        corner, far = np.array([axes["xlim"], axes["ylim"]]).T
        for text in axes["texts"] + axes["xticks"] + axes["yticks"]:
            point = np.array(text["target"] or [text["x"], text["y"]])
            found.append(text | {"at": (point - corner) / (far - corner)})
    return found


def expect_figure(got):
    """Fail unless an answer is a figure with a title; return it."""
    expect(isinstance(got, Figure), "expected a matplotlib Figure: end with `return fig`")
    expect(len(got.axes) > 0, "the figure has no axes: draw into those of fig.subplots()")
    titles = [axes["title"] + axes["suptitle"] for axes in got.axes]
    expect(any(title.strip() for title in titles), "the figure has no title")
    return got


def with_year(label, year, texts):
    """Return a label's text and that of its year: the same, or one above, below or beside it."""
    years = [text for text in texts if re.search(rf"(?<!\d){year}(?!\d)", text["text"])]
    if label in years:
        return [label]
    close = [text for text in years if np.isclose(text["at"], label["at"], rtol=0, atol=2e-3).any()]
    return [label, close[0]] if close else []


def expect_timeline(got, milestones):
    """Fail unless all milestones are shown with their years, in order, readable and apart."""
    figure = expect_figure(got)
    texts = texts_of(figure)
    shown, places = [], []
    for year, label in sorted(milestones.items()):
        labels = [text for text in texts if squashed(label) in squashed(text["text"])]
        expect(len(labels) > 0, "the label of a milestone is not in the figure", label)
        pairs = [with_year(one, year, texts) for one in labels]
        expect(any(pairs), "a label comes without its year, or with another", f"{label}, {year}")
        found = next(pair for pair in pairs if pair)
        shown += found
        places.append(found[0]["at"])
    across, along = np.diff(places, axis=0).T
    ordered = (across > 0).all() or (along > 0).all() or (along < 0).all()
    expect(bool(ordered), "the milestones are not in order of time")
    expect_readable(figure, shown)


def expect_readable(figure, texts):
    """Fail if a text is outside the picture, or about a point outside its axes, or two overlap."""
    width, height = (int.from_bytes(figure.png[at : at + 4], "big") for at in (16, 20))
    for text in texts:
        left, bottom, right, top = text["box"]
        inside = 0 <= (left + right) / 2 <= width and 0 <= (bottom + top) / 2 <= height
        inside = inside or not figure.png  # too large a picture has no size here
        expect(inside, "a label lies outside the figure", text["text"])
        # matplotlib leaves out an annotation whose target is outside the axes
        drawn = not text["target"] or ((text["at"] >= 0) & (text["at"] <= 1)).all()
        expect(bool(drawn), "a label is about a point outside the axes", text["text"])
    pairs = [" and ".join(repr(" ".join(one.split())) for one in pair) for pair in overlapping(texts)]
    told = "labels overlap: give close years different heights, or each label its own"
    expect(not pairs, told, f"{len(pairs)} pairs of labels overlap, such as {', '.join(pairs[:1])}")


@case()
def test_three_milestones(student):
    """Three milestones decades apart: a title, and the labels with their years, in order."""
    milestones = {1957: "Perceptron", 1986: "Backpropagation", 2017: "Transformer"}
    expect_timeline(student.plot_timeline(milestones), milestones)


@case()
def test_the_milestones_of_the_lab(student):
    """The lab's eleven milestones, eight of them within eleven years: no labels overlap."""
    milestones = {
        1957: "Perceptron",
        1986: "Backpropagation",
        1997: "LSTM",
        2012: "AlexNet",
        2013: "Word2Vec",
        2014: "GANs",
        2017: "Transformer",
        2018: "BERT",
        2020: "GPT-3",
        2022: "InstructGPT\n(RLHF)",
        2023: "GPT-4",
    }
    expect_timeline(student.plot_timeline(milestones), milestones)
