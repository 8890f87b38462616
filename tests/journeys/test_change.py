"""Aino asks for another mentor, Mikael leaves a note, and Maria takes over."""

from dataclasses import dataclass

import pytest

from handlers.telegram.buttons import Action, Press, token_for
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.samples import picture
from mentorbot.programme.people import Role
from mentorbot.programme.reaction import ARRIVED
from storage import channels
from tests.journeys.programme import Programme, heard, newest


def saw(phone: Phone, words: str) -> bool:
    return any(words in text for text in heard(phone))


async def test_a_participant_gets_another_mentor(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    mikael = await programme.already("Mikael", Role.MENTOR)
    maria = await programme.already("Maria", Role.MENTOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, mikael)
    aino.write("Only for Mikael")
    copy = await mikael.wait_for(lambda shown: "Only for Mikael" in shown.text)

    aino.write("/mentor")
    mentor = await programme.told(aino, "change.mentor", alias=await programme.alias(mikael))
    aino.press(mentor.id, programme.say(aino, "change.ask"))
    await programme.told(aino, "change.sure")
    aino.press(mentor.id, programme.say(aino, "change.ask_surely"))
    await programme.told(aino, "change.asked")
    asked = await programme.told(sari, "change.another_asked", participant=await programme.alias(aino))
    await programme.settled()
    assert heard(mikael) == [copy.text]

    sari.press(asked.id, programme.say(sari, "change.choose"))
    await programme.told(sari, "change.to_whom")
    theirs = await programme.alias(maria)
    choices = [row[0] for row in sari.message(asked.id).keyboard]
    assert len(choices) == 1
    sari.press(asked.id, next(label for label in choices if theirs in label))
    await programme.told(sari, "change.how", new=theirs)
    sari.press(asked.id, programme.say(sari, "change.note_first"))
    await programme.told(sari, "change.waits")
    question = await programme.told(mikael, "change.note_asked")
    await programme.settled()
    assert heard(maria) == []

    mikael.write("I wish you well", reply_to=question.id)
    marker = await programme.told(aino, "change.changed", new=theirs)
    over = await programme.told(mikael, "change.over", alias=await programme.alias(aino))
    await programme.told(maria, "pairing.meet_participant")
    await programme.told(sari, "change.done")
    await programme.settled()
    note = next(shown for shown in aino.messages if "I wish you well" in shown.text)
    assert note.id < marker.id
    assert not saw(mikael, "Only for Mikael")
    assert not saw(maria, "Only for Mikael")

    aino.write("Hello Maria")
    await maria.wait_for(lambda shown: "Hello Maria" in shown.text)
    said, seen = heard(aino), newest(mikael)
    mikael.write("One more word", reply_to=over.id)
    await programme.told(mikael, "channel.no_participant_yet", after=seen)
    mikael.press(question.id, programme.say(mikael, "change.no_note"))
    await programme.settled()
    assert heard(aino) == said
    assert not saw(mikael, "Hello Maria")


# --- what is on its way in that moment --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Circle:
    programme: Programme
    sari: Phone
    mikael: Phone
    maria: Phone
    aino: Phone

    async def change(self) -> None:
        """Sari presses the last button."""
        programme = self.programme
        aino, maria = await programme.person(self.aino), await programme.person(self.maria)
        channel = await programme.store.transact(lambda tx: channels.of_participant(tx, aino.pid))
        assert channel is not None
        press = Press(action=Action.CHANGE_NOW, subject=channel.id, object=maria.pid)
        sari = await programme.person(self.sari)
        self.sari.press_data(newest(self.sari), token_for(programme.store.root.buttons, sari.pid, press))
        await programme.told(self.aino, "change.changed")


@pytest.fixture
async def circle(programme: Programme) -> Circle:
    sari = await programme.already("Sari", Role.COORDINATOR)
    mikael = await programme.already("Mikael", Role.MENTOR)
    maria = await programme.already("Maria", Role.MENTOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, mikael)
    sari.write("/help")
    await programme.told(sari, "help_coordinator")
    return Circle(programme=programme, sari=sari, mikael=mikael, maria=maria, aino=aino)


async def test_a_message_that_arrives_with_the_old_mentor_in_that_moment_does_not_stay_there(circle: Circle) -> None:
    delayed = circle.programme.api.faults.delay("sendMessage", 0.4, chat=circle.mikael.id)
    written = circle.aino.write("On its way")
    await delayed.happened()
    await circle.change()
    await circle.programme.told(circle.mikael, "change.over")
    await circle.programme.settled()
    assert any("On its way" in shown.text for shown in circle.mikael.history)
    assert not saw(circle.mikael, "On its way")
    assert saw(circle.maria, "On its way")
    assert circle.aino.message(written).bot_reactions == (ARRIVED,)


async def test_an_album_that_arrives_with_the_old_mentor_in_that_moment_does_not_stay_there(circle: Circle) -> None:
    pictures = [picture("lake.jpg"), picture("lake.jpg")]
    delayed = circle.programme.api.faults.delay("sendMediaGroup", 0.4, chat=circle.mikael.id)
    circle.aino.send_album("photo", pictures)
    await delayed.happened()
    await circle.change()
    await circle.programme.told(circle.mikael, "change.over")
    await circle.programme.settled()
    assert [shown for shown in circle.mikael.messages if shown.media is not None] == []
    assert [shown.media.data for shown in circle.maria.messages if shown.media is not None] == pictures


async def test_a_reaction_on_its_way_is_seen_by_nobody_else(circle: Circle) -> None:
    circle.mikael.write("Well done")
    there = await circle.programme.brought(circle.aino, "Well done")
    delayed = circle.programme.api.faults.delay("setMessageReaction", 0.4, chat=circle.mikael.id)
    circle.aino.react(there.id, "❤")
    await delayed.happened()
    await circle.change()
    circle.aino.react(there.id, "👍")
    await circle.programme.settled()
    calls = circle.programme.api.transcript.calls("setMessageReaction")
    assert {call.params["chat_id"] for call in calls} == {circle.mikael.id}
    assert len(calls) == 1


async def test_edits_and_removals_around_the_change_reach_the_new_mentor_only(circle: Circle) -> None:
    circle.mikael.block()
    edited, removed = circle.aino.write("At six"), circle.aino.write("In secret")
    await circle.programme.told(circle.aino, "absence.mentor_waits")
    await circle.change()
    circle.aino.edit(edited, "At seven")
    circle.aino.write("/delete", reply_to=removed)
    circle.mikael.unblock()
    await circle.programme.settled()
    assert saw(circle.maria, "At seven")
    assert not any("In secret" in shown.text for shown in circle.maria.messages)
    assert not any(words in text for words in ("At s", "In secret") for text in heard(circle.mikael))
