import pytest
from hypothesis import given, strategies as st

from mentorbot.programme.code_word import candidates, settled
from mentorbot.programme.errors import ValueRefused


def has(text: str, code_word: str) -> bool:
    folded = settled(code_word)
    return folded in set(candidates(text, len(folded)))


@pytest.mark.parametrize(
    "text",
    [
        "Kesäkurpitsa",
        "kesakurpitsa",
        "KESÄKURPITSA!",
        "Ostin eilen kesäkurpitsan? Ei, kesäkurpitsa.",
        "kesä kurpitsa",
        "kesä-kurpitsa",
        "onko\nkesäkurpitsa\nkallis",
        "«kesäkurpitsa»",
    ],
)
def test_a_code_word_is_found_however_it_is_written(text: str) -> None:
    assert has(text, "Kesäkurpitsa")


@pytest.mark.parametrize("text", ["kesäkurpitsan", "kurpitsa", "kesä", "", "kesä on kurpitsa", "esäkurpits"])
def test_what_only_looks_like_it_is_not_it(text: str) -> None:
    assert not has(text, "Kesäkurpitsa")


@pytest.mark.parametrize(
    "text", ["gul paraply", "Har du sett den? GUL PARAPLY.", "gulparaply", "gul, paraply", "gul para ply"]
)
def test_a_code_word_of_several_words_is_found_in_a_row(text: str) -> None:
    assert has(text, "Gul paraply")


@pytest.mark.parametrize("text", ["paraply gul", "gul och paraply", "gul"])
def test_words_that_are_not_in_a_row_are_not_it(text: str) -> None:
    assert not has(text, "Gul paraply")


@pytest.mark.parametrize(
    "typed", ["", "hei", "kuu", "Hello!", "kiitos", "moi moi", "1234", "abc1", "...", "a b c d e f", "x" * 65]
)
def test_what_is_too_short_too_long_or_too_common_is_refused(typed: str) -> None:
    with pytest.raises(ValueRefused):
        settled(typed)


@given(before=st.text(max_size=30), after=st.text(max_size=30))
def test_it_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    assert has(f"{before} gul paraply {after}", "gul paraply")


def test_a_long_message_is_looked_through_once() -> None:
    assert len(list(candidates("a " * 2000, 64))) <= 2000
