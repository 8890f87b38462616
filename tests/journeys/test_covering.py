"""A participant has a neutral line in the place of what comes, and opens it when nobody looks."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.demo.samples import picture
from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, newest


@dataclass(frozen=True, kw_only=True)
class Discretion:
    """Aino, who has asked for neutral lines, and Mikael, who writes to her."""

    programme: Programme
    aino: Phone
    mikael: Phone
    menu: int

    @property
    def neutral(self) -> str:
        return self.programme.say(self.aino, "covering.line")

    @property
    def seen(self) -> list[ShownMessage]:
        """What the bot has put into Aino's chat since, in order."""
        return [shown for shown in self.aino.messages if shown.from_bot and shown.id > self.menu]

    async def line(self) -> ShownMessage:
        """The newest line, when everything has happened."""
        await self.programme.settled()
        line = self.seen[-1]
        assert looks(line) == (self.neutral, [self.programme.say(self.aino, "covering.show")], None)
        return line

    async def press(self, line: ShownMessage, id_: str) -> str:
        """What stands in the place of a line after a press on its button."""
        self.aino.press(line.id, self.programme.say(self.aino, id_))
        await self.programme.settled()
        return self.aino.message(line.id).text

    async def a_minute_later(self) -> None:
        """Something else that happens lets the bot look at once for what is due."""
        await self.programme.settled()
        self.programme.clock.ahead += timedelta(minutes=1)
        self.aino.write("/alias")
        await self.programme.settled()
        self.aino.delete(newest(self.aino))


def looks(shown: ShownMessage) -> tuple[str, list[str], int | None]:
    return shown.text, [label for row in shown.keyboard for label in row], shown.reply_to


@pytest.fixture
async def discretion(programme: Programme) -> Discretion:
    aino = await programme.already("Aino", Role.PARTICIPANT, language="fi")
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    aino.write("/safety")
    menu = await programme.told(aino, "safety.shown")
    aino.press(menu.id, programme.say(aino, "safety.only_line_on"))
    there = Discretion(programme=programme, aino=aino, mikael=mikael, menu=menu.id)
    await aino.wait_for(lambda shown: there.neutral in shown.text)  # /safety says what it looks like
    return there


async def test_what_comes_is_a_line_that_is_opened_for_a_minute_as_often_as_one_likes(discretion: Discretion) -> None:
    programme, aino, mikael = discretion.programme, discretion.aino, discretion.mikael
    written = mikael.write("Nähdään kuudelta")
    line = await discretion.line()
    for _ in range(2):
        assert (await discretion.press(line, "covering.show")).startswith("Nähdään kuudelta\n\n")
        await discretion.a_minute_later()
        await discretion.line()

    # What has been read already and is changed behind the line comes as a correction of its own.
    mikael.edit(written, "Nähdään seitsemältä")
    correction = await discretion.line()
    assert correction.id > line.id
    corrected = await discretion.press(correction, "covering.show")
    assert corrected.startswith(f"{programme.say(aino, 'changing.corrected')}\nNähdään seitsemältä\n\n")

    # Off again: what came before stays behind its line, what comes from now on does not.
    await discretion.press(aino.message(discretion.menu), "covering.show")
    aino.press(discretion.menu, programme.say(aino, "safety.only_line_off"))
    await programme.settled()
    mikael.write("Tervetuloa")
    await programme.settled()
    assert discretion.seen[-1].text == "Tervetuloa"
    assert aino.message(line.id).text == discretion.neutral
    assert "Nähdään kuudelta" in await discretion.press(line, "covering.show")


async def test_what_is_changed_or_taken_back_behind_a_line_is_so_on_the_screen_too(discretion: Discretion) -> None:
    programme, aino, mikael = discretion.programme, discretion.aino, discretion.mikael
    written = mikael.write("At six")
    line = await discretion.line()
    mikael.edit(written, "At seven")
    await programme.settled()
    assert discretion.seen == [line], "nobody has read it, so nothing needs correcting"
    assert (await discretion.press(line, "covering.show")).startswith("At seven\n\n")
    mikael.edit(written, "At eight")
    await programme.settled()
    assert aino.message(line.id).text.startswith("At eight\n\n")
    await discretion.press(line, "covering.close")
    assert (await discretion.line()).id == line.id
    await discretion.press(line, "covering.show")
    mikael.write("/delete", reply_to=written)
    await programme.told(mikael, "changing.removal_removed")
    await discretion.a_minute_later()
    assert discretion.seen == []


async def test_a_picture_and_an_answer_stand_below_the_line_for_a_minute(discretion: Discretion) -> None:
    programme, aino, mikael = discretion.programme, discretion.aino, discretion.mikael
    asked = aino.write("Missä olet?")
    there = await programme.brought(mikael, "Missä olet?")
    lake = picture("lake.jpg")
    sent = mikael.send_file("photo", lake, caption="Here", reply_to=there.id)
    line = await discretion.line()

    # Neither the line nor a notification has anything of it; it is shown below, hanging on what it answers.
    assert discretion.neutral in await discretion.press(line, "covering.show")
    shown = discretion.seen[-1]
    assert shown.media is not None
    assert (shown.media.data, shown.text, shown.reply_to) == (lake, "Here", asked)
    aino.react(shown.id, "❤")
    aino.write("Kaunista", reply_to=shown.id)
    answer = await mikael.wait_for(lambda shown: "Kaunista" in shown.text)
    assert answer.reply_to == sent
    assert mikael.message(sent).bot_reactions == ("❤",)
    await discretion.a_minute_later()
    assert [shown.id for shown in discretion.seen] == [line.id]
    await discretion.line()

    # What a mentor deletes on their own side cannot be had any more: both learn of it.
    mikael.delete(sent)
    assert programme.say(aino, "covering.cannot_be_shown") in await discretion.press(line, "covering.show")
    await programme.told(mikael, "channel.not_carried")
    assert [shown.id for shown in discretion.seen] == [line.id]


async def test_every_piece_of_an_album_has_its_line(discretion: Discretion) -> None:
    mikael = discretion.mikael
    mikael.send_album("photo", [b"the first", b"the second"], caption="Our new flat")
    await discretion.programme.settled()
    first, second = discretion.seen
    assert first.text == second.text == discretion.neutral
    await discretion.press(second, "covering.show")
    assert [shown.media.data for shown in discretion.seen if shown.media] == [b"the second"]


async def test_no_sign_and_no_reaction_appears_under_what_a_participant_wrote(discretion: Discretion) -> None:
    programme, aino, mikael = discretion.programme, discretion.aino, discretion.mikael
    written = aino.write("Olen perillä")
    there = await programme.brought(mikael, "Olen perillä")
    mikael.react(there.id, "👍")
    line = await discretion.line()
    assert discretion.neutral in await discretion.press(line, "covering.show")
    told = discretion.seen[-1]
    assert (told.reply_to, "👍" in told.text) == (written, True)
    mikael.react(there.id, None)
    await programme.settled()
    assert aino.message(written).reactions == ()
    assert len(discretion.seen) == 2


async def test_what_one_asked_for_comes_as_it_is_and_stays_no_longer(discretion: Discretion) -> None:
    programme, aino = discretion.programme, discretion.aino
    aino.write("/language")
    asked = await programme.told(aino, "profile.language_offered")
    await discretion.a_minute_later()
    line = await discretion.line()
    assert line.id == asked.id
    await discretion.press(line, "covering.show")
    aino.press(line.id, "Svenska")
    programme.languages[aino.id] = "sv"
    assert (await programme.told(aino, "profile.language_changed")).id == line.id
    await discretion.a_minute_later()
    assert (await discretion.line()).id == line.id
