"""A grading process of this machine: takes orders over the sockets it is given, until nobody wants it."""

import os
import signal
import socket
import sys
import threading

from autograder.batch.backend import LocalBackend
from autograder.cluster.processes import receive, send
from autograder.cluster.worker import (
    Order,
    OrderReply,
    Package,
    backend_for,
    fill,
    from_wire,
    ground_of,
    to_wire,
)
from autograder.errors import InputError, KitError


def main() -> None:
    """Run with the numbers of the sockets; the first one brings the course."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that writes down
    lines = [socket.socket(fileno=int(number)) for number in sys.argv[1:]]
    open_: list[LocalBackend] = []
    wanted = threading.Thread(target=end_when_unwanted, args=(open_,), daemon=True)
    wanted.start()
    greeting = OrderReply(f"process {os.getpid()}")
    try:
        open_.append(backend_for(from_wire(receive(lines[0]), Package)))
        greeting.ground, greeting.keys = ground_of(open_[0]), open_[0].keys
    except (KitError, InputError) as error:
        greeting.problem = str(error)
    send(lines[0], to_wire(greeting))
    for line in lines if open_ else ():
        threading.Thread(target=serve_orders, args=(line, open_[0]), daemon=True).start()
    wanted.join()


def end_when_unwanted(backends: list[LocalBackend]) -> None:
    """Wait until the process that writes down has closed standard input, or gone; then end everything."""
    sys.stdin.buffer.read()
    for backend in backends:
        backend.close()
    os._exit(0)  # threads that still wait have nobody to tell


def serve_orders(line: socket.socket, backend: LocalBackend) -> None:
    """Carry out the orders of one line, one after another."""
    while True:
        try:
            order = from_wire(receive(line), Order)
        except OSError:
            return
        reply = OrderReply(f"process {os.getpid()}")
        try:
            fill(reply, order, backend)
        except KitError as error:
            if not backend.is_alive():
                os._exit(1)  # another process opens another backend
            reply.problem = str(error)
        send(line, to_wire(reply))
