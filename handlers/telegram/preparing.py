"""How a notice goes, as everything stands when it is claimed: as a reply to what, changing what, behind which line."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.telegram import covering
from handlers.telegram.covering import Cover, Showing
from mentorbot.programme.changing import CHANGEABLE_FOR
from mentorbot.programme.delivery import Rank
from mentorbot.programme.errors import NotThere, SealBroken
from mentorbot.programme.ids import ChannelId, MessageId, Pid, ThreadId
from mentorbot.programme.notices import (
    ArrivalMarked,
    CopiesRemoved,
    CoveredAgain,
    Erased,
    ErasedThere,
    Notice,
    Passed,
    Reacted,
    Removed,
    RenamedOther,
    Reworded,
    Uncovered,
    Wiped,
)
from mentorbot.services import auto_erase, erase_there, wiping
from storage import channels, claims, covered, links, outbox, people, topics
from storage.claims import Claimed, Strand
from storage.transaction import Transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """Where a notice goes in a mentor's chat: into the topic of its channel. `thread` is None where that is yet to be
    made, `name` what it is called then."""

    channel: ChannelId
    thread: ThreadId | None
    name: str


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One notice in a lane's hands, to be sent as a reply to `answers`; `notice` is None when its seal is broken.

    `changes` are the messages that it edits or deletes; `too_old` says that there are others, too old for it. `cover`
    is what is done instead, where a neutral line stands for what comes.
    """

    claimed: Claimed
    notice: Notice | None
    answers: MessageId | None = None
    changes: Sequence[MessageId] = ()
    too_old: bool = False
    cover: Cover | None = None
    topic: Topic | None = None


def claim(tx: Transaction, pid: Pid, before: Strand | None, lowest: Rank, *, epoch: int) -> Sending | None:
    claimed = claims.claim(tx, pid, epoch=epoch, last=before, lowest=lowest)
    if claimed is None:
        return None
    try:
        return _prepared(tx, claimed, outbox.open_notice(tx, claimed))
    except (SealBroken, NotThere):
        log.error("a notice for %s cannot be opened; it is set aside", tx.root.name_in_log(pid))
        return Sending(claimed=claimed, notice=None)


def _prepared(tx: Transaction, claimed: Claimed, notice: Notice) -> Sending:
    """How a notice goes, as everything stands now."""
    if isinstance(notice, Uncovered | CoveredAgain):
        return _lifting(tx, claimed, notice)
    if isinstance(notice, Wiped | Erased | ErasedThere | CopiesRemoved):
        return Sending(claimed=claimed, notice=notice, changes=_going(tx, claimed, notice))
    if isinstance(notice, Reworded | Removed) and claimed.channel is not None:
        sending = _changing(tx, claimed, notice, claimed.channel)
    else:
        sending = Sending(claimed=claimed, notice=notice, answers=_answered(tx, claimed, notice))
    # A topic that was left when topics were turned off still leads to its participant: it is renamed, too.
    if claimed.channel is not None and (claimed.topics or isinstance(notice, RenamedOther)):
        sending = replace(sending, topic=_topic(tx, claimed.recipient, claimed.channel))
    if not claimed.discreet or sending.cover is not None:
        return sending
    if isinstance(notice, Reacted):
        notice = covering.reaction(notice, sending.answers)
    return replace(sending, notice=notice, cover=covering.line_for(tx, claimed, notice))


def _topic(tx: Transaction, recipient: Pid, id_: ChannelId) -> Topic | None:
    """The topic of an open channel, for its mentor. What is said of one that is over goes beside it."""
    try:
        channel = channels.access_as_mentor(tx, recipient, id_)
    except NotThere:
        return None
    name = people.get(tx, channel.participant).alias
    return Topic(channel=id_, thread=topics.of(tx, id_), name=name)


def _going(
    tx: Transaction, claimed: Claimed, notice: Wiped | Erased | ErasedThere | CopiesRemoved
) -> Sequence[MessageId]:
    """What is deleted in the recipient's chat."""
    if isinstance(notice, Wiped):
        return wiping.going(tx, claimed.recipient, notice)
    if isinstance(notice, Erased):
        return auto_erase.going(tx, claimed.recipient)
    if isinstance(notice, CopiesRemoved):
        return notice.messages
    return [] if claimed.channel is None else erase_there.going(tx, claimed.recipient, claimed.channel)


def _lifting(tx: Transaction, claimed: Claimed, notice: Uncovered | CoveredAgain) -> Sending:
    """What stands behind a line, sent like anything else that came through its channel; or what covers it again."""
    behind, cover = covering.lifting(tx, claimed, notice)
    if behind is None or not isinstance(cover, Showing):
        return Sending(claimed=claimed, notice=notice, cover=cover)
    claimed = replace(claimed, channel=behind.channel, kind=type(behind.notice).__name__)
    return Sending(claimed=claimed, notice=behind.notice, answers=_answered(tx, claimed, behind.notice), cover=cover)


def _changing(tx: Transaction, claimed: Claimed, notice: Reworded | Removed, channel: ChannelId) -> Sending:
    """What a message became in the recipient's chat, as far as it can be changed there now."""
    there = links.went_as(tx, channel, notice.from_message, to=claimed.recipient)
    fresh = [link.message for link in there if tx.now - link.at < CHANGEABLE_FOR]
    if isinstance(notice, Removed):
        if all(one.id != channel for one in channels.of_person(tx, claimed.recipient)):
            return Sending(claimed=claimed, notice=notice)  # it is over: what was said in it stays
        return Sending(claimed=claimed, notice=notice, changes=fresh, too_old=len(fresh) < len(there))
    answers = there[0].message if there else None
    behind = None if answers is None else covered.find(tx, claimed.recipient, answers)
    if behind is not None:
        below = covered.below(tx, claimed.recipient, behind.line)
        there = [link for link in there if link.message not in below]
    one_to_one = len(there) == notice.parts == 1 and there[0].form is notice.form
    if behind is not None and one_to_one:
        cover = covering.rewording(behind, notice, now=tx.now)
        return Sending(claimed=claimed, notice=notice, answers=answers, cover=cover)
    return Sending(claimed=claimed, notice=notice, answers=answers, changes=fresh if one_to_one else ())


def _answered(tx: Transaction, claimed: Claimed, notice: Notice) -> MessageId | None:
    """The message in the recipient's chat that a notice replies to: one of their own that it is about, or what the
    answered message is on their side. None where there is none (any more): it then goes without the thread. For a
    reaction, the message that it is set on."""
    if isinstance(notice, Reacted):
        still_open = claimed.channel is not None and channels.is_open(tx, claimed.channel)
        return _counterpart(tx, claimed, notice.to_counterpart_of) if still_open else None
    if isinstance(notice, Passed):
        return None if notice.answers is None else _counterpart(tx, claimed, notice.answers)
    if isinstance(notice, ArrivalMarked) and claimed.discreet:
        return None  # it may light up a locked phone
    about: MessageId | None = getattr(notice, "to_message", None)
    return about


def _counterpart(tx: Transaction, claimed: Claimed, message: MessageId) -> MessageId | None:
    """What a message in the other's chat is in the recipient's."""
    if claimed.channel is None:
        return None
    other = channels.other_end(tx, claimed.channel, claimed.recipient)
    return links.counterpart(tx, claimed.channel, message, of=other, to=claimed.recipient)
