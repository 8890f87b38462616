"""A participant's code word, and what follows when it is used.

1. Everything that goes from the mentor to the participant is held back until the mentor says that all is well
   (`storage.outbox` does not let it be claimed), and the mentor is told at once.
2. What comes from the participant's chat goes on to the mentor with a mark. The words of the message in which the code
   word came do not: whoever reads over the mentor's shoulder must not learn it.
3. In the participant's chat everything is as always: what is answered, when, and in which words. So nothing here puts
   anything into their queue, and what they wrote takes its usual way with other words in it.

It belongs to the participant and not to one channel: when they get another mentor, it is that one who is told and who
lifts it. Only mentors hear of it.
"""

from dataclasses import replace
from datetime import datetime

from mentorbot.programme import code_word as rules
from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Written
from mentorbot.programme.delivery import Rank
from mentorbot.programme.errors import Stale, ValueRefused
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices import (
    CodeWordKnown,
    CodeWordRefused,
    CodeWordRemoved,
    CodeWordSettled,
    CodeWordShown,
    CodeWordUsed,
    CopiesRemoved,
    HeldBack,
    HoldLifted,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import NO_WORDS
from mentorbot.services.safety import require_participant
from storage import audit, channels, code_words, outbox, people, safety
from storage.transaction import Transaction

# --- what the participant settles -------------------------------------------------------------------------------------


def show(tx: Transaction, me: Person, *, instead_of: MessageId | None = None) -> None:
    """What a code word does, and whether there is one."""
    require_participant(me)
    is_settled = safety.of(tx, me.pid).has_code_word
    outbox.put(tx, me.pid, CodeWordShown(is_settled=is_settled, replaces=instead_of))


def settle(tx: Transaction, me: Person, typed: str, message: MessageId) -> None:
    """Take what was typed as the code word from now on. The message with it must not stand in the chat."""
    require_participant(me)
    outbox.put(tx, me.pid, CopiesRemoved(messages=(message,)))
    try:
        folded = rules.settled(typed)
    except ValueRefused:
        outbox.put(tx, me.pid, CodeWordRefused())
        return
    code_words.settle(tx, me.pid, folded)
    outbox.put(tx, me.pid, CodeWordSettled())
    _tell_mentor(tx, me, is_settled=True)


def remove(tx: Transaction, me: Person, *, instead_of: MessageId) -> None:
    """There is none from now on. The mentor hears it, as of everything that whoever has the phone could do about it;
    what is held back stays so."""
    require_participant(me)
    if code_words.remove(tx, me.pid):
        _tell_mentor(tx, me, is_settled=False)
    outbox.put(tx, me.pid, CodeWordRemoved(replaces=instead_of))


def brief(tx: Transaction, channel: Channel) -> None:
    """Tell a new mentor of the code word that there is, and of what is held back."""
    participant = people.get(tx, channel.participant)
    if safety.of(tx, channel.participant).has_code_word:
        _tell_mentor(tx, participant, is_settled=True)
    since = code_words.held_since(tx, channel.participant)
    if since is not None:
        _alert(tx, channel, participant, since)


def _tell_mentor(tx: Transaction, participant: Person, *, is_settled: bool) -> None:
    channel = channels.of_participant(tx, participant.pid)
    if channel is not None:
        told = CodeWordKnown(alias=participant.alias, is_settled=is_settled)
        outbox.put(tx, channel.mentor, told, owner=participant.pid, channel=channel.id)


# --- when it is used --------------------------------------------------------------------------------------------------


def screened(tx: Transaction, me: Person, written: Written) -> Written:
    """A message as it may go on. If the code word is in it, without its words; and then the mentor is told."""
    channel = channels.of_participant(tx, me.pid) if me.role is Role.PARTICIPANT else None
    if channel is None or not code_words.is_in(tx, me.pid, written.words.text):
        return written
    if code_words.hold(tx, me.pid):
        audit.append(tx, "held_back", actor=me.pid, subject=channel.id)
        _alert(tx, channel, me, tx.now)
    return replace(written, words=NO_WORDS, withheld=True)


def is_doubtful(tx: Transaction, me: Person) -> bool:
    """Whether somebody else may be writing in this person's name."""
    return me.role is Role.PARTICIPANT and code_words.held_since(tx, me.pid) is not None


def tell_held(tx: Transaction, channel: Channel, writer: Person, message: MessageId) -> bool:
    """Tell a mentor who has just written that it is held back. False where nothing is."""
    since = code_words.held_since(tx, channel.participant) if writer.pid == channel.mentor else None
    if since is None:
        return False
    alias = people.get(tx, channel.participant).alias
    told = HeldBack(to_message=message, alias=alias, channel=channel.id, since=since)
    outbox.put(tx, writer.pid, told, owner=channel.participant, channel=channel.id)
    return True


def lift(tx: Transaction, me: Person, id_: ChannelId, since: datetime, *, instead_of: MessageId) -> None:
    """The mentor says that all is well: what was held back goes, in order. Saying it again does nothing again; Stale
    when the code word was used anew after the button was made."""
    channel = channels.access_as_mentor(tx, me.pid, id_)
    if code_words.lift(tx, channel.participant, since):
        audit.append(tx, "hold_lifted", actor=me.pid, subject=channel.id)
    elif code_words.held_since(tx, channel.participant) is not None:
        raise Stale
    lifted = HoldLifted(alias=people.get(tx, channel.participant).alias, replaces=instead_of)
    outbox.put(tx, me.pid, lifted, owner=channel.participant, channel=channel.id)


def _alert(tx: Transaction, channel: Channel, participant: Person, since: datetime) -> None:
    """At once: before everything else that waits for the mentor."""
    used = CodeWordUsed(alias=participant.alias, channel=channel.id, since=since)
    outbox.put(tx, channel.mentor, used, owner=participant.pid, channel=channel.id, rank=Rank.ANSWER)
