"""Everything that is handed out or uploaded, generated from the course to the same bytes every time."""

import io
import zipfile
from collections.abc import Callable, Mapping

from autograder import beside
from autograder.config import Course
from autograder.data.files import write_whole
from autograder.grading.agreement import insist_on_agreement
from autograder.judging.bank import load_bank
from autograder.publish.gradescope import gradescope_zip
from autograder.publish.publishers import MakeBundle, publishers
from autograder.publish.template import build_template
from autograder.publish.tree import write_tree

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name
FILE_MODES = {True: 0o755, False: 0o644}


def student_zip(course: Course, stem: str) -> dict[str, bytes]:
    """Return the files of the zip that a student can be handed: one folder named after the stem."""
    return {f"{stem}/{path}": content for path, content in build_template(course, stem).items()}


ALL_BUNDLES: dict[str, MakeBundle] = {
    "student_{stem}.zip": student_zip,
    "gradescope_{stem}.zip": gradescope_zip,
}
FOR_CODE = {name: make for door in publishers() for name, make in door.BUNDLES.items()}
ALL_BUNDLES |= FOR_CODE


def has_bundle(course: Course, stem: str, name: str) -> bool:
    """Whether an assignment gets a zip: other graders run code, and take one module of it."""
    assignment = course.assignment(stem)
    return name not in FOR_CODE or (bool(assignment.questions) and not beside.modules(assignment.hand_in))


def build_everything(course: Course, tell: Callable[[str], None]) -> None:
    """Write student_template/ and dist/ for every assignment."""
    for stem, assignment in course.settings.assignments.items():
        bank = load_bank(course.root, stem, assignment)
        insist_on_agreement(bank, assignment.questions)
        write_tree(build_template(course, stem), course.root / "student_template" / stem)
        tell(f"student_template/{stem}/")
        for pattern, files in ALL_BUNDLES.items():
            if not has_bundle(course, stem, pattern):
                continue
            name = pattern.format(stem=stem)
            write_whole(course.root / "dist" / name, zip_bytes(files(course, stem)))
            tell(f"dist/{name}")


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files, the same for the same files: no clock, no user, no order of a disk."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is built: modes are kept
            program = content.startswith(b"#!")
            entry.external_attr = (0o100000 | FILE_MODES[program]) << 16
            archive.writestr(entry, content)
    return out.getvalue()
