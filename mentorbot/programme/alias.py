"""Aliases: the name that a person goes by in the programme."""

import re
import unicodedata
from collections.abc import Collection

from mentorbot.programme.errors import AliasRefused

SHORTEST = 2
LONGEST = 32
_WORD = re.compile(r"[^\W_]{2,}")


def check(typed: str, *, own_names: Collection[str]) -> str:
    """The alias as it will be shown, or AliasRefused.

    Letters of one script that can be seen, digits, single spaces and dashes, 2 to 32 characters, beginning with a
    letter; never a name that the
    person carries in Telegram (`own_names`: first name, last name, username, whatever there is).
    """
    alias = " ".join(unicodedata.normalize("NFC", typed).split())
    plain = all(ch.isalpha() or ch.isdigit() or ch in " -'" for ch in alias)
    if not SHORTEST <= len(alias) <= LONGEST or not plain or not alias[0].isalpha() or len(_scripts(alias)) != 1:
        raise AliasRefused
    for name in own_names:
        if _words(alias) & _words(name) or fold(name) == fold(alias):
            raise AliasRefused
    return alias


def _words(name: str) -> set[str]:
    """What a name is made of, whichever way it is joined: `aino_korhonen` and `Aino-Korhonen` hold the same two."""
    return set(_WORD.findall(unicodedata.normalize("NFKC", name).casefold()))


def _scripts(alias: str) -> set[str]:
    """The scripts of its letters, by the first word of each letter's name. Fillers are a script of their own."""
    names = (unicodedata.name(ch, "") for ch in alias if ch.isalpha())
    return {"filler" if "FILLER" in name else name.partition(" ")[0] for name in names}


def fold(alias: str) -> str:
    """The form in which two aliases are compared: what a hurried eye does not see makes no difference."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", alias).casefold() if ch.isalnum())
