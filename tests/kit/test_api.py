"""The documented Python API, used as docs/api.md says."""

import json
from pathlib import Path

import jsonschema
import pytest

from autograder import api
from autograder.results import SEVERITY

TINY = Path(__file__).parent / "tiny"
DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_submissions_are_graded_and_reports_read_back_and_fit_the_schema(tmp_path):
    course = api.load_course(TINY)
    (tmp_path / "empty.py").write_text("")
    with api.grader(course, "warmup") as grade:
        right, empty = grade(TINY / "solutions" / "warmup.py"), grade(tmp_path / "empty.py")
    assert right.score == 15
    assert empty.score == 0
    for report in (right, empty):
        data = api.to_json(report)
        assert api.from_json(data) == report
        jsonschema.validate(json.loads(data), json.loads((DOCS / "report.schema.json").read_text()))


def test_the_schema_in_the_docs_is_current():
    told = "write api.report_schema() into docs/report.schema.json, indented by two spaces"
    assert json.loads((DOCS / "report.schema.json").read_text()) == api.report_schema(), told


def test_the_docs_name_what_is_exported_and_every_outcome():
    text = (DOCS / "api.md").read_text()
    assert all(f"`{outcome}`" in text or str(outcome) in text for outcome in SEVERITY)
    for name in ("load_course", "grade", "grader", "to_json", "from_json", "report_schema"):
        assert name in api.__all__
        assert f"api.{name}" in text


def test_what_is_not_there_is_one_line():
    with pytest.raises(api.InputError, match="no assignment"):
        api.grade(api.load_course(TINY), "warm", TINY)
