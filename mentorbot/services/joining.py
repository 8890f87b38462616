"""How somebody with an invite becomes a person in the programme.

link opened ─> ARRIVED ─ right code ─> VERIFIED ─ language ─> INFORMED ─ accepts ─> ACTIVE, with an alias
"""

import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto

from mentorbot.locale import aliases
from mentorbot.programme.errors import Stale
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.invite import Invite, InviteState, plain_code
from mentorbot.programme.notices import (
    CodeAsked,
    CodeWrong,
    Help,
    JoiningPostponed,
    LanguageAsked,
    LimitsShown,
    Notice,
    SomebodyJoined,
    Welcomed,
)
from mentorbot.programme.people import Person, Role, Stage
from mentorbot.services import invitations
from storage import audit, invites, outbox, people
from storage.transaction import Transaction

UNFINISHED_FOR = timedelta(hours=72)
"""Who has not finished joining by then is forgotten."""


class Door(Enum):
    """What an invite's link does for somebody who opens it."""

    OPEN = auto()
    SHUT = auto()


def knock(tx: Transaction, token: str, *, by: Pid | None = None) -> Door:
    """Try a link. One that is over alarms its issuer, unless it is tried by the one who came in by it; one that never
    was leaves no trace. `by` is None for somebody who is not in the programme."""
    invite = invites.find_by_token(tx, token)
    if invite is None or (by is not None and invite.used_by == by):
        return Door.SHUT
    if invite.state(tx.now) is not InviteState.OPEN:
        invitations.alarm(tx, invite)
        return Door.SHUT
    return Door.OPEN


def arrive(tx: Transaction, pid: Pid, token: str, language: str) -> None:
    """Somebody stands in an open door: ask for the code. Another link of theirs is left behind."""
    invite = invites.find_by_token(tx, token)
    if invite is None:
        raise Stale
    known = people.find(tx, pid)
    if known is not None and known.stage is not Stage.ARRIVED:
        remind(tx, known)
        return
    if known is not None:
        people.remove(tx, pid)
    newcomer = Person(
        pid=pid,
        role=invite.role,
        stage=Stage.ARRIVED,
        language=language,
        invite=invite.id,
        alias="",
        since=tx.now,
        version=0,
    )
    people.add(tx, newcomer)
    outbox.put(tx, pid, CodeAsked())


def tell_code(tx: Transaction, me: Person, typed: str) -> list[Pid]:
    """Take a code. Returns those who must be forgotten now (an invite that is over: all who stood at its door)."""
    invite = invites.get(tx, me.invite)
    if invite.state(tx.now) is not InviteState.OPEN:
        invitations.alarm(tx, invite)
        return _turn_away(tx, [me.pid])
    if hmac.compare_digest(invites.code_digest(tx.root, invite.id, plain_code(typed)), invite.code_digest):
        invites.save(tx, invite, invite.use(me.pid, now=tx.now))
        verified = people.save(tx, me, me.advance(Stage.VERIFIED, now=tx.now))
        audit.append(tx, "invite_used", actor=me.pid, subject=invite.id)
        outbox.put(tx, me.pid, LanguageAsked(pid=me.pid, version=verified.version))
        return []
    return _wrong_code(tx, me, invite)


def choose_language(tx: Transaction, me: Person, language: str, *, instead_of: MessageId | None) -> None:
    """A newcomer's language; it can be chosen again until they accept."""
    if me.stage not in (Stage.VERIFIED, Stage.INFORMED):
        raise Stale
    if me.stage is Stage.INFORMED and me.language == language:
        return
    changed = replace(me, language=language)
    if me.stage is Stage.VERIFIED:
        changed = changed.advance(Stage.INFORMED, now=tx.now)
    saved = people.save(tx, me, changed)
    outbox.put(tx, me.pid, _limits(saved, instead_of))


def postpone(tx: Transaction, me: Person, *, instead_of: MessageId | None) -> None:
    """Not now: the door stays open until the newcomer is forgotten."""
    if me.stage is not Stage.INFORMED:
        raise Stale
    until = me.since + UNFINISHED_FOR
    notice = JoiningPostponed(pid=me.pid, version=me.version, until=until, replaces=instead_of)
    outbox.put(tx, me.pid, notice)


def accept(tx: Transaction, me: Person, *, instead_of: MessageId | None) -> None:
    """The newcomer joins and gets an alias; whoever invited them is told. Accepting again changes nothing."""
    if me.stage is Stage.ACTIVE:
        return
    if me.stage is not Stage.INFORMED:
        raise Stale
    alias = _free_alias(tx, me.language)
    joined = people.save(tx, me, replace(me.advance(Stage.ACTIVE, now=tx.now), alias=alias))
    audit.append(tx, "joined", actor=me.pid, subject=me.invite)
    outbox.put(tx, me.pid, Welcomed(role=me.role, alias=alias, replaces=instead_of))
    news = SomebodyJoined(pid=me.pid, version=joined.version, role=me.role, alias=alias)
    for pid in _those_to_tell(tx, joined):
        outbox.put(tx, pid, news, owner=me.pid)


def remind(tx: Transaction, me: Person) -> None:
    """Say again what the newcomer is being asked, or, to somebody who is active, what they can do."""
    steps: dict[Stage, Notice] = {
        Stage.ARRIVED: CodeAsked(),
        Stage.VERIFIED: LanguageAsked(pid=me.pid, version=me.version),
        Stage.INFORMED: _limits(me, None),
        Stage.ACTIVE: Help(role=me.role),
    }
    outbox.put(tx, me.pid, steps[me.stage])


def turn_away_unfinished(tx: Transaction) -> list[Pid]:
    """Remove those who began to join long ago and did not finish; they must be forgotten now."""
    return _turn_away(tx, people.unfinished_before(tx, tx.now - UNFINISHED_FOR))


def _wrong_code(tx: Transaction, me: Person, invite: Invite) -> list[Pid]:
    tried = invite.wrong_code(now=tx.now)
    invites.save(tx, invite, tried)
    if tried.state(tx.now) is InviteState.LOCKED:
        invitations.alarm(tx, tried)
        return _turn_away(tx, people.arrivals_of(tx, invite.id))
    outbox.put(tx, me.pid, CodeWrong(tries_left=tried.codes_left))
    return []


def _turn_away(tx: Transaction, pids: list[Pid]) -> list[Pid]:
    for pid in pids:
        people.remove(tx, pid)
    return pids


def _limits(me: Person, instead_of: MessageId | None) -> LimitsShown:
    return LimitsShown(pid=me.pid, version=me.version, role=me.role, replaces=instead_of)


def _those_to_tell(tx: Transaction, joined: Person) -> list[Pid]:
    """A new coordinator is news to all coordinators; anybody else to the one who invited them."""
    if joined.role is Role.COORDINATOR:
        return [person.pid for person in people.active(tx, Role.COORDINATOR) if person.pid != joined.pid]
    return invitations.those_responsible(tx, invites.get(tx, joined.invite))


def _free_alias(tx: Transaction, language: str) -> str:
    candidates: Iterator[str] = aliases.suggestions(language)
    return next(alias for alias in candidates if not people.alias_taken(tx, alias))
