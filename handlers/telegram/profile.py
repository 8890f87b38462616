"""What everybody can look up and change about themselves."""

from telegram import Update, User

from handlers.telegram.context import Context
from mentorbot.services import profile


async def alias(update: Update, context: Context) -> None:
    """/alias, alone or with another alias."""
    typed = " ".join(context.args or ())
    if not typed:
        await context.desk.command(profile.show_alias)
        return
    names = _names(update.effective_user)
    await context.desk.command(lambda tx, me: profile.change_alias(tx, me, typed, own_names=names))


async def language(update: Update, context: Context) -> None:
    """/language"""
    await context.desk.command(profile.offer_languages)


async def help_(update: Update, context: Context) -> None:
    """/help"""
    await context.desk.command(profile.show_help)


async def privacy(update: Update, context: Context) -> None:
    """/privacy"""
    await context.desk.command(profile.show_privacy)


def _names(user: User | None) -> list[str]:
    """Every name by which Telegram shows this person."""
    if user is None:
        return []
    return [name for name in (user.first_name, user.last_name, user.username) if name]
