"""What the grader remembers of a class has a bound."""

from autograder.judging.kept import Kept


def test_the_oldest_go_when_there_is_no_more_room():
    kept: Kept[str] = Kept(entries=3, room=100)
    for name in "abcd":
        kept.put(name, name.upper(), 10)
    assert [kept.get(name) for name in "abcd"] == [None, "B", "C", "D"]
    kept.put("e", "E", 85)
    assert [name for name in "abcde" if name in kept] == ["d", "e"]


def test_what_is_larger_than_the_room_is_not_kept_and_costs_nothing_else_its_place():
    kept: Kept[int] = Kept(entries=3, room=100)
    kept.put("small", 1, 10)
    kept.put("large", 2, 101)
    assert (kept.get("small"), kept.get("large")) == (1, None)


def test_a_value_put_twice_counts_once():
    kept: Kept[int] = Kept(entries=3, room=100)
    for value in range(50):
        kept.put("one", value, 60)
    kept.put("two", 2, 40)
    assert (kept.get("one"), kept.get("two")) == (49, 2)
