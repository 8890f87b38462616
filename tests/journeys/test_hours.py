"""Outside the hours that Aino chose nothing reaches her but what she herself starts."""

from sqlalchemy import func, select

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from mentorbot.programme.reaction import ARRIVED
from storage.tables import UNFINISHED, outbox
from tests.journeys.programme import Programme, heard, newest, until
from tests.journeys.test_reactions import shows


async def at_work(programme: Programme) -> tuple[Phone, Phone]:
    aino = await programme.already("Aino", Role.PARTICIPANT, language="fi")
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    return aino, mikael


async def wait_for_queue(programme: Programme, phone: Phone, length: int) -> None:
    """Wait until this much waits for somebody."""
    pid = (await programme.person(phone)).pid
    waiting = select(func.count()).select_from(outbox).where(outbox.c.recipient == pid, UNFINISHED)

    async def there() -> bool:
        count = await programme.store.transact(lambda tx: tx.conn.execute(waiting).scalar_one())
        return bool(count == length)

    await until(there)


async def test_what_a_mentor_writes_at_night_comes_in_the_morning_in_order(programme: Programme) -> None:
    aino, mikael = await at_work(programme)
    programme.set_clock(12)
    aino.write("/hours 8 – 20")
    await programme.told(aino, "safety.hours_daytime", opens="8.00", closes="20.00")

    programme.set_clock(23)
    mikael.write("First")
    told = await programme.told(mikael, "channel.delivered_another_day", alias=await programme.alias(aino))
    mikael.write("Second")
    await wait_for_queue(programme, aino, 2)
    programme.set_clock(23, 1)
    seen = newest(aino)
    aino.write("/help")
    await programme.told(aino, "help_participant", after=seen)
    question = aino.write("Are you awake?")
    await mikael.wait_for(lambda shown: "Are you awake?" in shown.text)
    await shows(aino, question, ARRIVED)
    assert "First" not in heard(aino)
    assert not programme.was_told(mikael, "channel.delivered_today")
    assert sum(shown.text == told.text for shown in mikael.messages) == 1

    programme.set_clock(8, days=2)
    await aino.wait_for(lambda shown: shown.text == "Second")
    await programme.settled()
    assert [text for text in heard(aino) if text in ("First", "Second")] == ["First", "Second"]


async def test_without_hours_it_comes_at_night(programme: Programme) -> None:
    """The control."""
    aino, mikael = await at_work(programme)
    programme.set_clock(23)
    mikael.write("First")
    await aino.wait_for(lambda shown: shown.text == "First")
    await programme.settled()
    assert heard(mikael) == []


async def test_what_waits_comes_at_once_when_she_opens_the_hours_with_a_button(programme: Programme) -> None:
    aino, mikael = await at_work(programme)
    programme.set_clock(23)
    aino.write("/safety")
    menu = await programme.told(aino, "safety.shown")
    aino.press(menu.id, programme.say(aino, "safety.hours_choose"))
    await aino.wait_for(lambda shown: programme.say(aino, "safety.hours_shown") in shown.text)
    aino.press(menu.id, "8.00–22.00")
    await aino.wait_for(lambda shown: "8.00–22.00" in shown.text)
    mikael.write("First")
    await programme.told(mikael, "channel.delivered_another_day")
    aino.press(menu.id, programme.say(aino, "safety.hours_any"))
    await aino.wait_for(lambda shown: shown.text == "First")


async def test_hours_that_cannot_be_understood_are_answered_with_an_example(programme: Programme) -> None:
    aino, _ = await at_work(programme)
    aino.write("/hours aamusta iltaan")
    await programme.told(aino, "safety.hours_wrong")


async def test_a_reaction_waits_and_a_removal_does_not(programme: Programme) -> None:
    aino, mikael = await at_work(programme)
    aino.write("/hours 8-20")
    await programme.told(aino, "safety.hours_daytime")
    programme.set_clock(12)
    mine = aino.write("Hello")
    there = await mikael.wait_for(lambda shown: "Hello" in shown.text)
    theirs = mikael.write("A slip of the pen")
    await aino.wait_for(lambda shown: shown.text == "A slip of the pen")
    await programme.settled()

    programme.set_clock(23)
    mikael.react(there.id, "👍")
    await wait_for_queue(programme, aino, 1)
    mikael.write("/delete", reply_to=theirs)
    await programme.told(mikael, "changing.removal_removed")
    assert "A slip of the pen" not in heard(aino)
    assert aino.message(mine).reactions == (ARRIVED,)

    programme.set_clock(8, days=2)
    await shows(aino, mine, "👍")
