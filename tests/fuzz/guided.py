"""The readers of tests/fuzz once more, on input that grows towards lines not yet reached (atheris).

`python tests/fuzz/guided.py READER -max_total_time=60`; other options are libFuzzer's. `make fuzz-guided`
runs each for a minute, in an environment of its own. What ends it is a crash, or what is no refusal.
"""

import sys

import atheris

with atheris.instrument_imports(include=["autograder"]):
    from autograder.errors import InputError
    from autograder.quiz.sheet import read_letters, read_numbers, read_sheet
    from autograder.sandbox.calls import StudentRaised
    from autograder.sandbox.codec import read_reply
    from autograder.sandbox.libraries import used_by
    from autograder.sandbox.protocol import Frames, ProtocolError
    from autograder.submission.notebook_code import cells_of, is_untouched

REFUSALS = (InputError, ProtocolError, StudentRaised)


def frames(data: bytes) -> None:
    """Read what a worker sends."""
    for frame in Frames(rooms=[10_000] * 9).feed(data):
        read_reply(frame)


def sheet(data: bytes) -> None:
    """Read an answer sheet."""
    for parts in read_sheet(data.decode("utf-8", "replace")).answers.values():
        read_letters(parts, {"a": "x", "b": "y"})
        for part in parts:
            read_numbers(part)


def notebook(data: bytes) -> None:
    """Read the cells of a notebook."""
    [is_untouched(cell) for cell in cells_of(data, "a.ipynb")]


def program(data: bytes) -> None:
    """Read a program, and look for what it uses."""
    used_by(cells_of(data, "a.py"))


READERS = {one.__name__: one for one in (frames, sheet, notebook, program)}


def main() -> None:
    """Feed one reader until the time is up."""
    reader = READERS[sys.argv.pop(1)]

    def one_input(data: bytes) -> None:
        try:
            reader(data)
        except REFUSALS:
            return

    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
