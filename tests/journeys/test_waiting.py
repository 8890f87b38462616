"""A participant waits for an answer: the mentor is reminded, a coordinator sees a number, and the answer ends it."""

from datetime import timedelta

from mentorbot.programme.people import Role
from mentorbot.services import waiting
from tests.journeys.programme import Programme, heard

PATIENCE = timedelta(hours=24)


async def test_who_waits_is_remembered_until_somebody_answers(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR, language="fi")
    sari = await programme.already("Sari", Role.COORDINATOR)
    await programme.already_paired(aino, mikael)
    alias = await programme.alias(aino)

    async def hours_pass(hours: int) -> None:
        programme.clock.ahead += timedelta(hours=hours)
        await waiting.look(programme.store, PATIENCE)
        await programme.settled()

    aino.write("A secret question")
    await mikael.wait_for(lambda shown: "A secret question" in shown.text)
    await programme.settled()
    await hours_pass(23)
    assert len(heard(mikael)) == 1
    await hours_pass(2)
    reminder = await programme.told(mikael, "waiting.answer_awaited", alias=alias)
    assert "secret" not in reminder.text

    # /people says so too.
    mikael.write("/people")
    shown = await programme.told(mikael, "people.only_one", alias=alias, after=reminder.id)
    assert "odottaa vastaustasi yhteen viestiin" in shown.text

    await hours_pass(25)
    assert [text for text in heard(sari) if alias in text or "secret" in text] == []
    assert heard(sari) == [
        "ℹ️ One participant is still waiting for an answer, although their mentor was reminded. "
        "Perhaps a mentor needs help: ask them how they are. To change a mentor: /pair"
    ]

    # A reply to the reminder is an answer to Aino.
    await programme.settled()
    mikael.write("Anteeksi", reply_to=reminder.id)
    await aino.wait_for(lambda shown: shown.text == "Anteeksi")
    await hours_pass(100)
    assert (len(heard(mikael)), len(heard(sari))) == (3, 1)
