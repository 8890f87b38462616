"""What the docs say about content is what the bot does."""

from dataclasses import replace

import pytest

from mentorbot.programme.content import CONTENTS, Concern, Kind, Treatment
from tests.texts.content_page import PAGE, page

HOW = "stale: run `python -m tests.texts.content_page`"


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text() == page(CONTENTS), HOW


def test_a_page_that_the_table_has_left_behind_is_found() -> None:
    voice = replace(CONTENTS[Kind.VOICE], treatment=Treatment.ASKED)
    assert PAGE.read_text() != page({**CONTENTS, Kind.VOICE: voice})


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.OTHER])
def test_every_kind_has_one_row(kind: Kind) -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("|") and f" `{kind}` " in line]
    assert len(rows) == 1


def test_every_reason_for_asking_is_explained() -> None:
    asked = PAGE.read_text().partition("## What is asked about first")[2].partition("## Albums")[0]
    assert asked.count("\n| ") == len(Concern) + 2  # with the head and the line below it


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md"])
def test_the_page_is_found_from_where_people_begin(file: str) -> None:
    assert "(docs/content.md)" in (PAGE.parents[1] / file).read_text()
