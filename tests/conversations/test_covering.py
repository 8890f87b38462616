"""Neutral lines on their way: what is sent in the place of what, what fails, and what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.telegram.api import Api
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.programme.content import Form
from mentorbot.programme.delivery import Delivery, Rank
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import Notice, Privacy, Relayed, Removed, Reworded
from mentorbot.programme.wording import Words
from mentorbot.services import covering
from storage import covered, outbox, safety
from storage.covered import Covered
from storage.transaction import Store
from tests.conversations.post import Post, a_post, say, texts
from tests.people import SQLITE_ONLY

pytestmark = SQLITE_ONLY  # what is stored is tested on both databases in tests/rows and tests/usecases

WORDS = "At six, Lane 5"


@pytest.fixture
async def post(store: Store, api: Api, bot_api: BotApi) -> Post:
    """Aino wants lines."""
    post = await a_post(store, api, bot_api)
    await store.transact(lambda tx: safety.settle(tx, post.aino.person.pid, discreet=True))
    return post


async def write(post: Post, text: str = WORDS, *, number: int = 701, answers: int | None = None) -> None:
    """What the mentor writes, to the participant."""
    answered = None if answers is None else MessageId(answers)
    words = Relayed(from_message=MessageId(number), words=Words(text=text), answers=answered)
    await post.put(post.aino, words, channel=post.channel.id)
    await post.deliver()


async def answer(post: Post, notice: Notice) -> None:
    await post.store.transact(lambda tx: outbox.put(tx, post.aino.person.pid, notice, rank=Rank.ANSWER))


async def show(post: Post, line: int) -> None:
    await post.store.transact(lambda tx: covering.show(tx, post.aino.person, MessageId(line)))
    await post.deliver()


async def behind(post: Post, line: int) -> Covered | None:
    return await post.store.transact(lambda tx: covered.find(tx, post.aino.person.pid, MessageId(line)))


def lines(post: Post) -> list[int]:
    neutral = say(post.aino, "covering.line")
    return [shown.id for shown in post.aino.phone.messages if shown.from_bot and shown.text == neutral]


def sent(post: Post) -> list[dict[str, Any]]:
    """What Telegram was told with each message for the participant."""
    calls = [call for call in post.bot_api.transcript if call.method.startswith(("send", "copy"))]
    return [call.params for call in calls if call.params["chat_id"] == post.aino.phone.id]


# --- sending ----------------------------------------------------------------------------------------------------------


async def test_nothing_that_is_sent_with_a_line_tells_what_it_is(post: Post) -> None:
    mine = post.aino.phone.write("Shall I leave them?")
    await post.relay("Shall I leave them?", message=mine)
    await post.deliver()
    there = post.mikael.phone.messages[-1].id
    await write(post, answers=there)
    (call,) = sent(post)
    assert call.keys() == {"chat_id", "text", "link_preview_options", "reply_markup"}
    assert call["text"] == say(post.aino, "covering.line")
    await show(post, lines(post)[0])
    below = post.aino.phone.messages[-1]
    assert (below.text, below.reply_to) == (WORDS, mine)
    assert sent(post)[-1]["disable_notification"] is True


async def test_of_a_burst_only_the_first_line_makes_a_sound(post: Post) -> None:
    for number, seconds in enumerate((0, 59, 59, 60)):
        post.later(seconds)
        await write(post, number=700 + number)
    assert ["disable_notification" in call for call in sent(post)] == [False, True, True, False]


async def test_a_line_that_may_have_arrived_comes_once_more_and_what_it_stands_for_only_once(post: Post) -> None:
    post.bot_api.faults.drop("sendMessage", effect=True)
    await write(post)
    post.later(600)
    await post.deliver()
    first, second = lines(post)
    assert texts(post.aino) == [say(post.aino, "covering.line")] * 2
    assert await behind(post, first) is None
    await show(post, second)
    assert texts(post.aino)[-1].startswith(f"{WORDS}\n\n")


async def test_whoever_wrote_what_telegram_will_not_even_announce_hears_of_it(post: Post) -> None:
    post.bot_api.faults.bad_request("sendMessage", "chat not found", chat=post.aino.phone.id)
    await write(post)
    assert texts(post.mikael) == [say(post.mikael, "channel.not_carried")]


async def test_the_others_get_everything_as_ever(post: Post) -> None:
    await post.relay("Hello")
    await post.put(post.liisa, Privacy())
    await post.deliver()
    assert texts(post.mikael)[-1].endswith("Hello")
    assert texts(post.liisa) == [say(post.liisa, "privacy")]


# --- answers ----------------------------------------------------------------------------------------------------------


async def test_an_answer_that_took_long_comes_as_a_line(post: Post) -> None:
    await answer(post, Privacy())
    post.later(61)
    await post.deliver()
    (line,) = lines(post)
    stands = await behind(post, line)
    assert stands is not None
    assert stands.notice == Privacy()


async def test_what_takes_the_place_of_a_message_does_so_behind_a_line_too(post: Post) -> None:
    await answer(post, Privacy())
    await post.deliver()
    (shown,) = post.aino.phone.messages
    await post.put(post.aino, Privacy(replaces=MessageId(shown.id)))  # nobody has asked for this one
    await post.deliver()
    assert lines(post) == [shown.id]
    post.later(60)
    await post.deliver()
    assert lines(post) == [shown.id]
    assert await post.states() == [Delivery.SENT] * 3


# --- showing and covering ---------------------------------------------------------------------------------------------


async def test_what_cannot_be_covered_again_is_deleted(post: Post) -> None:
    await write(post)
    (line,) = lines(post)
    await show(post, line)
    post.bot_api.faults.bad_request("editMessageText", "message can't be edited")
    post.later(60)
    await post.deliver()
    assert texts(post.aino) == []


async def test_showing_without_a_clear_answer_is_over_with_its_minute(post: Post) -> None:
    await write(post)
    (line,) = lines(post)
    post.bot_api.faults.drop("editMessageText", effect=True)
    await show(post, line)
    assert WORDS in texts(post.aino)[0]
    post.later(600)
    await post.deliver()
    assert lines(post) == [line]
    assert set(await post.states()) == {Delivery.SENT}


async def test_a_line_that_its_owner_has_deleted_shows_nothing(post: Post) -> None:
    await write(post)
    (line,) = lines(post)
    post.aino.phone.delete(line)
    await show(post, line)
    post.later(60)
    await post.deliver()
    assert texts(post.aino) == []
    assert set(await post.states()) == {Delivery.SENT}


async def test_a_line_that_was_taken_back_while_it_was_pressed_shows_nothing(post: Post) -> None:
    await write(post)
    (line,) = lines(post)
    await post.put(post.aino, Removed(from_message=MessageId(701)), channel=post.channel.id)
    await post.store.transact(lambda tx: covering.show(tx, post.aino.person, MessageId(line)))
    await post.deliver()
    assert texts(post.aino) == []
    assert await behind(post, line) is None
    assert texts(post.mikael) == [say(post.mikael, "changing.removal_removed")]


async def test_what_is_removed_too_late_for_its_line_is_gone_from_behind_it(post: Post) -> None:
    await write(post)
    (line,) = lines(post)
    assert await behind(post, line) is not None
    post.later(48 * 3_600)
    await post.put(post.aino, Removed(from_message=MessageId(701)), channel=post.channel.id)
    await post.deliver()
    assert lines(post) == [line]
    assert await behind(post, line) is None
    assert texts(post.mikael) == [say(post.mikael, "changing.removal_too_old")]


# --- changing ---------------------------------------------------------------------------------------------------------


async def reword(post: Post, text: str) -> None:
    new = Reworded(from_message=MessageId(701), words=Words(text=text), form=Form.TEXT)
    await post.put(post.aino, new, channel=post.channel.id)
    await post.deliver()


async def test_what_is_changed_long_after_is_changed_behind_the_line_where_nobody_has_read_it(post: Post) -> None:
    await write(post)
    post.later(timedelta(days=3).total_seconds())
    await reword(post, "At seven")
    (line,) = lines(post)
    await show(post, line)
    assert texts(post.aino)[0].startswith("At seven\n\n")


async def test_a_correction_that_cannot_be_an_edit_is_a_line(post: Post) -> None:
    await post.store.transact(lambda tx: safety.settle(tx, post.aino.person.pid, discreet=False))
    await write(post)
    await post.store.transact(lambda tx: safety.settle(tx, post.aino.person.pid, discreet=True))
    post.aino.phone.delete(post.aino.phone.messages[-1].id)
    await reword(post, "At seven")
    assert texts(post.aino) == [say(post.aino, "covering.line")]


async def test_after_all_is_shown_at_once_again_a_change_of_what_stood_behind_a_line_is_told(post: Post) -> None:
    await write(post)
    (line,) = lines(post)
    await show(post, line)
    post.later(60)
    await post.deliver()
    await post.store.transact(lambda tx: safety.settle(tx, post.aino.person.pid, discreet=False))
    await reword(post, "At seven")
    assert lines(post) == [line]
    correction = post.aino.phone.messages[-1]
    assert correction.text == f"{say(post.aino, 'changing.corrected')}\nAt seven"
    assert correction.reply_to == line
