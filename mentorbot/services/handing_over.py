"""The moment in which a participant gets another mentor, for good or for a while: one channel is closed, and another is
open."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from mentorbot.programme.changing import CHANGEABLE_FOR, Removal
from mentorbot.programme.channel import CHOICE_LASTS, Channel, Choice
from mentorbot.programme.ids import ChannelId
from mentorbot.programme.notices import (
    Album,
    CopiesRemoved,
    EditNotCarried,
    NotCarried,
    Notice,
    Passed,
    RemovalTold,
    Removed,
    Reworded,
)
from mentorbot.programme.people import Person
from mentorbot.services import absence, answering, code_words, profile, topics
from storage import changes, channels, handovers, held, links, outbox, people, substitutions
from storage.transaction import Transaction


def hand_over(
    tx: Transaction,
    old: Channel,
    new: Person,
    *,
    to_participant: Callable[[ChannelId], Sequence[Notice]],
    introduction: Callable[[bool], Notice],
    farewell: Callable[[str], Notice],
    stands_in_until: datetime | None = None,
) -> Channel:
    """Close one channel and open another, all in this transaction. Stale when it was closed before.

    `to_participant` is given the new channel, `introduction` whether the new mentor has several participants, and
    `farewell` the alias that the old one knows.

    1. From here on nothing leads to the old mentor: their buttons, replies and choices find a closed channel.
    2. The participant reads what was written to them before, then who reads them from now on. And a mentor whom they
       had before hears that this is over before they hear that they are back.
    3. What they wrote and the old mentor has not received goes to the new one, behind the introduction, in order; where
       one of the two channels stands in for another, it goes to nobody and they are told (`storage.handovers`).
    4. What the old mentor has received is deleted from their chat, as far as Telegram allows it, and all of it where
       it stands in a topic; also what reaches them in this moment, and of that what the participant wrote goes to the
       new one as in 3.
    5. What a code word holds back is not: set free, it would come as the new mentor's. Its writer hears that it did not
       arrive.
    6. What else was to be said to the old mentor is not: they hear that it is over, under the alias that they know.
    """
    participant = people.get(tx, old.participant)
    known_as = profile.known_as(tx, old, participant)
    if code_words.is_doubtful(tx, participant):
        _end_what_is_held(tx, old)
    channels.close(tx, old.id)
    opened = Channel(
        id=ChannelId(secrets.token_bytes(16)), participant=participant.pid, mentor=new.pid, opened_at=tx.now
    )
    channels.open_(tx, opened)
    changes.remove(tx, old.id)
    if stands_in_until is not None:
        substitutions.begin(tx, opened.id, instead_of=old.id, until=stands_in_until)
    for end in (participant.pid, new.pid):
        handovers.go_before(tx, end, participant.pid, later=opened.id)
    for notice in to_participant(opened.id):
        outbox.put(tx, participant.pid, notice, channel=opened.id)
    answering.tell_of_absence(tx, opened)
    several = len(channels.of_mentor(tx, new.pid)) > 1
    outbox.put(tx, new.pid, introduction(several), owner=participant.pid, channel=opened.id)
    code_words.brief(tx, opened)
    handovers.hand_over(tx, old.id)
    outbox.end_about(tx, old.mentor, participant.pid)
    absence.remind(tx, opened, new.pid)
    _end_for_mentor(tx, old, farewell=None if known_as is None else farewell(known_as))
    return opened


def _end_what_is_held(tx: Transaction, old: Channel) -> None:
    """Tell the old mentor of each thing that did not come to the participant, and does not any more."""
    for notice in outbox.take_back_all(tx, old.participant, old.id):
        if isinstance(notice, Reworded):
            outbox.put(tx, old.mentor, EditNotCarried(to_message=notice.from_message))
        elif isinstance(notice, Removed):
            told = RemovalTold(to_message=notice.from_message, removal=Removal.FAILED, replaces=notice.told_instead_of)
            outbox.put(tx, old.mentor, told)
        elif isinstance(notice, Album):
            for piece in notice.pieces:
                outbox.put(tx, old.mentor, NotCarried(to_message=piece.from_message))
        elif isinstance(notice, Passed) and getattr(notice, "part", 1) == 1:
            outbox.put(tx, old.mentor, NotCarried(to_message=notice.from_message))


def _end_for_mentor(tx: Transaction, old: Channel, *, farewell: Notice | None) -> None:
    """Take from the old mentor what they have of this participant, and tell them, if they have heard of them.

    What they were asked about goes to nobody: the answer may have been meant for this participant. And what they write
    in these minutes may be too, so that for a while nothing is guessed: the closed channel counts as their choice.
    """
    copies = links.copies_of(tx, old.id, to=old.mentor, since=tx.now - CHANGEABLE_FOR)
    if copies:
        outbox.put(tx, old.mentor, CopiesRemoved(messages=tuple(copies)))
    topics.remove(tx, topics.of_channel(tx, old))
    for message in held.drop_all(tx, old.mentor):
        outbox.put(tx, old.mentor, NotCarried(to_message=message))
    choice = channels.choice_of(tx, old.mentor)
    if choice is None or choice.until <= tx.now or choice.channel in (None, old.id):
        channels.choose(tx, old.mentor, Choice(channel=old.id, until=tx.now + CHOICE_LASTS))
    if farewell is not None:
        outbox.put(tx, old.mentor, farewell, owner=old.participant, channel=old.id)
