"""Row 45: somebody unknown, a group, a channel. One sentence or nothing, no row, no trace; groups are left."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from mentorbot.locale.catalogue import Say
from mentorbot.programme.people import Role
from tests.journeys.conftest import programme
from tests.journeys.programme import ZONE, Programme, heard, until
from tests.people import SQLITE_ONLY, Installation, file_of

from .attack import spellings, steal
from .tables import counts

__all__ = ["programme"]


async def lies_in_the_stores(installation: Installation, folder: Path, id_: int) -> bool:
    """Whether the id is anywhere in the files (on PostgreSQL: in a dump), in any spelling."""
    folder.mkdir(exist_ok=True)
    loot = await steal(installation.data_url, folder) | await steal(installation.keys_url, folder)
    assert len(loot.content) > 200
    return any(spelling in loot.content for spelling in spellings(id_))


async def test_row_45_whatever_somebody_unknown_does_leaves_no_row_and_no_trace(
    programme: Programme, installation: Installation, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sari = await programme.already("Sari", Role.COORDINATOR)
    before = await counts(installation)
    otto = programme.phone("Otto", username="otto_v")
    message = otto.write("Is anybody there?")
    await programme.told(otto, "stranger")
    otto.edit(message, "Is anybody there at all?")
    for words in ("/pair", "/help", "/alias Quiet Birch", "Sari"):
        otto.write(words)
    otto.start()
    otto.start("a-token-that-was-never-made")
    otto.send_dice()
    otto.send_contact("+358401234567", "Otto", owner=otto)
    otto.send_location(60.17, 24.94)
    otto.forward("What Sari wrote elsewhere", author=sari)
    otto.press_data(message, "A" * 64)
    otto.block()
    otto.unblock()
    await programme.settled()
    assert heard(otto) == [programme.say(otto, "stranger")]
    assert otto.toasts == []
    assert await counts(installation) == before
    assert not await lies_in_the_stores(installation, tmp_path / "loot", otto.id)
    assert heard(sari) == []
    assert str(otto.id) not in caplog.text
    assert "otto_v" not in caplog.text


@SQLITE_ONLY
async def test_row_45_control_what_is_known_is_counted_and_an_id_is_found(
    programme: Programme, installation: Installation, tmp_path: Path
) -> None:
    before = await counts(installation)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.write("Hello")
    await programme.told(aino, "channel.no_mentor_yet")
    after = await counts(installation)
    assert {table for table in before if after[table] != before[table]} >= {"people", "person_keys", "inbox", "outbox"}

    planted = {
        5_600_000_123: "5600000123",
        5_601_000_126: 5_601_000_126,
        5_602_000_129: (5_602_000_129).to_bytes(8, "big"),
        5_603_000_132: (5_603_000_132).to_bytes(8, "little"),
    }
    assert [await lies_in_the_stores(installation, tmp_path / "loot", id_) for id_ in planted] == [False] * 4
    with sqlite3.connect(file_of(installation.data_url)) as raw:
        raw.execute("CREATE TABLE planted (value)")
        raw.executemany("INSERT INTO planted VALUES (?)", [(value,) for value in planted.values()])
    raw.close()
    assert [await lies_in_the_stores(installation, tmp_path / "loot", id_) for id_ in planted] == [True] * 4


@SQLITE_ONLY
async def test_row_45_there_is_one_sentence_a_language_whoever_asks_and_however(programme: Programme) -> None:
    await programme.already("Sari", Role.COORDINATOR)
    guesses = {"fi": "fi", "fi-FI": "fi", "sv": "sv", "sv-SE": "sv", "en": "en", "en-GB": "en", "de": "en", "": "en"}
    ways = ["Hello", "/start", "/start a-token-that-was-never-made", "/people", "/nothing", "x" * 4096]
    strangers = [
        (programme.phone("Otto", language=guess), way, language) for guess, language in guesses.items() for way in ways
    ]
    for number in range(0, len(strangers), 12):  # of a flood, some would get no answer
        for otto, way, _ in strangers[number : number + 12]:
            otto.write(way)
        await programme.settled()
        for otto, _, _ in strangers[number : number + 12]:
            await otto.wait_for(lambda shown: shown.from_bot)
    for otto, way, language in strangers:
        assert heard(otto) == [Say(language, ZONE)("stranger")], (way, language)


@pytest.mark.parametrize("known", [False, True], ids=["added by somebody unknown", "added by a coordinator"])
async def test_row_45_a_group_is_left_without_a_word_and_without_a_row(
    programme: Programme, installation: Installation, tmp_path: Path, *, known: bool
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    otto = programme.phone("Otto")
    before = await counts(installation)
    group = programme.api.telegram.group("Mentors and participants")
    group.add_bot(sari if known else otto)
    await until(left(programme, group.id))
    assert not group.bot_is_member
    await programme.settled()
    assert await counts(installation) == before
    assert not await lies_in_the_stores(installation, tmp_path / "loot", -group.id)
    assert spoke_to(programme, group.id) == []


@SQLITE_ONLY
async def test_row_45_words_in_a_group_make_it_leave_too(programme: Programme, installation: Installation) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    before = await counts(installation)
    group = programme.api.telegram.group("Mentors and participants")
    group.chat.bot_is_member = True  # the word that it was added has been lost
    group.write(sari, "/pair")
    await until(left(programme, group.id))
    await programme.settled()
    assert not group.bot_is_member
    assert await counts(installation) == before
    assert spoke_to(programme, group.id) == []
    assert heard(sari) == []


@SQLITE_ONLY
async def test_row_45_a_post_in_a_channel_makes_it_leave_that(programme: Programme, installation: Installation) -> None:
    await programme.already("Sari", Role.COORDINATOR)
    before = await counts(installation)
    programme.api.telegram.channel_post("News", "Hello, everybody: /start")
    (channel,) = (id_ for id_ in programme.api.telegram.chats if id_ < 0)
    await until(left(programme, channel))
    await programme.settled()
    assert await counts(installation) == before
    assert spoke_to(programme, channel) == []


def left(programme: Programme, chat: int) -> Callable[[], Awaitable[bool]]:
    async def has_left() -> bool:
        calls = programme.api.transcript.calls("leaveChat")
        return any(call.effect and call.params["chat_id"] == chat for call in calls)

    return has_left


def spoke_to(programme: Programme, chat: int) -> list[str]:
    """The methods that were called on a chat, apart from leaving it."""
    calls = programme.api.transcript.calls()
    return [call.method for call in calls if call.params.get("chat_id") == chat and call.method != "leaveChat"]
