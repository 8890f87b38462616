import json

import pytest

from mentorbot.demo.bot_api import files
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi

from .client import PlainClient

KINDS = ("photo", "document", "video", "animation", "audio", "voice", "video_note", "sticker")


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_person_sends_can_be_fetched_and_sent_on_by_its_id(
    client: PlainClient, aino: Phone, mikael: Phone, kind: str
) -> None:
    aino.send_file(kind, b"sisalto", file_name="a.bin")
    (update,) = await client.ok("getUpdates")
    media = update["message"][kind]
    file_id = media[-1]["file_id"] if kind == "photo" else media["file_id"]

    found = await client.ok("getFile", file_id=file_id)
    assert await client.download(found["file_path"]) == b"sisalto"
    assert found["file_size"] == len(b"sisalto")

    name = "send" + "".join(word.title() for word in kind.split("_"))
    sent = await client.ok(name, chat_id=mikael.id, **{kind: file_id})
    shown = mikael.message(sent["message_id"]).media
    assert shown is not None
    assert (shown.kind, shown.data) == (kind, b"sisalto")


async def test_a_file_can_be_attached_elsewhere_in_the_form(client: PlainClient, aino: Phone) -> None:
    sent = await client.upload(
        "sendDocument", {"liite": ("a.txt", b"abc")}, chat_id=str(aino.id), document="attach://liite"
    )

    assert sent["document"]["file_name"] == "a.txt"
    shown = aino.message(sent["message_id"]).media
    assert shown is not None
    assert shown.data == b"abc"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("no-such-id", "Bad Request: wrong file identifier/HTTP URL specified"),
        ("https://example.org/a.txt", "Bad Request: failed to get HTTP URL content"),
        ("attach://none", "Bad Request: can't find file none in the request"),
        ("", "Bad Request: there is no document in the request"),
    ],
)
async def test_a_file_that_is_not_there_is_refused(client: PlainClient, aino: Phone, given: str, sentence: str) -> None:
    assert await client.refused("sendDocument", chat_id=aino.id, document=given) == sentence


async def test_an_id_of_one_kind_is_no_id_of_another(client: PlainClient, aino: Phone) -> None:
    aino.send_file("voice", b"abc")
    (update,) = await client.ok("getUpdates")

    sentence = await client.refused("sendPhoto", chat_id=aino.id, photo=update["message"]["voice"]["file_id"])

    assert sentence == "Bad Request: can't use file of type Voice as Photo"


async def test_a_file_over_20_megabytes_cannot_be_fetched(client: PlainClient, aino: Phone) -> None:
    aino.send_file("video", b"\0" * (files.DOWNLOAD_LIMIT + 1))
    (update,) = await client.ok("getUpdates")

    sentence = await client.refused("getFile", file_id=update["message"]["video"]["file_id"])

    assert sentence == "Bad Request: file is too big"


@pytest.mark.parametrize(("length", "fits"), [(1024, True), (1025, False)])
async def test_a_caption_has_at_most_1024_units(client: PlainClient, aino: Phone, length: int, fits: bool) -> None:
    aino.send_file("photo", b"png")
    (update,) = await client.ok("getUpdates")
    photo = update["message"]["photo"][-1]["file_id"]

    answer = await client.call("sendPhoto", chat_id=aino.id, photo=photo, caption="a" * length)

    assert answer.status == (200 if fits else 400)
    if not fits:
        assert answer.description == "Bad Request: message caption is too long"


async def test_an_album_comes_as_messages_of_one_group(api: BotApi, client: PlainClient, aino: Phone) -> None:
    media = [
        {"type": "photo", "media": "attach://a", "caption": "<b>kaksi</b>", "parse_mode": "HTML"},
        {"type": "video", "media": "attach://b"},
    ]
    sent = await client.upload(
        "sendMediaGroup",
        {"a": ("a.png", b"1"), "b": ("b.mp4", b"2")},
        chat_id=str(aino.id),
        media=json.dumps(media),
    )

    assert sent[0]["media_group_id"] == sent[1]["media_group_id"]
    assert (sent[0]["caption"], "caption" in sent[1]) == ("kaksi", False)
    one, two = aino.messages[-2:]
    assert one.media is not None
    assert two.media is not None
    assert (one.media.kind, two.media.kind) == ("photo", "video")


async def test_an_album_comes_whole_or_not_at_all(client: PlainClient, aino: Phone) -> None:
    aino.send_file("photo", b"png")
    (update,) = await client.ok("getUpdates")
    good = {"type": "photo", "media": update["message"]["photo"][-1]["file_id"]}
    before = len(aino.messages)

    async def refused(*media: dict[str, str]) -> str:
        return await client.refused("sendMediaGroup", chat_id=aino.id, media=list(media))

    assert await refused(good, {"type": "photo", "media": "wrong"})
    assert await refused(good) == "Bad Request: group send failed: the album must contain 2-10 items"
    assert (
        await refused(good, {"type": "audio", "media": "x"})
        == "Bad Request: Can't use the media of the specified type in the album"
    )
    assert len(aino.messages) == before


async def test_a_persons_album_is_one_update_for_each_file(client: PlainClient, aino: Phone) -> None:
    ids = aino.send_album("photo", [b"1", b"2", b"3"], caption="kolme")

    updates = await client.ok("getUpdates")

    assert [update["message"]["message_id"] for update in updates] == ids
    assert len({update["message"]["media_group_id"] for update in updates}) == 1
    assert updates[0]["message"]["caption"] == "kolme"
