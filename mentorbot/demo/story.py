"""The whole story, played on the real bot without a browser: joining, pairing, writing, a crash, another mentor.

Every wait has an end, and after every chapter everyone's chat is looked at. Whatever is not as it should be
ends the story with StoryWrong.
"""

from collections.abc import Awaitable, Callable

from rich.console import Console

from mentorbot.demo.bot_api.shown import PhoneError
from mentorbot.demo.bot_api.wire import Json
from mentorbot.demo.bot_process import BotFailed
from mentorbot.demo.cast import Actor, Languages
from mentorbot.demo.doorway import alias_of, last_made
from mentorbot.demo.sayings import button_text, label_of
from mentorbot.demo.stage import Stage, open_stage
from mentorbot.demo.story_channel import ChannelStory
from mentorbot.demo.teller import Teller
from mentorbot.demo.waits import Waits
from mentorbot.demo.witness import (
    StoryWrong,
    hears_only,
    never_seen_by_others,
    no_account_shows,
    only_between,
    only_marked_repeats,
    require,
)
from mentorbot.programme.invite import CODE_LETTERS

LANGUAGES = Languages(sari="en", mikael="sv", aino="fi", maria="en", otto="en")
_OWN_NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
_PATIENCE = 10.0  # seconds
_LONGEST = 4096


async def play() -> int:
    """Set the stage and tell the story on it. Raises StoryWrong, or BotFailed where no bot starts."""
    console = Console(highlight=False)
    async with open_stage(LANGUAGES) as stage:
        await tell(stage, console)
    return 0


async def tell(stage: Stage, console: Console, *, patience: float = _PATIENCE) -> None:
    """The story, on a stage that is set. Raises StoryWrong, which tells the chapter, also where something
    did not happen within `patience` seconds."""
    async with Teller(stage, console) as teller:
        story = Story(stage, teller, patience)
        for number, (title, chapter) in enumerate(story.chapters(), 1):
            teller.chapter(f"{number}. {title}")
            try:
                await chapter()
                count = no_account_shows(stage.cast)
            except (PhoneError, BotFailed, StoryWrong) as error:
                teller.catch_up()
                raise StoryWrong(f"Chapter {number} ({title}): {str(error).splitlines()[0]}") from error
            teller.found(f"No Telegram name, username or id in {count} messages")
    console.print("\nAll of it went as it should.", style="bold green")


class Story:
    def __init__(self, stage: Stage, teller: Teller, patience: float) -> None:
        self._stage = stage
        self._teller = teller
        self._waits = Waits(patience)
        self._channel = ChannelStory(stage, teller, self._waits)
        cast = stage.cast
        self._sari, self._mikael, self._aino, self._otto = cast.sari, cast.mikael, cast.aino, cast.otto
        self._maria = cast.maria

    def chapters(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        return [
            ("Sari coordinates", self._sari_joins),
            ("Mikael is invited and joins, in Swedish", self._mikael_joins),
            ("Aino is invited and joins, in Finnish", self._aino_joins),
            ("Otto was not invited", self._otto_tries),
            ("Sari brings Aino and Mikael together", self._pairing),
            ("They write to each other", self._writing),
            ("A message as long as Telegram takes", self._a_long_message),
            ("A photo, a reply, second thoughts", self._channel.more_than_words),
            ("A file that is asked about first", self._channel.asked_first),
            ("A heart, and thanks", self._channel.reactions),
            ("Aino has a neutral line in the place of what comes", self._channel.a_neutral_line),
            ("The bot is killed in mid-conversation", self._a_crash),
            ("Aino asks for another mentor, and Maria comes", self._another_mentor),
            ("Mikael is Aino's mentor no more", self._no_way_back),
            ("Otto guesses a link", self._otto_guesses),
        ]

    async def _sari_joins(self) -> None:
        invitation = await self._stage.bot.invite("coordinator")
        self._teller.happens("The one who runs the server makes an invite: mentorbot invite coordinator")
        await self._join(self._sari, invitation.payload, invitation.code, "en")

    async def _mikael_joins(self) -> None:
        payload, code = await self._invite("invites.mentor", self._mikael)
        await self._join(self._mikael, payload, code, "sv")
        await self._waits.hears(self._sari, "joining.joined_mentor")

    async def _aino_joins(self) -> None:
        payload, code = await self._invite("invites.participant", self._aino)
        self._aino.phone.start(payload)
        await self._waits.hears(self._aino, "joining.code_asked", language="fi")
        self._aino.phone.write(_another(code))
        await self._waits.hears(self._aino, "joining.code_wrong", language="fi")
        self._teller.found("A wrong code lets nobody in")
        await self._finish_joining(self._aino, code, "fi")
        await self._waits.hears(self._sari, "joining.joined_participant")
        early = self._aino.phone.write("Onko siellä joku?")
        await self._waits.hears(self._aino, "channel.no_mentor_yet", after=early)
        only_between(self._stage.cast, "Onko siellä joku?", self._aino)

    async def _otto_tries(self) -> None:
        await self._waits.hears(self._otto, "stranger", after=self._otto.phone.start())

    async def _pairing(self) -> None:
        offer = self._sari.phone.write("/pair")
        question = await self._waits.hears(self._sari, "pairing.who", after=offer)
        self._sari.phone.press(question.id, (0, 0))
        choice = await self._waits.hears(self._sari, "pairing.with_whom", after=offer)
        self._sari.phone.press(choice.id, (0, 0))
        await self._waits.hears(self._sari, "pairing.paired")
        await self._waits.hears(self._aino, "pairing.meet_mentor", language="fi")
        await self._waits.hears(self._mikael, "pairing.meet_participant", language="sv")

    async def _writing(self) -> None:
        hello, bold = "Hei! Huomenna on se tapaaminen, ja minua jännittää.", "jännittää"
        spoken: Json = {"type": "bold", "offset": hello.index(bold), "length": len(bold)}
        self._aino.phone.write(hello, entities=[spoken])
        heard = await self._waits.reaches(self._mikael, hello)
        require(
            label_of(heard.text) == alias_of(self._aino.phone.messages),
            "Aino's message does not stand under her alias.",
        )
        moved = {**spoken, "offset": heard.text.index(bold)}
        require(moved in heard.entities, "Aino's formatting did not survive.")
        self._teller.found("It stands under her alias, with her formatting")
        self._mikael.phone.write("Jag följer med. Vi ses vid hörnet halv tio.", reply_to=heard.id)
        answer = await self._waits.reaches(self._aino, "Jag följer med.")
        require(answer.text == "Jag följer med. Vi ses vid hörnet halv tio.", "Mikael's words were changed.")
        for words in (hello, answer.text):
            only_between(self._stage.cast, words, self._aino, self._mikael)
        self._teller.found("Nobody else sees a word of it")

    async def _a_long_message(self) -> None:
        written = " ".join(f"{number:04}" for number in range(1, _LONGEST))[:_LONGEST]
        last = self._mikael.phone.messages[-1].id
        self._aino.phone.write(written)
        await self._waits.reaches(self._mikael, written[-20:])
        parts = [message.text.partition("\n")[2] for message in self._mikael.phone.messages if message.id > last]
        # Where a message is split, the space or line break between two parts goes.
        whole = "".join("".join(parts).split()) == "".join(written.split())
        require(whole, "The long message did not arrive whole and in order.")
        self._teller.found(f"{len(written):,} characters arrived in {len(parts)} parts, in order")

    async def _a_crash(self) -> None:
        from_aino = ["Oletko vielä siellä?", "Täällä on nyt hiljaista.", "Nyt menen nukkumaan."]
        from_mikael = "Jag är här hela kvällen."
        self._aino.phone.write(from_aino[0])
        self._aino.phone.write(from_aino[1])
        await self._stage.bot.kill()
        self._teller.happens("The bot is killed: SIGKILL")
        self._aino.phone.write(from_aino[2])
        self._mikael.phone.write(from_mikael)
        await self._stage.bot.start()
        self._teller.happens("The bot is started again, on what it left behind")
        for reader, words in [*((self._mikael, words) for words in from_aino), (self._aino, from_mikael)]:
            await self._waits.reaches(reader, words)
            only_marked_repeats(reader, words)
        self._teller.found("Nothing is lost, and nothing comes twice unmarked")

    async def _another_mentor(self) -> None:
        await self._join(self._maria, *await self._invite("invites.mentor", self._maria), "en")
        asked = self._aino.phone.write("/mentor")
        shown = await self._waits.hears(self._aino, "change.mentor", language="fi", after=asked)
        for id_ in ("change.sure", "change.asked"):
            self._aino.phone.press(shown.id, (0, 0))
            await self._waits.hears(self._aino, id_, language="fi")
        wish = await self._waits.hears(self._sari, "change.another_asked")
        for row, id_ in ((0, "change.to_whom"), (0, "change.how"), (1, "change.waits")):
            self._sari.phone.press(wish.id, (row, 0))
            await self._waits.hears(self._sari, id_)
        question = await self._waits.hears(self._mikael, "change.note_asked", language="sv")
        farewell = "Du har kommit långt. Ta hand om dig."
        self._mikael.phone.write(farewell, reply_to=question.id)
        marker = await self._waits.hears(self._aino, "change.changed", language="fi")
        note = await self._waits.reaches(self._aino, farewell)
        require(note.id < marker.id, "The note did not come before the change.")
        only_between(self._stage.cast, farewell, self._mikael, self._aino)
        self._teller.found("His note stands above the line where the new mentor begins")
        for actor, id_ in ((self._mikael, "over"), (self._sari, "done")):
            await self._waits.hears(actor, f"change.{id_}")
        await self._waits.hears(self._maria, "pairing.meet_participant", language="en")

    async def _no_way_back(self) -> None:
        hello, answer = "Hei! Aloitetaanko alusta?", "Let us. Tell me as much as you like."
        self._aino.phone.write(hello)
        await self._waits.reaches(self._maria, hello)
        self._maria.phone.write(answer)
        await self._waits.reaches(self._aino, answer)
        for words in (hello, answer):
            never_seen_by_others(self._stage.cast, words, self._aino, self._maria)
        self._teller.found("Aino and Maria write to each other, and Mikael sees nothing of it")
        late = "Hur gick det i går?"
        sent = self._mikael.phone.write(late)
        await self._waits.hears(self._mikael, "channel.no_participant_yet", language="sv", after=sent)
        never_seen_by_others(self._stage.cast, late, self._mikael)
        for words in ("jännittää", "hyvältä", "Nyt menen nukkumaan."):
            never_seen_by_others(self._stage.cast, words, self._aino, self._mikael)
            only_between(self._stage.cast, words, self._aino)
        self._teller.found("What she wrote to Mikael is gone from his phone, and Maria never saw it")

    async def _otto_guesses(self) -> None:
        guessed = self._otto.phone.start("Li4gbGV0IG1lIGluLCBwbGVhc2UgLi4")
        await self._waits.hears(self._otto, "stranger", after=guessed)
        hears_only(self._otto, "stranger")
        self._teller.found("He has heard one sentence, and nothing else, ever")
        require(await self._stage.bot.stop() == 0, "The bot did not stop in peace.")

    async def _invite(self, button: str, actor: Actor) -> tuple[str, str]:
        """Sari makes an invite by buttons; gives what she passes on: the link's payload, and the code."""
        phone = self._sari.phone
        asked = phone.write("/invite")
        offered = await self._waits.hears(self._sari, "invites.offered", after=asked)
        phone.press(offered.id, button_text(button, "en"))
        await self._waits.hears(self._sari, f"invites.code_{actor.role}", after=offered.id)
        made = last_made(phone.messages, actor.role)
        if made is None:
            raise StoryWrong("Sari was not told the link and the code.")
        return made

    async def _join(self, actor: Actor, payload: str, code: str, language: str) -> None:
        actor.phone.start(payload)
        await self._waits.hears(actor, "joining.code_asked", language=language)
        await self._finish_joining(actor, code, language)

    async def _finish_joining(self, actor: Actor, code: str, language: str) -> None:
        actor.phone.write(code)
        asked = await self._waits.hears(actor, "joining.language_asked")
        actor.phone.press(asked.id, _OWN_NAMES[language])
        limits = await self._waits.hears(actor, "joining.limits", language=language)
        actor.phone.press(limits.id, button_text("joining.accept", language))
        await self._waits.hears(actor, f"joining.welcome_{actor.role}", language=language)
        require(bool(alias_of(actor.phone.messages)), f"{actor.name} got no alias.")


def _another(code: str) -> str:
    """A code that is not this one."""
    return code[:-1] + next(letter for letter in CODE_LETTERS if letter != code[-1])
