"""The channel: what a participant and their mentor write to each other."""

from contextlib import suppress
from dataclasses import dataclass

from mentorbot.programme.channel import CHOICE_LASTS, Channel, Choice, route
from mentorbot.programme.errors import NotPermitted, NotThere, SealBroken
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices import (
    MOST_CHOICES,
    Carried,
    Correspondent,
    EditNotCarried,
    ForWhom,
    NamesAnAccount,
    NoMentorYet,
    NoParticipantYet,
    PeopleShown,
    Relayed,
    SentTo,
    SentToNobody,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import LONGEST_MESSAGE, Words, split
from storage import channels, outbox, people
from storage.transaction import Transaction

ROOM_FOR_LABEL = 256
"""Code units kept free in each part for the label and for the mark of a possible repeat."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """One text message as it came. `names_account`: it mentions somebody by their account, not by name."""

    message: MessageId
    words: Words
    replied_to: MessageId | None = None
    names_account: bool = False


def write(tx: Transaction, me: Person, written: Written) -> None:
    """Carry a message to the other end of the channel, or tell its writer why it was not carried."""
    if written.names_account:
        outbox.put(tx, me.pid, NamesAnAccount())
    elif me.role is Role.PARTICIPANT:
        _from_participant(tx, me, written)
    elif me.role is Role.MENTOR:
        _from_mentor(tx, me, written)
    else:
        raise NotPermitted


def edit(tx: Transaction, me: Person, written: Written) -> None:
    """Somebody changed what they had written.

    What was carried stays as it was, and they are told so; what is held will go as it then stands; what went to nobody
    needs no words.
    """
    if not me.is_active or not _has_channel(tx, me):
        return
    if not channels.is_held(tx, me.pid, written.message):
        outbox.put(tx, me.pid, EditNotCarried(to_message=written.message))
    elif written.names_account:
        channels.take_held(tx, me.pid, written.message)
        outbox.put(tx, me.pid, NamesAnAccount())


def show_people(tx: Transaction, me: Person, *, instead_of: MessageId | None = None) -> None:
    """Show a mentor their participants and whom the next messages go to."""
    mine = _require_channels(tx, me)
    choice = channels.choice_of(tx, me.pid)
    chosen = route(mine, replied_to=None, choice=choice, now=tx.now)
    until = choice.until if choice is not None and chosen == choice.channel and tx.now < choice.until else None
    shown = PeopleShown(people=_correspondents(tx, mine), chosen=chosen, until=until, replaces=instead_of)
    outbox.put(tx, me.pid, shown)


def choose(tx: Transaction, me: Person, channel: ChannelId, *, instead_of: MessageId | None) -> None:
    """A mentor's next messages go to this participant, for ten minutes."""
    channels.access_as_mentor(tx, me.pid, channel)
    channels.choose(tx, me.pid, Choice(channel=channel, until=tx.now + CHOICE_LASTS))
    show_people(tx, me, instead_of=instead_of)


def send_held(tx: Transaction, me: Person, channel: ChannelId, message: MessageId, *, instead_of: MessageId) -> None:
    """The mentor said whom a message is for. Saying it again sends nothing again."""
    chosen = channels.access_as_mentor(tx, me.pid, channel)
    if not channels.take_held(tx, me.pid, message):
        return
    _carry(tx, chosen, message)
    participant = people.get(tx, chosen.participant)
    outbox.put(
        tx,
        me.pid,
        SentTo(alias=participant.alias, replaces=instead_of),
        owner=participant.pid,
        channel=channel,
    )


def drop_held(tx: Transaction, me: Person, message: MessageId, *, instead_of: MessageId) -> None:
    """The mentor said that a message is for nobody."""
    if me.role is not Role.MENTOR:
        raise NotPermitted
    if channels.take_held(tx, me.pid, message):
        outbox.put(tx, me.pid, SentToNobody(replaces=instead_of))


def _from_participant(tx: Transaction, me: Person, written: Written) -> None:
    channel = channels.of_participant(tx, me.pid)
    if channel is None:
        outbox.put(tx, me.pid, NoMentorYet())
        return
    parts = split(written.words, longest=LONGEST_MESSAGE - ROOM_FOR_LABEL)
    for number, words in enumerate(parts, start=1):
        relayed = Relayed(alias=me.alias, words=words, part=number, parts=len(parts), from_message=written.message)
        outbox.put(tx, channel.mentor, relayed, owner=me.pid, channel=channel.id)


def _from_mentor(tx: Transaction, me: Person, written: Written) -> None:
    mine = channels.of_mentor(tx, me.pid)
    if not mine:
        outbox.put(tx, me.pid, NoParticipantYet())
        return
    id_ = _channel_for(tx, me, written, mine)
    if id_ is None:
        channels.hold(tx, me.pid, written.message)
        outbox.put(tx, me.pid, ForWhom(to_message=written.message, people=_correspondents(tx, mine)))
    else:
        _carry(tx, mine[id_], written.message)


def _channel_for(tx: Transaction, me: Person, written: Written, mine: dict[ChannelId, Channel]) -> ChannelId | None:
    replied_to = None if written.replied_to is None else channels.linked(tx, me.pid, written.replied_to)
    if written.replied_to is not None and replied_to is None and len(mine) > 1:
        # It answers something that is not known to have come from anybody: the mentor's own words, or a message
        # that arrived just before a crash. The choice in /people may well be another person.
        return None
    return route(mine, replied_to=replied_to, choice=channels.choice_of(tx, me.pid), now=tx.now)


def _carry(tx: Transaction, channel: Channel, message: MessageId) -> None:
    carried = Carried(sender=channel.mentor, from_message=message)
    outbox.put(tx, channel.participant, carried, channel=channel.id)


def _has_channel(tx: Transaction, me: Person) -> bool:
    if me.role is Role.PARTICIPANT:
        return channels.of_participant(tx, me.pid) is not None
    return bool(channels.of_mentor(tx, me.pid))


def _require_channels(tx: Transaction, me: Person) -> dict[ChannelId, Channel]:
    if me.role is not Role.MENTOR or not me.is_active:
        raise NotPermitted
    return channels.of_mentor(tx, me.pid)


def _correspondents(tx: Transaction, mine: dict[ChannelId, Channel]) -> tuple[Correspondent, ...]:
    """A mentor's participants. Whose row cannot be read is left out: the others must go on."""
    found = []
    for id_, channel in list(mine.items())[:MOST_CHOICES]:
        with suppress(SealBroken, NotThere):
            found.append(Correspondent(channel=id_, alias=people.get(tx, channel.participant).alias))
    return tuple(found)
