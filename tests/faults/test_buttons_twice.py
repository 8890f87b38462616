"""Row 42: a button that is pressed twice acts once."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from handlers.telegram.buttons import Action
from mentorbot.programme.people import Role
from tests.journeys.conftest import programme
from tests.journeys.programme import Programme, heard
from tests.people import SQLITE_ONLY, Installation

from .scenes import (
    SCENES,
    Scene,
    answers,
    data_of,
    mentors_offered,
    received,
    refused,
    without_scene,
)
from .tables import changes, counts

__all__ = ["programme"]


def test_row_42_there_is_a_scene_for_every_button_and_one_without_is_found() -> None:
    assert without_scene(SCENES) == set()
    assert without_scene(action for action in SCENES if action is not Action.PAIR_WITH) == {Action.PAIR_WITH}


@dataclass(frozen=True, kw_only=True)
class Before:
    """What there was when a scene was set."""

    programme: Programme
    installation: Installation
    received: Counter[str]
    rows: dict[str, int]

    async def effect(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """What everybody has received since, and which rows came or went."""
        await self.programme.settled()
        rows = changes(self.rows, await counts(self.installation))
        return dict(received(self.programme) - self.received), rows


async def set_up(programme: Programme, installation: Installation, action: Action) -> tuple[Scene, Before]:
    """A scene just after a full minute: the moments that the bot tells do not change meanwhile."""
    programme.clock.ahead = timedelta(seconds=61 - programme.clock().second)
    scene = await SCENES[action](programme)
    await programme.settled()
    now = Before(
        programme=programme,
        installation=installation,
        received=received(programme),
        rows=await counts(installation),
    )
    return scene, now


@SQLITE_ONLY
@pytest.mark.parametrize("action", SCENES)
async def test_row_42_pressed_again_it_has_no_second_effect_and_the_same_answer(
    programme: Programme, installation: Installation, action: Action
) -> None:
    scene, before = await set_up(programme, installation, action)
    for again in (False, True):
        query = scene.presser.press_data(scene.message, scene.data)
        if not (again and scene.then_a_stranger):
            assert (await scene.presser.wait_for_toast(query)).text is None
        assert await before.effect() == (scene.received, scene.rows)
    assert await refused(programme) == []


@SQLITE_ONLY
@pytest.mark.parametrize("action", SCENES)
async def test_row_42_pressed_twice_at_once_it_has_one_effect_and_one_answer(
    programme: Programme, installation: Installation, action: Action
) -> None:
    scene, before = await set_up(programme, installation, action)
    pressed = [scene.presser.press_data(scene.message, scene.data) for _ in range(2)]
    assert await answers(scene.presser, pressed[:1] if scene.then_a_stranger else pressed) == {None}
    assert await before.effect() == (scene.received, scene.rows)
    assert await refused(programme) == []
    polls = programme.api.transcript.calls("getUpdates")
    assert any(all(query.encode() in poll.answer for query in pressed) for poll in polls), "not in one poll"


async def test_row_42_two_coordinators_who_press_the_same_at_once_open_one_channel(
    programme: Programme, installation: Installation
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    ritva = await programme.already("Ritva", Role.COORDINATOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    offered = [(who, await mentors_offered(programme, who, aino)) for who in (sari, ritva)]
    await programme.settled()
    before = await counts(installation)
    pressed = [(who, who.press_data(message, data_of(who, message))) for who, message in offered]
    await asyncio.gather(*(who.wait_for_toast(query) for who, query in pressed))
    await programme.settled()
    moved = changes(before, await counts(installation))
    assert (moved["channels"], moved["links"]) == (1, 2)
    assert len(heard(aino)) == len(heard(mikael)) == 1


@SQLITE_ONLY
async def test_row_42_control_two_effects_are_counted_as_two(programme: Programme, installation: Installation) -> None:
    scene, before = await set_up(programme, installation, Action.INVITE_PARTICIPANT)
    for row in range(2):  # two buttons, not one twice
        scene.presser.press(scene.message, (row, 0))
    assert await before.effect() == ({"Sari": 4}, {"invites": 2, "audit": 2})
