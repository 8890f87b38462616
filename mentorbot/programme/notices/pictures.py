"""Pictures that were sent as a file and go as an ordinary photo."""

from dataclasses import dataclass

from mentorbot.programme.notices.channel import Passed


@dataclass(frozen=True, kw_only=True)
class Redrawn(Passed):
    """A picture for the other end of the channel, without anything but what is seen. `file` is Telegram's id for it."""

    file: str
