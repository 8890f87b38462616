"""The hours in which what others start reaches a participant. What comes at other times waits, in its order.

The mentor is never told the hours. But whoever writes "the place has changed, not tonight" must not believe that it was
read: they hear that it is delivered later, today or tomorrow, once for each time that the hours are closed.
"""

from datetime import timedelta

from mentorbot.programme.channel import Channel
from mentorbot.programme.errors import ValueRefused
from mentorbot.programme.hours import Hours, typed
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import DeliveredLater, HoursNotUnderstood, HoursShown
from mentorbot.programme.people import Person
from mentorbot.services.safety import require_participant
from storage import channels, outbox, people, safety
from storage.transaction import Transaction

SHORT_WAIT = timedelta(minutes=15)
"""Nobody is told of a wait that is no longer than this."""


def show(tx: Transaction, me: Person, *, instead_of: MessageId | None = None) -> None:
    """What holds, and what can be chosen."""
    require_participant(me)
    outbox.put(tx, me.pid, HoursShown(hours=safety.of(tx, me.pid).hours, replaces=instead_of))


def settle(tx: Transaction, me: Person, hours: Hours | None, *, instead_of: MessageId | None = None) -> None:
    """From now on these hours hold, also for what waits already."""
    require_participant(me)
    opens, closes = (None, None) if hours is None else (hours.opens, hours.closes)
    safety.settle(tx, me.pid, opens=opens, closes=closes)
    show(tx, me, instead_of=instead_of)


def set_typed(tx: Transaction, me: Person, text: str) -> None:
    """Take hours as they were typed; where they cannot be understood, say how they are written."""
    require_participant(me)
    try:
        hours = typed(text)
    except ValueRefused:
        outbox.put(tx, me.pid, HoursNotUnderstood())
    else:
        settle(tx, me, hours)


def tell_of_wait(tx: Transaction, channel: Channel, writer: Person) -> None:
    """Tell a mentor that what they have just written is delivered later, unless they know, or know that it waits
    until the participant is back."""
    hours = safety.of(tx, channel.participant).hours if writer.pid == channel.mentor else None
    if hours is None or people.is_away(tx, channel.participant):
        return
    opens_at = hours.open_at(tx.now, tx.zone)
    if opens_at - tx.now > SHORT_WAIT and channels.tell_of_wait(tx, channel.id, until=opens_at):
        same_day = opens_at.astimezone(tx.zone).date() == tx.now.astimezone(tx.zone).date()
        told = DeliveredLater(alias=people.get(tx, channel.participant).alias, same_day=same_day)
        outbox.put(tx, writer.pid, told, owner=channel.participant, channel=channel.id)
