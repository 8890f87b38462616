"""Every error that this project raises on purpose, as one tree.

- MentorbotError
  - SettingWrong            a setting is missing or cannot be used
  - CannotStart             the stores, the keys or the lock forbid a start
    - RootKeyWrong
    - StoreMissing
    - AlreadyRunning
  - StorageFailed           the database refused; nothing was written
  - ValueRefused            the database will never take this; trying again is in vain
  - SealBroken              a sealed field cannot be opened here
  - NotThere                no such thing, or not yours: both look the same
  - NotPermitted            this role may not do that
  - Stale                   somebody else was first, or the button is old
  - IllegalTransition       the record cannot go from here to there
  - AliasRefused            the alias cannot be used
"""


class MentorbotError(Exception):
    """Something that this project expects went wrong.

    The docstring of a subclass is its message unless it is raised with one of its own.
    """

    def __str__(self) -> str:
        if self.args:
            return str(self.args[0])
        return (type(self).__doc__ or type(self).__name__).strip().splitlines()[0]


class SettingWrong(MentorbotError):
    """A setting is missing or cannot be used."""


class CannotStart(MentorbotError):
    """The bot cannot start."""


class RootKeyWrong(CannotStart):
    """The root key does not open these stores."""


class StoreMissing(CannotStart):
    """A store is missing or belongs to another installation."""


class AlreadyRunning(CannotStart):
    """Another mentorbot is running on these stores."""


class StorageFailed(MentorbotError):
    """The database refused; nothing was written."""


class ValueRefused(MentorbotError):
    """The database will never take this value; nothing was written."""


class SealBroken(MentorbotError):
    """A sealed field cannot be opened here."""


class NotThere(MentorbotError):
    """There is no such thing."""


class NotPermitted(MentorbotError):
    """This role may not do that."""


class Stale(MentorbotError):
    """This is no longer so: somebody else was first."""


class IllegalTransition(MentorbotError):
    """The record cannot go from here to there."""


class AliasRefused(MentorbotError):
    """This alias cannot be used."""
