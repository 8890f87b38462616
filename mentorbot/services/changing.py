"""Changing and removing what was sent through the channel."""

from dataclasses import replace

from mentorbot.programme.changing import Removal
from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Concern, Form, Treatment, Written
from mentorbot.programme.delivery import Rank
from mentorbot.programme.errors import NotPermitted, Stale
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    Carried,
    ChangingExplained,
    EditNotCarried,
    MessageOptions,
    OnlyWordsChanged,
    OptionsClosed,
    Relayed,
    RemovalTold,
    Removed,
    Reworded,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import LONGEST_CAPTION, LONGEST_MESSAGE, split, units
from mentorbot.services import code_words, messaging
from mentorbot.services.messaging import ROOM_FOR_LABEL
from storage import channels, held, links, outbox
from storage.outbox import OnItsWay
from storage.transaction import Transaction


def edit(tx: Transaction, me: Person, written: Written) -> None:
    """Somebody changed what they had written: the other side gets the new words, or they are told that it does not.

    What is held will go as it then stands. What went to nobody, or to somebody who is no longer at the other end, goes
    to nobody by being changed.
    """
    if not me.is_active or not channels.of_person(tx, me.pid):
        return
    written = code_words.screened(tx, me, written)
    if held.find(tx, me.pid, written.message) is not None:
        _edit_held(tx, me, written)
        return
    channel = _carried_through(tx, me, written.message)
    form = written.content.form
    if channel is None or form is Form.BARE or set(written.concerns) - {Concern.FILE}:
        outbox.put(tx, me.pid, EditNotCarried(to_message=written.message))
    elif Concern.FILE in written.concerns and outbox.withdraw(tx, channel.other(me.pid), channel.id, written.message):
        # The copy would be of the file as it is now, and nobody was asked about that one.
        messaging.write(tx, me, written)
    else:
        _reword(tx, channel, me, written)


def take_back(tx: Transaction, me: Person, message: MessageId, *, instead_of: MessageId | None = None) -> None:
    """Withdraw what waits of a message of one's own and remove what has arrived; its writer hears how it went, in the
    place of `instead_of` if given. Saying it again does nothing again."""
    _require_writer(me)
    if held.take(tx, me.pid, message) is not None:
        outbox.put(tx, me.pid, RemovalTold(to_message=message, removal=Removal.NOT_SENT, replaces=instead_of))
        return
    channel = _carried_through(tx, me, message)
    if channel is None:
        _nothing_there(tx, me, message, instead_of=instead_of)
        return
    other = channel.other(me.pid)
    withdrawn = outbox.withdraw(tx, other, channel.id, message)
    waiting = outbox.on_its_way(tx, other, channel.id, message)
    if waiting or links.went_as(tx, channel.id, message, to=other):
        removed = Removed(from_message=message, told_instead_of=instead_of)
        # What has all arrived on a participant's phone is removed at any hour: it makes no sound, and may be urgent.
        rank = Rank.CHORE if other == channel.participant and not waiting else Rank.TALK
        outbox.put(tx, other, removed, owner=channel.participant, channel=channel.id, rank=rank)
    elif withdrawn:
        outbox.put(tx, me.pid, RemovalTold(to_message=message, removal=Removal.NOT_SENT, replaces=instead_of))
    else:  # it was there a moment ago: it has just been handed to another mentor, or given up
        take_back(tx, me, message, instead_of=instead_of)


def explain(tx: Transaction, me: Person) -> None:
    """Nothing was pointed out, or somebody else's message: say how to remove one's own."""
    _require_writer(me)
    outbox.put(tx, me.pid, ChangingExplained())


def show_options(tx: Transaction, me: Person, message: MessageId) -> None:
    _require_writer(me)
    outbox.put(tx, me.pid, MessageOptions(to_message=message))


def close_options(tx: Transaction, me: Person, *, instead_of: MessageId) -> None:
    _require_writer(me)
    outbox.put(tx, me.pid, OptionsClosed(replaces=instead_of))


def _edit_held(tx: Transaction, me: Person, written: Written) -> None:
    if written.concerns or written.content.treatment is Treatment.REFUSED:
        held.take(tx, me.pid, written.message)
        messaging.write(tx, me, written)
    else:
        held.hold(tx, me.pid, written)


def _reword(tx: Transaction, channel: Channel, me: Person, written: Written) -> None:
    """Replace what waits unsent, one part by one part; else let the new words go behind it."""
    other = channel.other(me.pid)
    new = _reworded(tx, me, written)
    waiting = outbox.on_its_way(tx, other, channel.id, written.message)
    if len(new) == len(waiting) == 1 and _replaced(tx, waiting[0], new[0]):
        return
    for notice in new:
        outbox.put(tx, other, notice, owner=channel.participant, channel=channel.id)
    if written.content.form is Form.CAPTION:
        outbox.put(tx, me.pid, OnlyWordsChanged(to_message=written.message))


def _replaced(tx: Transaction, row: OnItsWay, new: Reworded) -> bool:
    old = outbox.open_notice(tx, row)
    form = old.form if isinstance(old, Carried | Reworded) else Form.TEXT
    if not isinstance(old, Relayed | Carried) or form is not new.form or getattr(old, "parts", 1) > 1:
        return False
    return outbox.exchange(tx, row, replace(old, words=new.words, withheld=new.withheld, doubtful=new.doubtful))


def _reworded(tx: Transaction, me: Person, written: Written) -> list[Reworded]:
    """The new words. Those of a caption that is too long for one are a text: no caption can become that."""
    fits = units(written.words.text) <= LONGEST_CAPTION - ROOM_FOR_LABEL
    form = Form.CAPTION if written.content.form is Form.CAPTION and fits else Form.TEXT
    parts = split(written.words, longest=LONGEST_MESSAGE - ROOM_FOR_LABEL) or [written.words]
    whole = Reworded(
        from_message=written.message,
        alias=me.alias if me.role is Role.PARTICIPANT else "",
        form=form,
        parts=len(parts),
        withheld=written.withheld,
        doubtful=code_words.is_doubtful(tx, me),
    )
    return [replace(whole, words=words, part=number) for number, words in enumerate(parts, start=1)]


def _carried_through(tx: Transaction, me: Person, message: MessageId) -> Channel | None:
    """The open channel in which a message of this person's is on its way or has arrived, and is not being removed.

    A message of anybody else's has no trace as theirs, and what went through a channel that is over is out of reach.
    """
    for channel in channels.of_person(tx, me.pid):
        other = channel.other(me.pid)
        waiting = outbox.on_its_way(tx, other, channel.id, message)
        if any(row.kind == Removed.__name__ for row in waiting):
            return None
        if waiting or links.went_as(tx, channel.id, message, to=other):
            return channel
    return None


def _nothing_there(tx: Transaction, me: Person, message: MessageId, *, instead_of: MessageId | None) -> None:
    """What is being removed is told when it is done, and a button pressed again does nothing again."""
    mine = [(channel.other(me.pid), channel.id) for channel in channels.of_person(tx, me.pid)]
    if any(outbox.on_its_way(tx, *where, message) for where in mine):
        return
    if instead_of is None:
        outbox.put(tx, me.pid, RemovalTold(to_message=message, removal=Removal.NOTHING))
    elif not any(outbox.went_through(tx, *where, message) for where in mine):
        raise Stale


def _require_writer(me: Person) -> None:
    if not me.is_active or me.role not in (Role.PARTICIPANT, Role.MENTOR):
        raise NotPermitted
