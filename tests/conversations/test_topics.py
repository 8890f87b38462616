"""A topic for each participant in a mentor's chat: what is asked of Telegram, and what becomes of its answers."""

import json

import pytest

from mentorbot.programme.delivery import Delivery
from mentorbot.programme.ids import MessageId, ThreadId
from mentorbot.programme.notices import Relayed, RenamedOther, TopicHere, TopicRemoved
from mentorbot.programme.wording import Words
from storage import channels, topics
from tests.conversations.post import Post, say, texts
from tests.journeys.programme import newest


@pytest.fixture
async def post(post: Post) -> Post:
    """With topics in Mikael's chat."""
    post.bot_api.telegram.has_topics_enabled = True
    await post.store.transact(lambda tx: topics.want(tx, post.mikael.person.pid, True))
    return post


def stands_in(post: Post) -> list[int | None]:
    """The topic of each message that the bot brought Mikael."""
    return [
        stored.body.get("message_thread_id")
        for stored in post.mikael.phone.chat.messages.values()
        if stored.from_bot and not stored.deleted and "forum_topic_created" not in stored.body
    ]


def names(post: Post) -> list[str]:
    return [topic["name"] for topic in post.mikael.phone.chat.topics.values()]


async def noted(post: Post) -> ThreadId | None:
    return await post.store.transact(lambda tx: topics.of(tx, post.channel.id))


async def test_a_topic_is_made_once_and_all_of_the_channel_goes_there_under_its_alias(post: Post) -> None:
    for message, text in enumerate(("Hello", "Are you there?"), start=501):
        await post.relay(text, message)
    await post.deliver()
    assert names(post) == [post.aino.person.alias]
    assert stands_in(post) == [await noted(post)] * 2
    assert all(post.aino.person.alias in text for text in texts(post.mikael)[-2:])


async def test_a_participants_chat_has_none(post: Post) -> None:
    await post.carry("Hello")
    await post.deliver()
    assert post.aino.phone.chat.topics == {}
    assert texts(post.aino) == ["Hello"]


async def test_where_the_mentor_deleted_a_topic_another_is_made(post: Post) -> None:
    await post.relay("Hello")
    await post.deliver()
    first = await noted(post)
    del post.mikael.phone.chat.topics[first or 0]
    await post.relay("Are you there?", 502)
    await post.deliver()
    second = await noted(post)
    assert second not in (None, first)
    assert stands_in(post) == [first, second]
    assert await post.states() == [Delivery.SENT] * 2


async def test_a_message_that_came_to_stand_elsewhere_ends_its_topic_and_is_not_sent_again(post: Post) -> None:
    await post.relay("Hello")
    await post.deliver()
    first = await noted(post)
    elsewhere = {"message_id": 9_000, "date": 1, "chat": {"id": post.mikael.phone.id, "type": "private"}}
    answer = json.dumps({"ok": True, "result": elsewhere}).encode()
    fault = post.bot_api.faults.garbage("sendMessage", answer, effect=False)
    await post.relay("Are you there?", 502)
    await post.deliver()
    assert fault.hits == 1
    assert await noted(post) is None
    await post.relay("Well?", 503)
    await post.deliver()
    assert await noted(post) not in (None, first)
    assert await post.states() == [Delivery.SENT] * 3


@pytest.mark.parametrize("how", ["none is made", "none takes a message"])
async def test_where_telegram_has_no_topics_any_more_all_comes_as_before_and_the_mentor_is_told(
    post: Post, how: str
) -> None:
    if how == "none is made":
        post.bot_api.telegram.has_topics_enabled = False
    else:
        post.bot_api.faults.bad_request("sendMessage", "message thread not found")
    for message, text in enumerate(("Hello", "Are you there?"), start=501):
        await post.relay(text, message)
    await post.deliver()
    assert stands_in(post) == [None] * 3
    assert texts(post.mikael).count(say(post.mikael, "topics.not_possible")) == 1
    assert len(post.bot_api.transcript.calls("createForumTopic")) == 1
    assert await post.states() == [Delivery.SENT] * 3


async def test_where_no_answer_tells_whether_a_topic_was_made_nothing_is_marked_as_a_repeat(post: Post) -> None:
    post.bot_api.faults.drop("createForumTopic", effect=True)
    await post.relay("Hello")
    await post.deliver()
    post.later(600)
    await post.deliver()
    assert await post.states() == [Delivery.SENT]
    assert stands_in(post) == [await noted(post)]
    assert say(post.mikael, "channel.possible_repeat") not in texts(post.mikael)[0]


async def test_a_topic_that_was_made_while_the_channel_ended_goes_again(post: Post) -> None:
    await post.relay("Hello")
    closing = post.bot_api.faults.delay("createForumTopic", 0.5)
    await post.deliver(post.aino)
    post.deliverer.wake({post.mikael.person.pid: 2})  # type: ignore[dict-item]
    await closing.happened()
    await post.store.transact(lambda tx: channels.close(tx, post.channel.id))
    await post.deliver()
    assert post.mikael.phone.chat.topics == {}
    assert await noted(post) is None


async def test_a_topic_is_called_what_its_participant_is_called_now(post: Post) -> None:
    await post.relay("Hello")
    await post.deliver()
    post.bot_api.telegram.chats[post.mikael.phone.id].topics[await noted(post) or 0]["name"] = "Koivu"
    renamed = RenamedOther(old="Koivu", new=post.aino.person.alias)
    await post.put(post.mikael, renamed, channel=post.channel.id)
    await post.deliver()
    assert names(post) == [post.aino.person.alias]


async def test_a_topic_that_is_left_is_renamed_too_and_one_begins_under_the_present_name(post: Post) -> None:
    """What is written in it still goes to its participant, and somebody else may have the old name by now."""
    await post.relay("Hello")
    await post.deliver()
    shown = post.bot_api.telegram.chats[post.mikael.phone.id].topics[await noted(post) or 0]
    for notice in (RenamedOther(old="Koivu", new=post.aino.person.alias), TopicHere(alias=post.aino.person.alias)):
        shown["name"] = "Koivu"
        wanted = isinstance(notice, TopicHere)
        await post.store.transact(lambda tx, on=wanted: topics.want(tx, post.mikael.person.pid, on))  # type: ignore[misc]
        await post.put(post.mikael, notice, channel=post.channel.id)
        await post.deliver()
        assert names(post) == [post.aino.person.alias]
    first = await noted(post)
    assert stands_in(post) == [first, None, first]


async def test_what_a_topic_begins_with_is_not_said_where_there_is_none(post: Post) -> None:
    post.bot_api.telegram.has_topics_enabled = False
    for _ in range(2):
        await post.put(post.mikael, TopicHere(alias=post.aino.person.alias), channel=post.channel.id)
    await post.deliver()
    assert texts(post.mikael) == [say(post.mikael, "topics.not_possible")]
    assert await post.states() == [Delivery.SENT] * 3


async def test_a_topic_that_is_removed_takes_all_that_stands_in_it_and_may_be_gone_already(post: Post) -> None:
    await post.relay("Hello")
    await post.deliver()
    thread = await noted(post)
    assert thread is not None
    for _ in range(2):
        await post.put(post.mikael, TopicRemoved(thread=thread))
        await post.deliver()
    assert names(post) == []
    assert stands_in(post) == []
    assert await post.states() == [Delivery.SENT] * 3


async def test_a_reply_to_what_stands_outside_the_topic_goes_without_the_thread(post: Post) -> None:
    await post.relay("Hello")
    await post.deliver()
    refused = post.bot_api.faults.bad_request("sendMessage", "message to be replied not found")
    asked = await post.carry("How are you?")
    await post.deliver()
    answer = Relayed(
        alias=post.aino.person.alias,
        words=Words(text="Well"),
        from_message=MessageId(502),
        answers=MessageId(newest(post.aino.phone)),
    )
    await post.put(post.mikael, answer, channel=post.channel.id)
    await post.deliver()
    assert refused.hits == 1
    assert stands_in(post) == [await noted(post)] * 2
    assert post.mikael.phone.messages[-1].reply_to != asked
    assert await post.states() == [Delivery.SENT] * 3


async def test_an_answer_stands_in_the_topic_and_still_answers(post: Post) -> None:
    asked = await post.carry("How are you?")
    await post.deliver()
    await post.relay("Well", 777)
    await post.deliver()
    assert stands_in(post) == [await noted(post)]
    assert MessageId(asked) in [shown.id for shown in post.mikael.phone.messages]
