"""The life of one bot process: each of its effects on the world is an edge, and at any edge it may end."""

import sqlite3
from dataclasses import dataclass


class Dead(sqlite3.OperationalError):
    """The process is no more: nothing that it does has an effect."""


@dataclass
class Life:
    """`edges` counts down to the end, if one is near."""

    number: int
    edges: int | None = None
    over: bool = False

    def edge(self) -> None:
        """Before and after each effect. Raises Dead."""
        if self.edges is not None and not self.over:
            self.edges -= 1
            self.over = self.edges < 0
        if self.over:
            raise Dead
