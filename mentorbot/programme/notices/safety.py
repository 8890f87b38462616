"""What a participant settles about their own safety."""

from dataclasses import dataclass

from mentorbot.programme.notices.base import Notice
from mentorbot.programme.safety import Safety


@dataclass(frozen=True, kw_only=True)
class SafetyShown(Notice):
    """What is settled, and what can be settled."""

    safety: Safety
