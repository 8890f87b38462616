"""Row 40: every kind of content that Telegram has is carried, asked about or refused with a sentence; never silence."""

from collections.abc import Callable, Mapping

import pytest
from aiogram.types import ContentType

from handlers.telegram.channel import kind_of
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.content import CONTENTS, Kind, Treatment
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.people import Role
from storage import channels, links
from tests.journeys.programme import Programme, saying
from tests.people import SQLITE_ONLY

REMARKS = {
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "chat_background_set",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
}
"""What Telegram itself remarks in a private chat, and nobody wrote: the bot does not answer it."""

NO_KINDS = {ContentType.UNKNOWN.value, ContentType.ANY.value}
TO_COME = "of_a_kind_to_come"
EVERY_KIND = sorted({kind.value for kind in ContentType} - NO_KINDS | {TO_COME})

FILES = {"photo", "video", "animation", "audio", "voice", "video_note", "sticker", "document"}


def send(phone: Phone, kind: str) -> int:
    """A message of this kind; what the bot does not carry needs nothing in it."""
    if kind in FILES:
        return phone.send_file(kind, b"bytes")
    senders: dict[str, Callable[[], int]] = {
        "text": lambda: phone.write("Hello"),
        "location": lambda: phone.send_location(60.17, 24.94),
        "venue": lambda: phone.send_venue(60.17, 24.94, "Oodi", "Helsinki"),
        "contact": lambda: phone.send_contact("+358 40 123 4567", "Eero"),
        "poll": lambda: phone.send_poll("When?", ["Today", "Tomorrow"]),
        "dice": phone.send_dice,
    }
    return senders[kind]() if kind in senders else phone.send({kind: {}})


async def silent(programme: Programme, aino: Phone, mikael: Phone, sent: Mapping[str, int]) -> set[str]:
    """The kinds that neither arrived nor were answered."""
    answered = {shown.reply_to for shown in aino.messages if shown.from_bot}
    to = (await programme.person(mikael)).pid
    channel = await the_channel(programme, aino)

    async def arrived(message: int) -> bool:
        return bool(await programme.store.transact(lambda tx: links.went_as(tx, channel, MessageId(message), to=to)))

    return {kind for kind, message in sent.items() if message not in answered and not await arrived(message)}


async def the_channel(programme: Programme, aino: Phone) -> ChannelId:
    pid = (await programme.person(aino)).pid
    channel = await programme.store.transact(lambda tx: channels.of_participant(tx, pid))
    assert channel is not None
    return channel.id


@SQLITE_ONLY
async def test_row_40_only_what_nobody_wrote_is_met_with_silence(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    sent = {kind: send(aino, kind) for kind in EVERY_KIND}
    await programme.settled()
    # That the remarks are found is the control: whatever else the bot passed over would be found as they are.
    assert await silent(programme, aino, mikael, sent) == REMARKS

    refused = saying("en", "channel.refused")
    for kind in EVERY_KIND:
        answers = [shown for shown in aino.messages if shown.from_bot and shown.reply_to == sent[kind]]
        treatment = CONTENTS[kind_of({kind: {}})].treatment
        if kind not in REMARKS and treatment is not Treatment.CARRIED:
            assert len(answers) == 1, kind
            assert bool(refused.search(answers[0].text)) == (treatment is Treatment.REFUSED), kind


@pytest.mark.parametrize("kind", sorted(set(EVERY_KIND) - set(Kind)))
def test_a_kind_without_a_row_is_everything_else(kind: str) -> None:
    assert kind_of({kind: {}}) is Kind.OTHER


def test_each_row_but_the_live_location_is_a_kind_that_telegram_has() -> None:
    assert set(Kind) - set(EVERY_KIND) == {Kind.LIVE_LOCATION, Kind.OTHER}
    assert set(CONTENTS) == set(Kind)
