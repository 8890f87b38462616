"""What becomes of a reaction at the edge: read from Telegram, set by the bot, and never in anybody's way."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import update

from handlers.telegram.api import Api
from handlers.telegram.updates import Place, read
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_api.transcript import Call
from mentorbot.programme.delivery import Rank
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import Relayed
from mentorbot.programme.people import Role
from mentorbot.programme.reaction import ARRIVED
from mentorbot.programme.wording import LONGEST_MESSAGE, Words
from mentorbot.services import hours as service
from storage import outbox
from storage.tables import channels, inbox
from tests.conversations.parts import Fragile
from tests.conversations.post import a_post
from tests.journeys.programme import Programme, heard, until
from tests.people import AINO

CUSTOM = {"type": "custom_emoji", "custom_emoji_id": "5368324170671202286"}
PAID = {"type": "paid"}


def emoji(name: str) -> dict[str, str]:
    return {"type": "emoji", "emoji": name}


def reaction(**content: Any) -> dict[str, Any]:
    """A raw update: a reaction in a private chat."""
    body = {
        "chat": {"id": AINO, "type": "private", "first_name": "Aino"},
        "message_id": 9,
        "user": {"id": AINO, "is_bot": False, "first_name": "Aino"},
        "date": 1_772_000_000,
        "old_reaction": [],
        "new_reaction": [emoji("👍")],
    }
    return {"update_id": 5, "message_reaction": body | content}


# --- how it is read ---------------------------------------------------------------------------------------------------


def test_a_reaction_is_known_by_who_reacted() -> None:
    envelope = read(reaction())
    assert envelope is not None
    assert (envelope.kind, envelope.sender, envelope.place) == ("message_reaction", AINO, Place.PRIVATE)


def test_two_changes_in_one_second_are_two() -> None:
    there, back = read(reaction()), read(reaction(old_reaction=[emoji("👍")], new_reaction=[]))
    again = read(reaction())
    assert there is not None
    assert back is not None
    assert again is not None
    assert there.identity == again.identity
    assert there.identity != back.identity


@pytest.mark.parametrize("without", ["user", "chat"])
def test_a_reaction_that_says_less_breaks_nothing(without: str) -> None:
    update = reaction()
    del update["message_reaction"][without]
    envelope = read(update)
    assert envelope is None or envelope.place is Place.ELSEWHERE or envelope.sender == AINO


# --- what the bot does with it ----------------------------------------------------------------------------------------


@pytest.fixture
def engine() -> str:
    """One database is enough: tests/usecases holds the decisions against both."""
    return "sqlite"


@pytest.fixture
async def pair(programme: Programme) -> tuple[Phone, Phone]:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    return aino, mikael


def set_in(programme: Programme, phone: Phone) -> list[Call]:
    calls = programme.api.transcript.calls("setMessageReaction")
    return [call for call in calls if call.params["chat_id"] == phone.id]


async def arrived(programme: Programme, aino: Phone, mikael: Phone, text: str = "Hello") -> tuple[int, int]:
    """Something that Aino wrote, and what it is at Mikael's, once she sees that it is there."""
    written = aino.write(text)
    there = await mikael.wait_for(lambda shown: text[-9:] in shown.text)
    await marked(programme, aino, written)
    return written, there.id


async def marked(programme: Programme, phone: Phone, message: int, *expected: str) -> None:
    await until_shown(phone, message, *expected)
    await programme.settled()


async def until_shown(phone: Phone, message: int, *expected: str) -> None:
    async def shows() -> bool:
        return phone.message(message).reactions == (expected or (ARRIVED,))

    await until(shows)


async def test_a_strangers_reaction_is_not_answered_and_leaves_nothing(programme: Programme) -> None:
    otto = programme.phone("Otto")
    message = otto.write("Who are you?")
    await programme.told(otto, "stranger")
    otto.react(message, "👍")
    await programme.settled()
    assert len(heard(otto)) == 1
    rows = await programme.store.transact(lambda tx: tx.conn.execute(inbox.select()).all())
    assert rows == []


async def test_a_reaction_to_the_bots_own_words_does_nothing(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    aino.write("/help")
    said = await programme.told(aino, "help_participant")
    aino.react(said.id, "❤")
    aino.react_with(said.id, CUSTOM)
    await programme.settled()
    assert programme.api.transcript.calls("setMessageReaction") == []
    assert heard(mikael) == []
    assert len(heard(aino)) == 1


async def test_nothing_is_set_in_a_channel_that_was_closed(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    _, there = await arrived(programme, aino, mikael)
    close = update(channels).values(closed_at=programme.clock())
    await programme.store.transact(lambda tx: tx.conn.execute(close))
    mikael.react(there, "❤")
    await programme.settled()
    assert len(set_in(programme, aino)) == 1


@pytest.mark.parametrize("sentence", ["REACTION_INVALID", "message to react not found"])
async def test_what_cannot_be_set_ends_quietly(programme: Programme, pair: tuple[Phone, Phone], sentence: str) -> None:
    aino, mikael = pair
    _, there = await arrived(programme, aino, mikael)
    refused = programme.api.faults.bad_request("setMessageReaction", sentence)
    mikael.react(there, "❤")
    mikael.write("And now this")
    await aino.wait_for(lambda shown: shown.text == "And now this")
    await programme.settled()
    assert refused.hits == 1
    assert len(set_in(programme, aino)) == 2
    assert heard(aino) == ["And now this"]


async def test_an_unclear_answer_is_set_again_and_says_nothing(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    written, there = await arrived(programme, aino, mikael)
    dropped = programme.api.faults.drop("setMessageReaction", effect=True)
    mikael.react(there, "❤")
    await dropped.happened()
    await programme.settled()
    assert aino.message(written).reactions == ("❤",)
    assert [call.params["reaction"] for call in set_in(programme, aino)[1:]] == [[emoji("❤")]] * 2
    assert heard(aino) == []


# --- the sign of arrival ----------------------------------------------------------------------------------------------


async def test_the_sign_comes_after_the_last_part(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    slow = programme.api.faults.delay("sendMessage", 0.3, chat=mikael.id, times=2)
    written = aino.write("x" * LONGEST_MESSAGE)
    await mikael.wait_for(lambda shown: "(1/2)" in shown.text)
    assert set_in(programme, aino) == []
    await mikael.wait_for(lambda shown: "(2/2)" in shown.text)
    await marked(programme, aino, written)
    assert slow.hits == 2
    assert len(set_in(programme, aino)) == 1


async def test_there_is_no_sign_where_a_part_did_not_arrive(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    programme.api.faults.bad_request("sendMessage", "chat not found", chat=mikael.id)
    aino.write("x" * LONGEST_MESSAGE)
    await mikael.wait_for(lambda shown: "(2/2)" in shown.text)
    await programme.told(aino, "channel.not_carried")
    await programme.settled()
    assert set_in(programme, aino) == []


async def test_there_is_no_sign_before_the_message_is_there(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    blocked = programme.api.faults.blocked("sendMessage", chat=mikael.id)
    aino.write("Are you there?")
    await blocked.happened()
    aino.write("/help")
    await programme.told(aino, "help_participant")
    assert heard(mikael) == []
    assert set_in(programme, aino) == []


async def test_an_edit_leaves_the_mentors_reaction_where_it_is(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    written, there = await arrived(programme, aino, mikael)
    mikael.react(there, "❤")
    await marked(programme, aino, written, "❤")
    aino.edit(written, "Hello again")
    await mikael.wait_for(lambda shown: shown.id == there and "Hello again" in shown.text)
    await programme.settled()
    assert aino.message(written).reactions == ("❤",)
    assert len(set_in(programme, aino)) == 2


async def test_a_picture_that_is_drawn_anew_gets_the_sign_too(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    written = aino.send_file("document", picture.getvalue(), mime_type="image/png")
    asked = await programme.told(aino, "channel.asked_first")
    aino.press(asked.id, programme.say(aino, "channel.send_as_photo"))
    await mikael.wait_for(lambda shown: shown.from_bot)
    await marked(programme, aino, written)


async def test_a_mentors_message_gets_no_sign(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    mikael.write("How are you?")
    await aino.wait_for(lambda shown: shown.text == "How are you?")
    await programme.settled()
    assert programme.api.transcript.calls("setMessageReaction") == []


async def test_a_sign_that_cannot_be_set_holds_up_nothing(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    stalled = programme.api.faults.stall("setMessageReaction", effect=False, times=1)
    refused = programme.api.faults.too_many_requests("setMessageReaction", 30)
    aino.write("One")
    aino.write("Two")
    await stalled.happened()
    await refused.happened()
    mikael.write("Three")
    await aino.wait_for(lambda shown: shown.text == "Three")
    assert [text.splitlines()[-1] for text in heard(mikael)] == ["One", "Two"]
    programme.api.faults.clear()
    await programme.settled()


async def test_the_sign_waits_for_the_record_that_the_message_is_there(
    fragile: Fragile, api: Api, bot_api: BotApi
) -> None:
    post = await a_post(fragile.store, api, bot_api)
    relayed = Relayed(words=Words(text="Hello"), from_message=MessageId(post.aino.phone.write("Hello")))
    aino, mikael = post.aino.person.pid, post.mikael.person.pid
    await post.store.transact(lambda tx: outbox.put(tx, mikael, relayed, owner=aino, channel=post.channel.id))
    bot_api.faults.delay("sendMessage", 0.2)
    post.deliverer.wake({mikael: Rank.TALK})
    await asyncio.sleep(0.1)
    fragile.data.broken = True
    await post.mikael.phone.wait_for(lambda shown: "Hello" in shown.text)
    await asyncio.sleep(0.1)
    assert bot_api.transcript.calls("setMessageReaction") == []
    fragile.data.broken = False
    await post.deliverer.finish()
    assert [shown.reactions for shown in post.aino.phone.messages] == [(ARRIVED,)]


@pytest.mark.parametrize("hours", [None, Hours(opens=8 * 60, closes=20 * 60)])
async def test_a_sign_that_comes_late_is_left_out_outside_the_writers_hours(
    programme: Programme, pair: tuple[Phone, Phone], hours: Hours | None
) -> None:
    aino, mikael = pair
    writer = await programme.person(aino)
    await programme.store.transact(lambda tx: service.settle(tx, writer, hours))
    programme.set_clock(22)
    mikael.block()
    written = aino.write("Hello")
    await programme.told(aino, "absence.mentor_waits")
    programme.set_clock(22, 2)
    mikael.unblock()
    await mikael.wait_for(lambda shown: "Hello" in shown.text)
    again = aino.write("Again")
    await until_shown(aino, again)
    expected = [again] if hours else [written, again]
    assert [call.params["message_id"] for call in set_in(programme, aino)] == expected
