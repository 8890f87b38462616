"""What fits everywhere."""

from dataclasses import dataclass

from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices.base import Notice
from mentorbot.programme.people import Role


@dataclass(frozen=True, kw_only=True)
class Help(Notice):
    """What this person can do here."""

    role: Role


@dataclass(frozen=True, kw_only=True)
class Privacy(Notice):
    """The honest limits, at any time."""


@dataclass(frozen=True, kw_only=True)
class EditNotCarried(Notice):
    """A message was changed, and the change is not passed on."""

    to_message: MessageId


@dataclass(frozen=True, kw_only=True)
class NotUnderstood(Notice):
    """This cannot be done here: an unknown command, or one that is for another role."""


@dataclass(frozen=True, kw_only=True)
class SetAside(Notice):
    """Something of this person's could not be handled and was set aside; nobody received it."""


@dataclass(frozen=True, kw_only=True)
class Alarm(Notice):
    """To coordinators: something about the bot itself needs a look."""

    what: str
