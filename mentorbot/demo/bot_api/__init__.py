"""A faithful stand-in of Telegram's Bot API server, with people to talk to it and faults to try it with."""
