"""What the story waits for: it comes, or it is missed in one sentence."""

from collections.abc import Awaitable, Callable
from datetime import UTC

import pytest

from mentorbot.demo.cast import Actor
from mentorbot.demo.samples import picture
from mentorbot.demo.stage import Stage
from mentorbot.demo.waits import Waits
from mentorbot.demo.witness import StoryWrong
from mentorbot.locale.catalogue import Say as Catalogue
from tests.demo.conftest import Call, Say

SAY = Catalogue("en", UTC)
QUICK, IMPATIENT = Waits(5), Waits(0.01)
DATA = picture("lake.jpg")


@pytest.fixture
def aino(quiet_stage: Stage) -> Actor:
    quiet_stage.cast.aino.phone.start()
    return quiet_stage.cast.aino


async def test_what_comes_is_given(quiet_stage: Stage, aino: Actor, call: Call, say: Say) -> None:
    at = {"chat_id": aino.phone.id}
    own = aino.phone.send_file("photo", DATA)
    await call("copyMessage", **at, from_chat_id=aino.phone.id, message_id=own)
    assert (await QUICK.file(aino, DATA, after=own)).from_bot
    assert (await QUICK.photo(aino, after=own)).from_bot

    asked = aino.phone.write("When?")
    answer = await say(aino, "At nine", reply_parameters={"message_id": asked})
    assert (await QUICK.reply(aino, "nine", asked)).id == answer["message_id"]

    await call("editMessageText", **at, message_id=answer["message_id"], text="At ten")
    assert (await QUICK.change(aino, answer["message_id"], "ten")).edited
    assert (await QUICK.text(aino, answer["message_id"], "At ten")).edited

    await call("setMessageReaction", **at, message_id=asked, reaction=[{"type": "emoji", "emoji": "👍"}])
    assert (await QUICK.reaction(aino, asked, "👍")).bot_reactions == ("👍",)

    told = await say(aino, SAY("stranger"))
    assert (await QUICK.hears(aino, "stranger", language="en")).id == told["message_id"]
    assert (await QUICK.reaches(aino, "At ten")).id == answer["message_id"]
    button = {"inline_keyboard": [[{"text": SAY("channel.do_not_send"), "callback_data": "x"}]]}
    offered = await say(aino, "Shall I?", reply_markup=button)
    assert (await QUICK.offers(aino, "channel.do_not_send", "en")).id == offered["message_id"]

    await call("deleteMessage", **at, message_id=answer["message_id"])
    await QUICK.deletion(aino, answer["message_id"])


@pytest.mark.parametrize(
    ("wait", "sentence"),
    [
        (lambda aino, said: IMPATIENT.file(aino, DATA), "did not get the file"),
        (lambda aino, said: IMPATIENT.photo(aino, after=0), "did not get a photo"),
        (lambda aino, said: IMPATIENT.hears(aino, "stranger"), "was not told “stranger” within"),
        (lambda aino, said: IMPATIENT.hears(aino, "stranger", language="fi"), "was not told “stranger” in fi"),
        (lambda aino, said: IMPATIENT.reaches(aino, "Hello"), "did not get “Hello” within"),
        (lambda aino, said: IMPATIENT.offers(aino, "channel.do_not_send", "fi"), "was not offered “Älä lähetä”"),
        (lambda aino, said: IMPATIENT.reply(aino, "Hello", said), "as a reply"),
        (lambda aino, said: IMPATIENT.change(aino, said, "Bye"), "never became “Bye”"),
        (lambda aino, said: IMPATIENT.text(aino, said, "Hell"), "never was “Hell” alone"),
        (lambda aino, said: IMPATIENT.reaction(aino, said, "👍"), "did not see 👍"),
        (IMPATIENT.deletion, "still sees the message"),
    ],
)
async def test_what_does_not_come_is_missed_in_one_sentence(
    aino: Actor, wait: Callable[[Actor, int], Awaitable[object]], sentence: str
) -> None:
    said = aino.phone.write("Hello")
    aino.phone.send_file("photo", DATA)
    aino.phone.react(said, "👍")
    with pytest.raises(StoryWrong, match=sentence):
        await wait(aino, said)
