from datetime import UTC, datetime, timedelta

import pytest

from mentorbot.programme.channel import CHOICE_LASTS, Channel, Choice, route
from mentorbot.programme.ids import ChannelId, Pid

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AINO, MIKAEL, OTTO = Pid(b"aino"), Pid(b"mikael"), Pid(b"otto")
ONE, TWO, CLOSED = ChannelId(b"one"), ChannelId(b"two"), ChannelId(b"closed")


def chosen(channel: ChannelId, *, until: datetime = NOW + CHOICE_LASTS) -> Choice:
    return Choice(channel=channel, until=until)


def test_each_has_the_other_at_the_other_end() -> None:
    channel = Channel(id=ONE, participant=AINO, mentor=MIKAEL, opened_at=NOW)
    assert channel.other(AINO) == MIKAEL
    assert channel.other(MIKAEL) == AINO
    with pytest.raises(ValueError, match="not in this channel"):
        channel.other(OTTO)


def test_a_mentor_with_one_participant_just_writes() -> None:
    assert route([ONE], replied_to=None, choice=None, now=NOW) == ONE


@pytest.mark.parametrize("channels", [[], [ONE, TWO]])
def test_what_fits_nobody_or_several_is_not_guessed(channels: list[ChannelId]) -> None:
    assert route(channels, replied_to=None, choice=None, now=NOW) is None


def test_a_reply_goes_where_its_message_came_from_whatever_was_chosen() -> None:
    assert route([ONE, TWO], replied_to=TWO, choice=chosen(ONE), now=NOW) == TWO


def test_a_choice_decides_until_it_lapses() -> None:
    choice = chosen(TWO)
    assert route([ONE, TWO], replied_to=None, choice=choice, now=choice.until - timedelta(microseconds=1)) == TWO
    assert route([ONE, TWO], replied_to=None, choice=choice, now=choice.until) is None
    assert route([ONE], replied_to=None, choice=choice, now=choice.until) == ONE


@pytest.mark.parametrize("channels", [[ONE], [ONE, TWO]])
def test_a_reply_or_choice_for_a_closed_channel_goes_to_nobody_else(channels: list[ChannelId]) -> None:
    assert route(channels, replied_to=CLOSED, choice=chosen(ONE), now=NOW) is None
    assert route(channels, replied_to=None, choice=chosen(CLOSED), now=NOW) is None


def test_moments_must_be_in_utc() -> None:
    with pytest.raises(ValueError, match="UTC"):
        chosen(ONE, until=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="UTC"):
        Channel(id=ONE, participant=AINO, mentor=MIKAEL, opened_at=NOW.replace(tzinfo=None))
