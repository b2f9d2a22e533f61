"""A gauge."""


class Gauge:
    """Remembers the levels of a river."""

    def __init__(self) -> None:
        self._levels: list[float] = []

    def add(self, level: float) -> None:
        """Remember a level.

        Args:
            level: in metres.
        """
        self._levels.append(level)

    def highest(self) -> float:
        """Return the highest level so far."""
        return max(self._levels)
