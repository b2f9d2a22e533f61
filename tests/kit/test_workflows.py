"""The workflows for GitHub Actions: a classroom repository's, and the course's own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from autograder.authoring.course import filled
from autograder.config import load_config
from autograder.publish.template import build_template

TINY = Path(__file__).parent / "tiny"
ROOT = TINY.parents[2]
CHECKS = ".github/workflows/checks.yml"
# from GitHub's "Workflow syntax" and the action.yml of each action: what is used of it here
EVENTS = {"push", "workflow_dispatch"}
KEYS = {"name", "on", "permissions", "concurrency", "jobs"}
JOB_KEYS = {"runs-on", "timeout-minutes", "env", "steps"}
STEP_KEYS = {"name", "run", "uses", "with"}
INPUTS = {
    "actions/checkout": {"persist-credentials"},
    "actions/setup-python": {"python-version", "cache", "cache-dependency-path"},
    "actions/upload-artifact": {"name", "path", "retention-days"},
}
EXPRESSION = r"\$\{\{ (?:vars\.\w+(?: \|\| '[^']*')?|github\.(?:workflow|ref)) \}\}"


@pytest.fixture(scope="module")
def folder() -> dict[str, bytes]:
    return build_template(load_config(TINY), "warmup")


@pytest.fixture(scope="module")
def workflows(folder) -> dict[str, str]:
    course = filled("strings", "Strings", lambda path: path.startswith(".github/"))
    kit = (ROOT / ".github/workflows/kit.yml").read_text()
    return {
        "classroom": folder[CHECKS].decode(),
        "course": course[".github/workflows/course.yml"],
        "kit": kit,
    }


WHICH = ["classroom", "course", "kit"]


@pytest.mark.parametrize("which", WHICH)
def test_a_workflow_is_made_of_what_github_knows(workflows, which):
    tree = yaml.load(workflows[which], yaml.BaseLoader)
    assert set(tree) <= KEYS
    assert set(tree["on"]) <= EVENTS
    for job in tree["jobs"].values():
        assert set(job) <= JOB_KEYS
        for step in job["steps"]:
            assert set(step) <= STEP_KEYS
            assert ("run" in step) != ("uses" in step)
            assert set(step.get("with", ())) <= INPUTS.get(step.get("uses", "").partition("@")[0], set())
    assert re.sub(EXPRESSION, "", workflows[which]).count("${{") == 0


@pytest.mark.parametrize("which", ["classroom", "course"])
@pytest.mark.parametrize("index", ["", "https://torch.example/cpu"])
def test_only_torch_comes_from_the_index_of_torch(tmp_path, workflows, folder, which, index):
    tree = yaml.load(workflows[which], yaml.BaseLoader)
    (job,) = tree["jobs"].values()
    (step,) = [step["run"] for step in job["steps"] if step.get("name") == "Install"]
    python = tmp_path / "python"
    python.write_text('#!/bin/bash\nprintf "%s\\n" "$*" >> asked\n')
    python.chmod(0o755)
    (tmp_path / "requirements.txt").write_text("numpy>=2\ntorch>=2.2,<3\n")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TORCH_INDEX": index, "KIT": "kit.whl"}
    subprocess.run(["bash", "-eo", "pipefail", "-c", step], cwd=tmp_path, env=environment, check=True)
    asked = (tmp_path / "asked").read_text().splitlines()
    torch = {"classroom": "torch>=2.2,<3", "course": "torch==2.13.0"}[which]
    assert [line for line in asked if "index" in line] == (
        [f"-m pip install --index-url {index} {torch}"] if index else []
    )
    assert asked[-1].removeprefix("-m pip install ") in ("-r requirements.txt", "kit.whl")


@pytest.mark.parametrize("which", WHICH)
def test_a_workflow_may_only_read_and_knows_no_secret(workflows, which):
    text = workflows[which]
    tree = yaml.load(text, yaml.BaseLoader)  # `on` is a key, no boolean
    assert tree["permissions"] == {"contents": "read"}
    assert "secrets" not in text
    for job in tree["jobs"].values():
        assert int(job["timeout-minutes"]) > 0
        steps = [step["run"] for step in job["steps"] if "run" in step]
        assert steps
        assert not [
            one for one in steps if "${{" in one
        ]  # nothing that others wrote gets into a shell's text
        assert all(
            re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step
        )


@pytest.mark.parametrize(
    ("work", "status", "told"), [("stubs", 1, "not written yet"), ("solution", 0, "4 passed")]
)
def test_a_push_runs_the_visible_checks_and_the_page_says_how_they_went(tmp_path, folder, work, status, told):
    for path, content in folder.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    if work == "solution":
        (tmp_path / "warmup.py").write_bytes((TINY / "solutions" / "warmup.py").read_bytes())
    tree = yaml.load(folder[CHECKS], yaml.BaseLoader)
    (step,) = [
        step["run"] for step in tree["jobs"]["checks"]["steps"] if step.get("name") == "Visible checks"
    ]
    summary = tmp_path / "summary.md"
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path),
        "RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(summary),
    }  # fmt: skip
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step]  # as a runner starts it
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    head, _, body = summary.read_text().partition("\n\n")
    assert head == "### Visible checks"
    assert told in body
    assert all(line.startswith("    ") for line in body.splitlines())  # shown as it is, whatever it says
