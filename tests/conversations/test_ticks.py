from datetime import timedelta

from apscheduler.triggers.interval import IntervalTrigger

from handlers import ticks
from mentorbot.services import auto_erase, retention
from storage.transaction import Store
from tests.people import SQLITE_ONLY


@SQLITE_ONLY
async def test_the_clock_calls_what_is_due_each_minute_and_tidies_up_each_hour(store: Store) -> None:
    scheduler = ticks.start(store, patience=timedelta(hours=8))
    try:
        jobs = {job.func: job.trigger for job in scheduler.get_jobs()}
    finally:
        scheduler.shutdown(wait=False)
    every = {
        func: trigger.interval.total_seconds() for func, trigger in jobs.items() if isinstance(trigger, IntervalTrigger)
    }
    assert (every[auto_erase.erase_due], every[retention.tidy]) == (60, 3600)
