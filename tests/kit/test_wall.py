"""The wall, for real: a confined worker process, honest programs and hostile ones."""

import contextlib
import gc
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from autograder.data.limits import Limits
from autograder.data.values import tensor
from autograder.errors import InputError
from autograder.sandbox import landlock, probes, seccomp, selfcheck, syscalls, worker, zygote
from autograder.sandbox.calls import StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.limits import LAYERS
from autograder.sandbox.patience import FACTOR
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import REPLY, Answered, ProgramText, decode_frame
from autograder.sandbox.remote import CallTimeout, WorkerDied
from autograder.sandbox.selfcheck import FULL, PROBES, READABLE, WEAK, attacks, self_check
from autograder.sandbox.student import Student
from autograder.sandbox.wall import Wall

HERE = Path(__file__)


def test_the_warm_process_answers_its_own_calls(monkeypatch):
    """One that raised would make nothing faster, and nobody would see it."""
    replies, answer = [], worker.answer
    monkeypatch.setattr(worker, "answer", lambda *asked: replies.append(answer(*asked)))
    monkeypatch.setattr(gc, "freeze", lambda: None)
    zygote.rehearse()
    assert {type(decode_frame(reply, REPLY)[0]) for reply in replies} == {Answered}


def test_garbage_is_collected_in_a_worker(behind):
    student, _ = behind("import gc\n\n\ndef f():\n    return gc.isenabled(), gc.get_freeze_count() > 10_000")
    assert student.f() == (True, True)


def test_values_go_there_and_come_back(behind):
    student, _ = behind("def f(a, b=2):\n    return a * b, [1, 2.5, None, 'x'], {'k': a}")
    doubled, several, named = student.f(np.arange(3.0), b=3)
    assert doubled.tolist() == [0, 3, 6]
    assert several == [1, 2.5, None, "x"]
    assert named["k"].tolist() == [0, 1, 2]


def test_inputs_are_copied_and_changes_reported(behind):
    student, _ = behind("def f(rewards, gamma):\n    rewards[0] = 9\n    return 1.0")
    rewards, function = np.ones(3), student.f
    function(rewards, 0.5)
    assert rewards.tolist() == [1, 1, 1]
    assert function.changed_inputs == ("rewards",)


def test_an_exception_tells_what_it_is_a_kind_of(behind):
    student, _ = behind("class Odd(ValueError): pass\ndef f(x):\n    raise Odd('no')")
    with pytest.raises(StudentRaised) as caught:
        student.f(1)
    assert caught.value.problem.bases[:3] == ["work.Odd", "builtins.ValueError", "builtins.Exception"]


def test_gradients_are_taken_there(behind, torch_wall):
    student, _ = behind("def f(a, b):\n    return (a * b).sum(), a.detach()", over=torch_wall)
    result = student.f.with_grad(a=tensor([1.0, 2.0]), b=tensor([3.0, 4.0]), wrt=["a", "b"], of=0)
    assert result.grads["a"].array.tolist() == [3, 4]
    assert student.f.with_grad(a=tensor([1.0]), b=tensor([3.0]), wrt=["a"], of=1).grads == {"a": None}


def test_objects_stay_there(behind):
    student, _ = behind(
        "class Counter:\n    n = 0\n    def add(self, by):\n        self.n += by\n        return self.n\n"
        "def read(counter):\n    return counter.n\n"
    )
    counter = student.Counter()
    assert counter.add(3) == 3
    assert counter.n == 3
    assert student.read(counter) == 3
    assert student.make("numpy.random.default_rng", 1).integers(10, size=2).shape == (2,)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("raise ValueError('no')", "ValueError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("import os; os._exit(0)", "SystemExit"),
        ("import os; os.abort()", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return input()", "OSError"),
        ("return f() + 1", "RecursionError"),
        ("return bytearray(2**31)", "MemoryError"),
    ],
)
def test_what_is_raised_is_told_with_its_line(behind, body, kind):
    student, _ = behind(f"def f():\n    {body}")
    with pytest.raises(StudentRaised) as caught:
        student.f()
    assert caught.value.problem.line == 2 or kind == "RecursionError"
    assert kind in (caught.value.type_name, "OSError") or caught.value.type_name == "EOFError"


def test_a_loop_ends_at_its_deadline_and_costs_one_worker(behind, wall):
    student, worker = behind("def f():\n    while True:\n        pass\ndef g():\n    return 1")
    began = time.monotonic()
    with pytest.raises(CallTimeout):
        student.f()
    assert time.monotonic() - began < FACTOR * wall.bounds.call_s + 2
    assert not worker.alive
    student, _ = behind("def g():\n    return 1")
    assert student.g() == 1


@pytest.mark.parametrize(
    "body",
    [
        "import posix; posix._exit(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes; ctypes.string_at(0)",
        "import os; os.write(3, b'x' * 100)",
        "import os; os.write(3, bytes(8)); import time; time.sleep(9)",
        "import os; os.close(3)",
        "import os; [os.write(3, bytes([255] * 8)) for _ in range(9)]",
        # the right envelope with a lie in it: an array larger than its frame
        "import os, msgspec; h = msgspec.msgpack.encode({'k': 'answered', 'value': {'k': 'a', 'dtype':"
        " '<f8', 'shape': [2**40], 'at': 0}, 'changed': [], 'grads': {'k': 'd', 'keys': [], 'items': []}});"
        " os.write(3, len(h).to_bytes(4, 'big') + bytes(4) + h); import time; time.sleep(9)",
    ],
)
def test_a_worker_that_dies_or_lies_is_ended(behind, body):
    student, worker = behind(f"def f():\n    {body}")
    with pytest.raises((WorkerDied, StudentRaised)):
        call_twice(student)
    assert not worker.alive


def call_twice(student):
    """What a worker sends too much of is seen at the next call at the latest."""
    student.f()
    student.f()


ATTACKS = {
    "read the solution": f"open({str(HERE)!r}).read()",
    "list the course": f"import os; os.listdir({str(HERE.parent)!r})",
    "read /etc/passwd": "open('/etc/passwd').read()",
    "read the grader's memory": "open(f'/proc/{PARENT}/mem', 'rb')",
    "read its own environment's parent": "open(f'/proc/{PARENT}/environ', 'rb').read()",
    "write a file": "import os, posix; posix.open('/tmp/autograder-was-here', os.O_WRONLY | os.O_CREAT)",
    "write into the home": "import os, posix; posix.open(os.path.expanduser('~/x'), os.O_CREAT)",
    "make a folder": "import posix; posix.mkdir('/tmp/autograder-was-here')",
    "make a link": "import os; os.symlink('/etc/passwd', '/tmp/autograder-was-here')",
    "change a mode": f"import os; os.chmod({str(HERE)!r}, 0o777)",
    "fork": "import os; os.fork()",
    "run a program": "import subprocess; subprocess.run(['/bin/true'], check=True)",
    "multiprocessing": "import multiprocessing as m; p = m.Process(target=print); p.start()",
    "open a socket": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "datagram": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "unix socket": "import socket; socket.socket(socket.AF_UNIX)",
    "datagram pair": "import socket; socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "signal the grader": "import os; os.kill(PARENT, 15)",
    "slow the grader": "import os; os.setpriority(os.PRIO_PROCESS, PARENT, 19)",
    "raise its limits": "import resource as r; r.setrlimit(r.RLIMIT_CPU, (10**6, 10**6))",
    "limit the grader": "import resource as r; r.prlimit(PARENT, r.RLIMIT_NOFILE, (1, 1))",
    "shared memory": "from multiprocessing import shared_memory as s; s.SharedMemory('x', True, 100)",
    "memfd": "import os; os.memfd_create('x')",
    "become another user": "import os; os.setuid(1)",
    "leave the session": "import os; os.setsid()",
    "lease a library": "import fcntl, os; fcntl.fcntl(open(os.__file__), 1024, 0)",
    "watch a library": "import fcntl, os; fcntl.fcntl(open(os.__file__), 1026, 1)",
    "lock a library": "import fcntl, os; fcntl.flock(open(os.__file__), fcntl.LOCK_SH)",
    "lock what all can write": "import fcntl; fcntl.lockf(open('/dev/null', 'w'), fcntl.LOCK_EX)",
    "set flags of a library": "import fcntl, os; fcntl.ioctl(open(os.__file__), 0x40086602, bytes(8))",
    "drop a page": "import os; os.posix_fadvise(os.open(os.__file__, 0), 0, 0, os.POSIX_FADV_DONTNEED)",
    "see a page": "import os; os.preadv(os.open(os.__file__, 0), [bytearray(1)], 0, os.RWF_NOWAIT)",
    "queue a signal": "import os, signal; signal.pthread_sigmask(0, [40]); os.kill(os.getpid(), 40)",
    "list the processes": "import os; os.listdir('/proc')",
    "ask for a process": "import os; os.getsid(PARENT)",
    "read a process's clock": "import time; time.clock_gettime((~PARENT << 3) | 2)",
    "read the mounts": "open('/proc/self/mountinfo').read()",
    "see how full a disk is": "import os; os.statvfs('/')",
    "write to a disk's end": "import os; os.sync() or os.truncate('/dev/null', 0)",
    "wait for a child": "import os; os.waitid(os.P_PIDFD, os.pidfd_open(PARENT), os.WEXITED)",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_powers_that_a_worker_has_not(behind, attack):
    student, _ = behind(f"PARENT = {os.getpid()}\ndef f():\n    {attack}\n    return 'went through'")
    with pytest.raises(StudentRaised) as caught:
        student.f()
    assert caught.value.type_name in (
        "PermissionError", "OSError", "FileNotFoundError", "BlockingIOError", "ValueError",
        "ConnectionRefusedError",
    )  # fmt: skip


def test_a_worker_holds_no_secret(behind):
    student, _ = behind(
        "import os, sys, gc\n"
        "def f():\n    return sorted(os.environ)\n"
        "SECRET = ('autograder.judging', 'solutions', 'tests', 'checks_of')\n"
        "def g():\n    return [n for n in sys.modules if n.startswith(SECRET)]\n"
        "def h():\n    fds = []\n    for n in range(4, 200):\n"
        "        try:\n            os.fstat(n); fds.append(n)\n        except OSError:\n            pass\n"
        "    return fds\n"
    )
    assert set(student.f()) <= {
        "PATH", "HOME", "LANG", "MPLBACKEND", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
        "MALLOC_ARENA_MAX", "PYTHONHASHSEED", "LC_CTYPE", "USER", "LOGNAME",
    }  # fmt: skip
    assert student.g() == []
    assert student.h() == []


def test_output_is_kept_up_to_its_limit_and_printing_never_fails(behind, wall):
    student, worker = behind("def f():\n    print('hello')\n    print('x' * 10**6)\n    return 1")
    assert student.f() == 1
    assert student.f() == 1
    assert worker.output().startswith("hello")
    assert len(worker.output()) == wall.bounds.output_kb * 1024


def test_honest_programs_can_do_what_they_need(behind, torch_wall):
    student, _ = behind(
        textwrap.dedent("""
        import threading, json, fractions, functools, tempfile, contextlib, os, asyncio
        import numpy as np, scipy.signal, torch
        def threads():
            out = []
            workers = [threading.Thread(target=out.append, args=(i,)) for i in range(4)]
            [w.start() for w in workers]; [w.join() for w in workers]
            return len(out)
        def filtered():
            return scipy.signal.lfilter([1], [1, -0.5], [1.0, 1.0])
        def solved():
            return float(np.linalg.solve(np.eye(2), np.ones(2)).sum())
        def trained():
            x = torch.zeros(3, requires_grad=True)
            for _ in range(3):
                loss = ((x - 1) ** 2).sum(); loss.backward()
                with torch.no_grad(): x -= 0.1 * x.grad; x.grad = None
            return loss.item()
        def silent():
            with open(os.devnull, "w") as f, contextlib.redirect_stdout(f): print("x")
            return 1
        def awaited():
            async def one(): return 1
            return asyncio.run(one())
        """),
        over=torch_wall,
    )
    assert student.threads() == 4
    assert student.filtered().tolist() == [1, 1.5]
    assert student.solved() == 2
    assert student.trained() < 3
    assert student.silent() == 1
    assert student.awaited() == 1


def test_a_worker_leaves_nothing_running(wall):
    worker = wall.worker()
    text = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()"
    worker.load(Program(ProgramText("work.py", [text])))
    pid = worker._pid
    worker.close()
    again = wall.worker()  # the warm process has collected the first by now, or will before this returns
    again.close()
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists():
            return
        wall.worker().close()
        time.sleep(0.01)
    raise AssertionError("the worker is still there")


def test_workers_die_with_the_grader():
    program = textwrap.dedent("""
        import os
        from autograder.data.limits import Limits
        from autograder.sandbox.program import Program
        from autograder.sandbox.protocol import REPLY, Answered, ProgramText, decode_frame
        from autograder.sandbox.wall import Wall
        wall = Wall(Limits())
        worker = wall.worker()
        worker.load(Program(ProgramText("work.py", ["x = 1"])))
        print(worker._pid, wall.pid, flush=True)
        os.kill(os.getpid(), 9)
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    pids = done.stdout.split()
    assert len(pids) == 2, done.stderr
    end = time.monotonic() + 10
    while any(running(pid) for pid in pids):
        assert time.monotonic() < end, "a process outlived its grader"
        time.sleep(0.02)


def running(pid: str) -> bool:
    """Whether a process is alive, and not only waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


FULL_HERE = landlock.abi() > 0 and seccomp.supported()


@pytest.mark.skipif(not FULL_HERE, reason="this kernel has no Landlock, so no verdict of full can be had")
def test_the_verdict_is_full_with_all_layers():
    with Wall(Limits(), ("numpy",)) as wall:
        isolation = self_check(wall, [HERE, HERE.parent])
    assert isolation.verdict == FULL
    assert isolation.leaks == []


@pytest.mark.skipif(not FULL_HERE, reason="this kernel has no Landlock")
@pytest.mark.parametrize(
    ("without", "verdict", "leak"),
    [
        (["landlock"], READABLE, "reads_a_file"),
        (["rlimits"], WEAK, "exceeds_its_limits"),
        (["seccomp", "uid"], WEAK, "starts_a_process"),
        (["seccomp", "uid"], WEAK, "sees_the_page_cache"),
        (["seccomp", "uid"], WEAK, "holds_a_file"),
        (["seccomp", "uid"], WEAK, "uses_up_a_quota"),
        (["seccomp", "uid"], WEAK, "shares_memory"),
        (["seccomp", "uid"], WEAK, "reaches_the_kernel"),
        (["landlock", "seccomp", "uid"], WEAK, "sees_the_machine"),
    ],
)
def test_the_verdict_notices_a_missing_layer(without, verdict, leak):
    with Wall(Limits(), ("numpy",), without=without) as wall:
        isolation = self_check(wall, [HERE, HERE.parent])
    assert isolation.verdict == verdict
    assert leak in isolation.leaks
    assert "switched off" in isolation.mend


# what a worker without any layer still does not do; each is seen to fail below
NOT_BY_LAYERS = {"sees_secrets", "finds_a_file", "runs_on"}


@pytest.mark.skipif(not FULL_HERE, reason="this kernel has no Landlock")
def test_without_all_layers_every_probe_of_one_goes_through():
    with Wall(Limits(), ("numpy",), without=LAYERS) as wall:
        isolation = self_check(wall, [HERE, HERE.parent])
        tried = {name for name, _ in attacks("", [HERE, HERE.parent], wall.bounds)}
    assert isolation.verdict == WEAK
    assert set(isolation.leaks) == tried - NOT_BY_LAYERS


def test_a_probe_sees_a_secret_in_the_environment(monkeypatch):
    monkeypatch.setattr(os, "environ", {"PATH": "/bin"})
    assert not probes.sees_secrets()
    monkeypatch.setattr(os, "environ", {"AWS_SECRET_ACCESS_KEY": "x"})
    assert probes.sees_secrets()


def test_a_probe_finds_what_its_own_worker_wrote(wall):
    worker = wall.loaded(Program(ProgramText("probes.py", [PROBES])))
    student = Student(lambda call: worker.ask(encode_call(call), 10))
    assert not student.finds_a_file("left")
    student.leaves_a_file("left")
    assert student.finds_a_file("left")
    worker.close()


def test_a_worker_that_is_not_killed_is_noticed(wall, monkeypatch):
    kept = []
    monkeypatch.setattr(selfcheck, "GONE_S", 0.1)
    monkeypatch.setattr(signal, "pidfd_send_signal", lambda pidfd, _: kept.append(os.dup(pidfd)))
    assert "runs_on" in self_check(wall, []).leaks
    monkeypatch.undo()
    for pidfd in kept:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        os.close(pidfd)


HEADERS = {0: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 1: "/usr/include/asm-generic/unistd.h"}


@pytest.mark.parametrize("column", HEADERS)
def test_system_call_numbers_are_the_kernel_headers(column):
    header = Path(HEADERS[column])
    if not header.exists():
        pytest.skip("the kernel's headers are not installed, so the numbers cannot be compared")
    found = re.findall(r"^#define __NR(3264)?_(\w+) (\d+)$", header.read_text(), re.MULTILINE)
    known = {{"fstatat": "newfstatat"}.get(name, name): int(number) for _, name, number in found}
    every = {**syscalls.ALLOWED, **syscalls.CONDITIONAL}
    ours = {name: pair[column] for name, pair in every.items() if name in known}
    assert ours == {name: known[name] for name in ours}
    assert len(ours) > 90


def test_a_layer_that_there_is_not_is_refused():
    with pytest.raises(InputError, match=r"no layer landlok \(it has: rlimits, "):
        Wall(Limits(), without=("landlok",))
