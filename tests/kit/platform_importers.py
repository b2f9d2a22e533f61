"""What platforms do with the files that are uploaded to them, from their own source, for round trips.

Moodle: `mod/assign/feedback/offline/importgradeslib.php` and `locallib.php` (process_import_grades), and
the names that `mod/assign/feedback/file/importziplib.php` takes. Canvas: `lib/gradebook_importer.rb`, and
`infer_comment_context_from_filename` in `app/models/assignment.rb`.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

ENGLISH = {
    "id": "Identifier", "grade": "Grade", "modified": "Last modified (grade)", "hidden": "Participant ",
    "who": "Full name|Email address", "tail": "Status|Grade|Maximum grade|Grade can be changed|"
    "Last modified (submission)|Last modified (grade)|Feedback comments",
}  # fmt: skip
GERMAN = {
    "id": "ID", "grade": "Bewertung", "modified": "Zuletzt geändert (Bewertung)", "hidden": "Teilnehmer/in",
    "who": "Vollständiger Name|E-Mail-Adresse", "tail": "Status|Bewertung|Bestwertung|"
    "Bewertung kann geändert werden|Zuletzt geändert (Abgabe)|Zuletzt geändert (Bewertung)|"
    "Feedback als Kommentar",
}  # fmt: skip
GERMAN_MONTHS = (
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()  # noqa: SIM905
)
FORMS = ("%A, %d %B %Y, %I:%M %p", "%d %B %Y, %I:%M %p", "%Y-%m-%d %H:%M")


@dataclass
class Moodle:
    """An assignment in Moodle: its participants, the most that it gives, and what has been graded when."""

    people: dict[str, str]  # number -> name
    maximum: float = 100.0
    words: dict[str, str] = field(default_factory=lambda: ENGLISH)
    blind: bool = False
    now: float = datetime(2026, 12, 20, 12, tzinfo=UTC).timestamp()
    grades: dict[str, tuple[float, float]] = field(default_factory=dict)  # number -> grade, changed at
    comments: dict[str, str] = field(default_factory=dict)

    def shown(self, number: str) -> str:
        """Return a grade's time as userdate() writes it."""
        if number not in self.grades:
            return "-"
        when = datetime.fromtimestamp(self.grades[number][1], UTC)
        if self.words is GERMAN:
            return f"Sonntag, {when.day}. {GERMAN_MONTHS[when.month - 1]} {when.year}, {when:%H:%M}"
        return f"{when:%A, %d %B %Y, %I:%M %p}"

    def worksheet(self) -> str:
        """Return the grading worksheet that is downloaded."""
        out = io.StringIO()
        writer = csv.writer(out)
        german = self.words is GERMAN
        titles = [] if self.blind else self.words["who"].split("|")
        writer.writerow([self.words["id"], *titles, *self.words["tail"].split("|")])
        for number, person in self.people.items():
            grade = f"{self.grades[number][0]:.2f}" if number in self.grades else ""
            who = [] if self.blind else [person, f"{person.split()[0].lower()}@example.org"]
            most = f"{self.maximum:.2f}"
            if german:
                grade, most = grade.replace(".", ","), most.replace(".", ",")
            handed = "Montag, 14. Dezember 2026, 23:02" if german else "Monday, 14 December 2026, 11:02 PM"
            state = "Zur Bewertung abgegeben - " if german else "Submitted for grading - "
            writer.writerow(
                [self.words["hidden"] + number, *who, state, grade, most, "Ja" if german else "Yes", handed,
                 self.shown(number), self.comments.get(number, "")]
            )  # fmt: skip
        return out.getvalue()

    def upload(self, text: str) -> int:
        """Take a worksheet that is uploaded; return how many grades were changed, -1 if it is refused."""
        self.now += 3600
        rows = list(csv.reader(io.StringIO(text)))
        try:
            at = {what: rows[0].index(self.words[what]) for what in ("id", "grade", "modified")}
        except ValueError:
            return -1
        changed = 0
        for row in rows[1:]:
            number = row[at["id"]][len(self.words["hidden"]) :]
            said = row[at["grade"]].replace(",", ".") if self.words is GERMAN else row[at["grade"]]
            if number not in self.people or not said:
                continue
            grade, known = float(said), self.grades.get(number)
            if known and known[0] == grade:
                continue
            if known and known[1] > strtotime(row[at["modified"]]) + 60:
                continue  # changed since
            if not 0 <= grade <= self.maximum:
                continue
            self.grades[number] = grade, self.now
            self.comments[number] = row[-1]
            changed += 1
        return changed


def strtotime(text: str) -> float:
    """Return the time that PHP reads in a text, 0 if none: English only."""
    for form in FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    return 0.0


def moodle_feedback(name: str) -> tuple[str, str] | None:
    """Return whose feedback a file of a zip is, and its name, None if Moodle leaves it out."""
    parts = name.split("_", 4)
    if len(parts) < 5 or not parts[1].isdigit() or (parts[2], parts[3]) != ("assignfeedback", "file"):
        return None
    return parts[1], parts[4]


def canvas_feedback(name: str) -> tuple[str, str] | None:
    """Return the user and the upload that a file is a comment on, None if Canvas leaves it out."""
    parts = name.split("_")
    numbers = [part for part in parts if re.fullmatch(r"\d+", part)][:2]
    if len(numbers) < 2 or parts[-1].startswith("link") or name.startswith("._"):
        return None
    return numbers[0], numbers[1]


def canvas_import(text: str, assignments: dict[int, str], students: dict[str, str]) -> dict[str, object]:
    """Return what Canvas makes of a gradebook: which assignment, whether it is new, the grades by user.

    Args:
        text: of the file.
        assignments: of the course, their titles by number.
        students: of the course, their names by number.
    """
    rows = list(csv.reader(io.StringIO(text)))
    header = rows[0]
    two = header[:2] == ["LastName", "FirstName"]
    if not two and not ("Student" in header[0] and "ID" in header[1]):
        raise ValueError("InvalidHeaderRow")
    at = 4 if two else 3
    if re.search(r"SIS\s+User\s+ID", header[at - 1]) and re.search(r"SIS\s+Login\s+ID", header[at]):
        at += 2
    if "Section" not in header[at - 1]:
        raise ValueError("InvalidHeaderRow")
    (column,) = header[at:]
    found = re.fullmatch(r"(.*) \((\d+)\)", column)
    number = int(found[2]) if found else 0
    by_title = next((known for known, title in assignments.items() if title == column), 0)
    chosen = number if number in assignments else by_title
    grades = {}
    for row in rows[1:]:
        if "Points Possible" in row[0]:
            continue
        by_name = next((known for known, name in students.items() if name == row[0]), "")
        grades[row[1] if row[1] in students else by_name] = row[at]
    return {"assignment": chosen, "grades": grades}
