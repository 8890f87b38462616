"""Invites: a link that opens the door once, and a short code that is told by another way."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mentorbot.programme.errors import IllegalTransition
from mentorbot.programme.ids import InviteId, Pid
from mentorbot.programme.people import Role
from mentorbot.programme.times import require_utc

CODE_LENGTH = 6
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read aloud or copied as something else
WRONG_CODES_ALLOWED = 5
VALID_FOR = timedelta(hours=72)


class InviteState(StrEnum):
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    LOCKED = "locked"


@dataclass(frozen=True, kw_only=True)
class Invite:
    """One invite. The link's token and the code are known to the store as keyed digests only.

    `issuer` is None when it was made on the command line.
    """

    id: InviteId
    role: Role
    issuer: Pid | None
    code_digest: bytes
    made_at: datetime
    expires_at: datetime
    wrong_codes: int
    used_by: Pid | None

    def __post_init__(self) -> None:
        require_utc(self.made_at)
        require_utc(self.expires_at)

    def state(self, now: datetime) -> InviteState:
        if self.used_by is not None:
            return InviteState.USED
        if self.wrong_codes >= WRONG_CODES_ALLOWED:
            return InviteState.LOCKED
        return InviteState.EXPIRED if now >= self.expires_at else InviteState.OPEN

    def wrong_code(self, *, now: datetime) -> "Invite":
        """The invite after one more wrong code; the fifth locks it."""
        self._require_open(now)
        return replace(self, wrong_codes=self.wrong_codes + 1)

    def use(self, by: Pid, *, now: datetime) -> "Invite":
        """The invite spent by one person, for good."""
        self._require_open(now)
        return replace(self, used_by=by)

    @property
    def codes_left(self) -> int:
        return WRONG_CODES_ALLOWED - self.wrong_codes

    def _require_open(self, now: datetime) -> None:
        state = self.state(now)
        if state is not InviteState.OPEN:
            raise IllegalTransition(f"the invite is {state}")


def plain_code(typed: str) -> str:
    """A code as typed by a person, without what does not count: case, spaces, dashes."""
    return "".join(ch for ch in typed.upper() if ch.isalnum())
