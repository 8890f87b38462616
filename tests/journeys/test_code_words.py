"""The code word: it holds the channel and tells the mentor, and in the participant's chat nothing is different."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unittest.mock import ANY

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from mentorbot.programme.reaction import ARRIVED
from tests.journeys.programme import Programme, heard, newest
from tests.journeys.test_hours import wait_for_queue
from tests.journeys.test_reactions import shows

WORD = "kirsikkapuu"


async def with_mentor(programme: Programme, participant: str, mentor: str) -> tuple[Phone, Phone]:
    aino = await programme.already(participant, Role.PARTICIPANT, language="fi")
    mikael = await programme.already(mentor, Role.MENTOR)
    await programme.already_paired(aino, mikael)
    return aino, mikael


async def settle(programme: Programme, aino: Phone, word: str) -> None:
    aino.write(f"/codeword {word}")
    await programme.told(aino, "code_word.settled")
    await programme.settled()


async def test_the_mentor_is_told_nothing_gets_through_and_all_of_it_comes_when_they_say_so(
    programme: Programme,
) -> None:
    aino, mikael = await with_mentor(programme, "Aino", "Mikael")
    alias = await programme.alias(aino)
    await settle(programme, aino, WORD)
    await programme.told(mikael, "code_word.mentor_new", alias=alias)
    assert all(WORD not in shown.text for shown in aino.messages)

    aino.write("Kiva juttu. Se kirsikka-puu kukkii!")
    alert = await programme.told(mikael, "code_word.used", alias=alias)
    await mikael.wait_for(lambda shown: programme.say(mikael, "code_word.withheld") in shown.text)
    seen = newest(aino)
    mikael.write("Are you all right?")
    mikael.write("I am worried")
    await programme.told(mikael, "code_word.held_back", alias=alias)
    await wait_for_queue(programme, aino, 2)
    aino.write("/help")
    await programme.told(aino, "help_participant", after=seen)
    aino.write("Mitä kuuluu?")
    marked = await mikael.wait_for(lambda shown: "Mitä kuuluu?" in shown.text)
    assert programme.say(mikael, "code_word.doubtful") in marked.text
    assert all("kukkii" not in shown.text for shown in mikael.messages)
    assert "Are you all right?" not in heard(aino)

    mikael.press(alert.id, programme.say(mikael, "code_word.lift"))
    await programme.told(mikael, "code_word.lifted", alias=alias)
    await programme.settled()
    assert [text for text in heard(aino) if text.isascii()] == ["Are you all right?", "I am worried"]
    aino.write("Olen taas minä")
    usual = await mikael.wait_for(lambda shown: "Olen taas minä" in shown.text)
    assert programme.say(mikael, "code_word.doubtful") not in usual.text


async def test_in_the_participants_chat_nothing_is_different(programme: Programme) -> None:
    """Aino's word comes, Eero's does not. Everything that the bot does in their chats is the same, call by call."""
    _, _, with_the_word = await tried_out(programme, "Aino", "Mikael", WORD)
    eero, maria, without = await tried_out(programme, "Eero", "Maria", "omenatarha")
    assert len(without) > 10
    assert with_the_word == without

    # The control: a mentor's words are what differs, and that is seen.
    maria.write("Hello")
    await programme.settled()
    more = [call for call in calls_in(programme, eero) if call not in without]
    assert more == [("sendMessage", {"text": "Hello", "link_preview_options": ANY})]


async def tried_out(
    programme: Programme, participant: str, mentor: str, word: str
) -> tuple[Phone, Phone, list[tuple[str, object]]]:
    aino, mikael = await with_mentor(programme, participant, mentor)
    await settle(programme, aino, word)
    await behave(programme, aino)
    await shows(aino, aino.write("Hei hei"), ARRIVED)  # the signs come beside everything else, and in their order
    assert programme.was_told(mikael, "code_word.used") == (word == WORD)
    return aino, mikael, calls_in(programme, aino)


async def behave(programme: Programme, aino: Phone) -> None:
    """Whoever has the phone now tries everything: writes, changes, removes, looks up, sends what is asked about."""
    with_word = aino.write(f"Hei! Se {WORD} kukkii.")
    await programme.settled()
    other = aino.write("Mitä kuuluu?")
    await programme.settled()
    aino.edit(other, f"Mitä {WORD} kuuluu?")
    await programme.settled()
    aino.write("Toinen", reply_to=with_word)
    aino.send_file("photo", b"a picture", caption=f"Tässä {WORD}")
    await programme.settled()
    aino.write("/safety")
    aino.write("/codeword")
    aino.write("/help")
    await programme.settled()
    aino.write("/delete", reply_to=with_word)
    await programme.settled()
    aino.send_dice()
    aino.send_contact("+358401234567", "Otto")
    await programme.settled()
    anyway = programme.say(aino, "channel.send_anyway")
    aino.press(next(shown.id for shown in aino.messages if (anyway,) in shown.keyboard), anyway)
    await programme.settled()


def calls_in(programme: Programme, phone: Phone) -> list[tuple[str, object]]:
    """What the bot did in somebody's chat, the signs of arrival at the end. An id is replaced by its place among them
    all, a button by its label."""
    calls = [call for call in programme.api.transcript if call.params.get("chat_id") == phone.id]
    ids = sorted({id_ for call in calls for id_ in _ids(call.params)})
    plain = [(call.method, _plain(call.params, ids)) for call in calls]
    signs = [call for call in plain if call[0] == "setMessageReaction"]
    return [*(call for call in plain if call not in signs), *sorted(signs, key=str)]


def _ids(value: Any, key: str = "") -> Iterator[int]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _ids(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _ids(each, key)
    elif key in ("message_id", "message_ids"):
        yield int(value)


def _plain(value: Any, ids: Sequence[int], key: str = "") -> Any:
    if isinstance(value, Mapping):
        without = ("chat_id", "callback_data")
        return {name: _plain(each, ids, name) for name, each in value.items() if name not in without}
    if isinstance(value, list):
        return [_plain(each, ids, key) for each in value]
    return ids.index(int(value)) if key in ("message_id", "message_ids") else value
