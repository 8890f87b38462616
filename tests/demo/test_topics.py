"""Topics on the page: whose each message is, and where the next one goes."""

from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from mentorbot.demo.page.state import documents
from mentorbot.demo.stage import Stage
from tests.demo.conftest import FIRST, Call, Say
from tests.demo.looks import faint, nameless, too_wide
from tests.demo.test_in_browser import NARROW, TABLET, WIDE, bubble, opened, phone, tab_to


async def test_a_message_says_in_which_topic_it_stands_and_the_topics_own_beginning_is_no_message(
    quiet_stage: Stage, call: Call, say: Say
) -> None:
    quiet_stage.api.telegram.has_topics_enabled = True
    mikael = quiet_stage.cast.mikael
    mikael.phone.start()
    topic = await call("createForumTopic", chat_id=mikael.phone.id, name="Early Island")
    thread = topic["message_thread_id"]
    await say(mikael, "Hello", message_thread_id=thread)
    await say(mikael, "To you all")
    shown = documents(quiet_stage, FIRST)[mikael.key]
    assert shown["topics"] == [{"id": thread, "name": "Early Island"}]
    assert [(message["text"], message["topic"]) for message in shown["messages"]] == [
        ("/start", None),
        ("Hello", {"id": thread, "name": "Early Island"}),
        ("To you all", None),
    ]


async def test_the_next_message_goes_where_it_was_chosen_to_go_by_keyboard(
    quiet_stage: Stage, address: str, browser: Browser
) -> None:
    quiet_stage.api.telegram.has_topics_enabled = True
    mikael, aino = quiet_stage.cast.mikael.phone, quiet_stage.cast.aino.phone
    aino.start()
    mikael.start()
    thread = mikael.create_topic("Early Island")
    async with opened(browser, address) as page:

        async def write(words: str) -> int | None:
            await tab_to(page, "mikael", "Write as Mikael")
            await page.keyboard.type(words)
            await page.keyboard.press("Enter")
            await expect(bubble(page, "mikael", words)).to_be_visible()
            return mikael.messages[-1].topic

        choice = phone(page, "mikael").get_by_label("Where Mikael writes")
        await expect(choice).to_have_value("")
        await expect(phone(page, "aino").locator(".topics")).to_be_hidden()
        assert await write("To nobody in particular") is None
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Shift+Tab")
        await expect(choice).to_be_focused()
        await page.keyboard.press("ArrowDown")
        assert await write("To one") == thread
        await expect(bubble(page, "mikael", "To one").locator(".topic-name")).to_have_text("In the topic Early Island")
        await expect(choice).to_have_value(str(thread))
        mikael.delete_topic(thread)
        await expect(choice).to_be_hidden()
        await expect(bubble(page, "mikael", "To one")).to_have_count(0)
        assert await write("To nobody again") is None


@pytest.mark.parametrize("colors", ["light", "dark"])
async def test_topics_have_names_and_can_be_read(
    quiet_stage: Stage, address: str, browser: Browser, colors: Literal["light", "dark"]
) -> None:
    quiet_stage.api.telegram.has_topics_enabled = True
    mikael = quiet_stage.cast.mikael.phone
    mikael.start()
    for name in ("Early Island", "W" * 128):
        mikael.write("Hello", topic=mikael.create_topic(name))
    for size in (WIDE, TABLET, NARROW):
        async with opened(browser, address, size, colors) as page:
            if size is not WIDE:
                await page.get_by_role("tab", name="Mikael").click()
            await expect(phone(page, "mikael").locator(".topic-name")).to_have_count(2)
            await expect(phone(page, "mikael").locator(".topics")).to_be_visible()
            assert await nameless(page) == []
            assert await faint(page) == []
            assert await too_wide(page) == []
