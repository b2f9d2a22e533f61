"""Hands in its program under names that turn, hide, end lines, mean formulas, options and other folders.

Aim: feedback
"""


def files(program, stem):
    names = (
        f"{stem}\u202eyp.py", f"{stem}\u200b.py", f"{stem}\n2.py", f"=cmd|' calc'!A0 {stem}.py", f"--{stem}.py",
        f"$(touch was_here) {stem}.py", f"<img src=x onerror=alert(1)> {stem}.py", f"{stem}\x1b[2J.py", f"{stem}.py.py" * 10,
        f"ｒl_{stem}.py", f"{stem.replace('o', 'ο')}.py", f"{'é' * 110}{stem}.py",
    )  # fmt: skip
    return {name: program.encode() for name in names}
