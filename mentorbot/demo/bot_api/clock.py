import time


class Clock:
    """Telegram's clock: the machine's, moved by `travel`."""

    def __init__(self) -> None:
        self._offset = 0.0

    def now(self) -> int:
        """Unix seconds, as the Bot API gives dates."""
        return int(time.time() + self._offset)

    def travel(self, seconds: float) -> None:
        self._offset += seconds
