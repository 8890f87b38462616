"""Messages go by themselves from a participant's own chat when they are as old as the participant has settled."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mentorbot.programme.changing import CHANGEABLE_FOR
from mentorbot.programme.delivery import Rank
from mentorbot.programme.errors import Stale
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import AutoEraseNotUnderstood, AutoEraseShown, Erased
from mentorbot.programme.people import Person
from mentorbot.programme.safety import ERASE_AFTER
from mentorbot.services import erase_there, wiping
from mentorbot.services.safety import require_participant
from storage import agreements, channels, covered, outbox, safety, standing
from storage.transaction import Store, Transaction

NEVER = 0


def show(tx: Transaction, me: Person, *, instead_of: MessageId | None = None) -> None:
    """What holds, and what can be chosen."""
    require_participant(me)
    channel = channels.of_participant(tx, me.pid)
    agreement = None if channel is None else agreements.find(tx, channel.id)
    shown = AutoEraseShown(
        hours=safety.of(tx, me.pid).erase_after,
        there=agreement.hours if agreement is not None and agreement.agreed else None,
        replaces=instead_of,
    )
    outbox.put(tx, me.pid, shown)


def settle(tx: Transaction, me: Person, hours: int, *, instead_of: MessageId | None = None) -> None:
    """From now on messages go after so many hours, or NEVER; those that are older already go at once."""
    require_participant(me)
    if hours != NEVER and hours not in ERASE_AFTER:
        raise Stale
    if safety.of(tx, me.pid).erase_after != (hours or None):
        erase_there.end_as_participant(tx, me)
    safety.settle(tx, me.pid, erase_after=hours or None)
    show(tx, me, instead_of=instead_of)


def set_typed(tx: Transaction, me: Person, text: str) -> None:
    """Take hours as they were typed; where they cannot be had, say which can."""
    require_participant(me)
    hours = int(text) if text.isdecimal() and len(text) <= 2 else -1
    if hours == NEVER or hours in ERASE_AFTER:
        settle(tx, me, hours)
    else:
        outbox.put(tx, me.pid, AutoEraseNotUnderstood())


async def erase_due(store: Store) -> None:
    """Let go what has become old enough. Where that waits to be done already, it is not queued again."""

    def unit(tx: Transaction) -> None:
        for pid in standing.due(tx, since=tx.now - CHANGEABLE_FOR):
            if not outbox.is_waiting(tx, pid, Erased):
                outbox.put(tx, pid, Erased(), rank=Rank.CHORE)
        erase_there.queue_due(tx)

    await store.transact(unit)


def going(tx: Transaction, pid: Pid) -> list[MessageId]:
    """What goes now. What Telegram has still to copy from there stays until it has."""
    until = _until(tx, pid)
    if until is None:
        return []
    stands = standing.of(tx, pid, since=tx.now - CHANGEABLE_FOR, until=until, most=wiping.MOST)
    spared = wiping.to_be_copied(tx, pid)
    return [message for message in stands if message not in spared]


def gone(tx: Transaction, pid: Pid, messages: Sequence[MessageId]) -> None:
    """These are gone; behind neutral lines as old as they nothing is left either."""
    wiping.forget(tx, pid, messages)
    until = _until(tx, pid)
    if until is not None:
        covered.forget_hidden(tx, pid, until=until)


def _until(tx: Transaction, pid: Pid) -> datetime | None:
    hours = safety.of(tx, pid).erase_after
    return None if hours is None else tx.now - timedelta(hours=hours)
