"""A participant empties their own chat with the bot: their messages and the bot's, everything that can still go.

It is their own chat alone: what others have is theirs. What has not reached the participant yet is not lost by it, and
comes later.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mentorbot.programme.changing import CHANGEABLE_FOR
from mentorbot.programme.delivery import Rank
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import CannotBeShown, CoveredAgain, WipeAsked, Wiped, WipeDropped
from mentorbot.programme.people import Person
from mentorbot.services import erase_there, safety as settings
from mentorbot.services.safety import require_participant
from storage import channels, covered, held, links, outbox, safety, standing
from storage.standing import Standing
from storage.transaction import Transaction

MOST = 1_000
"""Messages that go by one notice; what is beyond them goes by the next."""

PATIENCE = 3
PAUSE = timedelta(seconds=1)
"""How often, and how long each time, a wipe waits for what Telegram has still to copy from the chat."""


def ask(tx: Transaction, me: Person) -> None:
    """Ask once whether everything shall go, or let it go at once where the participant has settled that."""
    require_participant(me)
    if safety.of(tx, me.pid).wipe_asks:
        outbox.put(tx, me.pid, WipeAsked())
    else:
        _put(tx, me.pid, Wiped(patience=PATIENCE))


def wipe(tx: Transaction, me: Person, *, asked: MessageId) -> None:
    """The participant says yes to the question `asked`, which goes too."""
    require_participant(me)
    standing.note(tx, me.pid, Standing(message=asked, at=tx.now))  # it may have come just before a crash, unnoted
    _put(tx, me.pid, Wiped(patience=PATIENCE))


def drop(tx: Transaction, me: Person, *, instead_of: MessageId) -> None:
    """The participant says no."""
    require_participant(me)
    outbox.put(tx, me.pid, WipeDropped(replaces=instead_of))


def set_asks(tx: Transaction, me: Person, asks: bool, *, instead_of: MessageId | None = None) -> None:
    """Whether /wipe asks first."""
    require_participant(me)
    safety.settle(tx, me.pid, wipe_asks=asks)
    settings.show(tx, me, instead_of=instead_of)


def going(tx: Transaction, pid: Pid, notice: Wiped) -> list[MessageId]:
    """What a wipe that begins now, or goes on, removes."""
    stands = standing.of(tx, pid, since=tx.now - CHANGEABLE_FOR, until=notice.until, most=MOST)
    spared = to_be_copied(tx, pid) if notice.patience else set()
    return [message for message in stands if message not in spared]


def gone(tx: Transaction, pid: Pid, notice: Wiped, messages: Sequence[MessageId], *, at: datetime) -> None:
    """A wipe that left at that moment has removed these messages. What was asked about in them goes to nobody: the
    question is gone too. Behind neutral lines that are too old to be removed nothing is left."""
    forget(tx, pid, messages)
    if notice.until is None:
        _empty_lines(tx, pid, until=at)
    until = notice.until or at
    left = standing.of(tx, pid, since=tx.now - CHANGEABLE_FOR, until=until, most=MOST)
    if len(messages) == MOST:
        _put(tx, pid, replace(notice, until=until))
    elif notice.patience and not to_be_copied(tx, pid).isdisjoint(left):
        _put(tx, pid, Wiped(patience=notice.patience - 1, until=until), wait=PAUSE)


def _empty_lines(tx: Transaction, pid: Pid, *, until: datetime) -> None:
    """Leave nothing behind lines that cannot be removed, of which some are open at this moment."""
    covered.forget_hidden(tx, pid, until=until)
    for line in covered.visible(tx, pid):
        covered.exchange(tx, pid, line, CannotBeShown())
        covered.show(tx, pid, line, until=tx.now)
        outbox.put(tx, pid, CoveredAgain(line=line), rank=Rank.AT_ONCE)


def forget(tx: Transaction, pid: Pid, messages: Sequence[MessageId]) -> None:
    """Let nothing be tried any more on what is no longer in a participant's chat. Where by agreement it goes from the
    mentor's too, it is found there by what it was here, and forgotten then."""
    standing.forget(tx, pid, messages)
    channel = channels.of_participant(tx, pid)
    if channel is None or not erase_there.holds(tx, channel):
        links.unlink(tx, pid, messages)
    held.drop(tx, pid, messages)
    covered.forget(tx, pid, messages)


def to_be_copied(tx: Transaction, pid: Pid) -> set[MessageId]:
    """What Telegram has still to copy from a participant's chat."""
    channel = channels.of_participant(tx, pid)
    return set() if channel is None else outbox.to_be_copied(tx, channel.mentor, channel.id)


def _put(tx: Transaction, pid: Pid, notice: Wiped, *, wait: timedelta = timedelta()) -> None:
    outbox.put(tx, pid, notice, rank=Rank.AT_ONCE, wait=wait)
