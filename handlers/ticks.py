"""What the clock calls."""

from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mentorbot.services import auto_erase, change, retention, substitutes, waiting
from storage.transaction import Store


def start(store: Store, *, patience: timedelta) -> AsyncIOScheduler:
    """A running scheduler: ticks that were missed are made up for once. What is due lives in tables, never here."""
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
    soon = datetime.now(UTC) + timedelta(minutes=1)  # also where the bot is restarted every half hour
    scheduler.add_job(retention.tidy, "interval", hours=1, next_run_time=soon, args=[store])
    scheduler.add_job(change.happen_due, "interval", minutes=1, next_run_time=datetime.now(UTC), args=[store])
    scheduler.add_job(substitutes.end_due, "interval", minutes=1, next_run_time=datetime.now(UTC), args=[store])
    scheduler.add_job(waiting.look, "interval", minutes=1, next_run_time=soon, args=[store, patience])
    scheduler.add_job(auto_erase.erase_due, "interval", minutes=1, args=[store])
    scheduler.start()
    return scheduler
