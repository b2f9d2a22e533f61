"""Gives its questions and their variables names that Python folds together, of great length, in every writing.

Aim: limits
"""


def files(program, stem):
    fancy = "".join(chr(0x1D41A + ord(sign) - 97) if sign.isascii() and sign.islower() else sign for sign in "attack")
    long = "ﬁ" * 30_000
    lines = [f"{long} = 1", f"def {fancy}(*args, **kwargs):\n    return {long}", f"class {'Ａ' * 20_000}: pass"]
    lines += [f"{chr(0x4E00 + at) * 1_000} = {at}" for at in range(50)]
    lines += [f"from .{'é.' * 9_000}é import x", f"x = f'{'{é}' * 20_000}'", f"import {'a.' * 20_000}b"]
    return {f"{stem}.py": (program + "\n" + "\n".join(lines) + "\n").encode()}
