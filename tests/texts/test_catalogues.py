"""The three catalogues say the same things, in the same places, and give nothing away."""

import re
import string
from collections.abc import Iterable

import pytest
from babel.messages.plurals import get_plural

from mentorbot.locale.catalogue import LANGUAGES
from tests.texts import LOCALE, catalogue, forms, messages, said, texts
from tests.texts.unsaid import CALLED_OTHERWISE, GIVEN_AWAY, beginnings

MARKS = {"ℹ", "⚠", "↻", "🕊"}
PICTURE = re.compile("[\u2139\u21bb\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
MARKUP = re.compile(r"</?\w+>|\*\w|\w\*|__|`|\]\(|&\w+;")
COMMAND = re.compile(r"(?<!\S)/[a-z]+")


def telling(told: Iterable[tuple[str, str, str]], words: dict[str, str]) -> list[str]:
    looked_at = 0
    faults = []
    for language, id_, text in told:
        looked_at += 1
        without_commands = COMMAND.sub("", text)  # their names are the same for every bot and in every language
        faults += [f"{language} {id_}: {word}" for word in beginnings(words[language], without_commands)]
    assert looked_at, "not one text was looked at"
    return faults


def places(text: str) -> set[str]:
    """The names that a text has filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_language_has_a_catalogue_and_every_catalogue_is_a_language() -> None:
    assert sorted(LANGUAGES) == sorted(folder.parent.name for folder in LOCALE.glob("*/LC_MESSAGES"))


def test_the_catalogues_have_the_same_ids_in_the_same_order() -> None:
    english = list(messages("en"))
    assert len(english) > 50
    for language in LANGUAGES:
        assert list(messages(language)) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_header_tells_the_language_and_its_grammatical_numbers(language: str) -> None:
    header, known = catalogue(language), get_plural(language)
    assert str(header.locale) == language
    assert header.charset == "utf-8"
    assert (header.num_plurals, header.plural_expr) == (known.num_plurals, known.plural_expr)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_id_has_a_text_in_all_its_grammatical_numbers(language: str) -> None:
    assert not catalogue(language).obsolete
    for id_, message in messages(language).items():
        expected = catalogue(language).num_plurals if message.pluralizable else 1
        assert len(said(language, id_)) == expected, id_
        assert all(said(language, id_)), id_
        assert not message.fuzzy, id_


def test_a_plural_id_is_the_singular_one_with_an_s() -> None:
    plural = [forms(message.id) for message in messages("en").values() if message.pluralizable]
    assert plural
    for one, many in plural:
        assert many == f"{one}s"


def test_the_languages_fill_in_the_same_names() -> None:
    """Where there is one of something, its number may be said in a word."""
    for id_ in messages("en"):
        there = said("en", id_)
        for language in LANGUAGES:
            here = said(language, id_)
            assert places(here[-1]) == places(there[-1]), f"{language} {id_}"
            assert places(here[0]) | {"n"} == places(there[0]) | {"n"}, f"{language} {id_}"


def test_the_languages_name_the_same_commands() -> None:
    for id_ in messages("en"):
        commands = COMMAND.findall(said("en", id_)[0])
        for language in LANGUAGES:
            assert COMMAND.findall(said(language, id_)[0]) == commands, f"{language} {id_}"


def test_the_languages_differ() -> None:
    """A text that was copied and not translated shows here."""
    for id_ in set(messages("en")) - {"invites.link"}:
        assert len({said(language, id_) for language in LANGUAGES}) == len(LANGUAGES), id_


def test_no_text_gives_away_what_the_programme_is_for() -> None:
    assert telling(texts(), GIVEN_AWAY) == []


def test_no_text_calls_things_by_other_names_than_the_glossary() -> None:
    assert telling(texts(), CALLED_OTHERWISE) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Welcome to the exit programme."),
        ("en", "You left the gang."),
        ("fi", "Tervetuloa Exit-ohjelmaan."),
        ("fi", "Irtautuminen väkivallasta"),
        ("sv", "Du som är avhoppare"),
        ("sv", "Fri från våldet"),
    ],
)
def test_a_text_that_gives_it_away_is_found(language: str, text: str) -> None:
    assert telling([(language, "planted", text)], GIVEN_AWAY)


@pytest.mark.parametrize(("language", "text"), [("en", "Dear user"), ("fi", "Hyvä käyttäjä"), ("sv", "Kära klient")])
def test_a_text_with_another_name_is_found(language: str, text: str) -> None:
    assert telling([(language, "planted", text)], CALLED_OTHERWISE)


def test_a_look_at_no_text_fails() -> None:
    with pytest.raises(AssertionError, match="not one text"):
        telling([], GIVEN_AWAY)


def test_the_link_to_pass_on_says_nothing_at_all() -> None:
    for language in LANGUAGES:
        assert said(language, "invites.link") == ("{link}",)


def test_no_text_has_markup_or_loose_ends() -> None:
    for language, id_, text in texts():
        assert not MARKUP.search(text), f"{language} {id_}"
        assert "  " not in text, f"{language} {id_}"
        assert all(line == line.strip() for line in text.split("\n")), f"{language} {id_}"


@pytest.mark.parametrize("text", ["<b>Hei</b>", "*Hei*", "`Hei`", "[Hei](tg://user?id=1)", "__Hei__", "a &amp; b"])
def test_markup_is_found(text: str) -> None:
    assert MARKUP.search(text)


def test_the_limits_are_short_enough_to_be_read() -> None:
    for language in LANGUAGES:
        limits = said(language, "joining.limits")[0]
        assert 60 < len([word for word in limits.split() if word != "•"]) <= 120, language


HONEST = {
    (
        "joining.limits",
        "en",
    ): "alias, could read, court, sealed, elsewhere, screenshot, deleted, advertising, a no",
    (
        "joining.limits",
        "fi",
    ): "nimimerki, voisi lukea, tuomioistuin, salattuna, muualla, kuvakaappaus, poistetaan, mainoksia, kieltäytymi",
    (
        "joining.limits",
        "sv",
    ): "alias, kunna läsa, domstol, krypterat, annat håll, skärmbild, raderat, reklam, ett nej",
    (
        "privacy",
        "en",
    ): "alias, end to end, could read, court, sealed, another place, 48 hours, screenshot, deleted, "
    "take that back, advertising",
    ("privacy", "fi"): "nimimerki, päästä päähän, voisi lukea, tuomioistuin, salattuna, muualla, 48 tunnin, "
    "kuvakaappaus, poistetaan, perua, mainoksia",
    (
        "privacy",
        "sv",
    ): "alias, hela vägen, kunna läsa, domstol, krypterat, annat håll, 48 timmar, skärmbild, raderat, "
    "ta tillbaka det, reklam",
}


def missing(facts: str, text: str) -> list[str]:
    return [fact for fact in facts.split(", ") if fact not in text.casefold()]


@pytest.mark.parametrize(("id_", "language"), HONEST)
def test_none_of_the_honest_limits_is_left_out(id_: str, language: str) -> None:
    assert missing(HONEST[id_, language], said(language, id_)[0]) == []


def test_a_limit_that_is_left_out_is_found() -> None:
    assert missing("alias, screenshot", "You go by an Alias.") == ["screenshot"]


def test_no_text_has_another_emoji_than_the_glossary() -> None:
    assert {mark for _, _, text in texts() for mark in PICTURE.findall(text)} == MARKS


@pytest.mark.parametrize("text", ["✅ Valmis", "⏳ Odottaa", "❗ Tärkeää", "🙂"])
def test_another_emoji_is_found(text: str) -> None:
    assert set(PICTURE.findall(text)) - MARKS


def test_what_is_shown_over_the_chat_is_short() -> None:
    """Telegram takes 200 characters for the answer to a press."""
    for language in LANGUAGES:
        assert len(said(language, "button.old")[0]) <= 200


BENT = re.compile(r"\}[\w:'’-]*\w|[\w'’-]\{")


def test_an_alias_is_never_bent() -> None:
    """No ending is glued to what is filled in, with or without a hyphen, a colon or an apostrophe."""
    assert [f"{language} {id_}" for language, id_, text in texts() if BENT.search(text)] == []


@pytest.mark.parametrize("text", ["{alias}lle", "{alias}:n mentori", "{alias}'s mentor", "{alias}-niminen", "x{alias}"])
def test_a_bent_alias_is_found(text: str) -> None:
    assert BENT.search(text)
