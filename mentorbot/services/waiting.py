"""Participants who wait for an answer: their mentor is reminded once, then coordinators hear how many there are.

Any message or reaction of the mentor is an answer. What was written is in none of it, and coordinators hear no alias.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from mentorbot.programme.channel import Channel
from mentorbot.programme.errors import NotThere, SealBroken
from mentorbot.programme.ids import ChannelId, Pid
from mentorbot.programme.notices import MOST_CHOICES, AnswerAwaited, AnswersOverdue, Listed, WithAnother
from mentorbot.programme.people import Person, Role
from storage import announced, answering, attention, outbox, people, substitutions
from storage.attention import NOTHING_HEARD, Heard, Waiting
from storage.transaction import Store, Transaction

TOLD_AGAIN_AFTER = timedelta(days=1)
"""Coordinators hear a number at most this often."""

_OVERDUE = "answers_overdue"


async def look(store: Store, patience: timedelta, *, at_once: int = 100) -> None:
    """Look at those who wait, so many in one transaction. A mentor is reminded after `patience`, counted in the time in
    which they answer; coordinators count who still waits when as much has passed again."""

    def unit(tx: Transaction) -> int:
        found = attention.to_look_at(tx, at_most=at_once)
        for waiting in found:
            _look_at(tx, waiting, patience)
        return len(found)

    while await store.transact(unit) == at_once:
        pass
    await store.transact(_tell_coordinators)


def listed(tx: Transaction, mentor: Pid, mine: Mapping[ChannelId, Channel]) -> tuple[Listed, ...]:
    """A mentor's participants: those who wait, longest first, then the others by when they got this mentor. Whose row
    cannot be read is left out: the others must go on."""
    known = attention.of_channels(tx, mine)
    for_others = {running.channel: running for running in substitutions.by_substitute(tx, mentor)}

    def waits(channel: Channel) -> tuple[bool, datetime]:
        since = known.get(channel.id, NOTHING_HEARD).waits_since
        return since is None, since or channel.opened_at

    found = []
    for channel in sorted(mine.values(), key=waits)[:MOST_CHOICES]:
        with suppress(SealBroken, NotThere):
            one = _listed(people.get(tx, channel.participant), channel, known.get(channel.id, NOTHING_HEARD))
            if (running := for_others.get(channel.id)) is not None:
                one = replace(one, instead_of=people.get(tx, running.mentor).alias, until=running.until)
            found.append(one)
    return tuple(found)


def with_others(tx: Transaction, mentor: Pid) -> tuple[WithAnother, ...]:
    """The participants of a mentor who is away for whom somebody else is there."""
    found = []
    for running in substitutions.for_mentor(tx, mentor)[:MOST_CHOICES]:
        with suppress(SealBroken, NotThere):
            alias, substitute = (people.get(tx, pid).alias for pid in (running.participant, running.substitute))
            found.append(WithAnother(alias=alias, substitute=substitute, until=running.until))
    return tuple(found)


def _listed(participant: Person, channel: Channel, heard: Heard) -> Listed:
    return Listed(
        channel=channel.id,
        alias=participant.alias,
        heard_at=heard.at,
        waits_since=heard.waits_since,
        unanswered=heard.unanswered,
        paused=participant.paused_since is not None,
        unreachable=participant.unreachable_since is not None,
    )


def _look_at(tx: Transaction, waiting: Waiting, patience: timedelta) -> None:
    theirs = answering.of(tx, waiting.mentor)
    due = theirs.after(waiting.reminded_at or waiting.since, patience, tx.zone)
    due = theirs.next_at(max(due, tx.now), tx.zone)  # nor in their night, where this comes late
    if due > tx.now:
        attention.look_later(tx, waiting, due)
    elif waiting.reminded_at is not None:
        attention.count_in(tx, waiting)
    elif attention.remind(tx, waiting):
        with suppress(SealBroken, NotThere):  # whose row cannot be read is counted all the same
            alias = people.get(tx, waiting.participant).alias
            reminder = AnswerAwaited(alias=alias, since=waiting.since)
            outbox.put(tx, waiting.mentor, reminder, owner=waiting.participant, channel=waiting.channel)


def _tell_coordinators(tx: Transaction) -> None:
    """Say how many wait, if there is anybody whom they have not heard of."""
    number, unheard_of = attention.overdue(tx, since=announced.last(tx, _OVERDUE))
    if unheard_of and announced.announce(tx, _OVERDUE, unless_after=tx.now - TOLD_AGAIN_AFTER):
        for coordinator in people.active(tx, Role.COORDINATOR):
            outbox.put(tx, coordinator.pid, AnswersOverdue(number=number))
