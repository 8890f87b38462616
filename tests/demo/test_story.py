"""`mentorbot demo --story`: it plays through, and it notices when something is wrong."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from rich.console import Console

from mentorbot.demo.bot_api.wire import encode
from mentorbot.demo.sayings import saying_of
from mentorbot.demo.stage import Stage, open_stage
from mentorbot.demo.story import LANGUAGES, tell
from mentorbot.demo.story_channel import ChannelStory
from mentorbot.demo.teller import Teller
from mentorbot.demo.waits import Waits
from mentorbot.demo.witness import StoryWrong
from tests.demo.conftest import everybody_joins

pytestmark = pytest.mark.timeout(120)


def test_the_story_plays_through_and_exits_with_0() -> None:
    played = subprocess.run(
        [sys.executable, "-m", "mentorbot", "demo", "--story"],
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stdout[-2000:] + played.stderr
    lines = played.stdout.splitlines()
    assert lines[-1] == "All of it went as it should."
    assert max(map(len, lines)) <= 80
    for sign in ("Aino", "bot → Mikael ▌", "SIGKILL", "4,096 characters arrived", "15. Otto guesses a link"):
        assert sign in played.stdout


async def told(stage: Stage) -> str:
    """The error with which the story ends."""
    with pytest.raises(StoryWrong) as caught:
        await tell(stage, Console(file=io.StringIO()), patience=5)
    return str(caught.value)


async def test_a_bot_that_is_away_makes_it_fail() -> None:
    async with open_stage(LANGUAGES) as stage:
        await stage.bot.stop()
        assert await told(stage) == (
            "Chapter 1 (Sari coordinates): Sari was not told “joining.code_asked” in en within 5 seconds."
        )


async def test_a_message_that_is_lost_on_the_way_makes_it_fail() -> None:
    async with open_stage(LANGUAGES) as stage:
        mikael = stage.cast.mikael.phone

        def lose_what_comes_next() -> None:
            swallowed = encode({"ok": True, "result": {"message_id": 999_999, "date": 0}})
            stage.api.faults.garbage("sendMessage", swallowed, effect=False, chat=mikael.id)

        losing = asyncio.create_task(_once_told(stage, "joining.welcome_mentor", lose_what_comes_next))
        assert "Mikael was not told “pairing.meet_participant” in sv" in await told(stage)
        await losing


async def test_a_message_that_comes_to_the_wrong_person_makes_it_fail() -> None:
    async with open_stage(LANGUAGES) as stage:
        otto = stage.cast.otto.phone

        def gossip() -> None:
            stage.api.telegram.chats[otto.id].add(
                stage.api.telegram.bot, {"text": "Mikael Sandberg is here"}, date=0, from_bot=True
            )

        gossiping = asyncio.create_task(_once_told(stage, "stranger", gossip, whom="otto"))
        assert "Otto's chat shows “Mikael”" in await told(stage)
        await gossiping


async def test_a_message_to_the_new_mentor_that_the_old_one_sees_makes_it_fail(stage: Stage) -> None:
    chapters = dict((await everybody_joins(stage)).chapters())
    await chapters["Aino asks for another mentor, and Maria comes"]()
    mikael = stage.cast.mikael.phone
    stored = stage.api.telegram.chats[mikael.id].add(
        stage.api.telegram.bot, {"text": "Hei! Aloitetaanko alusta?"}, date=0, from_bot=True
    )
    mikael.delete(stored.id)
    with pytest.raises(StoryWrong, match=r"Mikael saw “Hei! Aloitetaanko alusta\?”, which was not for them"):
        await chapters["Mikael is Aino's mentor no more"]()


async def test_a_photo_that_is_lost_or_a_file_that_went_unasked_makes_it_fail(stage: Stage) -> None:
    await everybody_joins(stage)
    channel = channel_of(stage)
    aino, mikael = (stage.api.telegram.chats[actor.phone.id] for actor in (stage.cast.aino, stage.cast.mikael))
    swallowed = encode({"ok": True, "result": {"message_id": 999_999}})
    stage.api.faults.garbage("copyMessage", swallowed, effect=False, chat=mikael.id)
    with pytest.raises(StoryWrong, match="Mikael did not get the file within 3 seconds"):
        await channel.more_than_words()

    def send_at_once() -> None:
        file = next(stored for stored in aino.messages.values() if "document" in stored.body)
        mikael.add(stage.api.telegram.bot, file.content(), date=0, from_bot=True)

    sending = asyncio.create_task(_once_told(stage, "channel.asked_first", send_at_once, whom="aino"))
    with pytest.raises(StoryWrong, match="Mikael sees a file that was not for them"):
        await channel.asked_first()
    await sending


async def test_a_reaction_that_is_lost_or_that_somebody_else_sees_makes_it_fail(stage: Stage) -> None:
    await everybody_joins(stage)
    channel = channel_of(stage)
    lost = encode({"ok": True, "result": True})
    stage.api.faults.garbage("setMessageReaction", lost, effect=False, chat=stage.cast.mikael.phone.id)
    with pytest.raises(StoryWrong, match="Mikael did not see ❤ within 3 seconds"):
        await channel.reactions()
    newest = stage.api.telegram.chats[stage.cast.sari.phone.id].messages[stage.cast.sari.phone.messages[-1].id]
    newest.bot_reactions = [{"type": "emoji", "emoji": "❤"}]
    newest.version += 1
    with pytest.raises(StoryWrong, match="Sari sees ❤ where it does not belong"):
        await channel.reactions()


def channel_of(stage: Stage) -> ChannelStory:
    return ChannelStory(stage, Teller(stage, Console(file=io.StringIO())), Waits(3))


async def test_words_that_show_beside_the_line_make_it_fail(stage: Stage) -> None:
    await everybody_joins(stage)
    aino, words = stage.cast.aino.phone, "Hur gick det i morse?"

    def show_openly() -> None:
        stage.api.telegram.chats[aino.id].add(stage.api.telegram.bot, {"text": words}, date=0, from_bot=True)

    showing = asyncio.create_task(_once_told(stage, "covering.line", show_openly, whom="aino"))
    with pytest.raises(StoryWrong, match=r"Aino sees “Hur gick det i morse\?”, which was not for them"):
        await channel_of(stage).a_neutral_line()
    await showing


async def _once_told(stage: Stage, id_: str, then: Callable[[], None], whom: str = "mikael") -> None:
    actor = stage.cast.by_key(whom)
    assert actor is not None
    await actor.phone.wait_for(
        lambda message: (saying := saying_of(message)) is not None and saying.id == id_, timeout=30
    )
    then()
