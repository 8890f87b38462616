"""Pictures that were sent together arrive together."""

import asyncio

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.programme.people import Role
from tests.journeys.programme import Programme
from tests.people import SQLITE_ONLY

PICTURES = [b"the first", b"the second", b"the third"]


@pytest.fixture
async def pair(programme: Programme) -> tuple[Phone, Phone]:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    return aino, mikael


def came(phone: Phone) -> list[ShownMessage]:
    return [shown for shown in phone.messages if shown.from_bot]


def group(phone: Phone, shown: ShownMessage) -> str | None:
    stored = phone.chat.find(shown.id)
    assert stored is not None
    found: str | None = stored.body.get("media_group_id")
    return found


async def test_an_album_arrives_as_one_with_the_label_once_and_each_piece_is_answered_for_itself(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    theirs = aino.send_album("photo", PICTURES, caption="Our new flat")
    await programme.settled()
    arrived = came(mikael)
    assert len(arrived) == len(PICTURES)
    assert len({group(mikael, shown) for shown in arrived}) == 1
    assert group(mikael, arrived[0]) is not None
    assert [shown.text for shown in arrived] == [f"▌ \u2068{await programme.alias(aino)}\u2069\nOur new flat", "", ""]

    mikael.write("What a kitchen!", reply_to=arrived[1].id)
    answer = await aino.wait_for(lambda shown: shown.text == "What a kitchen!")
    assert answer.reply_to == theirs[1]


@SQLITE_ONLY
async def test_an_album_leaves_when_it_is_due_and_does_not_wait_to_be_looked_for(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    begun = asyncio.get_running_loop().time()
    for _ in range(2):  # two, so that one luckily timed look does not pass for a wake
        seen = len(came(mikael))
        aino.send_album("photo", PICTURES)
        await mikael.wait_for(lambda shown: shown.from_bot and len(came(mikael)) > seen)  # noqa: B023
    assert asyncio.get_running_loop().time() - begun < 2 * 1.5


@SQLITE_ONLY
async def test_one_picture_of_an_album_is_a_picture(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, mikael = pair
    mikael.send_album("photo", PICTURES[:1], caption="Look")
    await programme.settled()
    (arrived,) = came(aino)
    assert arrived.text == "Look"
    assert group(aino, arrived) is None


@SQLITE_ONLY
async def test_an_album_whose_fate_is_unclear_comes_again_with_a_mark(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    programme.api.faults.drop("sendMediaGroup", effect=True)
    aino.send_album("photo", PICTURES, caption="Look")
    await programme.settled()
    arrived = came(mikael)
    assert len(arrived) == 2 * len(PICTURES)
    marked = [programme.say(mikael, "channel.possible_repeat") in shown.text for shown in arrived]
    assert marked == [False] * 3 + [True] + [False] * 2


@SQLITE_ONLY
async def test_an_album_that_telegram_does_not_take_is_told_to_its_writer(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    programme.api.faults.bad_request("sendMediaGroup", "wrong file identifier")
    first = aino.send_album("photo", PICTURES)[0]
    told = await programme.told(aino, "channel.not_carried")
    assert told.reply_to == first
    assert came(mikael) == []
