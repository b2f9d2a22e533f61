"""The zip that otter grades with, laid out as `otter generate` does, the same bytes every time."""

import importlib.metadata
import json
import warnings
from pathlib import Path

from autograder import beside
from autograder.config import Course
from autograder.environment import LIBRARIES, VERSION
from autograder.judging.bank import load_bank
from autograder.judging.receipt import ENGINE, course_files
from autograder.otter.tests import grading_tests
from autograder.publish.pins import BY_PIN, closure
from autograder.publish.source import read_source
from autograder.publish.student_files.limit import HOME_FACTOR
from autograder.publish.template import provided_files, render

OTTER_FILES = Path(__file__).parent
PLUGIN = "autograder.otter.plugin.BehindTheWall"
WITH_CONDA = {"torch": "pytorch-cpu"}  # the name there
FOR_THE_ENGINE = ("msgspec", "PyYAML")


def otter_zip(course: Course, stem: str) -> dict[str, bytes]:
    """Return the files of `otter_<stem>.zip`."""
    assignment = course.assignment(stem)
    provided = provided_files(course.root / "assignments" / stem, beside.modules(assignment.provided))
    source = read_source(course.root, f"tests/questions/test_{stem}.py")
    bank = load_bank(course.root, stem, assignment)
    tests = grading_tests(source, bank.checks, assignment, course.settings.seed)
    texts = {f"tests/{question}.py": text for question, text in tests.items()}
    texts |= otter_scripts()
    # As packages: otter refuses a submission with two .py files side by side.
    texts |= {f"files/{name.removesuffix('.py')}/__init__.py": text for name, text in provided.items()}
    texts["otter_config.json"] = json.dumps(configuration(course, stem), indent=2) + "\n"
    texts["README.md"] = render(
        (OTTER_FILES / "README.md.j2").read_text("utf-8"), title=assignment.heading, stem=stem,
        otter=importlib.metadata.version("otter-grader"), quiz=bool(assignment.quiz),
        examples=assignment.examples != "none", modules=bool(provided),
        seconds=f"{HOME_FACTOR * assignment.limits.call_s:g}",
    )  # fmt: skip
    files = {path: text.encode() for path, text in texts.items()}
    return (
        files | kit_package() | {f"course/{path}": data for path, data in course_files(course, stem).items()}
    )


def configuration(course: Course, stem: str) -> dict[str, object]:
    """Return otter_config.json."""
    shown = course.settings.visibility.hidden_checks != "hidden"
    return {"plugins": [{PLUGIN: {"assignment": stem}}], "show_hidden": shown, "logo": False}


def otter_scripts() -> dict[str, str]:
    """Return the scripts that `otter generate` writes, rendered from otter's own templates."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # otter's own imports use what is deprecated
        from otter import generate  # slow to import, and only needed here

    config = generate.AutograderConfig({})
    context = {
        "autograder_dir": config.autograder_dir,
        "otter_env_name": generate.OTTER_ENV_NAME,
        "channel_priority_strict": True,
        "miniforge_version": generate.MINIFORGE_VERSION,
    }
    templates = generate.LANGUAGE_BASED_CONFIGURATIONS["python"]["templates"]
    scripts = {
        Path(template).name: generate.JINJA_ENV.get_template(template).render(**context)
        for template in templates
    }
    versions = closure([*LIBRARIES, *FOR_THE_ENGINE, "otter-grader"])
    torch = [f"{name}={versions[package]}" for package, name in WITH_CONDA.items()]
    libraries = [f"{name}=={versions[name]}" for name in sorted(versions.keys() - BY_PIN)]
    conda = {"channels": ["conda-forge"], "dependencies": torch}
    environment = generate.CondaEnvironment(VERSION, False, libraries, False, conda)
    return scripts | {"environment.yml": environment.to_str()}


def kit_package() -> dict[str, bytes]:
    """Return the kit's own modules, as a package beside otter's scripts."""
    return {
        f"autograder/{path.relative_to(ENGINE).as_posix()}": path.read_bytes()
        for path in ENGINE.rglob("*.py")
    }
