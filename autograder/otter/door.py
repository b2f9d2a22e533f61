"""What the rest of the kit knows of otter: files for students, and a zip to grade with."""

from autograder.otter.tests import case_module, student_tests
from autograder.otter.zip import otter_zip
from autograder.publish.source import CourseModule

BUNDLES = {"otter_{stem}.zip": otter_zip}


def student_files(checks: CourseModule, stem: str, call_s: float) -> dict[str, str]:
    """Return otter's test files with the visible checks, and the module that they import."""
    tests = {f"tests/{name}.py": text for name, text in student_tests(checks, stem, call_s).items()}
    return tests | {"checks/for_otter.py": case_module()}
