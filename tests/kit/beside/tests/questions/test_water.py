"""Checks of water."""

from autograder.checks import check, expect, expect_close, expect_equal

# Gauge


@check("Gauge", visible=True)
def test_the_second_of_three_is_highest(student):
    """The levels 1.5, 3.25 and 2."""
    gauge = student.Gauge()
    for level in (1.5, 3.25, 2.0):
        gauge.add(level)
    expect_close(gauge.highest(), 3.25)


@check("Gauge")
def test_two_gauges_know_nothing_of_each_other(student, rng):
    """Random levels in two gauges, one after the other."""
    for size, sea in ((3, 0.0), (5, -10.0)):
        levels = [round(sea + float(level), 3) for level in rng.normal(size=size)]
        gauge = student.Gauge()
        for level in levels:
            gauge.add(level)
        expect_close(gauge.highest(), max(levels))


# mean_level


@check("mean_level", visible=True)
def test_the_mean_of_the_file(student):
    """The levels in levels.csv."""
    expect_close(student.mean_level(), 2.875)


@check("mean_level")
def test_the_mean_is_the_same_when_asked_again(student, reference):
    """Twice in a row."""
    student.mean_level()
    expect_close(student.mean_level(), reference.mean_level())


# write_summary


@check("write_summary", visible=True)
def test_two_lines_are_written(student):
    """The levels 2.5 and 0.75, written to out.txt."""
    student.write_summary([2.5, 0.75], "out.txt")
    expect_equal(student.file("out.txt"), "count 2\nhighest 2.5\n")


@check("write_summary")
def test_a_summary_replaces_the_one_before(student, reference, rng):
    """Random levels, written twice to the same file."""
    for size in (7, 4):
        levels = [round(float(level), 2) for level in rng.normal(size=size)]
        for program in (student, reference):
            program.write_summary(levels, "again.txt")
        expect_equal(student.file("again.txt"), reference.file("again.txt"))


# essay


@check("essay", visible=True)
def test_the_essay_is_the_file(student):
    """essay() and the file essay.txt: the same text, of some length."""
    text = student.essay()
    expect_equal(text, student.file("essay.txt"))
    expect(len(str(text).split()) >= 5, "write a sentence or two")


@check("essay")
def test_the_essay_names_season_and_cause(student):
    """Season and cause are named."""
    text = str(student.essay()).lower()
    expect("spring" in text, "another season than the one in which the river is highest")
    expect("snow" in text or "melt" in text, "the cause is missing")
