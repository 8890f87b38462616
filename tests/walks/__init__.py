"""Random walks: the whole bot in one thread, at no time of its own, through whatever a random walk does to it.

`town` puts the parts together: the bot as `app.run` makes it, the stand-in for Telegram, the stores in memory, and time
that passes only when it is told to. `machine` walks, `judge` says what may never be.
"""
