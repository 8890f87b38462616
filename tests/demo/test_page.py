"""The page's server: what it serves, to whom, and what the actions do."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from typing import Any

import aiohttp
import pytest

from mentorbot.demo.page.server import page
from mentorbot.demo.samples import picture
from mentorbot.demo.stage import Stage
from mentorbot.locale.catalogue import Say as Catalogue
from mentorbot.programme.errors import CannotStart
from tests.demo.conftest import FIRST, Say


class Events:
    """The documents as they came last, by name."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.documents: dict[str, Any] = {}
        self._response = response

    async def until(self, name: str, **wanted: object) -> dict[str, Any]:
        """Read on until a document has these values."""
        async with asyncio.timeout(30):
            while name not in self.documents or not _holds(self.documents[name], wanted):
                await self._read()
        found: dict[str, Any] = self.documents[name]
        return found

    async def until_last(self, name: str, text: str) -> dict[str, Any]:
        """Read on until a phone's last message has this text; gives the message."""
        async with asyncio.timeout(30):
            while True:
                messages = self.documents.get(name, {}).get("messages")
                if messages and messages[-1]["text"] == text:
                    last: dict[str, Any] = messages[-1]
                    return last
                await self._read()

    async def _read(self) -> None:
        block = (await self._response.content.readuntil(b"\n\n")).decode()
        if block.startswith("event: "):
            head, _, data = block.partition("\ndata: ")
            self.documents[head.removeprefix("event: ")] = json.loads(data)


def _holds(document: dict[str, Any], wanted: dict[str, object]) -> bool:
    return all(document[key] == value for key, value in wanted.items())


@asynccontextmanager
async def events(address: str, session: aiohttp.ClientSession) -> AsyncIterator[Events]:
    async with session.get(f"{address}events") as response:
        assert response.content_type == "text/event-stream"
        yield Events(response)


async def test_every_answer_forbids_what_the_page_does_not_need(address: str, session: aiohttp.ClientSession) -> None:
    for path in ("", "static/page.js", "static/page.css", "events", "nowhere"):
        async with session.get(address + path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert "http" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_shows_a_phone_for_everyone(address: str, session: aiohttp.ClientSession) -> None:
    async with session.get(address) as response:
        html = await response.text()
    for key in ("sari", "mikael", "aino", "maria", "otto"):
        assert f'id="phone-{key}"' in html
    assert "<script>" not in html
    assert "style=" not in html


async def test_another_name_for_this_machine_is_refused(address: str, session: aiohttp.ClientSession) -> None:
    async with session.get(address, headers={"Host": "rebound.example"}) as response:
        assert response.status == 403
    async with session.get(address) as response:
        assert response.status == 200


async def test_what_a_form_on_another_site_can_send_changes_nothing(
    quiet_stage: Stage, address: str, session: aiohttp.ClientSession
) -> None:
    aino = quiet_stage.cast.aino.phone
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        async with session.post(f"{address}phones/aino/write", data=b'{"text": "Hi"}', headers=headers) as response:
            assert response.status == 415
    assert not aino.messages
    async with session.post(f"{address}phones/aino/write", json={"text": "Hi"}) as response:
        assert response.status == 200
    assert [message.text for message in aino.messages] == ["Hi"]


@pytest.mark.parametrize("body", [{}, {"text": 1}, {"text": "x", "more": 1}, {"text": "x", "reply_to": "1"}, []])
async def test_a_body_that_the_page_does_not_send_is_refused(
    address: str, session: aiohttp.ClientSession, body: object
) -> None:
    async with session.post(f"{address}phones/aino/write", json=body) as response:
        assert response.status == 400


async def test_an_unknown_phone_is_not_found(address: str, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{address}phones/nobody/write", json={"text": "x"}) as response:
        assert response.status == 404


async def test_what_a_phone_cannot_do_is_said_in_a_sentence(address: str, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{address}phones/aino/write", json={"text": " "}) as response:
        assert response.status == 400
        assert await response.json() == {"error": "a phone does not send an empty message"}


async def test_the_coordinators_invite_is_ready_and_its_code_beside_it(
    quiet_stage: Stage, address: str, session: aiohttp.ClientSession
) -> None:
    async with events(address, session) as seen:
        door = (await seen.until("sari"))["door"]
        assert door == {"code": FIRST.code, "opened": False}
        async with session.post(f"{address}phones/sari/open", json={}) as response:
            assert response.status == 200
        [opened] = quiet_stage.cast.sari.phone.messages
        assert opened.text == f"/start {FIRST.payload}"
        await seen.until("sari", door={**door, "opened": True})
        await seen.until_last("sari", "/start")
        assert (await seen.until("otto"))["door"] is None


async def test_an_invite_for_a_mentor_is_for_whoever_of_the_two_opens_it(
    quiet_stage: Stage, address: str, session: aiohttp.ClientSession, say: Say
) -> None:
    cast = quiet_stage.cast
    cast.sari.phone.start()
    texts = Catalogue("en", UTC)
    await say(cast.sari, texts("invites.link", link="https://t.me/harbour_demo_bot?start=def-456"))
    await say(cast.sari, texts("invites.code_mentor", code="K7PQ2M", until="soon"))
    async with events(address, session) as seen:
        for key in ("mikael", "maria"):
            assert (await seen.until(key))["door"] == {"code": "K7PQ2M", "opened": False}
        cast.maria.phone.start("def-456")
        await seen.until("mikael", door=None)
        await seen.until("maria", door={"code": "K7PQ2M", "opened": True})


async def test_messages_come_by_themselves_with_ticks_and_unread_marks(
    quiet_stage: Stage, address: str, session: aiohttp.ClientSession, say: Say
) -> None:
    async with events(address, session) as seen:
        quiet_stage.cast.aino.phone.write("**Hei** <b>&amp;")
        mine = await seen.until_last("aino", "**Hei** <b>&amp;")
        assert mine["mine"]
        assert mine["waits"]
        quiet_stage.api.telegram.updates.drop_all()
        await say(quiet_stage.cast.aino, "Hello", entities=[{"type": "bold", "offset": 0, "length": 5}])
        theirs = await seen.until_last("aino", "Hello")
        assert not theirs["mine"]
        assert theirs["entities"][0]["type"] == "bold"
        phone = await seen.until("aino", unread=1)
        assert not phone["messages"][0]["waits"]
        async with session.post(f"{address}phones/aino/read", json={}) as response:
            assert response.status == 200
        await seen.until("aino", unread=0)


async def test_pressing_editing_and_deleting_reach_the_bot(
    quiet_stage: Stage, address: str, session: aiohttp.ClientSession, say: Say
) -> None:
    aino = quiet_stage.cast.aino
    waiting = quiet_stage.api.telegram.updates.waiting
    mine = aino.phone.write("Hello")
    keyboard = {"inline_keyboard": [[{"text": "No", "callback_data": "n"}, {"text": "Yes", "callback_data": "y"}]]}
    asked = await say(aino, "Sure?", reply_markup=keyboard)
    press = {"message": asked["message_id"], "row": 0, "column": 1}
    async with session.post(f"{address}phones/aino/press", json=press) as response:
        query = (await response.json())["done"]
    pressed = json.loads(waiting[-1].raw)["callback_query"]
    assert (pressed["id"], pressed["data"]) == (query, "y")
    change = {"message": mine, "text": "Hello __you__"}
    async with session.post(f"{address}phones/aino/edit", json=change) as response:
        assert response.status == 200
    assert aino.phone.message(mine).edited
    assert json.loads(waiting[-1].raw)["edited_message"]["entities"][0]["type"] == "italic"
    async with session.post(f"{address}phones/aino/delete", json={"message": mine}) as response:
        assert response.status == 200
    assert mine not in [message.id for message in aino.phone.messages]


@pytest.mark.parametrize(
    ("what", "kind", "is_picture", "words"),
    [
        ("photo", "photo", True, "look"),
        ("document", "document", False, "look"),
        ("album", "photo", True, ""),
        ("voice", "voice", False, "look"),
        ("sticker", "sticker", True, ""),
        ("contact", "contact", False, ""),
        ("location", "location", False, ""),
    ],
)
async def test_a_sample_is_sent_and_shown(
    quiet_stage: Stage,
    address: str,
    session: aiohttp.ClientSession,
    what: str,
    kind: str,
    is_picture: bool,
    words: str,
) -> None:
    aino = quiet_stage.cast.aino.phone
    first = aino.write("Hello")
    body = {"what": what, "text": "look", "reply_to": first}
    async with session.post(f"{address}phones/aino/attach", json=body) as response:
        assert response.status == 200
    async with events(address, session) as seen:
        message = (await seen.until("aino"))["messages"][-1]
    assert (message["media"]["kind"], message["text"], message["reply"]["id"]) == (kind, words, first)
    assert (message["media"]["picture"] is not None) == is_picture
    async with session.get(f"{address}phones/aino/media/{message['id']}") as response:
        assert response.status == (200 if is_picture else 404)
        if is_picture:
            assert response.content_type in ("image/jpeg", "image/webp")
            shown = aino.message(message["id"]).media
            assert shown is not None
            assert await response.read() == shown.data


def test_the_photo_as_a_file_tells_where_it_was_taken_and_the_photo_does_not() -> None:
    assert b"Exif\0\0" in picture("lake-with-place.jpg")
    assert b"Exif" not in picture("lake.jpg")


async def test_a_picture_is_shown_to_those_who_see_it_and_while_they_do(
    quiet_stage: Stage, address: str, session: aiohttp.ClientSession
) -> None:
    aino = quiet_stage.cast.aino.phone
    sent = aino.send_file("photo", picture("lake.jpg"))
    not_a_picture = aino.send_file("photo", b"<script>")
    address_of = f"{address}phones/{{}}/media/{{}}".format

    async def status(key: str, message: int) -> int:
        async with session.get(address_of(key, message)) as response:
            return response.status

    assert await status("aino", sent) == 200
    assert await status("aino", not_a_picture) == 404
    assert await status("mikael", sent) == 404
    assert await status("nobody", sent) == 404
    aino.delete(sent)
    assert await status("aino", sent) == 404


async def test_an_unknown_sample_is_refused(address: str, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{address}phones/aino/attach", json={"what": "gold"}) as response:
        assert response.status == 400


async def test_reactions_quotes_and_forwards_are_shown_with_who_made_them(
    quiet_stage: Stage, address: str, session: aiohttp.ClientSession, say: Say
) -> None:
    aino, api = quiet_stage.cast.aino.phone, quiet_stage.api
    mine = aino.write("Hello")
    heard = await say(quiet_stage.cast.aino, "one two three", protect_content=True)

    async def act(name: str, status: int = 200, **body: object) -> None:
        async with session.post(f"{address}phones/aino/{name}", json=body) as response:
            assert response.status == status

    await act("react", message=mine, emoji="❤")
    body = {"chat_id": aino.id, "message_id": mine, "reaction": [{"type": "emoji", "emoji": "👍"}]}
    async with session.post(f"{api.url}/bot{api.token}/setMessageReaction", json=body) as response:
        assert response.status == 200
    await act("write", text="yes", reply_to=heard["message_id"], quote="two")
    await act("forward", message=mine)
    await act("forward", 400, message=heard["message_id"])

    async with events(address, session) as seen:
        said, asked, quoting, forwarded = (await seen.until("aino"))["messages"]
    assert (said["reactions"], said["reaction"]) == (["❤", "👍"], "❤")
    assert asked["protected"]
    assert quoting["reply"]["text"] == "two"
    assert forwarded["forwarded"] == "Aino Korhonen"


async def test_what_the_bot_changed_is_marked_unless_its_buttons_tell(
    quiet_stage: Stage, address: str, session: aiohttp.ClientSession, say: Say
) -> None:
    aino, api = quiet_stage.cast.aino, quiet_stage.api
    aino.phone.start()
    plain, notice = await say(aino, "a"), await say(aino, "Something is here.")
    keyboard = {"inline_keyboard": [[{"text": "Hide", "callback_data": "h"}]]}
    for sent, more in ((plain, {}), (notice, {"reply_markup": keyboard})):
        body = {"chat_id": aino.phone.id, "message_id": sent["message_id"], "text": "b", **more}
        async with session.post(f"{api.url}/bot{api.token}/editMessageText", json=body) as response:
            assert response.status == 200
    async with events(address, session) as seen:
        messages = (await seen.until("aino"))["messages"][-2:]
    assert [(message["text"], message["edited"]) for message in messages] == [("b", True), ("b", False)]


async def test_typing_is_shown_and_ends_by_itself(
    quiet_stage: Stage, address: str, session: aiohttp.ClientSession
) -> None:
    aino, api = quiet_stage.cast.aino.phone, quiet_stage.api
    aino.start()
    async with events(address, session) as seen:
        body = {"chat_id": aino.id, "action": "typing"}
        async with session.post(f"{api.url}/bot{api.token}/sendChatAction", json=body) as response:
            assert response.status == 200
        await seen.until("aino", typing=True)
        api.faults.travel(timedelta(seconds=5))
        await seen.until("aino", typing=False)


async def test_a_port_that_is_taken_is_said_in_one_line(quiet_stage: Stage, address: str) -> None:
    port = int(address.rstrip("/").rpartition(":")[2])
    with pytest.raises(CannotStart, match=f"Port {port} cannot be used"):
        async with page(quiet_stage, FIRST, port):
            pass


async def test_the_server_ends_while_a_page_is_still_open(quiet_stage: Stage, session: aiohttp.ClientSession) -> None:
    async with page(quiet_stage, FIRST) as address, asyncio.timeout(30):
        response = await session.get(f"{address}events")
        await response.content.readuntil(b"\n\n")
    async with asyncio.timeout(20):
        await response.read()
    response.release()
