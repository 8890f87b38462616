"""Takes the pictures of the demo page that stand in the documentation, after playing the way there by hand.

python -m tests.demo.pictures docs/pictures
"""

import asyncio
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Locator, Page, async_playwright

from mentorbot.demo.cast import Languages
from mentorbot.demo.page.server import page as serve
from mentorbot.demo.sayings import button_text
from mentorbot.demo.stage import open_stage
from tests.browser import FLAGS, find_chromium

_LARGEST = 300_000  # bytes
_TALK = (
    ("aino", "I am **really** nervous about tomorrow. The old crowd hangs around there."),
    ("mikael", "Then we go together. I will be at the corner at half past nine."),
)
_ANEW = (("aino", "maria", "Hello. Shall we start over?"), ("maria", "aino", "Let us. I am here."))
_OTHER = {"aino": "mikael", "mikael": "aino"}


async def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    async with open_stage(Languages()) as stage, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        first = await stage.bot.invite("coordinator")
        async with serve(stage, first) as address:
            await _picture(browser, address, folder / "first-look.png", (1280, 760), "light")
            page = await browser.new_page(viewport={"width": 1280, "height": 860})
            await page.goto(address)
            await _pair(page)
            await _talk(page)
            await _picture(browser, address, folder / "phones-light.png", (1280, 860), "light")
            await _picture(browser, address, folder / "phones-dark.png", (1280, 860), "dark")
            await _picture(browser, address, folder / "narrow-light.png", (360, 740), "light", tab="Mikael")
            await _picture(browser, address, folder / "narrow-dark.png", (360, 740), "dark", tab="Aino")
            await _change_mentor(page)
            await page.close()
            await _picture(browser, address, folder / "new-mentor.png", (1280, 820), "light", unfold="maria")
        await browser.close()


async def _pair(page: Page) -> None:
    """Joining and pairing, with the mouse."""
    await _join(page, "sari")
    sari = page.locator("#phone-sari")
    for key, button in (("mikael", "A mentor"), ("aino", "A participant")):
        await _invite(page, key, button)
    await sari.get_by_role("button", name="Choose a mentor").click()
    await sari.get_by_role("button", name="0 participants").click()
    await _came(page, "mikael", "You have a participant:").wait_for()
    await _came(page, "aino", "Your mentor is here").wait_for()


async def _talk(page: Page) -> None:
    """Words, a photo, a reply to it, a reaction."""
    for key, words in _TALK:
        await _write(page, key, words)
        await _came(page, _OTHER[key], words[-20:]).wait_for()
    await _choose(page, _came(page, "aino", "half past nine"), "❤")
    await page.locator("#phone-mikael .reactions").wait_for()
    aino = page.locator("#phone-aino")
    await aino.get_by_label("Write as").fill("This is where I am now. It is quiet here.")
    await aino.get_by_role("button", name="Attach as Aino").click()
    await page.get_by_role("menuitem", name="Photo", exact=True).click()
    photo = page.locator("#phone-mikael .bubble", has=page.locator("img.photo"))
    await _choose(page, photo, "Reply")
    await _write(page, "mikael", "What a good place. Sleep well, see you at the corner.")
    await _came(page, "aino", "Sleep well").wait_for()


async def _change_mentor(page: Page) -> None:
    """Maria comes; Aino asks for another mentor; Mikael leaves no note; the two begin."""
    await page.locator("#phone-maria .fold").click()
    await _invite(page, "maria", "A mentor")
    sari, aino, mikael = (page.locator(f"#phone-{key}") for key in ("sari", "aino", "mikael"))
    await _write(page, "aino", "/mentor")
    for button in ("change.ask", "change.ask_surely"):
        await aino.get_by_role("button", name=button_text(button, "en")).click()
    await sari.get_by_role("button", name=button_text("change.choose", "en")).click()
    await sari.get_by_role("button", name="0 participants").click()
    await sari.get_by_role("button", name=button_text("change.note_first", "en")).click()
    await mikael.get_by_role("button", name=button_text("change.no_note", "en")).click()
    await _came(page, "maria", "You have a participant:").wait_for()
    for key, other, words in (
        ("aino", "maria", "Hello. Shall we start over?"),
        ("maria", "aino", "Let us. I am here."),
    ):
        await _write(page, key, words)
        await _came(page, other, words).wait_for()


async def _invite(page: Page, key: str, button: str) -> None:
    await _write(page, "sari", "/invite")
    await page.locator("#phone-sari").get_by_role("button", name=button).last.click()
    await _join(page, key)


async def _choose(page: Page, bubble: Locator, item: str) -> None:
    """Something from a message's menu."""
    await bubble.hover()
    await bubble.get_by_role("button", name="Message menu").click()
    await page.locator(".menu").get_by_text(item, exact=True).click()


def _came(page: Page, key: str, words: str) -> Locator:
    return page.locator(f"#phone-{key} .theirs .bubble", has_text=words)


async def _join(page: Page, key: str) -> None:
    phone = page.locator(f"#phone-{key}")
    await phone.locator(".start.inviting").click()
    await phone.get_by_role("button", name="Write it").click()
    await phone.get_by_label("Write as").press("Enter")
    await phone.get_by_role("button", name="English").click()
    await phone.get_by_role("button", name="I want to join").click()
    await phone.locator(".alias").wait_for()


async def _write(page: Page, key: str, words: str) -> None:
    text = page.locator(f"#phone-{key}").get_by_label("Write as")
    await text.fill(words)
    await text.press("Enter")


async def _picture(
    browser: Browser,
    address: str,
    file: Path,
    size: tuple[int, int],
    colors: Literal["light", "dark"],
    tab: str | None = None,
    unfold: str | None = None,
) -> None:
    width, height = size
    page = await browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=colors, reduced_motion="reduce"
    )
    await page.goto(address)
    await page.locator("#lamp.on").wait_for(state="attached")
    if tab is not None:
        await page.get_by_role("tab", name=tab).click()
    if unfold is not None:
        await page.locator(f"#phone-{unfold} .fold").click()
    await page.wait_for_timeout(500)  # until all is drawn
    await page.screenshot(path=file)
    await page.close()
    weight = file.stat().st_size
    sys.stdout.write(f"{file} {weight // 1000} kB\n")
    if weight > _LARGEST:
        raise SystemExit(f"{file} is too heavy")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
