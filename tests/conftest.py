from hypothesis import settings

from tests.browser import browser, chromium
from tests.people import engine, founded, installation, nowhere, store
from tests.postgres import postgres
from tests.skips import pytest_runtest_makereport

__all__ = [
    "browser",
    "chromium",
    "engine",
    "founded",
    "installation",
    "nowhere",
    "postgres",
    "pytest_runtest_makereport",
    "store",
]

# How long an example takes says more about the machine than about the code.
settings.register_profile("mentorbot", deadline=None)
settings.load_profile("mentorbot")
