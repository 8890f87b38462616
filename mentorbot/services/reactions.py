"""Reactions, from either end of the channel to the other."""

from mentorbot.programme.channel import Channel
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import ArrivalMarked, Reacted, ReactionNotCarried
from mentorbot.programme.people import Person
from mentorbot.programme.reaction import ARRIVED, Reactions
from storage import attention, channels, links, outbox, people
from storage.transaction import Transaction


def react(tx: Transaction, me: Person, reactions: Reactions) -> None:
    """Somebody changed what they have under a message. It is shown on the other side, if there is such a message there.

    What is not from an open channel of theirs (the bot's own words, an earlier mentor's) and what has not arrived yet
    has no other side: nothing happens.
    """
    channel = _channel_of(tx, me, reactions.message)
    if channel is None:
        return
    if me.pid == channel.mentor and reactions.after:
        attention.answered(tx, channel.id)
    if reactions.shows_something:
        emoji = reactions.newest or _without(tx, channel, me, reactions.message)
        reacted = Reacted(to_counterpart_of=reactions.message, emoji=emoji)
        outbox.put(tx, channel.other(me.pid), reacted, owner=channel.participant, channel=channel.id)
    if reactions.cannot_be_set and not outbox.was_told_lately(tx, me.pid, ReactionNotCarried):
        outbox.put(tx, me.pid, ReactionNotCarried(to_message=reactions.message))


def arrived(tx: Transaction, channel: ChannelId, writer: Pid, message: MessageId) -> bool:
    """A participant's message has reached the mentor, whole: whether the sign of it may be set now. During a break it
    waits like all that comes through the channel: the mentor may have been away since it was written."""
    if not people.is_paused(tx, writer):
        return True
    outbox.put(tx, writer, ArrivalMarked(to_message=message), channel=channel)
    return False


def _channel_of(tx: Transaction, me: Person, message: MessageId) -> Channel | None:
    """The open channel in which a message in somebody's chat is a message in the other's chat too."""
    for channel in channels.of_person(tx, me.pid):
        other = channel.other(me.pid)
        if links.counterpart(tx, channel.id, message, of=me.pid, to=other) is not None:
            return channel
    return None


def _without(tx: Transaction, channel: Channel, me: Person, message: MessageId) -> str | None:
    """What a message bears without this person's reaction: the sign that it arrived, where a mentor took theirs back
    from words of the participant that have all arrived."""
    source = links.source(tx, me.pid, message)
    if me.pid != channel.mentor or source is None:
        return None
    return ARRIVED if outbox.all_sent(tx, me.pid, channel.id, source) else None
