"""Chromium for the browser tests: one that is installed here, or Playwright's own.

`python -m tests.browser` prints the one the tests would use, and fails if there is none.
"""

import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import cache

import pytest
from playwright.async_api import Browser, async_playwright
from playwright.sync_api import sync_playwright

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",  # containers and CI run as root; the pages are ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@cache
def find_chromium() -> str | None:
    """The path of a Chromium that starts, if there is one."""
    for name in INSTALLED:
        if (path := shutil.which(name)) and _starts(path):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if _starts(own) else None


def _starts(path: str) -> bool:
    # Some systems have a `chromium-browser` that only says what to install.
    try:
        version = subprocess.run([path, "--version"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return version.returncode == 0


@pytest.fixture(scope="session")
def chromium() -> str:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium runs here, and none could be fetched")
    return path


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A fresh browser that has nothing to remember; a test opens its pages in it."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        await launched.close()


def main() -> int:
    path = find_chromium()
    sys.stdout.write(f"Chromium: {path or 'none'}\n")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
