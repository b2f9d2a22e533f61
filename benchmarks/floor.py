"""The floor under a submission: fork a process that has torch, load the module, call its functions, exit.

Prints seconds a submission. Run as `floor.py SUBMISSION CALLS ROUNDS`; CALLS holds the encoded calls.
"""

import gc
import os
import sys
import time
import types
from pathlib import Path


def main() -> None:
    """Fork once for every round, and print the median of the rounds."""
    os.environ["OMP_NUM_THREADS"] = "1"
    import numpy  # noqa: F401
    import torch

    from autograder.sandbox import protocol
    from autograder.sandbox.codec import decode_call
    from autograder.values import live

    torch.set_num_threads(1)
    program, calls, rounds = Path(sys.argv[1]).read_text(), Path(sys.argv[2]).read_bytes(), int(sys.argv[3])
    frames = protocol.Frames(max_head=protocol.MAX_BODY).feed(calls)
    decoded = [decode_call(*protocol.decode_frame(frame, protocol.REQUEST)) for frame in frames]
    gc.collect()
    gc.freeze()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            module = types.ModuleType("work")
            exec(compile(program, "work.py", "exec"), vars(module))
            for call in decoded:
                kwargs = {name: live(value) for name, value in call.kwargs.items()}
                for name in call.wrt:
                    if name in kwargs:
                        kwargs[name].requires_grad_()
                vars(module)[call.name](*map(live, call.args), **kwargs)
            os._exit(0)
        os.waitpid(pid, 0)
        times.append(time.perf_counter() - began)
    print(sorted(times)[len(times) // 2])


main()
