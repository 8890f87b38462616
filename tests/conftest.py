from hypothesis import settings

from tests.browser import browser, chromium
from tests.long import long, pytest_addoption, pytest_collection_modifyitems, pytest_configure
from tests.people import engine, founded, installation, nowhere, store
from tests.postgres import postgres
from tests.skips import pytest_runtest_makereport

__all__ = [
    "browser",
    "chromium",
    "engine",
    "founded",
    "installation",
    "long",
    "nowhere",
    "postgres",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_runtest_makereport",
    "store",
]

# How long an example takes says more about the machine than about the code.
settings.register_profile("mentorbot", deadline=None)
settings.load_profile("mentorbot")
