"""What was called: the judge in tests about what the bot did. In the order in which calls were answered,
so that a poll stands where it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call. `at` is when it came (time.monotonic); `effect` tells whether it was carried out; `status`
    and `answer` are what was meant for the bot, whole, also where a fault kept them back (0 and nothing for
    a call that was neither carried out nor answered)."""

    at: float
    method: str
    params: dict[str, Any]
    status: int
    effect: bool
    answer: bytes


class Transcript:
    def __init__(self) -> None:
        self.enabled = True
        self._calls: list[Call] = []

    def note(self, call: Call) -> None:
        self._calls.append(call)

    def calls(self, method: str | None = None) -> list[Call]:
        """All calls, or those of one method (its name in any case)."""
        if method is None:
            return list(self._calls)
        wanted = method.lower()
        return [call for call in self._calls if call.method.lower() == wanted]

    def clear(self) -> None:
        self._calls.clear()

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)
