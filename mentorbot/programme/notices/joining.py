"""Joining, and what somebody changes about themselves."""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.ids import Pid
from mentorbot.programme.notices.base import Notice
from mentorbot.programme.people import Role


@dataclass(frozen=True, kw_only=True)
class CodeAsked(Notice):
    """Somebody opened an invite's link: tell the code, please."""


@dataclass(frozen=True, kw_only=True)
class CodeWrong(Notice):
    """That was not the code; so many tries are left."""

    tries_left: int


@dataclass(frozen=True, kw_only=True)
class LanguageAsked(Notice):
    """Which language? Buttons follow."""

    pid: Pid
    version: int


@dataclass(frozen=True, kw_only=True)
class LimitsShown(Notice):
    """The honest limits, before the person accepts."""

    pid: Pid
    version: int
    role: Role


@dataclass(frozen=True, kw_only=True)
class JoiningPostponed(Notice):
    """Not now: nothing happens, and the button stays good until then."""

    pid: Pid
    version: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Welcomed(Notice):
    """Joined; this is your alias."""

    role: Role
    alias: str


@dataclass(frozen=True, kw_only=True)
class SomebodyJoined(Notice):
    """To coordinators: somebody joined under this alias."""

    pid: Pid
    version: int
    role: Role
    alias: str


@dataclass(frozen=True, kw_only=True)
class AliasShown(Notice):
    """Your alias, and how to change it."""

    alias: str
    changed: bool


@dataclass(frozen=True, kw_only=True)
class RenamedOther(Notice):
    """To the other end of a channel: the same person goes by another alias now."""

    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class AliasNotTaken(Notice):
    """That alias cannot be used, or somebody has it."""

    alias: str


@dataclass(frozen=True, kw_only=True)
class LanguageChanged(Notice):
    """From now on in this language."""


@dataclass(frozen=True, kw_only=True)
class LanguageOffered(Notice):
    """An active person asks for another language."""

    pid: Pid
    version: int
