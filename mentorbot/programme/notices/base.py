"""What every notice is."""

from dataclasses import dataclass

from mentorbot.programme.ids import MessageId

MOST_CHOICES = 90
"""People at most to choose from in one message: Telegram takes 100 buttons."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something to say. `replaces` is the bot's own message that this one takes the place of, if any."""

    replaces: MessageId | None = None
