"""A coordinator gives a participant their one mentor."""

import secrets

from mentorbot.programme.channel import Channel
from mentorbot.programme.errors import NotThere, Stale
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import (
    MOST_CHOICES,
    Choosable,
    MeetYourMentor,
    MeetYourParticipant,
    Paired,
    PairingMentors,
    PairingParticipants,
)
from mentorbot.programme.people import Person, Role
from mentorbot.services import answering, code_words
from mentorbot.services.invitations import require_coordinator
from storage import audit, channels, outbox, people
from storage.transaction import Transaction

_BUTTON_VERSIONS = 2**16  # a button carries the lower 16 bits of a version


def offer(tx: Transaction, me: Person) -> None:
    """Show a coordinator the participants who wait for a mentor, longest waiting first."""
    require_coordinator(me)
    waiting = tuple(_choosable(person) for person in people.waiting_participants(tx)[:MOST_CHOICES])
    outbox.put(tx, me.pid, PairingParticipants(waiting=waiting))


def offer_mentors(tx: Transaction, me: Person, participant: Pid, version: int, *, instead_of: MessageId | None) -> None:
    """Show a coordinator the mentors that a participant can have, least loaded first."""
    require_coordinator(me)
    chosen = _waiting_participant(tx, participant, version)
    mentors = people.active(tx, Role.MENTOR)
    load = people.participants_of(tx, [mentor.pid for mentor in mentors])
    mentors.sort(key=lambda mentor: load.get(mentor.pid, 0))
    choices = tuple(_choosable(mentor, load.get(mentor.pid, 0)) for mentor in mentors[:MOST_CHOICES])
    outbox.put(tx, me.pid, PairingMentors(participant=_choosable(chosen), mentors=choices, replaces=instead_of))


def pair(
    tx: Transaction, me: Person, participant: Pid, version: int, mentor: Pid, *, instead_of: MessageId | None
) -> None:
    """Open the channel of a participant and a mentor and introduce them. Doing it again changes nothing.

    Raises Stale when the participant got another mentor meanwhile, NotThere when one of them is not active any more.
    """
    require_coordinator(me)
    existing = channels.of_participant(tx, participant)
    if existing is not None and existing.mentor == mentor:
        return
    theirs = people.get(tx, mentor)
    if theirs.role is not Role.MENTOR or not theirs.is_active:
        raise NotThere
    waiting = _waiting_participant(tx, participant, version)
    channel = Channel(id=ChannelId(secrets.token_bytes(16)), participant=participant, mentor=mentor, opened_at=tx.now)
    channels.open_(tx, channel)
    audit.append(tx, "paired", actor=me.pid, subject=channel.id)
    several = len(channels.of_mentor(tx, mentor)) > 1
    outbox.put(
        tx,
        me.pid,
        Paired(participant=waiting.alias, mentor=theirs.alias, replaces=instead_of),
        owner=participant,
    )
    outbox.put(tx, participant, MeetYourMentor(mentor=theirs.alias), channel=channel.id)
    answering.tell_of_absence(tx, channel)
    introduction = MeetYourParticipant(participant=waiting.alias, several=several)
    outbox.put(tx, mentor, introduction, owner=participant, channel=channel.id)
    code_words.brief(tx, channel)


def _waiting_participant(tx: Transaction, pid: Pid, version: int) -> Person:
    person = people.get(tx, pid)
    if person.role is not Role.PARTICIPANT or not person.is_active:
        raise NotThere
    if (person.version - version) % _BUTTON_VERSIONS != 0 or channels.of_participant(tx, pid) is not None:
        raise Stale
    return person


def _choosable(person: Person, participants: int = 0) -> Choosable:
    return Choosable(pid=person.pid, version=person.version, alias=person.alias, participants=participants)
