"""Notebook commands in Python text: what defines names becomes a call of a stand-in, the rest comments.

What the calls do is in `sandbox/notebook_names.py`.
"""

import re

from autograder.data.cell_commands import CELLS_NOT_RUN
from autograder.submission.parsing import open_after, syntax_tree

SUSPECT_LINE = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!]|^(?:>>>|In \[|```)", re.MULTILINE)
PROMPT = re.compile(r"(?:>>>|In \[\d+\]:)(?: |$)")
PROMPT_GOES_ON = re.compile(r"[ \t]*\.{3,}:?(?: |$)")
WRITTEN = re.compile(r"\s*%%(?:writefile|file)[ \t]+(?:-a[ \t]+)?([^\n]+)(?:\n|$)")
CELL_COMMAND = re.compile(r"(\s*)%%(\w+)([^\n]*)\n?")
TIMED = re.compile(r"([ \t]*)%time[ \t]+(?=[^-\s])")
CARRIED_OUT = re.compile(r"([ \t]*)%(run|load|loadpy|pylab|store|env|set_env|cd)\b([^\n\\]*)$")
COMMAND = re.compile(r"([ \t]*)(?:%{1,2}[A-Za-z_]|!|\?|```)")
HELP = re.compile(r"([ \t]*)%{0,2}[^\W\d][\w.*\[\]]*\?{1,2}[ \t]*$")
ASSIGNED_COMMAND = re.compile(r"([\w.,\[\] \t]+=[ \t]*)(!|%(\w+)[ \t]*)")
OF_THE_SYSTEM = ("sx", "system")
LONGEST_CELL = 20_000  # characters: of a longer one nobody asks whether it is Python
INDENT = re.compile(r"[ \t]+(?=[^\s#])")


def python_of_cell(text: str, module: str = "") -> str:
    """Return a cell with its notebook commands as Python or as comments, line by line.

    A cell under `%%time`, `%%capture` or whatever else measures Python runs as without it; `%%writefile`
    writes its file, and if that is the `module` that is graded, the cell is part of it; under `%%bash` and
    its like all of it is commented out. What is no Python under any other command says that it was left out.
    """
    command = CELL_COMMAND.match(text)
    if not command:
        return without_commands(without_indent(text))
    written = WRITTEN.match(text)
    if written:
        body = text[written.end() :]
        is_graded = written[1].strip().strip("\"'").lower() == module
        rest = without_commands(body) if is_graded else "\n" * body.count("\n")
        return f"{shell_call('run_cell_magic', command[2], command[3], body)}\n{rest}"
    if command[2] not in CELLS_NOT_RUN:
        python = f"{command[1]}# %%{command[2]}{command[3]}\n"
        python += without_commands(without_indent(text[command.end() :]))
        if len(python) > LONGEST_CELL or syntax_tree(python):
            return python if "\n" in text[command.end(1) :] else python.removesuffix("\n")
    lines = [f"# {line}" for line in text.split("\n")]
    if command[2] not in CELLS_NOT_RUN:
        at = command[1].count("\n")
        lines[at] = f"{shell_call('run_cell_magic', command[2], command[3], '')}  {lines[at]}"
    return "\n".join(lines)


def shell_call(method: str, *given: str) -> str:
    """Return a call of the stand-in for a notebook's shell."""
    return f"get_ipython().{method}({', '.join(repr(one.strip()) for one in given[:2])}" + (
        f", {given[2]!r})" if len(given) > 2 else ")"
    )


def without_indent(text: str) -> str:
    """Return a cell without the indentation of its first line, as notebooks take it."""
    indent = INDENT.match(text)
    return "\n".join(line.removeprefix(indent[0]) for line in text.split("\n")) if indent else text


def without_commands(text: str) -> str:
    """Return Python text with `%magic`, `!shell`, `help?` and ``` lines commented out, else unchanged.

    What was typed at a prompt, `>>>` or `In [1]:`, loses it, as in a notebook. Line numbers stay. A command
    is one only where a statement can begin: not inside brackets, a string or after a backslash. No line of
    valid Python looks like that.
    """
    if not SUSPECT_LINE.search(text):
        return text
    lines, quote, depth, joined, continued, prompted = [], "", 0, False, False, False
    for line in text.split("\n"):
        begins = not (continued or quote or depth or joined)
        prompt = PROMPT.match(line) if begins else None
        prompt = prompt or (PROMPT_GOES_ON.match(line) if prompted else None)
        prompted = prompt is not None
        line = line[prompt.end() :] if prompt else line
        if continued:  # of a command that went on with a backslash
            line, continued = f"# {line}", line.endswith("\\")
        elif begins:
            line, continued = without_command(line)
        if not continued:
            quote, depth, joined = open_after(line, quote, depth)
        lines.append(line)
    return "\n".join(lines)


def without_command(line: str) -> tuple[str, bool]:
    """Return the line at which a statement begins as Python, and whether its command goes on."""
    timed = TIMED.match(line)
    if timed:
        return timed[1] + line[timed.end() :], False
    assigned = ASSIGNED_COMMAND.match(line)
    if assigned:
        return with_result(line, assigned), line.endswith("\\")
    done = CARRIED_OUT.match(line)
    if done:
        return done[1] + shell_call("run_line_magic", done[2], done[3]), False
    command = COMMAND.match(line) or HELP.match(line)
    if not command:
        return line, False
    indent = command[1]
    keeps_block = "pass  " if indent else ""  # the command may be all that a block holds
    return f"{indent}{keeps_block}# {line[len(indent) :]}", line.endswith("\\")


def with_result(line: str, assigned: re.Match[str]) -> str:
    """Return a line that keeps what a command gives, as Python; commands of the system print nothing here."""
    target, command, rest = assigned[1], assigned[3], line[assigned.end() :]
    if command == "time":
        return target + rest
    if command is None or command in OF_THE_SYSTEM:
        return f"{target}[]  # {line[assigned.end(1) :]}"
    return f"{target}{shell_call('run_line_magic', command, rest.rstrip(chr(92)))}"
