"""When a mentor answers, and when they are away. They say so themselves.

A participant who writes at another time is told when the next answer comes, at most once a day. Of an absence they are
told at once, and again when its end changes. What they write reaches the mentor all the same.
"""

from datetime import date, timedelta

from mentorbot.programme.answering import Answering, beginning_of
from mentorbot.programme.channel import Channel
from mentorbot.programme.dates import typed_date
from mentorbot.programme.errors import NotPermitted, Stale, ValueRefused
from mentorbot.programme.hours import Hours, typed_with_days
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    AbsenceNotUnderstood,
    AbsenceOver,
    AbsenceShown,
    AnsweringNotUnderstood,
    AnsweringShown,
    AnswersLater,
    MentorAway,
    MentorBack,
)
from mentorbot.programme.people import Person, Role
from storage import answering, attention, channels, outbox
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


def show_absence(tx: Transaction, me: Person, *, instead_of: MessageId | None = None) -> None:
    """Until when they are away, and what can be chosen."""
    require_mentor(me)
    until = answering.of(tx, me.pid).absence(tx.now)
    outbox.put(tx, me.pid, AbsenceShown(until=until, replaces=instead_of))


def go_away_for(tx: Transaction, me: Person, days: int, *, instead_of: MessageId | None = None) -> None:
    """A mentor is away from now on, and back in so many days."""
    require_mentor(me)
    if days < 1:
        raise Stale
    _go_away(tx, me, _today(tx) + timedelta(days=days), instead_of=instead_of)


def go_away_until(tx: Transaction, me: Person, text: str) -> None:
    """A mentor is away from now on, and back on a day as it was typed."""
    require_mentor(me)
    try:
        _go_away(tx, me, typed_date(text, today=_today(tx)))
    except ValueRefused:
        outbox.put(tx, me.pid, AbsenceNotUnderstood())


def come_back(tx: Transaction, me: Person, *, instead_of: MessageId | None = None) -> None:
    """A mentor is back before the day that they named. Saying it again changes nothing, pressing again says nothing."""
    require_mentor(me)
    theirs = answering.of(tx, me.pid)
    until = theirs.absence(tx.now)
    if until is None:
        ended_by_itself = theirs.away_until is not None
        if instead_of is None or ended_by_itself:
            show_absence(tx, me, instead_of=instead_of)
        return
    answering.settle_absence(tx, me.pid, None)
    attention.look_again(tx, me.pid)
    for channel in channels.of_mentor(tx, me.pid).values():
        if attention.end_absence(tx, channel.id, until):
            outbox.put(tx, channel.participant, MentorBack(), channel=channel.id)
    outbox.put(tx, me.pid, AbsenceOver(replaces=instead_of))


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


def _go_away(tx: Transaction, me: Person, back_on: date, *, instead_of: MessageId | None = None) -> None:
    answering.settle_absence(tx, me.pid, beginning_of(back_on, tx.zone))
    attention.look_again(tx, me.pid)
    for channel in channels.of_mentor(tx, me.pid).values():
        tell_of_absence(tx, channel)
    show_absence(tx, me, instead_of=instead_of)


def _away(tx: Transaction, theirs: Answering) -> MentorAway:
    answers_at = theirs.next_at(tx.now, tx.zone)
    return MentorAway(answers_at=answers_at, some_time_that_day=theirs.hours is None)


def _today(tx: Transaction) -> date:
    return tx.now.astimezone(tx.zone).date()
