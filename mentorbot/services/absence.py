"""Being away: who blocked the bot, and a participant who takes a break. What is written to them waits, in order.

The other end of the channel is told once that it waits, again at most once a day while they write, and when it is over.
Of a block nobody is told that it is one.
"""

from datetime import datetime, timedelta

from mentorbot.programme.channel import Channel
from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import Notice, PauseBegun, PauseOver, ReachableAgain, Waits
from mentorbot.programme.people import Person, Role
from storage import absences, channels, outbox, people
from storage.transaction import Transaction

TOLD_AGAIN_AFTER = timedelta(days=1)


def lost(tx: Transaction, pid: Pid, *, refused: datetime) -> None:
    """Somebody cannot be reached: Telegram refused what began to be sent then. Nothing new when that is known."""
    if people.set_unreachable(tx, pid, refused=refused):
        _announce(tx, people.get(tx, pid))


def back(tx: Transaction, me: Person) -> None:
    """Somebody can be reached (again). While they take a break, what others write goes on waiting."""
    people.set_reachable(tx, me.pid)
    if me.unreachable_since is not None and me.paused_since is None:
        _end(tx, me)


def pause(tx: Transaction, me: Person) -> None:
    """A participant takes a break. Saying it again shows the button again."""
    _require_participant(me)
    if me.paused_since is None:
        people.set_paused(tx, me.pid, tx.now)
        _announce(tx, people.get(tx, me.pid))
    outbox.put(tx, me.pid, PauseBegun())


def resume(tx: Transaction, me: Person, *, instead_of: MessageId | None = None) -> None:
    """The break is over."""
    _require_participant(me)
    if me.paused_since is not None:
        people.set_paused(tx, me.pid, None)
        _end(tx, me)
    outbox.put(tx, me.pid, PauseOver(replaces=instead_of))


def remind(tx: Transaction, channel: Channel, writer: Pid) -> bool:
    """Whether what somebody wrote waits. Then they are told, unless they were within a day. What they would be told
    only when their hours open is told now."""
    other = channel.other(writer)
    if not people.is_away(tx, other):
        return False
    told_at = absences.told_at(tx, channel.id, other)
    unheard = outbox.take_back(tx, writer, channel.id, Waits)
    if unheard or told_at is None or told_at <= tx.now - TOLD_AGAIN_AFTER:
        _tell(tx, channel, people.get(tx, other), answering=True)
    return True


def _announce(tx: Transaction, away: Person) -> None:
    for channel in channels.of_person(tx, away.pid):
        if absences.told_at(tx, channel.id, away.pid) is None:
            _tell(tx, channel, away, answering=False)


def _tell(tx: Transaction, channel: Channel, away: Person, *, answering: bool) -> None:
    absences.tell(tx, channel.id, away.pid)
    _put(tx, channel, away, Waits(alias=_named(away), paused=away.paused_since is not None), answering=answering)


def _end(tx: Transaction, me: Person) -> None:
    for channel in channels.of_person(tx, me.pid):
        if absences.end(tx, channel.id, me.pid):
            _put(tx, channel, me, ReachableAgain(alias=_named(me)), answering=False)


def _put(tx: Transaction, channel: Channel, away: Person, notice: Notice, *, answering: bool) -> None:
    """Queue it for the other end. A participant's own writing is answered at once, also during their break."""
    to = channel.other(away.pid)
    through = None if answering and to == channel.participant else channel.id
    outbox.put(tx, to, notice, owner=channel.participant, channel=through)


def _named(person: Person) -> str:
    return person.alias if person.role is Role.PARTICIPANT else ""


def _require_participant(me: Person) -> None:
    if me.role is not Role.PARTICIPANT or not me.is_active:
        raise NotPermitted
