"""Takes the pictures of the demo page that stand in the documentation, after playing the way there by hand.

python -m tests.demo.pictures docs/pictures
"""

import asyncio
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright

from mentorbot.demo.cast import Languages
from mentorbot.demo.page.server import page as serve
from mentorbot.demo.stage import open_stage
from tests.browser import FLAGS, find_chromium

_LARGEST = 300_000  # bytes
_TALK = (
    ("aino", "I am **really** nervous about tomorrow. The old crowd hangs around there."),
    ("mikael", "Then we go together. I will be at the corner at half past nine."),
    ("aino", "Thank you. That helps."),
)


async def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    async with open_stage(Languages()) as stage, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        first = await stage.bot.invite("coordinator")
        async with serve(stage, first) as address:
            await _picture(browser, address, folder / "first-look.png", (1280, 760), "light")
            page = await browser.new_page(viewport={"width": 1280, "height": 860})
            await page.goto(address)
            await _play(page)
            await page.close()
            await _picture(browser, address, folder / "phones-light.png", (1280, 860), "light")
            await _picture(browser, address, folder / "phones-dark.png", (1280, 860), "dark")
            await _picture(browser, address, folder / "narrow-light.png", (360, 740), "light", tab="Mikael")
            await _picture(browser, address, folder / "narrow-dark.png", (360, 740), "dark", tab="Aino")
        await browser.close()


async def _play(page: Page) -> None:
    """Joining, pairing and writing, with the mouse."""
    await _join(page, "sari")
    sari = page.locator("#phone-sari")
    for key, button in (("mikael", "A mentor"), ("aino", "A participant")):
        await _write(page, "sari", "/invite")
        await sari.get_by_role("button", name=button).last.click()
        await _join(page, key)
    await sari.get_by_role("button", name="Choose a mentor").click()
    await sari.get_by_role("button", name="0 participants").click()
    await page.locator("#phone-mikael").get_by_text("You have a participant").wait_for()
    await page.locator("#phone-aino").get_by_text("Your mentor is here").wait_for()
    for key, words in _TALK:
        await _write(page, key, words)
        other = {"aino": "mikael", "mikael": "aino"}[key]
        await page.locator(f"#phone-{other} .theirs").get_by_text(words[-20:]).wait_for()


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
) -> None:
    width, height = size
    page = await browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=colors, reduced_motion="reduce"
    )
    await page.goto(address)
    await page.locator("#lamp.on").wait_for(state="attached")
    if tab is not None:
        await page.get_by_role("tab", name=tab).click()
    await page.wait_for_timeout(500)  # until all is drawn
    await page.screenshot(path=file)
    await page.close()
    weight = file.stat().st_size
    sys.stdout.write(f"{file} {weight // 1000} kB\n")
    if weight > _LARGEST:
        raise SystemExit(f"{file} is too heavy")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
