"""Aliases to begin with: a quality and a thing out of nature, in the person's own language."""

import secrets
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

_FOLDER = Path(__file__).parent


def suggestions(language: str) -> Iterator[str]:
    """Aliases drawn at random, without end; after many of them with a number behind, so that one will be free."""
    qualities, things = _words(language)
    for drawn in count():
        alias = f"{secrets.choice(qualities)} {secrets.choice(things)}"
        yield alias if drawn < len(qualities) * len(things) else f"{alias} {drawn}"


@cache
def _words(language: str) -> tuple[list[str], list[str]]:
    """The two lists of `aliases.txt`: one word a line, an empty line between them."""
    qualities, things = (_FOLDER / language / "aliases.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return qualities.split("\n"), things.split("\n")
