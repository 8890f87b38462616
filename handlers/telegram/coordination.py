"""A coordinator's commands."""

from telegram import Update

from handlers.telegram.context import Context
from mentorbot.services import invitations, pairing


async def invite(update: Update, context: Context) -> None:
    """/invite"""
    await context.desk.command(invitations.offer)


async def pair(update: Update, context: Context) -> None:
    """/pair"""
    await context.desk.command(pairing.offer)
