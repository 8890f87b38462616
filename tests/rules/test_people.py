from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

import pytest

from mentorbot.programme.errors import IllegalTransition
from mentorbot.programme.ids import InviteId, Pid
from mentorbot.programme.people import Person, Role, Stage
from tests.people import NOW

AINO = Person(
    pid=Pid(b"aino"),
    role=Role.PARTICIPANT,
    stage=Stage.ARRIVED,
    language="fi",
    invite=InviteId(b"invite"),
    alias="",
    since=NOW,
    version=1,
)
WAY = [Stage.ARRIVED, Stage.VERIFIED, Stage.INFORMED, Stage.ACTIVE]


def test_a_person_goes_one_stage_at_a_time() -> None:
    person = AINO
    for hours, stage in enumerate(WAY[1:], 1):
        person = person.advance(stage, now=NOW + timedelta(hours=hours))
        assert (person.stage, person.since) == (stage, NOW + timedelta(hours=hours))
    assert person.is_active


@pytest.mark.parametrize(("here", "there"), sorted(set(product(Stage, Stage)) - set(pairwise(WAY))))
def test_no_stage_is_left_out_repeated_or_taken_back(here: Stage, there: Stage) -> None:
    with pytest.raises(IllegalTransition):
        replace(AINO, stage=here).advance(there, now=NOW)


def test_only_who_has_accepted_is_active() -> None:
    assert [stage for stage in Stage if replace(AINO, stage=stage).is_active] == [Stage.ACTIVE]


def test_a_person_keeps_utc() -> None:
    with pytest.raises(ValueError, match="UTC"):
        replace(AINO, since=NOW.replace(tzinfo=None))
