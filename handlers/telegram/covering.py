"""Neutral lines on their way: what a claimed notice becomes for whoever wants them, and what follows from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.telegram.rendering import is_said
from mentorbot.programme.covering import KEPT_FOR, is_expected
from mentorbot.programme.delivery import Rank
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    Album,
    CannotBeShown,
    Carried,
    CoveredAgain,
    Notice,
    Reacted,
    ReactionTold,
    Redrawn,
    Relayed,
    Reworded,
    Uncovered,
)
from mentorbot.programme.reaction import ARRIVED
from mentorbot.services import covering
from storage import covered, outbox
from storage.claims import Claimed
from storage.covered import Covered
from storage.transaction import Transaction

QUIET_FOR = timedelta(minutes=1)
"""Lines that come this soon after another make no sound."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A neutral line is sent in the place of each message that a notice would be."""

    silent: bool


@dataclass(frozen=True, kw_only=True)
class Showing:
    """A notice is put into the place of its line, or below it. `below` is what stands there already, and goes; `until`
    is how long it can be had."""

    line: MessageId
    until: datetime
    below: Sequence[MessageId]


@dataclass(frozen=True, kw_only=True)
class Hiding:
    """Only the line is left of what was shown until then."""

    line: MessageId
    until: datetime | None
    below: Sequence[MessageId]


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """Nothing is done in the chat; `behind` changes what stands behind this line, if given."""

    line: MessageId | None = None
    behind: Notice | None = None


Cover = Line | Showing | Hiding | Unseen


def line_for(tx: Transaction, claimed: Claimed, notice: Notice) -> Line | None:
    """A line, where the recipient wants one in the place of this notice."""
    if not claimed.discreet or not is_said(notice) or is_expected(claimed.rank, waited=claimed.waited):
        return None
    newest = covered.newest(tx, claimed.recipient)
    return Line(silent=newest is not None and tx.now - newest < QUIET_FOR)


def lifting(tx: Transaction, claimed: Claimed, notice: Uncovered | CoveredAgain) -> tuple[Covered | None, Cover]:
    """What is to be done about a line now, and what stands behind it. It may have been decided otherwise since."""
    behind = covered.find(tx, claimed.recipient, notice.line)
    wanted = isinstance(notice, Uncovered)
    if behind is None or not behind.visible or behind.is_showing(tx.now) is not wanted:
        return behind, Unseen()
    below = covered.below(tx, claimed.recipient, notice.line)
    if wanted:
        return behind, Showing(line=notice.line, until=behind.at + KEPT_FOR, below=below)
    return behind, Hiding(line=notice.line, until=behind.shown_until, below=below)


def rewording(behind: Covered, notice: Reworded, *, now: datetime) -> Unseen | None:
    """New words behind a line. None where those before have been read, and stand on the screen no longer: a change
    behind the line would go unnoticed there."""
    read = behind.shown_until is not None and not behind.is_showing(now)
    if read or not isinstance(behind.notice, Relayed | Carried | Redrawn):
        return None
    return Unseen(line=behind.line, behind=replace(behind.notice, words=notice.words))


def reaction(notice: Reacted, on: MessageId | None) -> Notice:
    """A reaction of the other's in words: under the participant's own message it might light up a locked phone. Taking
    one away, or leaving the sign of arrival in its place, does not."""
    if on is None or notice.emoji in (None, ARRIVED):
        return replace(notice, emoji=None)
    return ReactionTold(to_message=on, emoji=notice.emoji)


def done(tx: Transaction, claimed: Claimed, notice: Notice, cover: Cover | None, messages: Sequence[MessageId]) -> None:
    """What follows when it was sent. What came as it is stays no longer than what is shown."""
    pid = claimed.recipient
    if isinstance(cover, Line):
        for line, behind in zip(messages, _behind(notice), strict=False):  # none where an open message was edited
            covered.cover(tx, pid, line, replace(behind, replaces=None), channel=claimed.channel)
    elif isinstance(cover, Showing):
        covered.forget_below(tx, pid, cover.line)
        covered.note_below(tx, pid, cover.line, messages)
    elif isinstance(cover, Hiding):
        covered.forget_below(tx, pid, cover.line)
        covered.hide(tx, pid, cover.line, shown_until=cover.until)
    elif isinstance(cover, Unseen) and cover.line is not None and cover.behind is not None:
        _exchange(tx, claimed, cover.line, cover.behind)
    elif claimed.discreet and is_said(notice):
        for line, behind in zip(messages, _behind(notice), strict=False):
            covered.cover(tx, pid, line, replace(behind, replaces=None), channel=claimed.channel)
            covering.show_for_a_while(tx, pid, line)
    elif notice.replaces is not None:
        covered.forget(tx, pid, [notice.replaces])  # something else stands there now


def failed(tx: Transaction, claimed: Claimed, notice: Notice | None, cover: Showing) -> None:
    """What follows when Telegram will never show it."""
    if not isinstance(notice, CannotBeShown):
        _exchange(tx, claimed, cover.line, CannotBeShown())


def _exchange(tx: Transaction, claimed: Claimed, line: MessageId, notice: Notice) -> None:
    covered.exchange(tx, claimed.recipient, line, notice)
    behind = covered.find(tx, claimed.recipient, line)
    if behind is not None and behind.is_showing(tx.now):
        outbox.put(tx, claimed.recipient, Uncovered(line=line), rank=Rank.ANSWER)  # they look at it at this moment


def _behind(notice: Notice) -> Iterator[Notice]:
    """What stands behind each line: the pieces of an album one by one."""
    if isinstance(notice, Album):
        for piece in notice.pieces:
            yield replace(notice, pieces=(piece,)).alone or notice
    else:
        yield notice
