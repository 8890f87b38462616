"""A participant leaves: everything of theirs goes at once, and their key with it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from mentorbot.programme.errors import NotPermitted, NotThere, SealBroken, Stale
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import (
    ChannelOver,
    CopiesRemoved,
    HasLeft,
    LeaveAsked,
    Stays,
    SubstituteDone,
    SubstituteTookOver,
)
from mentorbot.programme.people import Person, Role
from mentorbot.services import profile
from mentorbot.services.topics import remove as remove_topics
from storage import audit, channels, links, outbox, people, substitutions, topics
from storage.transaction import Transaction

REMOVABLE_FOR = timedelta(hours=48)
"""How long Telegram lets a bot delete a message."""

_FAREWELLS = (ChannelOver, SubstituteTookOver, SubstituteDone)

_BUTTON_VERSIONS = 2**16


def ask(tx: Transaction, me: Person) -> None:
    """Say what happens to the data, before the button."""
    _require_participant(me)
    outbox.put(tx, me.pid, LeaveAsked(version=me.version))


def stay(tx: Transaction, me: Person, *, instead_of: MessageId) -> None:
    _require_participant(me)
    outbox.put(tx, me.pid, Stays(replaces=instead_of))


def leave(tx: Transaction, me: Person, version: int) -> None:
    """Remove the participant with all that hangs on them: channels, links, what is held and what is queued.

    What the mentor and the coordinators are told is sealed under their own keys. The participant's key must be
    destroyed after this; where a crash comes between, the next start does it.
    """
    _require_participant(me)
    if (me.version - version) % _BUTTON_VERSIONS != 0:
        raise Stale
    channel = channels.of_participant(tx, me.pid)
    known_as = None if channel is None else profile.known_as(tx, channel, me)
    to_tell = _unaware(tx, me)
    if channel is not None and known_as is not None:
        to_tell.setdefault(channel.mentor, known_as)
    running = None if channel is None else substitutions.in_channel(tx, channel.id)
    if running is not None:
        to_tell.setdefault(running.mentor, profile.alias_known_to(tx, running.mentor, me))
    threads = topics.of_participant(tx, me.pid)
    copies = links.copies_from(tx, me.pid, since=tx.now - REMOVABLE_FOR)
    people.remove(tx, me.pid)
    audit.append(tx, "left", actor=me.pid, subject=me.pid)
    for mentor, messages in copies.items():
        outbox.put(tx, mentor, CopiesRemoved(messages=tuple(messages)))
    remove_topics(tx, threads)
    for mentor, alias in to_tell.items():
        outbox.put(tx, mentor, HasLeft(alias=alias, to_mentor=True))
    for coordinator in people.active(tx, Role.COORDINATOR):
        outbox.put(tx, coordinator.pid, HasLeft(alias=me.alias, to_mentor=False))


def recall(tx: Transaction, owner: Pid, mentor: Pid, messages: Sequence[MessageId]) -> bool:
    """Remove what reached a mentor's chat while its owner left. False where the owner is there, or no mentor is."""
    if people.is_there(tx, owner) or not people.is_there(tx, mentor):
        return False
    outbox.put(tx, mentor, CopiesRemoved(messages=tuple(messages)))
    return True


def _unaware(tx: Transaction, me: Person) -> dict[Pid, str]:
    """The earlier mentors who have not heard yet that they are it no more, or not for a while, and the alias that they
    know. What was to tell them goes with its owner."""
    found = {}
    for row in outbox.not_heard_of(tx, me.pid, *_FAREWELLS):
        with suppress(SealBroken, NotThere):  # it must not keep anybody from leaving
            over = outbox.open_notice(tx, row)
            if isinstance(over, _FAREWELLS):
                found[row.recipient] = over.participant
    return found


def _require_participant(me: Person) -> None:
    if me.role is not Role.PARTICIPANT or not me.is_active:
        raise NotPermitted
