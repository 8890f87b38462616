"""Any quality with any thing is a name that an adult can live with."""

from itertools import islice

import pytest

from mentorbot.locale import aliases
from mentorbot.locale.catalogue import LANGUAGES
from mentorbot.programme import alias as rules
from mentorbot.programme.wording import units
from tests.texts import LOCALE
from tests.texts.unsaid import FIRST_NAMES, NEVER_CALLED, parts


def words(language: str) -> tuple[list[str], list[str]]:
    qualities, things = (LOCALE / language / "aliases.txt").read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    return qualities.split("\n"), things.split("\n")


def unfit(language: str, listed: list[str]) -> list[str]:
    """Those that nobody should be called by."""
    return [word for word in listed if word.casefold() in FIRST_NAMES.split() or parts(NEVER_CALLED[language], word)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_words_and_each_once(language: str) -> None:
    qualities, things = words(language)
    assert len(qualities) >= 40
    assert len(things) >= 40
    assert len({*qualities, *things}) == len(qualities) + len(things)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_is_one_word_of_letters_with_a_capital_at_its_beginning(language: str) -> None:
    for word in (*words(language)[0], *words(language)[1]):
        assert word.isalpha(), word
        assert word == word.capitalize(), word


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_two_words_make_an_alias_that_the_programme_takes(language: str) -> None:
    qualities, things = words(language)
    for quality in qualities:
        for thing in things:
            name = f"{quality} {thing}"
            assert rules.check(name, own_names=()) == name
            assert units(name) <= rules.LONGEST - len(" 9999"), f"no room for a number behind {name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_one_that_nobody_should_be_called_by(language: str) -> None:
    qualities, things = words(language)
    assert unfit(language, [*qualities, *things]) == []


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("en", "Oakleaf"),
        ("en", "War"),
        ("en", "Robin"),
        ("fi", "Susi"),
        ("fi", "Tuuli"),
        ("sv", "Varg"),
        ("sv", "Ek"),
    ],
)
def test_a_word_that_nobody_should_be_called_by_is_found(language: str, word: str) -> None:
    assert unfit(language, ["Warm", word]) == [word]


@pytest.mark.parametrize("language", LANGUAGES)
def test_suggestions_are_made_of_the_two_lists_and_do_not_end(language: str) -> None:
    qualities, things = words(language)
    pairs = len(qualities) * len(things)
    drawn = list(islice(aliases.suggestions(language), pairs + 3))
    assert {name.split(" ")[0] for name in drawn} <= set(qualities)
    assert {name.split(" ")[1] for name in drawn} <= set(things)
    assert len(set(drawn)) > pairs / 2
    numbered = drawn[pairs:]
    assert [name.split(" ")[2] for name in numbered] == [str(n) for n in range(pairs, pairs + 3)]
    assert [rules.check(name, own_names=()) for name in numbered] == numbered


def test_an_unknown_language_has_no_suggestions() -> None:
    with pytest.raises(FileNotFoundError):
        next(aliases.suggestions("xx"))
