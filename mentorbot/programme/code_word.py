"""A word, or a few, by which a participant tells their mentor: this may not be me.

It is compared as a hurried hand and a helpful phone write it: capitals, accents, punctuation and spaces make no
difference.
"""

import re
import unicodedata
from collections.abc import Iterator

from mentorbot.programme.errors import ValueRefused

FEWEST_LETTERS = 4
MOST_WORDS = 5
LONGEST = 64

_WORD = re.compile(r"[^\W_]+")


def settled(typed: str) -> str:
    """A code word in the form in which it is compared: its letters and digits alone.

    ValueRefused for what is too short or too long, and for what people write every day.
    """
    words = _words(typed)
    folded = "".join(words)
    letters = sum(letter.isalpha() for letter in folded)
    if letters < FEWEST_LETTERS or len(words) > MOST_WORDS or len(folded) > LONGEST or _EVERY_DAY.issuperset(words):
        raise ValueRefused
    return folded


def candidates(text: str, length: int) -> Iterator[str]:
    """What a code word of so many letters could be in a text, in the form in which it is compared: whole words in a
    row, however many, so that a space too many or too few does not hide it. One for each word at most."""
    written = _words(text)
    for first in range(len(written)):
        found = ""
        for word in written[first:]:
            found += word
            if len(found) >= length:
                break
        if len(found) == length:
            yield found


def _words(text: str) -> list[str]:
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", text) if not unicodedata.combining(ch))
    return _WORD.findall(plain.casefold())


_EVERY_DAY = frozenset(
    word
    for line in """
        ahaa anteeksi apua ehka eilen hei heippa hetki hienoa huomenna huomenta hyva hyvaa iltaa joo jotain kaikki
        kanssa kiitos kohta koska kotiin kotona koulu kuka kylla mentori milloin missa mita miten mitaan moi
        moikka mutta myos nahdaan nyt odota okei olen ole olla paivaa puhelin sama selva sina sitten soita taalla
        tanaan terve tiedan tulen tyo viesti voi yota
        bara dagen ditt eller forlat goddag godnatt hejsan hemma hjalp idag igar ikvall imorgon inte jobbet kanske
        kommer komma ledsen lite mentorn mobilen morgon nagot nar okej ring skola snart tack telefon tillbaka
        vanta varfor vart veckan
        about after again call come could coming from good goodbye have hello help here home just later maybe mentor
        message morning need never night nothing okay phone please school should soon sorry sure thank thanks that
        there this today tomorrow tonight wait what when where which will with work would yeah yesterday your
    """.splitlines()
    for word in line.split()
)
"""By one of these a mentor would be called for nothing."""
