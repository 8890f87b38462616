"""Moments are aware and in UTC everywhere inside the programme."""

from datetime import UTC, datetime


def require_utc(moment: datetime) -> datetime:
    """The same moment, or ValueError when it is naive or not in UTC."""
    if moment.tzinfo is not UTC:
        raise ValueError(f"a moment must be aware and in UTC: {moment!r}")
    return moment
