"""Albums on Telegram's side: how a piece is read, and how the whole is sent."""

from dataclasses import replace
from typing import Any

from handlers.telegram.rendering import Rendered, Setting, passed
from handlers.telegram.updates import Raw
from mentorbot.programme.content import InAlbum, Kind, go_together
from mentorbot.programme.notices import Album, Piece


def part_of(content: Raw, kind: Kind) -> InAlbum | None:
    """What a message is of an album; None for a message that stands alone."""
    group = content.get("media_group_id")
    if group is None or not go_together(kind, kind):
        return None
    files = content[kind]
    largest = files[-1] if kind is Kind.PHOTO else files
    return InAlbum(group=str(group), file=largest["file_id"], covered="has_media_spoiler" in content)


def captions(album: Album, at: Setting) -> list[Rendered]:
    """What stands below each piece; the label, and the mark of a possible repeat, below the first."""
    quiet = replace(at, possible_repeat=False)
    first, *others = album.pieces
    bare = replace(album, alias="", withheld=False, doubtful=False)
    return [
        passed(replace(album, words=first.words), at),
        *(passed(replace(bare, words=piece.words), quiet) for piece in others),
    ]


def media(piece: Piece) -> dict[str, Any]:
    """A piece as Telegram takes it, without its caption."""
    return {"type": piece.kind.value, "media": piece.file} | ({"has_spoiler": True} if piece.covered else {})
