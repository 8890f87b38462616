"""What the clock calls."""

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mentorbot.services import retention
from storage.transaction import Store


def start(store: Store) -> AsyncIOScheduler:
    """A running scheduler: ticks that were missed are made up for once. What is due lives in tables, never here."""
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
    scheduler.add_job(retention.tidy, "interval", hours=1, args=[store])
    scheduler.start()
    return scheduler
