"""Several pictures or files that were sent as one."""

from dataclasses import dataclass

from mentorbot.programme.content import Form, Kind
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices.channel import Carried, Passed
from mentorbot.programme.wording import NO_WORDS, Words


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One picture or file of an album; `words` are its caption."""

    from_message: MessageId
    kind: Kind
    file: str
    covered: bool = False
    words: Words = NO_WORDS


@dataclass(frozen=True, kw_only=True)
class Album(Passed):
    """An album for the other end of the channel. Telegram sends its files again by their ids."""

    sender: Pid
    pieces: tuple[Piece, ...]

    @property
    def alone(self) -> Carried | None:
        """What an album of one piece is: no album."""
        if len(self.pieces) != 1:
            return None
        return Carried(
            sender=self.sender,
            form=Form.CAPTION,
            words=self.pieces[0].words,
            from_message=self.pieces[0].from_message,
            alias=self.alias,
            answers=self.answers,
            quote=self.quote,
            withheld=self.withheld,
            doubtful=self.doubtful,
        )
