"""The words that people read: one gettext catalogue a language, read from its .po file at start.

Messages are found by an id that says where they are used (`joining.code_asked`); every language, English too, is a
translation of what is meant.
"""

import gettext
from datetime import datetime, tzinfo
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_datetime, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("fi", "sv", "en")
_FOLDER = Path(__file__).parent


class Say:
    """Says things in one language, and moments in one time zone."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.language = language
        self._zone = zone
        self._texts = _translations(language)

    def __call__(self, id_: str, **values: object) -> str:
        """The text with this id. KeyError when the catalogue does not have it or a value is missing."""
        text = self._texts.gettext(id_)
        if text == id_:
            raise KeyError(id_)
        return text.format(**values) if values else text

    def count(self, id_: str, n: int, **values: object) -> str:
        """The text with this id in the grammatical number that fits `n`, which it can show as {n}."""
        text = self._texts.ngettext(id_, id_ + "s", n)
        if text in (id_, id_ + "s"):
            raise KeyError(id_)
        return text.format(n=n, **values)

    def moment(self, moment: datetime) -> str:
        """A moment as weekday, date and time of day, in the time zone given at the start."""
        local = moment.astimezone(self._zone)
        return format_datetime(local, _MOMENT[self.language], locale=self.language)

    def clock(self, minutes: int) -> str:
        """A time of day, in minutes after midnight; 24 hours are its end."""
        return _CLOCK[self.language].format(*divmod(minutes, 60))

    def day(self, moment: datetime) -> str:
        """The day of a moment as weekday and date, in the time zone given at the start."""
        return format_datetime(moment.astimezone(self._zone), _DAY[self.language], locale=self.language)

    def weekday(self, day: int) -> str:
        """A day of the week in short; 0 is Monday."""
        return str(get_day_names("abbreviated", "stand-alone", self.language)[day])


_MOMENT = {"fi": "ccc d.M. 'klo' H.mm", "sv": "EEE d MMM 'kl.' HH.mm", "en": "EEE d MMM, HH:mm"}
_DAY = {"fi": "ccc d.M.", "sv": "EEE d MMM", "en": "EEE d MMM"}
_CLOCK = {"fi": "{}.{:02}", "sv": "{:02}.{:02}", "en": "{:02}:{:02}"}


def nearest(language_code: str | None, default: str) -> str:
    """The language of the catalogue that is nearest to Telegram's guess (an IETF tag), else `default`."""
    tag = (language_code or "").lower().split("-")[0]
    return tag if tag in LANGUAGES else default


@cache
def _translations(language: str) -> gettext.GNUTranslations:
    with (_FOLDER / language / "LC_MESSAGES" / "mentorbot.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
