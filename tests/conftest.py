from hypothesis import settings

from tests.browser import browser, chromium
from tests.postgres import postgres
from tests.skips import pytest_runtest_makereport

__all__ = ["browser", "chromium", "postgres", "pytest_runtest_makereport"]

# How long an example takes says more about the machine than about the code.
settings.register_profile("mentorbot", deadline=None)
settings.load_profile("mentorbot")
