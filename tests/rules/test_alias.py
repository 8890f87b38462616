import pytest

from mentorbot.programme.alias import LONGEST, check, fold
from mentorbot.programme.errors import AliasRefused

AINO = ("Aino", "Korhonen", "aino_korhonen")


@pytest.mark.parametrize(
    "typed", ["Koivu", "Äiti", "Kesä 2026", "Anna-Liisa", "O'Hara", "K9", "Мария", "小林", "x" * LONGEST]
)
def test_a_plain_name_is_taken_as_it_is(typed: str) -> None:
    assert check(typed, own_names=AINO) == typed


def test_spaces_and_accents_are_put_into_one_form() -> None:
    assert check("  Kesä \n  2026 ", own_names=()) == "Kesä 2026"
    assert check("Kesa\u0308", own_names=()) == "Kesä"


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            " ",
            "K",
            "x" * (LONGEST + 1),
            "9 lives",
            "-Koivu",
            "Koivu!",
            "Koivu_",
            "<b>Koivu</b>",
            "@koivu",
            "/start",
        ),
        *("@koivu", "Koivu\u202e", "Koi\u200bvu", "Koivu\0", "▌Koivu", "Koivu \U0001f332", "Koivu\ud800"),
    ],
)
def test_what_is_no_plain_name_is_refused(typed: str) -> None:
    with pytest.raises(AliasRefused):
        check(typed, own_names=())


@pytest.mark.parametrize(
    "typed", ["Aino", "aino", "AINO", "Aino K", "Little Aino", "Korhonen", "Anna-Aino", "Ａino", "aino-korhonen"]
)
def test_nothing_of_a_persons_own_name_becomes_their_alias(typed: str) -> None:
    with pytest.raises(AliasRefused):
        check(typed, own_names=AINO)


def test_a_name_that_only_begins_like_ones_own_is_somebody_elses() -> None:
    assert check("Ainola", own_names=AINO) == "Ainola"
    assert check("Koivu", own_names=("", " ", "-")) == "Koivu"


def test_a_whole_name_of_one_letter_parts_is_still_ones_own() -> None:
    with pytest.raises(AliasRefused):
        check("J-P", own_names=("j-p",))


@pytest.mark.parametrize(
    ("one", "other"), [("Koivu", "KOIVU"), ("Straße", "STRASSE"), ("Ｋoivu", "koivu"), ("Koivu ", "koivu")]
)
def test_aliases_that_look_alike_are_compared_as_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert fold("Koivu") != fold("Haapa")
