"""People in the programme: their role and how far they have come in joining."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mentorbot.programme.errors import IllegalTransition
from mentorbot.programme.ids import InviteId, Pid
from mentorbot.programme.times import require_utc


class Role(StrEnum):
    PARTICIPANT = "participant"
    MENTOR = "mentor"
    COORDINATOR = "coordinator"


class Stage(StrEnum):
    """Where a person stands; an arrow is the only way on."""

    ARRIVED = "arrived"  # opened an invite's link -> VERIFIED
    VERIFIED = "verified"  # told the right code -> INFORMED
    INFORMED = "informed"  # chose a language, was shown the honest limits -> ACTIVE
    ACTIVE = "active"  # accepted, has an alias


_NEXT = {Stage.ARRIVED: Stage.VERIFIED, Stage.VERIFIED: Stage.INFORMED, Stage.INFORMED: Stage.ACTIVE}


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person. `alias` is empty until the person is active; `language` is one of the catalogue's.

    `unreachable_since`: they blocked the bot then; what waits for them is held. `paused_since`: they take a break; what
    others start is held.
    """

    pid: Pid
    role: Role
    stage: Stage
    language: str
    invite: InviteId
    alias: str
    since: datetime
    version: int
    unreachable_since: datetime | None = None
    paused_since: datetime | None = None

    def __post_init__(self) -> None:
        require_utc(self.since)

    @property
    def is_active(self) -> bool:
        return self.stage is Stage.ACTIVE

    def advance(self, to: Stage, *, now: datetime) -> "Person":
        """The person one stage on; IllegalTransition when `to` does not follow from here."""
        if _NEXT.get(self.stage) is not to:
            raise IllegalTransition(f"a person cannot go from {self.stage} to {to}")
        return replace(self, stage=to, since=now)
