"""Defines a hundred thousand names that nearly are the ones that are asked for, and not those.

Aim: limits
"""

for number in range(100_000):
    globals()[f"{EVERYTHING.__code__.co_names[0] if EVERYTHING.__code__.co_names else 'f'}_{number}"] = number
    globals()["f" * (number % 250) + str(number)] = number


class attack:
    def __init_subclass__(cls):
        raise ValueError

    def __call__(self):
        return None


__import__("atexit").register(lambda: globals().clear())
