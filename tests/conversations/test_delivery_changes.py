"""Changing and removing what was sent."""

import pytest
from sqlalchemy import update

from mentorbot.programme.content import Form
from mentorbot.programme.delivery import Delivery, Rank
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    CopiesRemoved,
    MeetYourParticipant,
    Removed,
    Reworded,
)
from mentorbot.programme.wording import Words
from storage.tables import channels as channels_table
from tests.conversations.post import Post, say, texts
from tests.people import NOW


async def reword(post: Post, text: str, *, parts: int = 1) -> None:
    words = Words(text=text)
    new = Reworded(from_message=MessageId(501), words=words, form=Form.TEXT, parts=parts)
    await post.put(post.mikael, new, channel=post.channel.id)


async def test_an_edit_without_a_clear_answer_is_repeated_without_a_mark(post: Post) -> None:
    await post.relay("At six")
    await post.deliver()
    fault = post.bot_api.faults.drop("editMessageText", effect=True)
    await reword(post, "At seven")
    await post.deliver()
    post.later(600)
    await post.deliver()
    assert fault.hits == 1
    assert await post.states() == [Delivery.SENT] * 2
    assert texts(post.mikael) == ["At seven"]


@pytest.mark.parametrize("why", ["old", "gone", "in parts", "never linked"])
async def test_what_cannot_be_edited_is_corrected_as_a_reply_where_the_copy_is_there(post: Post, why: str) -> None:
    if why != "never linked":
        await post.relay("At six")
        await post.deliver()
    copies = [shown.id for shown in post.mikael.phone.messages]
    if why == "old":
        post.later(48 * 3600)
    if why == "gone":
        post.mikael.phone.delete(copies[0])
    await reword(post, "At seven", parts=2 if why == "in parts" else 1)
    await post.deliver()
    last = post.mikael.phone.messages[-1]
    assert last.text == f"{say(post.mikael, 'changing.corrected')}\nAt seven"
    assert last.reply_to == (copies[0] if why in ("old", "in parts") else None)


async def test_an_edit_that_telegram_will_never_take_is_told_to_its_writer(post: Post) -> None:
    post.bot_api.faults.bad_request("sendMessage", "chat not found")
    await reword(post, "At seven")
    await post.deliver()
    assert texts(post.aino) == [say(post.aino, "channel.edit_not_carried")]


@pytest.mark.parametrize("why", ["removed", "too_old", "nothing", "failed"])
async def test_whoever_removes_a_message_hears_what_came_of_it(post: Post, why: str) -> None:
    if why != "nothing":
        await post.relay("Forget it")
        await post.deliver()
    if why == "too_old":
        post.later(48 * 3600)
    if why == "failed":
        post.bot_api.faults.bad_request("deleteMessages", "it cannot be")
    await post.put(post.mikael, Removed(from_message=MessageId(501)), channel=post.channel.id)
    await post.deliver()
    assert texts(post.aino) == [say(post.aino, f"changing.removal_{why}")]
    assert len(texts(post.mikael)) == (1 if why in ("too_old", "failed") else 0)


async def test_copies_are_removed_by_as_many_as_telegram_takes_at_once_and_nothing_is_said(post: Post) -> None:
    await post.relay("Forget it")
    await post.deliver()
    there = post.mikael.phone.messages[-1].id
    copies = tuple(MessageId(number) for number in range(there, there + 251))
    await post.put(post.mikael, CopiesRemoved(messages=copies))
    await post.deliver()
    calls = [call.params["message_ids"] for call in post.bot_api.transcript.calls("deleteMessages")]
    assert [len(ids) for ids in calls] == [100, 100, 51]
    assert {number for ids in calls for number in ids} == set(copies)
    assert texts(post.mikael) == texts(post.aino) == []


async def test_what_is_said_to_a_mentor_while_their_channel_ends_does_not_stay(post: Post) -> None:
    introduction = MeetYourParticipant(participant=post.aino.person.alias, several=False)
    delayed = post.bot_api.faults.delay("sendMessage", 0.2)
    await post.put(post.mikael, introduction, channel=post.channel.id)
    post.deliverer.wake({post.mikael.person.pid: Rank.TALK})
    await delayed.happened()
    over = update(channels_table).where(channels_table.c.id == post.channel.id).values(closed_at=NOW)
    await post.store.transact(lambda tx: tx.conn.execute(over))
    await post.deliver()
    assert [call.method for call in post.bot_api.transcript if call.method.startswith(("send", "delete"))] == [
        "sendMessage",
        "deleteMessages",
    ]
    assert texts(post.mikael) == []


async def test_nothing_is_removed_once_the_channel_is_over(post: Post) -> None:
    await post.relay("Forget it")
    await post.deliver()
    over = update(channels_table).where(channels_table.c.id == post.channel.id).values(closed_at=NOW)
    await post.store.transact(lambda tx: tx.conn.execute(over))
    await post.put(post.mikael, Removed(from_message=MessageId(501)), channel=post.channel.id)
    await post.deliver()
    assert len(texts(post.mikael)) == 1
    assert texts(post.aino) == [say(post.aino, "changing.removal_nothing")]
