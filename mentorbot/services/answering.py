"""When a mentor answers. They say so themselves.

A participant who writes at another time is told when the next answer comes, at most once a day. Of an absence they are
told at once, and again when its end changes. What they write reaches the mentor all the same.
"""

from datetime import timedelta

from mentorbot.programme.answering import Answering
from mentorbot.programme.channel import Channel
from mentorbot.programme.errors import NotPermitted, ValueRefused
from mentorbot.programme.hours import Hours, typed_with_days
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    AnsweringNotUnderstood,
    AnsweringShown,
    AnswersLater,
    MentorAway,
)
from mentorbot.programme.people import Person, Role
from storage import answering, attention, outbox
from storage.transaction import Transaction

TOLD_AGAIN_AFTER = timedelta(days=1)


def show(tx: Transaction, me: Person, *, instead_of: MessageId | None = None) -> None:
    """What holds, and what can be chosen."""
    require_mentor(me)
    outbox.put(tx, me.pid, AnsweringShown(hours=answering.of(tx, me.pid).hours, replaces=instead_of))


def set_hours(tx: Transaction, me: Person, hours: Hours | None, *, instead_of: MessageId | None = None) -> None:
    """These are the hours from now on; None: nobody is told any."""
    require_mentor(me)
    answering.settle_hours(tx, me.pid, hours)
    attention.look_again(tx, me.pid)
    show(tx, me, instead_of=instead_of)


def set_typed(tx: Transaction, me: Person, text: str) -> None:
    """Take hours as they were typed; where they cannot be understood, say how they are written."""
    require_mentor(me)
    try:
        set_hours(tx, me, typed_with_days(text))
    except ValueRefused:
        outbox.put(tx, me.pid, AnsweringNotUnderstood())


def tell_of_absence(tx: Transaction, channel: Channel) -> None:
    """Tell a participant that their mentor is away, unless they are not or they were told of just that."""
    theirs = answering.of(tx, channel.mentor)
    until = theirs.absence(tx.now)
    if until is not None and attention.tell_of_absence(tx, channel.id, until):
        outbox.put(tx, channel.participant, _away(tx, theirs), channel=channel.id)


def tell_when(tx: Transaction, channel: Channel) -> None:
    """Tell a participant who has just written when their mentor answers, unless that is now or they were told within
    a day."""
    theirs = answering.of(tx, channel.mentor)
    answers_at, until = theirs.next_at(tx.now, tx.zone), theirs.absence(tx.now)
    if answers_at <= tx.now:
        return
    if attention.tell_unless_told(tx, channel.id, since=tx.now - TOLD_AGAIN_AFTER, until=until):
        outbox.put(tx, channel.participant, AnswersLater(answers_at=answers_at) if until is None else _away(tx, theirs))


def require_mentor(me: Person) -> None:
    """NotPermitted for everybody but a mentor who has joined."""
    if not me.is_active or me.role is not Role.MENTOR:
        raise NotPermitted


def _away(tx: Transaction, theirs: Answering) -> MentorAway:
    answers_at = theirs.next_at(tx.now, tx.zone)
    return MentorAway(answers_at=answers_at, some_time_that_day=theirs.hours is None)
