"""`%%` commands of notebooks whose cells are not run here: no Python, or for another process."""

CELLS_NOT_RUN = frozenset((
    "HTML", "R", "SVG", "bash", "bigquery", "cmd", "html", "javascript", "js", "latex", "markdown", "perl",
    "pypy", "python", "python2", "python3", "ruby", "script", "sh", "shell", "sql", "svg", "sx", "system",
    "timeit",
))  # fmt: skip
