"""The middle of the story: what Aino and Mikael do in their channel besides writing."""

from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.demo.doorway import alias_of
from mentorbot.demo.samples import picture
from mentorbot.demo.sayings import button_text, label_of
from mentorbot.demo.stage import Stage
from mentorbot.demo.teller import Teller
from mentorbot.demo.waits import Waits
from mentorbot.demo.witness import file_only_between, only_between, reaction_only_on, require, shows_only_what_is_seen
from mentorbot.programme.reaction import ARRIVED


class ChannelStory:
    """A part of the story that is told when Aino and Mikael are a pair."""

    def __init__(self, stage: Stage, teller: Teller, waits: Waits) -> None:
        self._cast, self._teller, self._waits = stage.cast, teller, waits
        self._aino, self._mikael = stage.cast.aino, stage.cast.mikael

    async def more_than_words(self) -> None:
        photo, caption = picture("lake.jpg"), "Täällä olen nyt. Laituri on tyhjä."
        taken = self._aino.phone.send_file("photo", photo, caption=caption)
        shown = await self._waits.file(self._mikael, photo)
        require(
            label_of(shown.text) == alias_of(self._aino.phone.messages), "Aino's photo does not stand under her alias."
        )
        question = "Är du där ensam?"
        self._mikael.phone.write(question, reply_to=shown.id, quote="Laituri on tyhjä")
        asked = await self._waits.reply(self._aino, question, taken)
        require(asked.quote == "Laituri on tyhjä", "Mikael's quote did not survive.")
        self._teller.found("His answer hangs below her photo, with the words that it quotes")
        written = self._aino.phone.write("Olen. Mutta se tuntuu pahalta.", reply_to=asked.id)
        heard = await self._waits.reaches(self._mikael, "pahalta")
        self._aino.phone.edit(written, "Olen. Mutta se tuntuu hyvältä.")
        await self._waits.change(self._mikael, heard.id, "hyvältä")
        self._teller.found("A word was wrong: it changes on the other side, too")
        regretted = self._aino.phone.write("Äh, en tiedä.")
        gone = await self._waits.reaches(self._mikael, "en tiedä")
        self._aino.phone.write("/delete", reply_to=regretted)
        await self._waits.deletion(self._mikael, gone.id)
        await self._waits.hears(self._aino, "changing.removal_removed", language="fi")
        self._teller.found("What she takes back is gone there, and she is told so")
        for words in (question, "hyvältä"):
            only_between(self._cast, words, self._aino, self._mikael)
        file_only_between(self._cast, photo, self._aino, self._mikael)

    async def asked_first(self) -> None:
        taken = picture("lake-with-place.jpg")
        phone, last = self._aino.phone, self._mikael.phone.messages[-1].id
        sent = phone.send_file("document", taken, file_name="IMG_0412.jpg", mime_type="image/jpeg")
        question = await self._waits.hears(self._aino, "channel.asked_first", language="fi", after=sent)
        file_only_between(self._cast, taken, self._aino)
        self._teller.found("A file may tell where it was made: she is asked, and it went to nobody")
        phone.press(question.id, button_text("channel.send_as_photo", "fi"))
        arrived = await self._waits.photo(self._mikael, after=last)
        self._stands_under_her_alias(arrived)
        shows_only_what_is_seen(arrived)
        file_only_between(self._cast, taken, self._aino)
        self._teller.found("It went as a photo that holds nothing but what is seen")

    async def reactions(self) -> None:
        praise, thanks = "Jag är stolt över dig.", "Kiitos. Sitä ei ole sanottu minulle pitkään aikaan."
        last = self._aino.phone.messages[-1].id
        said = self._mikael.phone.write(praise)
        heard = await self._waits.reaches(self._aino, praise, after=last)
        self._aino.phone.react(heard.id, "❤")
        await self._waits.reaction(self._mikael, said, "❤")
        reaction_only_on(self._cast, "❤", (self._mikael, said))
        self._teller.found("Her ❤ stands under his words, on his phone and on nobody else's")
        written = self._aino.phone.write(thanks)
        copy = await self._waits.reaches(self._mikael, thanks)
        await self._waits.reaction(self._aino, written, ARRIVED)
        self._mikael.phone.react(copy.id, "🙏")
        await self._waits.reaction(self._aino, written, "🙏")
        reaction_only_on(self._cast, "🙏", (self._aino, written))
        self._teller.found(f"His 🙏 comes to her, in the place of the {ARRIVED} that says: it has arrived")

    async def a_neutral_line(self) -> None:
        phone = self._aino.phone
        menu = await self._waits.offers(self._aino, "safety.only_line_on", "fi", after=phone.write("/safety"))
        phone.press(menu.id, button_text("safety.only_line_on", "fi"))
        await self._waits.offers(self._aino, "safety.only_line_off", "fi")
        words = "Hur gick det i morse?"
        self._mikael.phone.write(words)
        line = await self._waits.hears(self._aino, "covering.line", language="fi", after=menu.id)
        self._mikael.phone.write("Ring mig när du vill.")
        await self._waits.hears(self._aino, "covering.line", language="fi", after=line.id)
        only_between(self._cast, words, self._mikael)
        self._teller.found("All that her phone shows is a line that any bot could send")
        phone.press(line.id, button_text("covering.show", "fi"))
        await self._waits.change(self._aino, line.id, words)
        phone.press(line.id, button_text("covering.close", "fi"))
        await self._waits.text(self._aino, line.id, line.text)
        only_between(self._cast, words, self._mikael)
        self._teller.found("A press shows what it stands for; another covers it, or a minute")
        phone.press(menu.id, button_text("safety.only_line_off", "fi"))
        await self._waits.offers(self._aino, "safety.only_line_on", "fi")

    def _stands_under_her_alias(self, photo: ShownMessage) -> None:
        alias = alias_of(self._aino.phone.messages)
        require(label_of(photo.text) == alias, "Aino's photo does not stand under her alias.")
