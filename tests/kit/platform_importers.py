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


@dataclass(frozen=True)
class Language:
    """What Moodle writes in a language: from its pack (langconfig.php, assign.php, moodle.php) and from CLDR.

    `titles`: of the identifier, name, address, status, grade, maximum, whether the grade can be changed, the
    times of the submission and of the grade, the comments. `days`: Monday, Sunday. `halves`: AM, PM.
    """

    hidden: str
    titles: str
    state: str
    form: str
    days: tuple[str, str]
    december: str
    point: str = "."
    halves: tuple[str, str] = ("AM", "PM")

    def time(self, when: datetime) -> str:
        """Return a time in December as userdate() writes it."""
        text = self.form.replace("%A", self.days[when.weekday() == SUNDAY]).replace("%B", self.december)
        text = text.replace("%p", self.halves[when.hour > 11]).replace("%d", str(when.day))
        return when.strftime(text.replace("%I", f"{when:%I}".lstrip("0")))


SUNDAY = 6
ENGLISH = Language(
    "Participant ", "Identifier|Full name|Email address|Status|Grade|Maximum grade|Grade can be changed|"
    "Last modified (submission)|Last modified (grade)|Feedback comments", "Submitted for grading - ",
    "%A, %d %B %Y, %I:%M %p", ("Monday", "Sunday"), "December",
)  # fmt: skip
GERMAN = Language(
    "Teilnehmer/in", "ID|Vollständiger Name|E-Mail-Adresse|Status|Bewertung|Bestwertung|"
    "Bewertung kann geändert werden|Zuletzt geändert (Abgabe)|Zuletzt geändert (Bewertung)|"
    "Feedback als Kommentar", "Zur Bewertung abgegeben - ", "%A, %d. %B %Y, %H:%M", ("Montag", "Sonntag"),
    "Dezember", ",",
)  # fmt: skip
TURKISH = Language(
    "Katılımcı", "Tanımlayıcı|Kullanıcının tam adı|E-posta adresi|Durum|Not|En yüksek not|"
    "Not değiştirilebilir|Son düzenleme (gönderim)|Son düzenleme (not)|Geri bildirim yorumları",
    "Not verilmesi için gönderildi",
    "%A, %d %B %Y, %I:%M %p", ("Pazartesi", "Pazar"), "Aralık", ",", ("Öğleden önce", "Öğleden Sonra"),
)  # fmt: skip
RUSSIAN = Language(
    "Участник", "Идентификатор|Полное имя пользователя|Адрес электронной почты|Статус|Оценка|"
    "Максимальная оценка|Оценка может быть изменена|Последнее изменение (ответ)|"
    "Последнее изменение (оценка)|Отзыв в виде комментария", "Отправлено для оценивания",
    "%A, %d %B %Y, %H:%M", ("понедельник", "воскресенье"), "декабря", ",",
)  # fmt: skip
JAPANESE = Language(
    "参加者", "ID|ユーザフルネーム|メールアドレス|ステータス|評定|満点|評点変更可|最終更新日時 (提出)|"
    "最終更新日時 (評定)|フィードバックコメント", "評定のために提出済み", "%Y年 %m月 %d日(%A) %H:%M",
    ("月曜日", "日曜日"), "12月",
)  # fmt: skip
CHINESE = Language(
    "参与人", "标识符|用户全名|电子邮件地址|状态|成绩|最高分|允许更改成绩|上次修改（作业）|"
    "上次修改（评分）|反馈意见", "已提交请评分", "%Y年%m月%d日 %A %H:%M", ("星期一", "星期日"), "十二月",
)  # fmt: skip
ARABIC = Language(
    "المشارك", "المُعرَّف|الاسم كاملا|عنوان البريد الإلكتروني|الحالة|الدرجة|الدرجة العليا|يمكن تغيير الدرجة|"
    "آخر تعديل (التسليم)|آخر تعديل (التقدير)|تعليقات الإفادة", "مسلمة للتقييم",
    "%A، %d %B %Y، %I:%M %p", ("الاثنين", "الأحد"), "ديسمبر", ".", ("ص", "م"),
)  # fmt: skip
POLISH = Language(
    "Uczestnik ", "Identyfikator|Nazwa|Adres e-mail|Status|Ocena|Najwyższa ocena|Ocena może być zmieniona|"
    "Ostatnio modyfikowane (zadanie)|Ostatnio modyfikowane (ocena)|Komentarz", "Przesłane do oceny",
    "%A, %d %B %Y, %H:%M %p", ("poniedziałek", "niedziela"), "grudnia", ",",
)  # fmt: skip
LANGUAGES = {
    "english": ENGLISH, "german": GERMAN, "turkish": TURKISH, "russian": RUSSIAN, "japanese": JAPANESE,
    "chinese": CHINESE, "arabic": ARABIC, "polish": POLISH,
}  # fmt: skip
FORMS = ("%A, %d %B %Y, %I:%M %p", "%d %B %Y, %I:%M %p", "%Y-%m-%d %H:%M")


@dataclass
class Moodle:
    """An assignment in Moodle: its participants, the most that it gives, and what has been graded when."""

    people: dict[str, str]  # number -> name
    maximum: float = 100.0
    language: Language = ENGLISH
    blind: bool = False
    now: float = datetime(2026, 12, 20, 12, tzinfo=UTC).timestamp()
    grades: dict[str, tuple[float, float]] = field(default_factory=dict)  # number -> grade, changed at
    comments: dict[str, str] = field(default_factory=dict)
    handed_in: dict[str, datetime] = field(default_factory=dict)  # number -> when, else on the 14th at 23:02

    def worksheet(self) -> str:
        """Return the grading worksheet that is downloaded."""
        out, said = io.StringIO(), self.language
        writer = csv.writer(out)
        titles = said.titles.split("|")
        writer.writerow(titles[:1] + ([] if self.blind else titles[1:3]) + titles[3:])
        for number, person in self.people.items():
            grade, changed = self.grades.get(number, (None, 0.0))
            who = [] if self.blind else [person, f"{person.split()[0].lower()}{number}@example.org"]
            graded = said.time(datetime.fromtimestamp(changed, UTC)) if changed else "-"
            handed = said.time(self.handed_in.get(number, datetime(2026, 12, 14, 23, 2, tzinfo=UTC)))
            numbers = ["" if one is None else f"{one:.2f}" for one in (grade, self.maximum)]
            numbers = [one.replace(".", said.point) for one in numbers]
            comment = self.comments.get(number, "")
            row = [said.hidden + number, *who, said.state, *numbers, "Yes", handed, graded, comment]
            writer.writerow(row)
        return out.getvalue()

    def upload(self, text: str) -> list[str]:
        """Take a worksheet that is uploaded; return the numbers of those whom it changed."""
        self.now += 3600
        rows, titles = list(csv.reader(io.StringIO(text))), self.language.titles.split("|")
        at = {what: rows[0].index(titles[place]) for what, place in COLUMNS.items()}  # else it is refused
        changed = []
        for row in rows[1:]:
            number = row[at["id"]][len(self.language.hidden) :]
            known = self.grades.get(number)
            stale = bool(known and known[1] > strtotime(row[at["modified"]]) + 60)
            grade = unformat(row[at["grade"]], self.language.point)
            if number not in self.people:
                continue
            taken = grade is not None and not stale and 0 <= grade <= self.maximum
            if grade is not None and taken and (not known or known[0] != grade):
                self.grades[number] = grade, self.now
                changed.append(number)
            if not stale and row[at["comment"]] != self.comments.get(number, ""):
                self.comments[number] = row[at["comment"]]
                changed.append(number)
        return sorted(set(changed))


COLUMNS = {"id": 0, "grade": 4, "modified": 8, "comment": 9}


def unformat(text: str, point: str) -> float | None:
    """Return the number in a text by unformat_float() of lib/moodlelib.php, None if there is none."""
    said = text.strip().replace(" ", "").replace(point, ".")
    return float(said) if said else None


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
