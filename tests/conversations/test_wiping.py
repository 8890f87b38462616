"""What a wipe asks of Telegram, and what it does when Telegram will not."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.telegram.api import Api
from handlers.telegram.updates import read
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import Privacy, Wiped
from mentorbot.services import wiping
from storage import outbox, standing
from storage.standing import Standing
from storage.transaction import Store
from tests.conversations.parts import message
from tests.conversations.post import Post, a_post
from tests.people import AINO

TOO_OLD = "message can't be deleted for everyone"


@pytest.fixture
async def post(store: Store, api: Api, bot_api: BotApi) -> Post:
    return await a_post(store, api, bot_api)


async def standing_ids(post: Post) -> list[int]:
    since = post.store.clock() - timedelta(days=30)
    return [
        int(one)
        for one in await post.store.transact(lambda tx: standing.of(tx, post.aino.person.pid, since=since, most=9_999))
    ]


async def written(post: Post, many: int) -> list[MessageId]:
    """Messages of Aino's, noted as standing in her chat."""
    messages = [MessageId(post.aino.phone.write("Hei")) for _ in range(many)]
    rows = [Standing(message=one, at=post.store.clock()) for one in messages]
    await post.store.transact(lambda tx: standing.note(tx, post.aino.person.pid, *rows))
    return messages


async def test_hundreds_go_in_calls_of_a_hundred(post: Post) -> None:
    await written(post, 201)
    await post.put(post.aino, Wiped(patience=0))
    await post.deliver(post.aino)
    calls = post.bot_api.transcript.calls("deleteMessages")
    assert sorted(len(call.params["message_ids"]) for call in calls) == [1, 100, 100]
    assert post.aino.phone.messages == []
    assert await standing_ids(post) == []


async def test_one_that_telegram_will_not_delete_keeps_none_of_the_others(post: Post) -> None:
    """Where it refuses a whole call for the sake of one message, that one is found by halves."""
    await written(post, 9)
    refused = post.bot_api.faults.bad_request("deleteMessages", TOO_OLD, times=3)
    await post.put(post.aino, Wiped(patience=0))
    await post.deliver(post.aino)
    assert refused.hits == 3
    sizes = [len(call.params["message_ids"]) for call in post.bot_api.transcript.calls("deleteMessages")]
    assert sizes == [9, 4, 2, 1, 1, 2, 5]
    assert post.aino.phone.messages == []
    assert await post.states() == [Delivery.SENT]


async def test_what_telegram_lets_nobody_delete_ends_all_the_same(post: Post) -> None:
    messages = await written(post, 4)
    post.bot_api.faults.bad_request("deleteMessages", TOO_OLD, times=None)
    await post.put(post.aino, Wiped(patience=0))
    await post.deliver(post.aino)
    assert len(post.bot_api.transcript.calls("deleteMessages")) == 7
    assert [shown.id for shown in post.aino.phone.messages] == messages
    assert await post.states() == [Delivery.SENT]


async def test_what_was_interrupted_is_looked_up_anew_and_deleted_again(post: Post) -> None:
    first = await written(post, 2)
    post.bot_api.faults.drop("deleteMessages", effect=True)
    await post.put(post.aino, Wiped(patience=0))
    await post.deliver(post.aino)
    assert await post.states() == [Delivery.UNKNOWN]
    assert await standing_ids(post) == first
    second = await written(post, 1)
    post.later(10)
    await post.deliver(post.aino)
    asked = [call.params["message_ids"] for call in post.bot_api.transcript.calls("deleteMessages")]
    assert asked == [first, first + second]
    assert post.aino.phone.messages == []


async def test_it_waits_behind_nothing_and_what_waited_comes_after_it(post: Post) -> None:
    (mine,) = await written(post, 1)
    for _ in range(3):
        await post.put(post.aino, Privacy(), channel=post.channel.id)
        await post.store.transact(
            lambda tx: outbox.put(tx, post.aino.person.pid, Privacy()), actor=post.aino.person.pid
        )
    await post.store.transact(lambda tx: wiping.wipe(tx, post.aino.person, asked=mine), actor=post.aino.person.pid)
    await post.deliver(post.aino)
    first, *others = [call for call in post.bot_api.transcript if call.effect and "chat_id" in call.params]
    assert (first.method, first.params["message_ids"]) == ("deleteMessages", [mine])
    assert [call.method for call in others] == ["sendMessage"] * 6
    assert len(post.aino.phone.messages) == 6


# --- how it is known what stands there --------------------------------------------------------------------------------


async def test_what_the_bot_puts_into_a_participants_chat_is_known_and_what_into_a_mentors_is_not(post: Post) -> None:
    await post.carry("A picture")
    await post.relay("Hello")
    await post.deliver()
    (shown,) = post.aino.phone.messages
    assert await standing_ids(post) == [shown.id]
    (there,) = [one.id for one in post.mikael.phone.messages if one.from_bot]
    assert there not in await standing_ids(post)


def test_a_written_message_says_where_and_when_it_stands_and_nothing_else_does() -> None:
    raw = message(AINO, message_id=7)
    known = read(raw)
    assert known is not None
    assert known.stands == Standing(message=MessageId(7), at=datetime.fromtimestamp(raw["message"]["date"], UTC))
    for kind in ("edited_message", "message_reaction", "callback_query", "my_chat_member"):
        other = read({"update_id": 1, kind: raw["message"]})
        assert other is not None
        assert other.stands is None, kind


@pytest.mark.parametrize("broken", [{"date": "soon"}, {"date": -1}, {"date": 2**40}, {"message_id": None}])
def test_a_message_without_a_number_or_a_date_is_read_all_the_same(broken: dict[str, object]) -> None:
    raw = message(AINO)
    raw["message"] |= broken
    envelope = read(raw)
    assert envelope is not None
    assert envelope.stands is None
