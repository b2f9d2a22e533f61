"""What was found out once and is remembered: the newest of it, for as long as there is room."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

KeptValue = TypeVar("KeptValue")


class Kept(Generic[KeptValue]):
    """Values by key, of which the oldest go when there are too many or they are too large together."""

    def __init__(self, entries: int, room: int) -> None:
        """Begin with nothing.

        Args:
            entries: how many values there may be.
            room: how large they may be together, in bytes.
        """
        self._entries, self._room, self._used = entries, room, 0
        self._values: OrderedDict[Hashable, tuple[KeptValue, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def get(self, key: Hashable) -> KeptValue | None:
        """Return a value, None if it is not there."""
        found = self._values.get(key)
        return None if found is None else found[0]

    def put(self, key: Hashable, value: KeptValue, size: int) -> None:
        """Remember a value, unless it alone is larger than the room."""
        if size > self._room:
            return
        with self._lock:
            self._used += size - self._values.pop(key, (value, 0))[1]
            self._values[key] = (value, size)
            while self._used > self._room or len(self._values) > self._entries:
                self._used -= self._values.popitem(last=False)[1][1]
