"""When a mentor answers. They say so themselves; a participant who writes at another time is told when that is."""

from datetime import timedelta

from mentorbot.programme.channel import Channel
from mentorbot.programme.errors import NotPermitted, ValueRefused
from mentorbot.programme.hours import Hours, typed_with_days
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import AnsweringNotUnderstood, AnsweringShown, AnswersLater
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
    show(tx, me, instead_of=instead_of)


def set_typed(tx: Transaction, me: Person, text: str) -> None:
    """Take hours as they were typed; where they cannot be understood, say how they are written."""
    require_mentor(me)
    try:
        set_hours(tx, me, typed_with_days(text))
    except ValueRefused:
        outbox.put(tx, me.pid, AnsweringNotUnderstood())


def tell_when(tx: Transaction, channel: Channel, writer: Pid) -> None:
    """Tell a participant who has just written when their mentor answers, unless that is now or they were told within
    a day."""
    if writer != channel.participant:
        return
    answers_at = answering.of(tx, channel.mentor).next_at(tx.now, tx.zone)
    if answers_at > tx.now and attention.tell_unless_told(tx, channel.id, since=tx.now - TOLD_AGAIN_AFTER):
        outbox.put(tx, writer, AnswersLater(answers_at=answers_at))


def require_mentor(me: Person) -> None:
    """NotPermitted for everybody but a mentor who has joined."""
    if not me.is_active or me.role is not Role.MENTOR:
        raise NotPermitted
