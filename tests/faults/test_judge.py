"""Controls: what the other tests here rely on sees each thing that it is there to see."""

from collections.abc import Sequence

import pytest

from mentorbot.demo.bot_api.phone import Phone
from tests.people import SQLITE_ONLY

from .house import House
from .judge import MARK, Arrival, all_arrived_in_order, arrivals

A, B = "one", "two"


def labelled(text: str, *, marked: bool = False) -> str:
    return f"▌ \u2068Koivu\u2069\n{MARK}\n{text}" if marked else f"▌ \u2068Koivu\u2069\n{text}"


def says(phone: Phone, texts: Sequence[str]) -> Phone:
    """A chat in which the bot said this."""
    world = phone._world
    for text in texts:
        phone.chat.add(world.bot, {"text": text}, date=world.clock.now(), from_bot=True)
    return phone


@SQLITE_ONLY
@pytest.mark.parametrize(
    "texts",
    [
        [labelled(A), labelled(B)],
        [labelled(A), labelled(A, marked=True), labelled(B)],
        [A, B],
        [A, f"{MARK}\n{A}", B],
    ],
)
async def test_what_is_in_order_is_in_order(house: House, texts: list[str]) -> None:
    all_arrived_in_order(says(house.mikael, texts), [A, B])


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        ([], "came"),
        ([labelled(A)], "came"),
        ([labelled(B), labelled(A)], "came"),
        ([labelled(A), labelled(A), labelled(B)], "twice without a mark"),
        ([A, B, A], "twice without a mark"),
        ([A, f"{MARK}\n{B}", A], "twice without a mark"),
        ([A, B, "three"], "never sent"),
    ],
)
async def test_what_went_wrong_is_seen(house: House, texts: list[str], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        all_arrived_in_order(says(house.mikael, texts), [A, B])


@SQLITE_ONLY
async def test_what_people_write_themselves_is_no_arrival(house: House) -> None:
    house.mikael.write("to nobody yet")
    assert arrivals(says(house.mikael, [labelled(A, marked=True)])) == [Arrival(A, True)]
