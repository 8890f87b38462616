"""The bot's own texts are told from people's words, in every language."""

from datetime import UTC, datetime

import pytest

from mentorbot.demo.sayings import label_of, recognise
from mentorbot.locale.catalogue import LANGUAGES, Say
from mentorbot.programme.wording import isolated

PLAIN = ("stranger", "joining.code_asked", "joining.language_asked", "pairing.nobody_waits", "privacy")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_saying_is_known_by_its_words_and_values(language: str) -> None:
    say = Say(language, UTC)
    for id_ in PLAIN:
        saying = recognise(say(id_))
        assert saying is not None
        assert (saying.id, saying.language) == (id_, language)
    until = say.moment(datetime(2026, 3, 5, 9, 30, tzinfo=UTC))
    code = recognise(say("invites.code_mentor", code="K7PQ2M", until=until))
    assert code is not None
    assert (code.id, code.values["code"]) == ("invites.code_mentor", "K7PQ2M")


def test_a_name_comes_without_the_marks_around_it() -> None:
    welcome = recognise(Say("sv", UTC)("joining.welcome_mentor", alias=isolated("Stilla Björk")))
    assert welcome is not None
    assert welcome.values["alias"] == "Stilla Björk"


@pytest.mark.parametrize("tries", [1, 3])
def test_both_numbers_of_a_saying_are_known(tries: int) -> None:
    saying = recognise(Say("fi", UTC).count("joining.code_wrong", tries))
    assert saying is not None
    assert saying.id == "joining.code_wrong"


def test_of_two_texts_in_one_message_the_last_counts() -> None:
    say = Say("en", UTC)
    both = recognise(f"{say('joining.as_mentor')}\n\n{say('joining.limits')}")
    assert both is not None
    assert both.id == "joining.limits"


def test_a_link_is_known() -> None:
    saying = recognise("https://t.me/harbour_demo_bot?start=A-b_3")
    assert saying is not None
    assert saying.id == "invites.link"


@pytest.mark.parametrize("words", ["Hei!", "", "My mentor is here: it is you.", "https://example.org/?start=x"])
def test_what_people_write_is_no_saying(words: str) -> None:
    assert recognise(words) is None


def test_a_label_is_read_and_what_stands_below_it_is_no_saying() -> None:
    relayed = f"▌ {isolated('Quiet Birch')} (1/2)\n{Say('en', UTC)('stranger')}"
    assert label_of(relayed) == "Quiet Birch"
    assert recognise(relayed) is None
    assert label_of("Quiet Birch\nhello") is None


def test_a_label_stands_alone_above_a_photo_without_words() -> None:
    assert label_of(f"▌ {isolated('Quiet Birch')}") == "Quiet Birch"
    assert label_of(f"▌ {isolated('Quiet Birch')} hello") is None
