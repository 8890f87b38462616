"""The real parts that other tests stand on: PostgreSQL and Chromium."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from tests.postgres import Postgres


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


async def test_each_fresh_database_is_empty_and_ones_own(postgres: Postgres) -> None:
    first, second = await postgres.fresh_database(), await postgres.fresh_database()
    async with connected(first) as connection:
        await connection.execute(text("CREATE TABLE people (alias text)"))
        await connection.execute(text("INSERT INTO people VALUES ('Aino')"))
    async with connected(first) as connection:
        assert (await connection.execute(text("SELECT alias FROM people"))).scalars().all() == ["Aino"]
    async with connected(second) as connection:
        with pytest.raises(ProgrammingError, match="people"):
            await connection.execute(text("SELECT alias FROM people"))


async def test_the_database_is_the_real_one(postgres: Postgres) -> None:
    async with connected(await postgres.fresh_database()) as connection:
        version = (await connection.execute(text("SELECT version()"))).scalar_one()
    assert version.startswith("PostgreSQL 18")


async def test_the_browser_shows_a_page_and_runs_its_script(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<h1>Hei</h1><script>document.title = document.body.textContent</script>")
    assert (await page.title()).startswith("Hei")
