"""Whether messages arrived as they must: none lost, in order, none twice without a mark."""

from collections.abc import Sequence
from dataclasses import dataclass

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.wording import LABEL_MARK

from .house import SAY

MARK = SAY("channel.possible_repeat")


@dataclass(frozen=True)
class Arrival:
    """One message of the other side, as it stands in somebody's chat."""

    text: str
    marked: bool


def arrivals(phone: Phone) -> list[Arrival]:
    """What came through the channel: to a mentor below a label, to a participant without one."""
    found: list[Arrival] = []
    for message in phone.history:
        if not message.from_bot:
            continue
        first, _, below = message.text.partition("\n")
        words = below if first.startswith(LABEL_MARK) else message.text
        found.append(Arrival(words.removeprefix(f"{MARK}\n"), words.startswith(f"{MARK}\n")))
    return found


def all_arrived_in_order(phone: Phone, sent: Sequence[str]) -> list[Arrival]:
    """Raises AssertionError unless every text came, first in the order of sending, again only with a mark."""
    came = arrivals(phone)
    seen: list[str] = []
    for arrival in came:
        assert arrival.text in sent, f"{arrival.text!r} was never sent\n{phone.transcript()}"
        if arrival.text in seen:
            assert arrival.marked, f"{arrival.text!r} came twice without a mark\n{phone.transcript()}"
        else:
            seen.append(arrival.text)
    assert seen == list(sent), f"came {seen}, not {list(sent)}\n{phone.transcript()}"
    return came
