"""A whole story with the log at DEBUG: nothing that anybody wrote, is called, or could be found by is in it."""

import signal
from dataclasses import dataclass, field

import pytest

from mentorbot.demo.bot_api.phone import Phone
from tests.people import SQLITE_ONLY

from .house import SAY, House, a_phone, ends_with, from_bot, says
from .launcher import ALOUD
from .process import LAUNCHER, MENTORBOT, Bot, polls, started

WORDS = "canaryword"


@dataclass
class Secrets:
    """What must not be in a log, by what it is."""

    of: dict[str, str] = field(default_factory=dict)

    def words(self, what: str) -> str:
        """Something that somebody writes, unlike anything else."""
        self.of[what] = f"{WORDS}{len(self.of)}"
        return self.of[what]

    def in_(self, log: str) -> set[str]:
        assert log.strip(), "there is no log: this has looked at nothing"
        return {what for what, secret in self.of.items() if secret in log}


async def the_story(house: House) -> Secrets:
    """Joining with a wrong code first, pairing, words both ways, and whatever can go wrong on the way."""
    secrets = Secrets()
    eeva = a_phone(house.api, "Eeva")
    for phone in (*house.phones, eeva):
        secrets.of |= {
            f"{phone.first_name}, {what}": str(phone.user[what])
            for what in ("id", "first_name", "last_name", "username")
        }
    secrets.of |= {"the token": house.api.token, "an alias": house.participant.alias}
    await joins(house, eeva, secrets)
    await has_a_line(house, secrets)
    await is_paired(house, eeva, secrets)
    await talks(house, secrets)
    await has_trouble(house, secrets)
    return secrets


async def joins(house: House, eeva: Phone, secrets: Secrets) -> None:
    house.sari.write("/invite")
    offered = await house.sari.wait_for(says("invites.offered"))
    house.sari.press(offered.id, SAY("invites.participant"))
    link = await house.sari.wait_for(lambda message: "?start=" in message.text)
    told = await house.sari.wait_for(lambda message: any(form["type"] == "code" for form in message.entities))
    form = next(form for form in told.entities if form["type"] == "code")
    secrets.of["the link"] = link.text.partition("?start=")[2].split()[0]
    secrets.of["the code"] = told.text[form["offset"] :][: form["length"]]
    eeva.start(secrets.of["the link"])
    await eeva.wait_for(says("joining.code_asked"))
    wrong = eeva.write(secrets.words("a wrong code"))
    await eeva.wait_for(lambda message: message.from_bot, after=wrong)
    eeva.write(secrets.of["the code"])
    asked = await eeva.wait_for(says("joining.language_asked"))
    secrets.of["a button"] = eeva.button(asked.id, "English")["callback_data"]
    eeva.press(asked.id, "English")
    limits = await eeva.wait_for(lambda message: (SAY("joining.accept"),) in message.keyboard)
    eeva.press(limits.id, SAY("joining.accept"))
    await house.sari.wait_for(lambda message: (SAY("pairing.choose_mentor"),) in message.keyboard)
    changed = eeva.write(f"/alias {secrets.words('another alias')}")
    await eeva.wait_for(lambda message: message.from_bot, after=changed)


async def has_a_line(house: House, secrets: Secrets) -> None:
    house.aino.write("/safety")
    menu = await house.aino.wait_for(lambda message: SAY("safety.shown") in message.text)
    house.aino.press(menu.id, SAY("safety.only_line_on"))
    await house.aino.wait_for(lambda message: (SAY("safety.only_line_off"),) in message.keyboard)
    words = secrets.words("words behind a line")
    house.mikael.write(words)
    line = await house.aino.wait_for(says("covering.line"))
    await house.settled()
    secrets.of["the button of a line"] = house.aino.button(line.id, (0, 0))["callback_data"]
    house.aino.press(line.id, (0, 0))
    await house.aino.wait_for(lambda message: words in message.text)
    house.aino.press(menu.id, SAY("safety.only_line_off"))
    await house.aino.wait_for(lambda message: (SAY("safety.only_line_on"),) in message.keyboard)
    await house.execute("UPDATE outbox SET not_before = 0 WHERE rank = 3")  # nobody waits for the minute
    await house.execute("UPDATE covered SET shown_until = 0")


async def is_paired(house: House, eeva: Phone, secrets: Secrets) -> None:
    house.sari.write("/pair")
    who = await house.sari.wait_for(says("pairing.who"))
    house.sari.press(who.id, (0, 0))
    await house.sari.wait_for(lambda message: message.id == who.id and message.edited)
    house.sari.press(who.id, (0, 0))
    await house.settled()
    words = secrets.words("a participant's words")
    eeva.write(words)
    came = await house.mikael.wait_for(ends_with(words))
    await house.settled()  # until then the bot does not know what an answer to it is about, and asks
    house.mikael.write(answer := secrets.words("a mentor's words"), reply_to=came.id)
    await eeva.wait_for(ends_with(answer))


async def talks(house: House, secrets: Secrets) -> None:
    house.otto.write(secrets.words("an outsider's words"))
    await house.otto.wait_for(says("stranger"))
    forged = house.aino.press_data(1, secrets.words("a forged button"))
    await house.aino.wait_for_toast(forged)
    house.mikael.write(secrets.words("words for nobody yet"))
    await house.mikael.wait_for(lambda message: bool(message.keyboard))


async def has_trouble(house: House, secrets: Secrets) -> None:
    faults = house.api.faults
    faults.server_error("sendMessage", 502, effect=True, chat=house.mikael.id)
    faults.truncate("getUpdates")
    house.aino.write(secrets.words("words that were answered by a broken server"))
    await house.settled()
    me = house.aino.user | {"type": "private"}
    poison = {"message_id": 9, "date": 1, "from": me, "chat": me, "entities": [{"type": "bold"}]}
    faults.inject({"message": {**poison, "text": secrets.words("words on which the conversation breaks")}})
    await house.aino.wait_for(says("set_aside"))
    faults.inject({"message": {"text": [secrets.words("what is no update at all")]}})
    faults.poison_poll(f'{{"ok": true, "result": [{secrets.words("what is no answer")}'.encode())
    faults.bad_request("sendMessage", secrets.words("Telegram's own words"), chat=house.mikael.id)
    house.aino.write(secrets.words("words that Telegram refuses"))
    await house.aino.wait_for(says("channel.not_carried"))


async def stopped(bot: Bot) -> str:
    bot.process.send_signal(signal.SIGTERM)
    assert await bot.ends(within=30) == 0, bot.log()
    return bot.log()


async def test_a_whole_story_tells_nothing(house: House) -> None:
    async with started(house, MENTORBOT, "run", MENTORBOT_LOG_LEVEL="DEBUG") as bot:
        await polls(bot)
        secrets = await the_story(house)
        log = await stopped(bot)
    assert secrets.in_(log) == set()
    assert "an update failed" in log, "the story has not gone as it should"
    assert len(from_bot(house.mikael)) > 3


@SQLITE_ONLY
async def test_without_the_filter_the_same_story_tells_the_token(house: House) -> None:
    """The control: libraries do write what the filter keeps out, and each secret would be found."""
    async with started(house, LAUNCHER, ALOUD) as bot:
        await polls(bot)
        secrets = await the_story(house)
        log = await stopped(bot)
    assert "the token" in secrets.in_(log)
    assert secrets.in_("\n".join(secrets.of.values())) == set(secrets.of)


def test_a_look_at_an_empty_log_fails() -> None:
    with pytest.raises(AssertionError, match="looked at nothing"):
        Secrets().in_("\n")
