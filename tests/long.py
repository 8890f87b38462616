"""Tests that take minutes run only with `--long`. They are left out, not skipped: a skip says something is missing.

Of those that run, what takes longest begins first: whoever is done early then has something to take from the others.
"""

import pytest

LONGEST = ("tests/walks", "tests/demo/test_story.py", "tests/faults/test_random_kills.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long tests too, and the short ones for longer")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: takes long, runs only with --long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    longest = [config.rootpath / name for name in LONGEST]
    items.sort(key=lambda item: not any(item.path.is_relative_to(path) for path in longest))
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long") is not None]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--long"))
