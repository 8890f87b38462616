"""Random sequences of joining, pairing, changing mentors for good and for a while, writing, replying, editing,
deleting, reacting, having topics, blocking, taking a break, leaving and crashing: no message reaches anyone but the
pair of that moment, none is lost, and the order in each channel holds."""

import asyncio
import gc

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import get_state_machine_test

from .machine import Walk
from .town import Ground

WALKS, MANY_WALKS = 200, 20_000
STEPS = 30
SEED = 13
"""Walks that find what is broken soon."""

BROKEN = {
    "another mentor gets what was written": (
        "was shown",
        """
        CREATE TRIGGER misdirect AFTER INSERT ON outbox WHEN NEW.notice = 'Relayed' BEGIN
            UPDATE outbox SET recipient = coalesce(
                (SELECT mentor FROM channels WHERE mentor != NEW.recipient), NEW.recipient
            ) WHERE id = NEW.id;
        END
        """,
    ),
    "now and then a message is dropped": (
        "is lost",
        """
        CREATE TRIGGER lose AFTER INSERT ON outbox WHEN NEW.notice = 'Relayed' AND NEW.id % 3 = 0 BEGIN
            DELETE FROM outbox WHERE id = NEW.id;
        END
        """,
    ),
    "the newest message goes first": (
        "after something that was written later",
        """
        CREATE TRIGGER turn AFTER INSERT ON outbox WHEN NEW.id > 0 BEGIN
            UPDATE outbox SET id = -id WHERE id = NEW.id;
        END
        """,
    ),
    "an unclear answer is taken for a failure": (
        "came again without a mark",
        """
        CREATE TRIGGER believe AFTER UPDATE OF state ON outbox WHEN NEW.state = 'unknown' BEGIN
            UPDATE outbox SET state = 'retry' WHERE id = NEW.id;
        END
        """,
    ),
    "new words are not carried": (
        "does not stand there as it was last written",
        "CREATE TRIGGER keep BEFORE INSERT ON outbox WHEN NEW.notice = 'Reworded' BEGIN SELECT RAISE(IGNORE); END",
    ),
    "a break is forgotten": (
        "takes a break and was shown",
        """
        CREATE TRIGGER forget AFTER UPDATE OF paused_since ON people WHEN NEW.paused_since IS NOT NULL BEGIN
            UPDATE people SET paused_since = NULL WHERE pid = NEW.pid;
        END
        """,
    ),
    "what an old mentor has read stays with them": (
        "stands there after it was over",
        "CREATE TRIGGER stay BEFORE INSERT ON outbox WHEN NEW.notice = 'CopiesRemoved' BEGIN SELECT RAISE(IGNORE); END",
    ),
    "a substitute gets what waits for the own mentor": (
        "was shown",
        """
        CREATE TRIGGER leak AFTER INSERT ON substitutions BEGIN
            UPDATE outbox SET
                channel = NEW.channel,
                strand = NEW.channel,
                recipient = (SELECT mentor FROM channels WHERE id = NEW.channel)
            WHERE channel = NEW.instead_of AND notice = 'Relayed' AND state = 'pending'
            AND recipient = (SELECT mentor FROM channels WHERE id = NEW.instead_of);
        END
        """,
    ),
    "a topic is taken for another one": (
        "(words|alias) of .* went into the topic of",
        """
        CREATE TRIGGER mistake AFTER INSERT ON topics BEGIN
            UPDATE topics SET channel = (
                SELECT other.id FROM channels AS other JOIN channels AS own ON own.mentor = other.mentor
                WHERE own.id = NEW.channel AND other.id != own.id AND other.id NOT IN (SELECT channel FROM topics)
            ) WHERE channel = NEW.channel AND EXISTS (
                SELECT 1 FROM channels AS other JOIN channels AS own ON own.mentor = other.mentor
                WHERE own.id = NEW.channel AND other.id != own.id AND other.id NOT IN (SELECT channel FROM topics)
            );
        END
        """,
    ),
    "a topic outlives its channel": (
        "still has the topic of",
        "CREATE TRIGGER stay BEFORE INSERT ON outbox WHEN NEW.notice = 'TopicRemoved' BEGIN SELECT RAISE(IGNORE); END",
    ),
    "nobody hears of a removal": (
        "nobody said what came of removing",
        "CREATE TRIGGER hush BEFORE INSERT ON outbox WHEN NEW.notice = 'RemovalTold' BEGIN SELECT RAISE(IGNORE); END",
    ),
}
"""What finds each of these broken stores, and how it is broken."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    ground = asyncio.run(Ground.lay(tmp_path_factory.mktemp("ground")))
    gc.collect()
    gc.freeze()  # what is there by now stays, and need not be looked through after each walk
    return ground


def walk(ground: Ground, number: int, *phases: Phase, began_with: int | None = None) -> None:
    """`began_with` makes it the same walks each time."""

    class Here(Walk):
        pass

    Here.ground = ground
    chosen = settings(
        max_examples=number,
        stateful_step_count=STEPS,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    walks = get_state_machine_test(Here, settings=chosen)
    seed(began_with)(walks)()


@pytest.mark.timeout(6 * 3600)
def test_whatever_happens_a_message_reaches_the_pair_of_the_moment_and_nobody_else(ground: Ground, long: bool) -> None:
    """New walks each time in the long run. Else the same ones, so that a change is told what it has broken, and nothing
    else."""
    walk(ground, MANY_WALKS if long else WALKS, Phase.generate, Phase.shrink, began_with=None if long else 1)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_store_is_found(ground: Ground, broken: str) -> None:
    found_by, ground.data.spoiled_by = BROKEN[broken]
    try:
        with pytest.raises(AssertionError, match=found_by):
            walk(ground, WALKS, Phase.generate, began_with=SEED)
    finally:
        ground.data.spoiled_by = ""
