"""A mentor is away for some days. They say so themselves, and until when; their participants are told.

What is written to them reaches them all the same. Somebody else can be there meanwhile for those who want that
(`substitutes`).
"""

from datetime import date, timedelta

from mentorbot.programme.answering import beginning_of
from mentorbot.programme.dates import typed_date
from mentorbot.programme.errors import Stale, ValueRefused
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import AbsenceNotUnderstood, AbsenceOver, AbsenceShown, MentorBack
from mentorbot.programme.people import Person
from mentorbot.services import substitutes
from mentorbot.services.answering import require_mentor, tell_of_absence
from storage import answering, attention, channels, outbox
from storage.transaction import Transaction


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
    substitutes.come_back(tx, me)
    attention.look_again(tx, me.pid)
    for channel in channels.of_mentor(tx, me.pid).values():
        if attention.end_absence(tx, channel.id, until):
            outbox.put(tx, channel.participant, MentorBack(), channel=channel.id)
    outbox.put(tx, me.pid, AbsenceOver(replaces=instead_of))


def _go_away(tx: Transaction, me: Person, back_on: date, *, instead_of: MessageId | None = None) -> None:
    until = beginning_of(back_on, tx.zone)
    answering.settle_absence(tx, me.pid, until)
    substitutes.go_away(tx, me, until)
    attention.look_again(tx, me.pid)
    for channel in channels.of_mentor(tx, me.pid).values():
        tell_of_absence(tx, channel)
    show_absence(tx, me, instead_of=instead_of)
    substitutes.want(tx, me)


def _today(tx: Transaction) -> date:
    return tx.now.astimezone(tx.zone).date()
