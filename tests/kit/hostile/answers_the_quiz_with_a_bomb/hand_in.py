"""Hands in an answer sheet of anchors that double, objects of Python's, numbers and patterns without end.

Aim: limits
"""


def files(program, stem):
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{at}: &a{at} [*a{at - 1}, *a{at - 1}]\n" for at in range(1, 60))
    run = "student: !!python/object/apply:os.system ['touch was_here']\n"
    odd = ["1e999999999", "9" * 20_000, "1/" * 5000, "(" * 5000, "a" * 9000 + "!", "-" * 9000, "1" + "0," * 6000]
    answers = "".join(f"q{at}:\n  answer: {one}\n" for at, one in enumerate(odd))
    return {f"{stem}.py": program.encode(), "quiz.yml": (run + laughs + answers + "\t: ? [\n" * 3000).encode()}
