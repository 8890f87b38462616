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

    Letters, digits, single spaces and dashes, 2 to 32 characters, beginning with a letter; never a name that the
    person carries in Telegram (`own_names`: first name, last name, username, whatever there is).
    """
    alias = " ".join(unicodedata.normalize("NFC", typed).split())
    plain = all(ch.isalpha() or ch.isdigit() or ch in " -'" for ch in alias)
    if not SHORTEST <= len(alias) <= LONGEST or not plain or not alias[0].isalpha():
        raise AliasRefused
    for name in own_names:
        if _words(alias) & _words(name) or fold(name) == fold(alias):
            raise AliasRefused
    return alias


def _words(name: str) -> set[str]:
    """What a name is made of, whichever way it is joined: `aino_korhonen` and `Aino-Korhonen` hold the same two."""
    return set(_WORD.findall(fold(name)))


def fold(alias: str) -> str:
    """The form in which two aliases are compared."""
    return unicodedata.normalize("NFKC", alias).casefold().strip()
