"""Row 44: the mentor changes in mid-conversation, and the process is killed around it. What is queued goes to the new
mentor only; the transcripts of the stand-in judge."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from handlers.telegram.buttons import Action, Press, token_for
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.samples import picture
from mentorbot.programme.content import Written
from mentorbot.programme.ids import MessageId, TelegramId
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import LABEL_MARK, Words
from mentorbot.services import change, messaging
from storage import people
from storage.transaction import Store
from tests.people import joined

from .halting import Halt, Kind, Position
from .house import House, a_phone, running, says
from .process import LAUNCHER, polls, started

FIRST, SECOND, THIRD = "the first message", "the second message", "the third message"
UNDER = MessageId(1)


@dataclass(frozen=True, kw_only=True)
class Successor:
    phone: Phone
    person: Person


@pytest.fixture
async def maria(house: House) -> Successor:
    phone = a_phone(house.api, "Maria")
    store = await house.store()
    person = await joined(store, Role.MENTOR, telegram_id=TelegramId(phone.id), alias="Virta")
    return Successor(phone=phone, person=person)


def carried(phone: Phone) -> list[str]:
    """What a participant wrote, as often as it ever came into a mentor's chat, be it deleted since or not."""
    messages = [message.text for message in phone.history if message.from_bot]
    return [text.splitlines()[-1] for text in messages if text.startswith(LABEL_MARK)]


async def queue(house: House, store: Store, *texts: str) -> None:
    for number, text in enumerate(texts, start=1_001):
        written = Written(message=MessageId(number), words=Words(text=text))
        await store.transact(lambda tx, written=written: messaging.write(tx, house.participant, written))  # type: ignore[misc]


async def change_now(house: House, store: Store, to: Successor) -> None:
    await store.transact(
        lambda tx: change.change_now(tx, house.coordinator, house.channel.id, to.person.pid, instead_of=UNDER)
    )


@pytest.mark.parametrize("position", Position)
async def test_a_change_that_is_killed_leaves_what_waits_to_the_new_mentor(
    house: House, maria: Successor, position: Position
) -> None:
    store = await house.store()
    await store.transact(lambda tx: people.set_unreachable(tx, house.mentor.pid, refused=tx.now))
    await queue(house, store, FIRST, SECOND)
    press = Press(action=Action.CHANGE_NOW, subject=house.channel.id, object=maria.person.pid)
    token = token_for(store.root.buttons, house.coordinator.pid, press)
    async with started(house, LAUNCHER, str(Halt(Kind.WORK, position))) as bot:
        await polls(bot)
        house.sari.press_data(max(message.id for message in house.sari.history), token)
        await bot.halted()
    async with running(house):
        await maria.phone.wait_for(lambda message: message.text.endswith(SECOND))
        house.aino.write(THIRD)
        house.mikael.write("I am back")
        await house.mikael.wait_for(says("channel.no_participant_yet"))
        await house.settled()
    assert carried(maria.phone) == [FIRST, SECOND, THIRD], maria.phone.transcript()
    assert carried(house.mikael) == [], house.mikael.transcript()
    assert not any("I am back" in message.text for message in house.aino.history if message.from_bot)


@pytest.mark.parametrize(
    ("halt", "with_the_old_one"),
    [(Halt(Kind.CLAIM, Position.AFTER), []), (Halt(Kind.RECORD, Position.BEFORE), [FIRST])],
    ids=["before-it-was-sent", "before-that-was-recorded"],
)
async def test_what_was_being_sent_at_a_kill_is_not_sent_to_the_old_mentor_after_a_change(
    house: House, maria: Successor, halt: Halt, with_the_old_one: Sequence[str]
) -> None:
    async with started(house, LAUNCHER, str(halt)) as bot:
        await polls(bot)
        house.aino.write(FIRST)
        await bot.halted()
    assert carried(house.mikael) == with_the_old_one
    await change_now(house, await house.store(), maria)
    async with running(house):
        house.aino.write(SECOND)
        await house.settled()
    assert carried(house.mikael) == with_the_old_one, house.mikael.transcript()
    assert carried(maria.phone) == [FIRST, SECOND], maria.phone.transcript()


async def test_a_question_for_a_note_that_came_twice_is_answered_once(house: House, maria: Successor) -> None:
    """The process is killed before it is noted which message asks; what answers that one is no ordinary message."""
    store = await house.store()
    await store.transact(lambda tx: people.set_unreachable(tx, house.coordinator.pid, refused=tx.now))
    await store.transact(
        lambda tx: change.ask_for_note(tx, house.coordinator, house.channel.id, maria.person.pid, instead_of=UNDER)
    )
    async with started(house, LAUNCHER, str(Halt(Kind.RECORD, Position.BEFORE))) as bot:
        await bot.halted()
    first = house.mikael.messages[-1]
    assert first.keyboard
    async with running(house):
        again = await house.mikael.wait_for(lambda message: bool(message.keyboard), after=first.id)
        house.mikael.write("Take care", reply_to=first.id)
        await house.mikael.wait_for(says("channel.for_whom"))
        assert not any("Take care" in message.text for message in house.aino.history)
        house.mikael.write("Farewell", reply_to=again.id)
        await house.aino.wait_for(lambda message: "Farewell" in message.text)
        await maria.phone.wait_for(lambda message: message.from_bot)
        house.sari.write("/help")
        await house.settled()
    assert not any("Take care" in message.text for message in house.aino.history)


async def test_an_album_and_an_edit_that_a_kill_meets_go_to_the_new_mentor_only(house: House, maria: Successor) -> None:
    async with started(house, LAUNCHER, str(Halt(Kind.CLAIM, Position.AFTER))) as bot:
        await polls(bot)
        pieces = house.aino.send_album("photo", [picture("lake.jpg"), picture("lake.jpg")], caption="Here")
        await bot.halted()
    await change_now(house, await house.store(), maria)
    async with running(house):
        house.aino.edit(pieces[0], "Here, by the lake")
        await house.settled()
    assert [message for message in house.mikael.history if message.media is not None] == []
    assert sum(message.media is not None for message in maria.phone.messages) == len(pieces)
    assert any("Here, by the lake" in message.text for message in maria.phone.messages), maria.phone.transcript()
    assert not any("lake" in message.text for message in house.mikael.history)


async def test_the_judge_sees_a_message_with_the_old_mentor(house: House, maria: Successor) -> None:
    """A control: where no change was made, the same message does go to Mikael."""
    store = await house.store()
    await queue(house, store, FIRST)
    async with running(house):
        await house.settled()
    assert carried(house.mikael) == [FIRST]
    assert carried(maria.phone) == []
