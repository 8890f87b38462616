"""The page in a real browser: wide and narrow, by keyboard alone, with the real bot behind it."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from mentorbot.demo.page.server import page as serve
from mentorbot.demo.stage import Stage
from tests.demo.conftest import FIRST, Say, everybody_joins
from tests.demo.looks import faint, nameless, too_wide

WIDE, TABLET, NARROW = (1440, 900), (768, 1024), (360, 740)
EVERY_ENTITY: Sequence[tuple[str, str]] = (
    ("bold", "strong"),
    ("italic", "em"),
    ("underline", "u"),
    ("strikethrough", "s"),
    ("code", "code"),
    ("pre", "pre"),
    ("blockquote", "blockquote"),
)

PAGE_JS = files("mentorbot.demo.page") / "static" / "page.js"
IDEAS: Sequence[str] = re.findall(r'^  "(.+)",$', PAGE_JS.read_text(encoding="utf-8"), re.MULTILINE)
GUIDE_TEXTS: Sequence[tuple[str, bool]] = (
    ("", False),
    ("Open the invite link on Sari’s phone.", False),
    ("Aino waits for a mentor: press “Choose a mentor” in Sari’s chat, then an alias.", False),
    *((idea, True) for idea in IDEAS),
)

expect.set_options(timeout=20_000)


@asynccontextmanager
async def opened(
    browser: Browser,
    address: str,
    size: tuple[int, int] = WIDE,
    colors: Literal["dark", "light"] = "light",
) -> AsyncIterator[Page]:
    """The page in a window; at the end it must not have complained, nor asked anybody else for anything."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=colors, reduced_motion="reduce"
    )
    page = await context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(address)
    await expect(page.locator("#lamp")).to_contain_text("The bot")
    yield page
    assert complaints == []
    assert f"{address}events" in asked
    assert [url for url in asked if not url.startswith(address)] == []
    await context.close()


def phone(page: Page, key: str) -> Locator:
    return page.locator(f"#phone-{key}")


def bubble(page: Page, key: str, words: str) -> Locator:
    return phone(page, key).locator(".bubble", has_text=words)


async def choose(page: Page, name: str) -> None:
    """Walk the open menu with the arrow keys to an item, and take it."""
    for _ in range(12):
        if await page.evaluate("document.activeElement.lastChild.textContent") == name:
            await page.keyboard.press("Enter")
            return
        await page.keyboard.press("ArrowDown")
    pytest.fail(f"the menu has no {name!r}")


async def tab_to(page: Page, key: str, name: str) -> None:
    """Press Tab until a control of this name, on this person's phone, has the focus."""
    for _ in range(120):
        focused = await page.evaluate(
            """() => {
              const node = document.activeElement;
              const label = node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent;
              return [node.closest('.phone')?.dataset.key ?? '', (label ?? node.textContent).trim()];
            }"""
        )
        if focused == [key, name]:
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"Tab never reaches {name!r} on {key}'s phone\n{await phone(page, key).inner_text()}")


@pytest.mark.timeout(120)
async def test_joining_is_played_by_keyboard_alone(stage: Stage, browser: Browser) -> None:
    first = await stage.bot.invite("coordinator")
    async with serve(stage, first) as address, opened(browser, address) as page:

        async def press(key: str, name: str) -> None:
            await tab_to(page, key, name)
            await page.keyboard.press("Enter")

        async def join(key: str) -> None:
            await expect(phone(page, key).locator(".start")).to_have_text("Open the invite link")
            await press(key, "Open the invite link")
            await expect(phone(page, key).locator(".door-type")).to_be_visible()
            await press(key, "Write it")
            await page.keyboard.press("Enter")
            await expect(phone(page, key).get_by_role("button", name="English")).to_be_visible()
            await press(key, "English")
            await expect(phone(page, key).get_by_role("button", name="Not now")).to_be_visible()
            accept = phone(page, key).locator(".keys button").first
            await press(key, await accept.inner_text())
            await expect(phone(page, key).locator(".alias")).to_be_visible()

        await expect(page.locator("#guide-text")).to_have_text("Open the invite link on Sari’s phone.")
        await join("sari")
        await tab_to(page, "sari", "Write as Sari")
        await page.keyboard.type("/in")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(phone(page, "sari").get_by_role("button", name="A mentor")).to_be_visible()
        await press("sari", "A mentor")
        await join("mikael")
        await expect(phone(page, "sari").locator(".badge")).to_be_visible()
        await expect(page.locator("#guide-steps .done")).to_have_text(["Sari joins", "Invite Mikael", "Mikael joins"])


@pytest.mark.timeout(120)
async def test_words_appear_by_themselves_and_a_crash_loses_none(stage: Stage, browser: Browser) -> None:
    await everybody_joins(stage)
    async with serve(stage, FIRST) as address, opened(browser, address) as page:
        aino = phone(page, "aino").get_by_label("Write as Aino")
        await aino.fill("Is **anybody** there?")
        await aino.press("Shift+Enter")
        await aino.press_sequentially("I am.")
        await aino.press("Enter")
        await expect(aino).to_have_value("")
        arrived = bubble(page, "mikael", "Is anybody there?")
        await expect(arrived.locator("strong").last).to_have_text("anybody")
        await expect(arrived).to_contain_text("I am.")
        await expect(bubble(page, "aino", "I am.").locator(".tick")).to_have_text("✓✓")

        await page.get_by_role("button", name="Pull the plug").click()
        await expect(page.locator("#lamp")).to_have_text("The bot is off")
        await aino.fill("And now?")
        await aino.press("Enter")
        await expect(bubble(page, "aino", "And now?").locator(".tick")).to_have_text("✓")
        await page.get_by_role("button", name="Plug it in again").click()
        await expect(bubble(page, "mikael", "And now?")).to_be_visible()
        await expect(bubble(page, "aino", "And now?").locator(".tick")).to_have_text("✓✓")
        await expect(page.locator("#lamp")).to_have_text("The bot runs")

        mikael = phone(page, "mikael").get_by_label("Write as Mikael")
        await mikael.fill("Yes, all evening.")
        await mikael.press("Enter")
        await expect(bubble(page, "aino", "Yes, all evening.")).to_be_visible()
        await expect(page.locator("#guide-text")).to_contain_text("Send a photo")


async def test_a_narrow_screen_shows_one_phone_at_a_time(
    quiet_stage: Stage, address: str, browser: Browser, say: Say
) -> None:
    quiet_stage.cast.sari.phone.start()
    await say(quiet_stage.cast.sari, "w" * 4096)
    await say(quiet_stage.cast.sari, "https://t.me/harbour_demo_bot?start=" + "x" * 60)
    keyboard = {"inline_keyboard": [[{"text": "A very long label " * 3, "callback_data": "x"}] * 2]}
    await say(quiet_stage.cast.sari, "Which?", reply_markup=keyboard)
    async with opened(browser, address, NARROW) as page:
        shown = page.locator(".phone:visible")
        await expect(shown).to_have_attribute("id", "phone-sari")
        await expect(bubble(page, "sari", "Which?")).to_be_in_viewport()
        assert await too_wide(page) == []
        await page.get_by_role("tab", name="Sari").focus()
        for name in ("Mikael", "Aino", "Maria", "Otto", "Sari"):
            await page.keyboard.press("ArrowRight")
            await expect(page.get_by_role("tab", name=name)).to_be_focused()
            await expect(shown).to_have_attribute("data-name", name)
            assert await too_wide(page) == []
        await say(quiet_stage.cast.sari, "read at once")
        quiet_stage.cast.aino.phone.start()
        await say(quiet_stage.cast.aino, "not seen yet")
        await expect(page.get_by_role("tab", name="Aino").locator(".badge")).to_have_text("1")
        await page.get_by_role("tab", name="Aino").click()
        await expect(bubble(page, "aino", "not seen yet")).to_be_visible()
        await expect(page.get_by_role("tab", name="Aino").locator(".badge")).to_be_hidden()


async def test_what_is_too_wide_is_found(address: str, browser: Browser) -> None:
    async with opened(browser, address, NARROW) as page:
        await page.evaluate("document.querySelector('.guide').style.width = '400px'")
        assert "the page scrolls sideways" in await too_wide(page)


async def test_all_formatting_is_shown(quiet_stage: Stage, address: str, browser: Browser, say: Say) -> None:
    aino = quiet_stage.cast.aino
    aino.phone.start()
    text = "🌲 " + " ".join(kind for kind, _ in EVERY_ENTITY)
    offsets = {kind: text.index(kind) + 1 for kind, _ in EVERY_ENTITY}  # the tree is two code units
    await say(
        aino,
        text,
        entities=[{"type": kind, "offset": at, "length": len(kind)} for kind, at in offsets.items()],
    )
    async with opened(browser, address) as page:
        for kind, tag in EVERY_ENTITY:
            await expect(bubble(page, "aino", "🌲").locator(tag)).to_have_text(kind)


async def test_formatting_inside_formatting_keeps_every_word_once(
    quiet_stage: Stage, address: str, browser: Browser, say: Say
) -> None:
    aino = quiet_stage.cast.aino
    aino.phone.start()
    across = [
        {"type": "bold", "offset": 0, "length": 11},
        {"type": "italic", "offset": 6, "length": 9},
        {"type": "blockquote", "offset": 0, "length": 15},
    ]
    await say(aino, "outer inner end", entities=across)
    async with opened(browser, address) as page:
        words = bubble(page, "aino", "outer").locator(".words")
        await expect(words).to_have_text("outer inner end")
        await expect(words.locator("blockquote strong em")).to_have_text("inner")
        await expect(words.locator("blockquote em").last).to_have_text(" end")


async def test_a_spoiler_opens_and_a_link_leads_nowhere(
    quiet_stage: Stage, address: str, browser: Browser, say: Say
) -> None:
    aino = quiet_stage.cast.aino
    aino.phone.start()
    await say(aino, "hidden https://example.org/a /help", entities=[{"type": "spoiler", "offset": 0, "length": 6}])
    async with opened(browser, address) as page:
        message = bubble(page, "aino", "example.org")
        cover = message.get_by_role("button", name="Hidden words: press to show them")
        await cover.focus()
        await page.keyboard.press("Enter")
        await expect(message.locator(".shown")).to_have_text("hidden")
        await message.locator(".link").click()
        assert page.url == address
        assert await page.locator("a[href^=http]").count() == 0
        await message.get_by_role("button", name="/help").click()
        await expect(bubble(page, "aino", "/help").last).to_contain_text("Aino: /help")


async def test_markup_in_words_and_names_is_literal(
    quiet_stage: Stage, address: str, browser: Browser, say: Say
) -> None:
    aino = quiet_stage.cast.aino
    aino.phone.start()
    nasty = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;"
    await say(aino, nasty, reply_markup={"inline_keyboard": [[{"text": nasty, "callback_data": "x"}]]})
    async with opened(browser, address) as page:
        await expect(phone(page, "aino").locator(".words").last).to_have_text(nasty)
        await expect(phone(page, "aino").locator(".keys button")).to_have_text(nasty)
        assert await page.locator(".log img, .log script").count() == 0


async def test_a_message_is_answered_changed_and_deleted_by_keyboard(
    quiet_stage: Stage, address: str, browser: Browser, say: Say
) -> None:
    aino = quiet_stage.cast.aino
    aino.phone.start()
    await say(aino, "How are you?")
    async with opened(browser, address) as page:
        text = phone(page, "aino").get_by_label("Write as Aino")
        await phone(page, "aino").get_by_role("log").focus()
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("Enter")
        await choose(page, "Reply")
        await expect(phone(page, "aino").locator(".answering")).to_contain_text("How are you?")
        await expect(text).to_be_focused()
        await page.keyboard.type("Well")
        await page.keyboard.press("Enter")
        mine = bubble(page, "aino", "Well")
        await expect(mine.locator(".quoted")).to_contain_text("How are you?")

        await mine.focus()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await choose(page, "Edit")
        await page.keyboard.type(" enough")
        await page.keyboard.press("Enter")
        await expect(bubble(page, "aino", "Well enough").locator(".foot")).to_contain_text("edited")

        await bubble(page, "aino", "Well enough").focus()
        await page.keyboard.press("Enter")
        await choose(page, "🙏")
        await expect(phone(page, "aino").locator(".reactions")).to_have_text("🙏 from Aino")

        await bubble(page, "aino", "Well enough").focus()
        await page.keyboard.press("Enter")
        await choose(page, "Delete")
        await expect(bubble(page, "aino", "Well enough")).to_have_count(0)
        await expect(phone(page, "aino").locator(".toast")).to_contain_text("Telegram does not tell bots")


async def test_samples_are_sent_and_seen_by_keyboard(quiet_stage: Stage, address: str, browser: Browser) -> None:
    quiet_stage.cast.aino.phone.start()
    for size in (WIDE, NARROW):
        async with opened(browser, address, size) as page:
            if size is NARROW:
                await page.get_by_role("tab", name="Aino").click()
            aino = phone(page, "aino")
            for name, shown in (("Photo", "img.photo"), ("Sticker", "img.sticker"), ("Own contact card", ".tile")):
                clip = aino.get_by_role("button", name="Attach as Aino")
                await clip.focus()
                await page.keyboard.press("Enter")
                await choose(page, name)
                await expect(aino.locator(".bubble").last.locator(shown)).to_be_visible()
            await page.wait_for_function("[...document.querySelectorAll('img.picture')].every((i) => i.naturalWidth)")
            await aino.get_by_role("button", name="Attach as Aino").press("Enter")
            await page.keyboard.press("Escape")
            await expect(aino.get_by_role("button", name="Attach as Aino")).to_be_focused()
            assert await too_wide(page) == []


async def test_marked_words_become_the_quote(quiet_stage: Stage, address: str, browser: Browser, say: Say) -> None:
    aino = quiet_stage.cast.aino
    aino.phone.start()
    await say(aino, "one two three")
    async with opened(browser, address) as page:
        message = bubble(page, "aino", "one two three")
        await message.locator(".words").evaluate(
            "(node) => getSelection().setBaseAndExtent(node.firstChild, 4, node.firstChild, 7)"
        )
        await message.hover()
        await message.get_by_role("button", name="Message menu").click()
        await page.get_by_role("menuitem", name="Reply to what is marked").click()
        await phone(page, "aino").get_by_label("Write as Aino").press_sequentially("that")
        await page.keyboard.press("Enter")
        await expect(bubble(page, "aino", "that").locator(".quoted span")).to_have_text("two")


async def test_times_are_the_bots(quiet_stage: Stage, address: str, browser: Browser, say: Say) -> None:
    aino = quiet_stage.cast.aino
    said = aino.phone.write("Hello")
    at = aino.phone.message(said).date.astimezone(ZoneInfo(quiet_stage.bot.timezone))
    context = await browser.new_context(timezone_id="Pacific/Auckland")
    page = await context.new_page()
    await page.goto(address)
    await expect(bubble(page, "aino", "Hello").locator("time")).to_have_text(f"{at:%H:%M}")
    await context.close()


@pytest.mark.parametrize("width", [360, 768, 1024, 1440])
async def test_the_phones_do_not_move_when_the_guide_says_something_else(
    address: str, browser: Browser, width: int
) -> None:
    async with opened(browser, address, (width, 800)) as page:
        tops = {
            await page.evaluate(
                """([text, idea]) => {
                  document.getElementById('guide-text').textContent = text;
                  document.getElementById('guide-show').hidden = idea || innerWidth >= 1000;
                  document.getElementById('guide-other').hidden = !idea;
                  return document.getElementById('phones').getBoundingClientRect().top;
                }""",
                [text, idea],
            )
            for text, idea in GUIDE_TEXTS
        }
        assert len(IDEAS) > 10
        assert len(tops) == 1
        shown = await page.locator(".phone:visible").count()
        assert shown == (5 if width >= 1000 else 1)


async def test_the_page_connects_again_by_itself(quiet_stage: Stage, browser: Browser, say: Say) -> None:
    quiet_stage.cast.aino.phone.start()
    async with serve(quiet_stage, FIRST) as address:
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(address)
        await expect(page.locator("#lamp")).to_have_text("The bot is off")
    await expect(page.locator("#lamp")).to_have_text("Connecting …")
    await say(quiet_stage.cast.aino, "written meanwhile")
    async with serve(quiet_stage, FIRST, int(address.rstrip("/").rpartition(":")[2])):
        await expect(bubble(page, "aino", "written meanwhile")).to_be_visible()
        await context.close()


@pytest.mark.parametrize("colors", ["light", "dark"])
async def test_everything_has_a_name_and_can_be_read(
    quiet_stage: Stage, address: str, browser: Browser, say: Say, colors: Literal["light", "dark"]
) -> None:
    aino = quiet_stage.cast.aino
    mine = aino.phone.write("Hello")
    aino.phone.write("again", reply_to=mine)
    entities = [{"type": "code", "offset": 0, "length": 4}, {"type": "blockquote", "offset": 5, "length": 4}]
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await say(aino, "code cite /help https://example.org", entities=entities, reply_markup=keyboard)
    for size in (WIDE, TABLET, NARROW):
        async with opened(browser, address, size, colors) as page:
            if size is not WIDE:
                await page.get_by_role("tab", name="Aino").click()
            await expect(bubble(page, "aino", "code cite")).to_be_visible()
            assert await nameless(page) == []
            assert await faint(page) == []
            assert await too_wide(page) == []


async def test_what_has_no_name_or_is_faint_is_found(address: str, browser: Browser) -> None:
    async with opened(browser, address) as page:
        await page.evaluate("document.querySelector('.send').removeAttribute('aria-label')")
        await page.evaluate("document.querySelector('h1').style.color = '#aab6bb'")
        assert await faint(page) != []
        await page.evaluate("for (const phone of document.querySelectorAll('.composer')) phone.hidden = false")
        assert await nameless(page) == ["send has no name"]
