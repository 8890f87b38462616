"""A topic for each participant in a mentor's own chat, where the mentor wants that.

A topic only shows and tells what belongs together: each message in it bears its alias all the same, and who may read
and write in a channel does not depend on it.
"""

from collections.abc import Iterable

from mentorbot.programme.channel import Channel
from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.ids import MessageId, Pid, ThreadId
from mentorbot.programme.notices import TopicHere, TopicRemoved, TopicsNotPossible, TopicsShown
from mentorbot.programme.people import Person, Role
from storage import channels, outbox, people, topics
from storage.transaction import Transaction


def show(tx: Transaction, me: Person, *, possible: bool) -> None:
    """Whether there are topics, and the button that changes it; `possible`: Telegram has them for this bot."""
    _require_mentor(me)
    outbox.put(tx, me.pid, TopicsShown(on=topics.are_wanted(tx, me.pid), possible=possible))


def settle(tx: Transaction, me: Person, on: bool, *, instead_of: MessageId) -> None:
    """From now on there are topics, or none. What is there already stays."""
    _require_mentor(me)
    if topics.want(tx, me.pid, on) and on:
        for channel in channels.of_mentor(tx, me.pid).values():
            here = TopicHere(alias=people.get(tx, channel.participant).alias)
            outbox.put(tx, me.pid, here, owner=channel.participant, channel=channel.id)
    outbox.put(tx, me.pid, TopicsShown(on=on, possible=True, replaces=instead_of))


def give_up(tx: Transaction, mentor: Pid) -> None:
    """Telegram makes no topic for this mentor (any more): all comes as it does without."""
    if topics.want(tx, mentor, False):
        outbox.put(tx, mentor, TopicsNotPossible())


def of_channel(tx: Transaction, channel: Channel) -> list[tuple[Pid, ThreadId]]:
    """The topic of a channel, if it has one, and in whose chat."""
    thread = topics.of(tx, channel.id)
    return [] if thread is None else [(channel.mentor, thread)]


def remove(tx: Transaction, those: Iterable[tuple[Pid, ThreadId]]) -> None:
    """Delete topics from mentors' chats, with all that stands in them, of whatever age."""
    for mentor, thread in those:
        outbox.put(tx, mentor, TopicRemoved(thread=thread))


def _require_mentor(me: Person) -> None:
    if me.role is not Role.MENTOR or not me.is_active:
        raise NotPermitted
