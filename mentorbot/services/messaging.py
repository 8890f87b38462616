"""The channel: what a participant and their mentor send each other."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from mentorbot.programme.channel import CHOICE_LASTS, Channel, Choice, route
from mentorbot.programme.content import Form, Treatment, Written
from mentorbot.programme.delivery import Rank
from mentorbot.programme.errors import NotPermitted, NotThere, SealBroken, Stale
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices import (
    MOST_CHOICES,
    AskedFirst,
    Carried,
    Correspondent,
    ForWhom,
    HasLeft,
    MentorChanged,
    NoMentorYet,
    NoParticipantYet,
    NotCarried,
    NotSent,
    Passed,
    PeopleShown,
    Redrawn,
    Refused,
    Relayed,
    Sent,
    SentTo,
    SentToNobody,
    SubstituteHere,
    SubstitutionOver,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import LONGEST_CAPTION, LONGEST_MESSAGE, NO_WORDS, split, units
from mentorbot.services import absence, albums, answering, code_words, hours, waiting
from storage import attention, changes, channels, held, links, outbox, people, safety, topics
from storage.transaction import Transaction

_SOMEBODY_ELSE = (MentorChanged, SubstituteHere, SubstitutionOver)
"""What tells a participant that somebody else is at the other end of the channel from now on."""

ROOM_FOR_LABEL = 256
"""Code units kept free in each part for the label and for the mark of a possible repeat."""


def write(tx: Transaction, me: Person, written: Written) -> None:
    """Carry a message to the other end of the channel, ask about it first, or tell its writer why it is not carried."""
    _require_writer(me)
    written = code_words.screened(tx, me, written)
    if not _has_channel(tx, me):
        outbox.put(tx, me.pid, NoMentorYet() if me.role is Role.PARTICIPANT else NoParticipantYet())
    elif written.content.treatment is Treatment.REFUSED:
        outbox.put(tx, me.pid, Refused(to_message=written.message, kind=written.kind))
    elif written.concerns:
        if albums.hold(tx, me.pid, written):
            outbox.put(tx, me.pid, _question(written))
    else:
        _pass_on(tx, me, written, instead_of=None)


def send_asked(
    tx: Transaction, me: Person, message: MessageId, *, instead_of: MessageId, as_photo: bool = False
) -> None:
    """The writer says that a message shall go as it is, or its picture as an ordinary photo. Saying it again sends
    nothing again."""
    _require_writer(me)
    together = held.take_all(tx, me.pid, message)
    if not together:
        return
    if not _has_channel(tx, me):
        raise NotThere
    for number, written in enumerate(together):
        going = replace(written, concerns=(), at=None)  # it is for whom it is for now
        if as_photo and written.picture is None:  # it stood among pictures and is none: that was no yes to it
            write(tx, me, written)
            continue
        if as_photo and written.picture is not None:
            going = replace(going, album=None, picture=replace(written.picture, redrawn=True))
        _pass_on(tx, me, going, instead_of=None if number else instead_of)
    if me.role is Role.PARTICIPANT:
        outbox.put(tx, me.pid, Sent(replaces=instead_of))


def drop_asked(tx: Transaction, me: Person, message: MessageId, *, instead_of: MessageId) -> None:
    """The writer says that a message shall go to nobody."""
    _require_writer(me)
    if held.take_all(tx, me.pid, message):
        outbox.put(tx, me.pid, NotSent(replaces=instead_of))


def show_people(tx: Transaction, me: Person, *, instead_of: MessageId | None = None) -> None:
    """Show a mentor their participants and whom the next messages go to."""
    mine = _require_channels(tx, me)
    choice = channels.choice_of(tx, me.pid)
    chosen = route(mine, replied_to=None, choice=choice, now=tx.now)
    until = choice.until if choice and chosen and chosen == choice.channel and tx.now < choice.until else None
    if until is None and topics.are_wanted(tx, me.pid):
        chosen = None  # the only one: outside the topics that decides nothing
    shown = PeopleShown(
        people=waiting.listed(tx, me.pid, mine),
        chosen=chosen,
        until=until,
        elsewhere=waiting.with_others(tx, me.pid),
        replaces=instead_of,
    )
    outbox.put(tx, me.pid, shown)


def choose(tx: Transaction, me: Person, channel: ChannelId, *, instead_of: MessageId | None) -> None:
    """A mentor's next messages go to this participant, for ten minutes."""
    channels.access_as_mentor(tx, me.pid, channel)
    channels.choose(tx, me.pid, Choice(channel=channel, until=tx.now + CHOICE_LASTS))
    show_people(tx, me, instead_of=instead_of)


def send_held(tx: Transaction, me: Person, channel: ChannelId, message: MessageId, *, instead_of: MessageId) -> None:
    """The mentor said whom a message is for. Saying it again sends nothing again."""
    chosen = channels.access_as_mentor(tx, me.pid, channel)
    together = held.take_all(tx, me.pid, message)
    if any(written.concerns for written in together):  # it was changed since, and another question is open
        raise Stale
    for number, written in enumerate(together):
        _to_participant(tx, chosen, me, written, told=None if number else instead_of)
    is_only = list(channels.of_mentor(tx, me.pid)) == [channel]
    if together and is_only and not topics.are_wanted(tx, me.pid):  # said once, it is no guess for a while
        channels.choose(tx, me.pid, Choice(channel=channel, until=tx.now + CHOICE_LASTS))


def drop_held(tx: Transaction, me: Person, message: MessageId, *, instead_of: MessageId) -> None:
    """The mentor said that a message is for nobody."""
    if me.role is not Role.MENTOR:
        raise NotPermitted
    if held.take_all(tx, me.pid, message):
        outbox.put(tx, me.pid, SentToNobody(replaces=instead_of))


def _question(written: Written) -> AskedFirst:
    return AskedFirst(to_message=written.message, concerns=written.concerns, as_photo=written.picture is not None)


def _require_writer(me: Person) -> None:
    if me.role is Role.COORDINATOR or not me.is_active:
        raise NotPermitted


def _has_channel(tx: Transaction, me: Person) -> bool:
    if me.role is Role.PARTICIPANT:
        return channels.of_participant(tx, me.pid) is not None
    return bool(channels.of_mentor(tx, me.pid))


def _pass_on(tx: Transaction, me: Person, written: Written, *, instead_of: MessageId | None) -> None:
    """Send a message that nothing is to be asked about. `instead_of` is the question that its writer has answered."""
    if me.role is Role.PARTICIPANT:
        channel = channels.of_participant(tx, me.pid)
        if channel is not None and not _told_of_change_instead(tx, channel, me, written):
            _carry(tx, channel, me, written, alias=me.alias)
        return
    mine = channels.of_mentor(tx, me.pid)
    id_ = _channel_for(tx, me, written, mine)
    if id_ is None:
        if albums.hold(tx, me.pid, written):
            question = ForWhom(to_message=written.message, people=_correspondents(tx, mine), replaces=instead_of)
            outbox.put(tx, me.pid, question)
    else:
        _to_participant(tx, mine[id_], me, written, told=instead_of)


def _told_of_change_instead(tx: Transaction, channel: Channel, me: Person, written: Written) -> bool:
    """Whether a participant has not heard yet that somebody else is their mentor now: it waits for the end of a break,
    or for their hours. What they write is meant for the old one; it goes to nobody, and they are told now."""
    if safety.is_open(tx, me.pid) and not people.is_paused(tx, me.pid):
        return False
    changed = outbox.not_heard(tx, me.pid, channel.id, *_SOMEBODY_ELSE)
    if changed is None or outbox.was_heard(tx, me.pid, channel.id, *_SOMEBODY_ELSE):
        return False
    outbox.put(tx, me.pid, NotCarried(to_message=written.message))
    outbox.put(tx, me.pid, changed, channel=channel.id, rank=Rank.ANSWER)
    return True


def _to_participant(tx: Transaction, channel: Channel, me: Person, written: Written, *, told: MessageId | None) -> None:
    """Send a mentor's message; where there was a question, say below it to whom it went."""
    _carry(tx, channel, me, written, alias="")
    if told is not None:
        participant = people.get(tx, channel.participant)
        sent = SentTo(alias=participant.alias, replaces=told)
        outbox.put(tx, me.pid, sent, owner=participant.pid, channel=channel.id)


def _carry(tx: Transaction, channel: Channel, me: Person, written: Written, *, alias: str) -> None:
    """Queue a message for the other end: its words rewritten, what else it holds copied by Telegram.

    Words are never copied: a text that its writer changes in this moment would be carried as changed, unseen.
    """
    put = partial(outbox.put, tx, channel.other(me.pid), owner=channel.participant, channel=channel.id)
    words, form = written.words, written.content.form
    fits = form is Form.CAPTION and units(words.text) <= LONGEST_CAPTION - ROOM_FOR_LABEL
    parts = split(NO_WORDS if fits else words, longest=LONGEST_MESSAGE - ROOM_FOR_LABEL)
    if written.withheld and form is Form.TEXT:
        parts = [NO_WORDS]
    head = Passed(
        from_message=written.message,
        carried_by=len(parts) + (form is not Form.TEXT),
        alias=alias,
        answers=written.replied_to,
        quote=written.quote,
        withheld=written.withheld,
        doubtful=code_words.is_doubtful(tx, me),
    )
    if form is not Form.TEXT:
        carried = replace(head, words=words if fits else NO_WORDS)
        if written.picture is not None and written.picture.redrawn:
            put(Redrawn(file=written.picture.file, **vars(carried)))
        elif written.album is None:
            put(Carried(sender=me.pid, form=form, **vars(carried)))
        else:
            albums.gather(tx, channel, me, carried, written.album, kind=written.kind)
    for number, part in enumerate(parts, start=1):
        put(Relayed(part=number, parts=len(parts), **vars(replace(head, words=part))))
    waits = absence.remind(tx, channel, me.pid)
    if not code_words.tell_held(tx, channel, me, written.message):
        hours.tell_of_wait(tx, channel, me)
    if me.pid == channel.participant:
        attention.wrote(tx, channel.id)
        if not waits:
            answering.tell_when(tx, channel)
    else:
        attention.answered(tx, channel.id)


def _channel_for(tx: Transaction, me: Person, written: Written, mine: dict[ChannelId, Channel]) -> ChannelId | None:
    replied_to = None if written.replied_to is None else links.linked(tx, me.pid, written.replied_to)
    of_topic = None if written.topic is None else topics.channel_of(tx, me.pid, written.topic)
    if of_topic is not None:
        return of_topic if of_topic in mine and _agrees(tx, written, mine[of_topic], replied_to) else None
    if written.topic is not None and replied_to is None:
        return None  # it may bear another's name than that of the chosen, or the only, participant
    choice, moment = channels.choice_of(tx, me.pid), _written_at(tx, written)
    if replied_to is None and written.replied_to is not None:
        # It answers something that is not known to have come from anybody: the mentor's own words, a message that
        # arrived just before a crash, or one of somebody who left. The choice in /people, or the only participant, may
        # well be another person, and what was asked for may be the note before a change, which must not go as an
        # ordinary message.
        is_guess = written.answers_bot or len(mine) > 1 or _note_awaited(tx, mine) or topics.are_wanted(tx, me.pid)
    else:
        # One of several, or the chosen one, has left just now: this may have been meant for them. And where there are
        # topics, what is written outside them tells nothing.
        is_free = replied_to is None and (choice is None or choice.until <= moment)
        is_guess = is_free and (topics.are_wanted(tx, me.pid) or _heard_of_leaving(tx, me, moment))
    return None if is_guess else route(mine, replied_to=replied_to, choice=choice, now=moment)


def _written_at(tx: Transaction, written: Written) -> datetime:
    """When a message was written: what it is for was decided then, however long it waited to be read."""
    return min(tx.now, written.at or tx.now)


def _agrees(tx: Transaction, written: Written, channel: Channel, replied_to: ChannelId | None) -> bool:
    """Whether a reply says the same as the topic that it was written in: it answers something of this channel, be it
    the mentor's own."""
    if written.replied_to is None:
        return not written.answers_bot
    own = not written.answers_bot and links.went_as(tx, channel.id, written.replied_to, to=channel.participant)
    return replied_to == channel.id or bool(own)


def _heard_of_leaving(tx: Transaction, me: Person, moment: datetime) -> bool:
    """Whether a mentor had heard within ten minutes that somebody left, or did not know it yet. To whoever had blocked
    the bot it comes late: after they are back, it counts whenever it was said."""
    lately = moment - CHOICE_LASTS
    is_just_back = people.is_back_since(tx, me.pid, lately)
    return outbox.was_told_lately(tx, me.pid, HasLeft, since=None if is_just_back else lately)


def _note_awaited(tx: Transaction, mine: dict[ChannelId, Channel]) -> bool:
    return any(changes.find(tx, id_) is not None for id_ in mine)


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
