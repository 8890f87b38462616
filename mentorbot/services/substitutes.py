"""Somebody is there for a mentor's participants while that mentor is away.

The mentor asks another one. If that one can, each participant is asked, and only for those who say yes anything
changes: they get another mentor for a while, as in any change (`handing_over`), and afterwards their own one again.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from mentorbot.programme.channel import Channel
from mentorbot.programme.errors import NotPermitted, NotThere, SealBroken, Stale
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import (
    MOST_CHOICES,
    Choosable,
    MeetForAnother,
    ParticipantBack,
    SubstituteAnswered,
    SubstituteAsked,
    SubstituteCan,
    SubstituteCannot,
    SubstituteChoices,
    SubstituteDone,
    SubstituteHere,
    SubstituteNotTaken,
    SubstituteNotWanted,
    SubstituteOffered,
    SubstituteQuestion,
    SubstituteSettled,
    SubstituteTookOver,
    SubstituteWanted,
    SubstitutionOver,
)
from mentorbot.programme.people import Person, Role
from mentorbot.services import handing_over
from mentorbot.services.answering import require_mentor
from storage import answering, audit, changes, channels, code_words, outbox, people, substitutions
from storage.substitutions import Ask, Substitution
from storage.transaction import Store, Transaction

ANSWER_WITHIN = timedelta(hours=24)
"""Whoever has not said by then whether they can, is not waited for."""

_UNREADABLE_OR_OVER = (SealBroken, NotThere, Stale)
"""One that cannot be read, or that ended in this moment, holds up no others."""

# --- the mentor who goes away -----------------------------------------------------------------------------------------


def want(tx: Transaction, me: Person) -> None:
    """Ask a mentor who has just gone away whether somebody shall be there, if there is anybody and any need."""
    if not substitutions.asked_by(tx, me.pid) and _own_channels(tx, me.pid) and _able(tx, me):
        outbox.put(tx, me.pid, SubstituteWanted())


def want_nobody(tx: Transaction, me: Person, *, instead_of: MessageId) -> None:
    """Nobody shall be there, and nobody is asked any more. Where somebody is there by now, they stay."""
    require_mentor(me)
    for asked in substitutions.asked_by(tx, me.pid):
        substitutions.end(tx, asked.id)
    outbox.put(tx, me.pid, SubstituteNotWanted(replaces=instead_of))


def offer(tx: Transaction, me: Person, page: int, *, instead_of: MessageId) -> None:
    """Show a mentor who can be asked."""
    _absence(tx, me)
    able, begins = _able(tx, me), page * MOST_CHOICES
    shown = tuple(
        Choosable(pid=mentor.pid, version=mentor.version, alias=mentor.alias)
        for mentor in able[begins : begins + MOST_CHOICES]
    )
    before = page - 1 if page else None
    after = page + 1 if begins + MOST_CHOICES < len(able) else None
    outbox.put(tx, me.pid, SubstituteChoices(mentors=shown, before=before, after=after, replaces=instead_of))


def ask(tx: Transaction, me: Person, substitute: Pid, *, instead_of: MessageId) -> None:
    """Ask this mentor, in the place of any other; once. Raises Stale when they cannot be asked or nobody is away."""
    until = _absence(tx, me)
    if any((asked.substitute, asked.until) == (substitute, until) for asked in substitutions.asked_by(tx, me.pid)):
        return
    theirs = next((mentor for mentor in _able(tx, me) if mentor.pid == substitute), None)
    number = len(_own_channels(tx, me.pid))
    if theirs is None or not number:
        raise Stale
    asked = substitutions.ask(tx, me.pid, substitute, until)
    audit.append(tx, "substitute_asked", actor=me.pid, subject=substitute)
    question = SubstituteQuestion(ask=asked.id, mentor=me.alias, until=until, participants=number)
    outbox.put(tx, substitute, question)
    outbox.put(tx, me.pid, SubstituteAsked(substitute=theirs.alias, replaces=instead_of))


def go_away(tx: Transaction, me: Person, until: datetime) -> None:
    """A mentor goes away until then: they are there for nobody else, and what they asked about another time is over.

    First what was asked: a yes to it that comes in this moment waits for this, or is seen by what follows.
    """
    for asked in substitutions.asked_by(tx, me.pid):
        if asked.until != until:
            substitutions.end(tx, asked.id)
    for asked in substitutions.asked_of(tx, me.pid):
        if substitutions.end(tx, asked.id):
            outbox.put(tx, asked.mentor, SubstituteCannot(substitute=me.alias))
    _end_all(tx, substitutions.by_substitute(tx, me.pid), by=me.pid)


def come_back(tx: Transaction, me: Person) -> None:
    """A mentor is back: whoever was there for them is so no longer."""
    for asked in substitutions.asked_by(tx, me.pid):
        substitutions.end(tx, asked.id)
    _end_all(tx, substitutions.for_mentor(tx, me.pid), by=me.pid)


# --- the mentor who is asked ------------------------------------------------------------------------------------------


def answer(tx: Transaction, me: Person, id_: bytes, *, can: bool, instead_of: MessageId) -> None:
    """The mentor who was asked says whether they can. Saying it again does nothing again. Stale when it is over."""
    require_mentor(me)
    asked = substitutions.find(tx, id_)
    if asked is None or asked.substitute != me.pid:
        raise Stale
    if not can:
        substitutions.end(tx, id_)
        outbox.put(tx, asked.mentor, SubstituteCannot(substitute=me.alias))
    elif substitutions.agree(tx, id_):
        outbox.put(tx, asked.mentor, SubstituteCan(substitute=me.alias))
        _ask_participants(tx, asked, substitute=me)
    else:
        return
    outbox.put(tx, me.pid, SubstituteAnswered(can=can, replaces=instead_of))


def _ask_participants(tx: Transaction, asked: Ask, *, substitute: Person) -> None:
    mentor = people.get(tx, asked.mentor)
    for channel in _own_channels(tx, asked.mentor):
        if _is_free(tx, channel):
            question = SubstituteOffered(
                ask=asked.id,
                channel=channel.id,
                mentor=mentor.alias,
                substitute=substitute.alias,
                until=asked.until,
            )
            outbox.put(tx, channel.participant, question, channel=channel.id)


# --- the participant --------------------------------------------------------------------------------------------------


def accept(tx: Transaction, me: Person, id_: bytes, id_of_channel: ChannelId, *, instead_of: MessageId) -> None:
    """A participant wants the substitute; once. Where that is not possible any more, they hear who they write to."""
    mine = _channel_of(tx, me)
    running = substitutions.in_channel(tx, mine.id)
    if running is not None and running.instead_of == id_of_channel:
        return
    asked = substitutions.find(tx, id_)
    if asked is None or not _holds(tx, asked, mine, id_of_channel):
        present = people.get(tx, mine.mentor)
        outbox.put(tx, me.pid, SubstituteNotTaken(mentor=present.alias, asked=False, replaces=instead_of))
        return
    outbox.put(tx, me.pid, SubstituteSettled(replaces=instead_of))
    _begin(tx, mine, me, until=asked.until, substitute=people.get(tx, asked.substitute))


def decline(tx: Transaction, me: Person, *, instead_of: MessageId) -> None:
    """A participant does not want it. Nobody is told."""
    present = people.get(tx, _channel_of(tx, me).mentor)
    outbox.put(tx, me.pid, SubstituteNotTaken(mentor=present.alias, asked=True, replaces=instead_of))


def end(tx: Transaction, me: Person, id_: ChannelId, *, instead_of: MessageId) -> None:
    """A participant ends it; once."""
    mine = _channel_of(tx, me)
    if mine.id != id_:
        channels.other_end(tx, id_, me.pid)
        return
    running = substitutions.in_channel(tx, id_)
    if running is None:
        raise Stale
    outbox.put(tx, me.pid, SubstituteSettled(replaces=instead_of))
    _end(tx, running, by=me.pid)


def _holds(tx: Transaction, asked: Ask, mine: Channel, asked_in: ChannelId) -> bool:
    """Whether a yes still means what was asked."""
    substitute = people.find(tx, asked.substitute)
    return (
        asked.agreed
        and (mine.id, mine.mentor) == (asked_in, asked.mentor)
        and answering.of(tx, asked.mentor).absence(tx.now) == asked.until
        and substitute is not None
        and substitute.is_active
        and answering.of(tx, substitute.pid).absence(tx.now) is None
        and _is_free(tx, mine)
    )


def _is_free(tx: Transaction, channel: Channel) -> bool:
    """Whether nothing else is decided about a channel: no code word holds it, and no other mentor is to come."""
    return code_words.held_since(tx, channel.participant) is None and changes.find(tx, channel.id) is None


# --- its beginning and its end ----------------------------------------------------------------------------------------


def _begin(tx: Transaction, own: Channel, participant: Person, *, substitute: Person, until: datetime) -> None:
    mentor = people.get(tx, own.mentor)
    opened = handing_over.hand_over(
        tx,
        own,
        substitute,
        to_participant=lambda id_: [
            SubstituteHere(channel=id_, mentor=mentor.alias, substitute=substitute.alias, until=until)
        ],
        introduction=lambda several: MeetForAnother(participant=participant.alias, mentor=mentor.alias, until=until),
        farewell=lambda known_as: SubstituteTookOver(participant=known_as, substitute=substitute.alias, until=until),
        stands_in_until=until,
    )
    audit.append(tx, "substitution_begun", actor=participant.pid, subject=opened.id)


def _end(tx: Transaction, running: Substitution, *, by: Pid | None) -> None:
    """The participant is with their own mentor again. A change that waits for a note waits on, and gets none."""
    old = channels.access_as_coordinator(tx, running.channel)
    participant, mentor = people.get(tx, running.participant), people.get(tx, running.mentor)
    substitute = people.get(tx, running.substitute)
    back = answering.of(tx, mentor.pid).absence(tx.now) is None
    waiting = changes.find(tx, old.id)
    opened = handing_over.hand_over(
        tx,
        old,
        mentor,
        to_participant=lambda _: [SubstitutionOver(mentor=mentor.alias, substitute=substitute.alias, back=back)],
        introduction=lambda several: ParticipantBack(participant=participant.alias, substitute=substitute.alias),
        farewell=lambda known_as: SubstituteDone(participant=known_as, mentor=mentor.alias),
    )
    if waiting is not None:
        changes.wait(tx, replace(waiting, channel=opened.id))
    audit.append(tx, "substitution_over", actor=by, subject=running.channel)


def _end_all(tx: Transaction, those: Iterable[Substitution], *, by: Pid) -> None:
    for running in those:
        with suppress(*_UNREADABLE_OR_OVER):
            _end(tx, running, by=by)


async def end_due(store: Store) -> None:
    """End what is over, and wait no longer for an answer that does not come."""
    for running in await store.transact(substitutions.over):

        def unit(tx: Transaction, running: Substitution = running) -> None:
            if running in substitutions.over(tx):
                _end(tx, running, by=None)

        with suppress(*_UNREADABLE_OR_OVER):
            await store.transact(unit)
    with suppress(*_UNREADABLE_OR_OVER):
        await store.transact(_give_up_waiting)


def _give_up_waiting(tx: Transaction) -> None:
    substitutions.forget_past(tx)
    for asked in substitutions.unanswered(tx, since=tx.now - ANSWER_WITHIN):
        if substitutions.end(tx, asked.id):
            cannot = SubstituteCannot(substitute=people.get(tx, asked.substitute).alias, answered=False)
            outbox.put(tx, asked.mentor, cannot)


# --- parts ------------------------------------------------------------------------------------------------------------


def _absence(tx: Transaction, me: Person) -> datetime:
    require_mentor(me)
    until = answering.of(tx, me.pid).absence(tx.now)
    if until is None:
        raise Stale
    return until


def _able(tx: Transaction, me: Person) -> list[Person]:
    """The other mentors who can be reached and are not away."""
    others = (mentor for mentor in people.active(tx, Role.MENTOR) if mentor.pid != me.pid)
    there = (mentor for mentor in others if mentor.unreachable_since is None)
    return [mentor for mentor in there if answering.of(tx, mentor.pid).absence(tx.now) is None]


def _own_channels(tx: Transaction, mentor: Pid) -> list[Channel]:
    """Those that a mentor is not in for somebody else."""
    for_others = {running.channel for running in substitutions.by_substitute(tx, mentor)}
    return [channel for id_, channel in channels.of_mentor(tx, mentor).items() if id_ not in for_others]


def _channel_of(tx: Transaction, me: Person) -> Channel:
    if me.role is not Role.PARTICIPANT or not me.is_active:
        raise NotPermitted
    mine = channels.of_participant(tx, me.pid)
    if mine is None:
        raise NotThere
    return mine
