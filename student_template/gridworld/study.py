"""Study with this: save your file and see at once how its checks end.

    python study.py                  watch: runs the checks whenever you save
    python study.py --once           runs them once
    python study.py --hint QUESTION  a hint; then  --hint QUESTION 2,  --hint QUESTION 3
    python study.py --check          before you hand in: versions, names, stubs, imports, the quiz
    python study.py --zip            writes what is to be handed in

Your code runs in a process of its own, so whatever it does ends. Leave this file as it is.
"""

import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:] = [one for one in sys.path if one and os.path.realpath(one) != HERE]  # no random.py of yours

import contextlib
import difflib
import importlib.util
import io
import json
import queue
import subprocess
import threading
import time
import types
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(HERE)
STEM = "gridworld"
LOOK_S = 0.3  # between two looks at the files
SAVING_S = 0.1  # in which a file that was saved does not change any more
PATIENCE_S = 5  # beyond the limit of a check or of loading, which the process keeps itself
ENDS = {
    "gone": "your code ended the program: is there an exit()?",
    "stuck": "your code did not end: is there a loop that never does?",
}


def load_ready():
    """Return checks/ready.py; without it this is not the folder that was given."""
    spec = importlib.util.spec_from_file_location("ready", str(HERE / "checks" / "ready.py"))
    ready = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(ready)
    except OSError:
        sys.exit("checks/ready.py is missing: is the zip unpacked? Put the folder back as you got it")
    return ready


READY = load_ready()
FACTS = READY.read_facts(HERE)


def kit_if_ready():
    """Return the kit; where something is missing, end with the first thing to do."""
    for fine, told, needed in READY.readiness(HERE, FACTS):
        if needed and not fine:
            sys.exit(told)
    return load_kit()


def load_kit():
    """Return checks/kit.py, which is also what `checks.kit` means to the checks."""
    spec = importlib.util.spec_from_file_location("checks.kit", HERE / "checks" / "kit.py")
    kit = importlib.util.module_from_spec(spec)
    sys.modules.update({"checks": types.ModuleType("checks"), "checks.kit": kit})
    spec.loader.exec_module(kit)
    return kit


class Child:
    """A process that has imported the libraries already, and waits for the word to run the checks."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "study.py"), "--child"],
            cwd=str(HERE),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        """Pass on what the process tells, and that it has ended."""
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put({"event": "gone"})

    def go(self, skip):
        """Let it run the checks, those in `skip` aside."""
        with contextlib.suppress(OSError):
            self.process.stdin.write((json.dumps(sorted(skip)) + "\n").encode())
            self.process.stdin.flush()

    def end(self):
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


class Runner:
    """Runs the checks; always has the next process ready."""

    def __init__(self, kit):
        self.kit, self.child = kit, Child()

    def run(self):
        """Return what loading said, and how each check ended; one that never ends ends here."""
        loaded, results, done = {"name": STEM + ".py", "complaints": [], "note": ""}, [], set()
        while True:
            current = None
            for told in self.events(done):
                if told["event"] == "loaded":
                    loaded = told
                elif told["event"] == "broken":
                    return {**loaded, "complaints": [told["told"]]}, results
                elif told["event"] == "begins":
                    current = told
                elif told["event"] == "ended":
                    results.append(told)
                    done.add(told["check"])
                    current = None
            if told["event"] == "done":
                return loaded, results
            why = ENDS[told["event"]]
            if current is None:
                loaded["complaints"] = [*loaded["complaints"], f"{loaded['name']}: {why}"]
                return loaded, results
            results.append({**current, "status": "failed", "text": why, "printed": ""})
            done.add(current["check"])

    def events(self, skip):
        """Yield what a process tells of the checks, those in `skip` aside: "done", "gone" or "stuck" last."""
        if self.child.process.poll() is not None:  # it did not live to see the word
            self.child.end()
            self.child = Child()
        child, self.child = self.child, None
        child.go(skip)
        told, allowed = {"event": "ready"}, self.kit.HOME_FACTOR * FACTS["limits"]["import_s"]
        try:
            while told["event"] not in ("done", "gone"):
                told = child.lines.get(timeout=allowed + PATIENCE_S)
                if told["event"] != "ready":
                    allowed = self.kit.HOME_FACTOR * FACTS["limits"]["call_s"]
                yield told
        except queue.Empty:
            yield {"event": "stuck"}
        finally:
            child.end()
            self.child = Child()


def child_main():
    """Import everything, wait for the word, run, and tell in lines of JSON."""
    word = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # nobody answers an input()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    kit = load_kit()
    os.environ.setdefault("MPLBACKEND", "Agg")
    sys.path.insert(0, str(HERE))
    try:
        checks = kit.checks_in(HERE / "checks" / ("test_" + STEM + ".py"))
    except kit.InputError as wrong:
        out.write(json.dumps({"event": "broken", "told": str(wrong)}) + "\n")
        out.flush()
        os._exit(1)
    path = kit.handed_in(HERE, STEM)
    with contextlib.suppress(Exception):
        kit.import_ahead(kit.cells_of(path.read_bytes(), path.name))
    out.write('{"event": "ready"}\n')  # starting counts for itself: machines are slow at times
    out.flush()
    skip = json.loads(word.readline() or "[]")
    for told in kit.run_folder(HERE, STEM, checks, skip):
        out.write(json.dumps(told) + "\n")
        out.flush()
    os._exit(0)


def stamps():
    """Return what tells whether a file was saved."""
    names = [STEM + ".py", STEM + ".ipynb", "quiz.yml", *FACTS["beside"]]
    paths = [HERE / name for name in names if (HERE / name).exists()]
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in paths}


def watch(kit):
    """Run the checks now and after every save, until Ctrl-C."""
    runner, before = Runner(kit), None
    try:
        while True:
            seen = stamps()
            loaded, results = runner.run()
            print(f"\n--- {loaded['name']}, {datetime.now():%H:%M:%S} ---\n")
            print(kit.run_report(HERE, FACTS, loaded, results, before, datetime.now(timezone.utc)))
            print("\nSave the file to run again; Ctrl-C ends.", flush=True)
            before = results
            while stamps() == seen:
                time.sleep(LOOK_S)
            while stamps() != seen:  # an editor may still be at it
                seen = stamps()
                time.sleep(SAVING_S)
    except KeyboardInterrupt:
        print("\nSee you.")
    finally:
        runner.child.end()


def run_once(kit):
    """Return what one run of the checks tells."""
    runner = Runner(kit)
    try:
        return runner.run()
    finally:
        runner.child.end()


def hint(words):
    """Print one hint to a question: the first, unless another number is given."""
    hints = FACTS["hints"]
    if not hints:
        sys.exit("This assignment has no hints.")
    if not words or words[0] not in hints:
        near = difflib.get_close_matches(words[0], hints, 1, 0.5) if words else []
        sys.exit((f"Do you mean {near[0]}? " if near else "") + "There are hints for: " + ", ".join(hints))
    tiers = hints[words[0]]
    number = int(words[1]) if len(words) > 1 and words[1].isdecimal() else 1
    number = min(max(number, 1), len(tiers))
    print(f"{words[0]}, hint {number} of {len(tiers)}\n\n{tiers[number - 1]}")
    if number < len(tiers):
        print(f"\nMore: python study.py --hint {words[0]} {number + 1}")


def check():
    """Print what was looked at before handing in, what is wrong last."""
    found = list(READY.readiness(HERE, FACTS))
    ready = all(fine for fine, _, needed in found if needed)
    found = [(fine, told) for fine, told, _ in found]
    if ready:
        kit = load_kit()
        found += kit.preflight(HERE, FACTS)
        found += kit.run_lines(*run_once(kit), {told for _, told in found})
    for fine, told in sorted(found, key=lambda one: not one[0]):
        print("ok   " if fine else "LOOK ", told.replace("\n", "\n      "))
    if FACTS["rules"]:
        print("\n" + "\n".join(FACTS["rules"]))
    wrong = sum(not well for well, _ in found)
    well = "All is well. Next: python study.py --zip writes what to hand in."
    print(f"\n{wrong} to look at." if wrong else f"\n{well}")


def main():
    """Do what the command line asks for."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # IDLE's window is none
        sys.stdout.reconfigure(errors="replace")
    asked, words = (sys.argv[1:2] or ["--watch"])[0], sys.argv[2:]
    if asked == "--child":
        child_main()
    elif asked == "--hint":
        hint(words)
    elif asked == "--check":
        check()
    elif asked == "--watch":
        watch(kit_if_ready())
    elif asked == "--once":
        kit = kit_if_ready()
        print(kit.run_report(HERE, FACTS, *run_once(kit), None, datetime.now(timezone.utc)))
    elif asked == "--zip":
        kit = kit_if_ready()
        try:
            print(kit.zip_report(HERE, FACTS))
        except kit.InputError as wrong:
            sys.exit(str(wrong))
    elif asked in ("--help", "-h"):
        print(__doc__)
    else:
        sys.exit(f"study.py knows no {asked}.\n\n{__doc__}")


if __name__ == "__main__":
    main()
