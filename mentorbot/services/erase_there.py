"""By agreement, what passes between a participant and their mentor goes from the mentor's chat too, after the same
time.

The participant asks, the mentor answers, either ends it. Another time is another question.
"""

from collections.abc import Sequence
from datetime import timedelta

from mentorbot.programme.changing import CHANGEABLE_FOR
from mentorbot.programme.channel import Channel
from mentorbot.programme.delivery import Rank
from mentorbot.programme.errors import Stale
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import (
    ErasedThere,
    EraseThereAgreed,
    EraseThereAnswered,
    EraseThereAsked,
    EraseThereDeclined,
    EraseThereEnded,
    EraseThereProposed,
)
from mentorbot.programme.people import Person
from mentorbot.services.safety import require_participant
from storage import agreements, channels, outbox, people, safety
from storage.transaction import Transaction

MOST = 1_000
"""Messages that go by one notice; what is beyond them goes a minute later."""


def propose(tx: Transaction, me: Person) -> None:
    """Ask the mentor. While they have not answered they are not asked again."""
    require_participant(me)
    channel, hours = channels.of_participant(tx, me.pid), safety.of(tx, me.pid).erase_after
    if channel is None or hours is None:
        raise Stale
    present = agreements.find(tx, channel.id)
    if present is not None and present.hours == hours:
        return
    agreements.propose(tx, channel.id, hours)
    proposed = EraseThereProposed(channel=channel.id, alias=me.alias, hours=hours)
    outbox.put(tx, channel.mentor, proposed, owner=me.pid)
    outbox.put(tx, me.pid, EraseThereAsked())


def answer(
    tx: Transaction, me: Person, id_: ChannelId, *, hours: int, agrees: bool, instead_of: MessageId | None = None
) -> None:
    """The mentor says yes or no to so many hours. Saying it again does nothing again. Raises NotThere and Stale."""
    channel = channels.access_as_mentor(tx, me.pid, id_)
    present = agreements.find(tx, id_)
    if agrees and (present is None or present.hours != hours):
        raise Stale
    if present is None or present.agreed or present.hours != hours:
        return
    alias = people.get(tx, channel.participant).alias
    if agrees:
        agreements.agree(tx, id_)
        agreed = EraseThereAgreed(channel=id_, alias=alias, hours=hours, replaces=instead_of)
        outbox.put(tx, me.pid, agreed, owner=channel.participant)
    else:
        agreements.end(tx, id_)
        outbox.put(tx, me.pid, EraseThereDeclined(replaces=instead_of))
    outbox.put(tx, channel.participant, EraseThereAnswered(hours=hours, agreed=agrees))


def end_as_mentor(tx: Transaction, me: Person, id_: ChannelId, *, instead_of: MessageId | None = None) -> None:
    """The mentor ends it. Raises NotThere."""
    channel = channels.access_as_mentor(tx, me.pid, id_)
    if agreements.end(tx, id_):
        alias = people.get(tx, channel.participant).alias
        outbox.put(tx, me.pid, EraseThereEnded(alias=alias, replaces=instead_of), owner=channel.participant)
        outbox.put(tx, channel.participant, EraseThereEnded(alias=""))


def end_as_participant(tx: Transaction, me: Person) -> None:
    """The participant ends it, or has settled another time."""
    require_participant(me)
    channel = channels.of_participant(tx, me.pid)
    present = None if channel is None else agreements.find(tx, channel.id)
    if channel is None or present is None:
        return
    agreements.end(tx, channel.id)
    if present.agreed:
        outbox.put(tx, channel.mentor, EraseThereEnded(alias=me.alias), owner=me.pid)
        outbox.put(tx, me.pid, EraseThereEnded(alias=""))


def queue_due(tx: Transaction) -> None:
    """Let go what has become old enough. Where that waits to be done already, it is not queued again."""
    for channel, participant, mentor in agreements.due(tx, since=tx.now - CHANGEABLE_FOR):
        if not outbox.is_waiting(tx, mentor, ErasedThere, channel=channel):
            outbox.put(tx, mentor, ErasedThere(), owner=participant, channel=channel, rank=Rank.CHORE)


def going(tx: Transaction, mentor: Pid, id_: ChannelId) -> list[MessageId]:
    """What goes now from the mentor's chat, of this channel alone, unless it was ended meanwhile."""
    present = agreements.find(tx, id_)
    if present is None or not present.agreed or not channels.is_open(tx, id_):
        return []
    until = tx.now - timedelta(hours=present.hours)
    return agreements.passed(tx, id_, mentor, since=tx.now - CHANGEABLE_FOR, until=until, most=MOST)


def gone(tx: Transaction, mentor: Pid, id_: ChannelId, messages: Sequence[MessageId]) -> None:
    agreements.forget(tx, id_, mentor, messages)


def holds(tx: Transaction, channel: Channel) -> bool:
    """Whether an agreement holds in a channel: what passed is then remembered until it goes from the mentor's chat."""
    present = agreements.find(tx, channel.id)
    return present is not None and present.agreed
