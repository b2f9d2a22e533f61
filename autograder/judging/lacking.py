"""What the place where code is graded has not got, in words for students."""

from autograder.environment import promised, python_name

HINTS = {
    "graphics card": "There is no graphics card where this is graded: keep everything on the CPU.",
    "network": "There is no network where this is graded.",
    "files": "Where this is graded there are no files but those handed in beside the code; "
    "what a program writes with open() is in memory.",
    "processes": "No other program or process can be started where this is graded.",
    "library": f"Where this is graded there are the standard library, {promised()}, and nothing else.",
    "python": f"A later Python has that: {python_name()} grades.",
    "input": "Nobody answers input() where this is graded.",
    "hash": "Arrays and tensors have no hash, so lru_cache cannot take them: leave it out.",
}


def lacking_hint(lacks: str) -> str:
    """Return a sentence on what is lacking, "" if nothing is."""
    return HINTS.get(lacks, "")
