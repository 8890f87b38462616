"""Row 30, live: a bit of a stored ciphertext is flipped. That row is set aside, and everything else goes on."""

import json

from mentorbot.programme.people import Role
from storage import inbox
from storage.inbox import Arrival
from tests.people import AINO, joined

from .house import SAY, House, ends_with, from_bot, running
from .judge import Arrival as Arrived, all_arrived_in_order, arrivals

FIRST, SECOND = "the first message", "the second message"


async def flip(house: House, table: str, column: str, where: str = "true") -> None:
    """One bit near the end of every such field."""
    rows = await house.rows(f"SELECT {column} FROM {table} WHERE {where}")  # noqa: S608
    assert rows, f"there is no {table}.{column} to flip a bit of"
    for (sealed,) in rows:
        flipped = bytearray(sealed)
        flipped[-3] ^= 0b100
        was, becomes = house.literal(sealed), house.literal(bytes(flipped))
        await house.execute(f"UPDATE {table} SET {column} = {becomes} WHERE {column} = {was}")  # noqa: S608


async def test_a_notice_is_set_aside_and_the_writer_told_that_it_did_not_arrive(house: House) -> None:
    waits = house.api.faults.too_many_requests("sendMessage", 2, chat=house.mikael.id)
    async with running(house):
        house.aino.write(FIRST)
        await waits.happened()
        await house.appears("SELECT id FROM outbox WHERE state = 'retry'")
        await flip(house, "outbox", "body", "state = 'retry'")
        house.aino.write(SECOND)
        await house.settled()
    assert arrivals(house.mikael) == [Arrived(SECOND, False)]
    assert from_bot(house.aino) == [SAY("channel.not_carried")]


async def test_an_update_is_set_aside_and_the_next_ones_are_acted_on(house: House) -> None:
    store = await house.store()
    for number, words in ((1, FIRST), (2, SECOND)):
        who = {"id": AINO, "is_bot": False, "first_name": "Aino"}
        message = {"message_id": number, "date": number, "from": who, "chat": who | {"type": "private"}, "text": words}
        raw = json.dumps({"update_id": number, "message": message}).encode()
        await inbox.keep(store, [Arrival(update_id=number, identity=str(number).encode(), body=raw)])
    await flip(house, "inbox", "body", "update_id = 1")
    async with running(house):
        await house.settled()
    assert arrivals(house.mikael) == [Arrived(SECOND, False)]
    assert await house.rows("SELECT update_id, state FROM inbox ORDER BY update_id") == [(1, "aside"), (2, "done")]


async def test_a_person_whose_row_is_broken_is_told_so_and_holds_nobody_up(house: House) -> None:
    await flip(house, "people", "alias", is_person(house, house.participant.pid))
    async with running(house):
        house.aino.write(FIRST)
        await house.aino.wait_for(ends_with(SAY("set_aside")))
        house.mikael.write(SECOND)
        house.sari.write("/help")
        await house.settled()
        assert from_bot(house.sari)
    all_arrived_in_order(house.aino, [SAY("set_aside"), SECOND])
    assert arrivals(house.mikael) == []


async def test_a_mentor_whose_row_is_broken_is_not_offered_and_the_others_are(house: House) -> None:
    store = await house.store()
    other = await joined(store, Role.MENTOR, alias="Heinonen")
    waiting = await joined(store, Role.PARTICIPANT, alias="Saarela")
    await flip(house, "people", "alias", is_person(house, house.mentor.pid))
    async with running(house):
        house.sari.write("/pair")
        asked = await house.sari.wait_for(lambda message: bool(message.keyboard))
        house.sari.press(asked.id, (0, 0))
        await house.sari.wait_for(lambda message: message.edited and other.alias in str(message.keyboard))
        assert len(house.sari.message(asked.id).keyboard) == 1
        house.sari.press(asked.id, (0, 0))
        await house.settled()
    mentors = [row[0] for row in await house.rows("SELECT mentor FROM channels ORDER BY opened_at")]
    assert mentors == [house.mentor.pid, other.pid]
    assert await house.rows("SELECT count(*) FROM channels WHERE " + is_person(house, waiting.pid, "participant")) == [  # noqa: S608
        (1,)
    ]


async def test_without_a_flipped_bit_all_of_it_works(house: House) -> None:
    """The control: the same installation, untouched."""
    async with running(house):
        house.aino.write(FIRST)
        house.mikael.write(SECOND)
        await house.settled()
    all_arrived_in_order(house.mikael, [FIRST])
    all_arrived_in_order(house.aino, [SECOND])


def is_person(house: House, pid: bytes, column: str = "pid") -> str:
    return f"{column} = {house.literal(pid)}"
