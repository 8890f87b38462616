"""Random sequences of joining, pairing, writing, replying, editing, deleting, blocking and crashing: no message reaches
anyone but the pair of that moment, none is lost, and the order in each channel holds."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import Walk
from .town import Ground

WALKS, MANY_WALKS = 200, 20_000
STEPS = 40


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return asyncio.run(Ground.lay(tmp_path))


def walks(number: int) -> settings:
    return settings(
        max_examples=number, stateful_step_count=STEPS, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )


@pytest.mark.timeout(4 * 3600)
def test_whatever_happens_messages_reach_the_pair_of_the_moment_and_nobody_else(ground: Ground, long: bool) -> None:
    class Here(Walk):
        pass

    Here.ground = ground
    run_state_machine_as_test(Here, settings=walks(MANY_WALKS if long else WALKS))
