import pytest
from telegram.constants import ReactionEmoji

from mentorbot.programme.ids import MessageId
from mentorbot.programme.reaction import ARRIVED, STANDARD, Reactions, standard

CUSTOM, OTHER_CUSTOM = "5368324170671202286", "5368324170671202287"


def reactions(before: list[str], after: list[str]) -> Reactions:
    return Reactions(message=MessageId(1), before=tuple(before), after=tuple(after))


def test_the_list_is_the_one_of_the_bot_api() -> None:
    assert {emoji.value.replace("\ufe0f", "") for emoji in ReactionEmoji} == STANDARD
    assert not any("\ufe0f" in emoji for emoji in STANDARD)


def test_the_sign_of_arrival_is_one_that_a_bot_may_set() -> None:
    assert ARRIVED in STANDARD


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("👍", "👍"),
        ("❤\ufe0f", "❤"),
        ("❤\ufe0f\u200d🔥", "❤\u200d🔥"),
        ("🐢", None),
        (CUSTOM, None),
        ("paid", None),
        ("", None),
    ],
)
def test_an_emoji_counts_as_ordinary_however_it_is_written(name: str, emoji: str | None) -> None:
    assert standard(name) == emoji


@pytest.mark.parametrize(
    ("before", "after", "newest"),
    [
        ([], ["👍"], "👍"),
        (["👍"], ["❤"], "❤"),
        (["👍"], [], None),
        (["👍"], ["👍", "🔥"], "🔥"),
        (["👍"], ["🔥", "👍"], "🔥"),
        (["👍", "🔥"], ["👍"], "👍"),
        ([], ["👍", "🔥", "❤"], "❤"),
        (["👍"], ["👍", CUSTOM], "👍"),
        (["👍"], [CUSTOM], None),
        ([CUSTOM], ["👍", CUSTOM], "👍"),
    ],
)
def test_the_newest_ordinary_emoji_stands_for_all(before: list[str], after: list[str], newest: str | None) -> None:
    assert reactions(before, after).newest == newest


@pytest.mark.parametrize(
    ("before", "after", "shows", "cannot"),
    [
        ([], ["👍"], True, False),
        (["👍"], [], True, False),
        ([], [CUSTOM], False, True),
        ([CUSTOM], [], False, False),
        ([CUSTOM], [OTHER_CUSTOM], False, True),
        (["👍"], ["👍", "paid"], True, True),
        ([CUSTOM], [CUSTOM, "👍"], True, False),
    ],
)
def test_only_what_is_new_and_cannot_be_set_is_worth_a_word(
    before: list[str], after: list[str], shows: bool, cannot: bool
) -> None:
    changed = reactions(before, after)
    assert (changed.shows_something, changed.cannot_be_set) == (shows, cannot)
