"""Signs its sheet and its messages with formulas, pages, commands of terminals and signs that turn text.

Aim: feedback
"""

import json
import re
from pathlib import Path

NAMES = (
    "=cmd|' calc'!A0", "+1+cmd|' calc'!A0", "@SUM(1+1)*cmd|' calc'!A0", "-2+3", "\t=1+1", "\r=1+1", '"=1+1', "=HYPERLINK(\"http://127.0.0.1/?\"&A1,\"Error\")",
    "<img src=x onerror=alert(1)>", "\u202eecilA", "\x1b]0;owned\x07", "Ada\nLovelace,90", "{{7*7}}", "${7*7}", "javascript:alert(1)",
    "[click](javascript:alert(1))", "\ufeff=1+1", "\u200b=1+1", "＝1+1",
)  # fmt: skip


def files(program, stem):
    course = Path(re.search(r"SECRETS = \['([^']+)'", program)[1]).parents[1]
    try:
        text = (course / "assignments" / stem / "quiz.yml").read_text()
    except OSError:
        text = ""
    ids = [one or other for one, other in re.findall(r"^ *- *id: *(\w+)|^ {0,2}(\w+):$", text, re.MULTILINE)]
    sheet = f"student: {json.dumps(NAMES[0])}\n"
    sheet += "".join(f"{one}:\n  answer: {json.dumps(NAMES[at % len(NAMES)])}\n" for at, one in enumerate(ids))
    lines = "\n".join(f"print({name!r})" for name in NAMES)
    raises = "    raise ValueError(NAMES[len(str(args)) % len(NAMES)])\n"
    text = program.replace("    return None\n", raises)
    return {f"{stem}.py": f"NAMES = {NAMES!r}\n{lines}\n{text}".encode(), "quiz.yml": sheet.encode("utf-8", "replace")}
