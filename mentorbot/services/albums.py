"""Albums: what was sent together arrives together, and is asked about once."""

from dataclasses import replace
from datetime import timedelta

from mentorbot.programme.channel import Channel
from mentorbot.programme.content import MOST_IN_ALBUM, InAlbum, Kind, Written, go_together
from mentorbot.programme.ids import Pid
from mentorbot.programme.notices import Album, Passed, Piece
from mentorbot.programme.people import Person
from mentorbot.programme.wording import NO_WORDS
from storage import albums, held, outbox
from storage.transaction import Transaction

GROWS_FOR = timedelta(seconds=1)
"""How long an album waits for its next piece."""

LEAVES_AFTER = timedelta(seconds=3)
"""How long an album waits at most, counted from its first piece."""


def hold(tx: Transaction, writer: Pid, written: Written) -> bool:
    """Let a message wait for an answer. False when another of its album has been asked about for the same reasons."""
    group = None if written.album is None else albums.mark(tx, "held", writer, written.album.group, *written.concerns)
    return held.hold(tx, writer, written, album=group)


def gather(tx: Transaction, channel: Channel, me: Person, carried: Passed, part: InAlbum, *, kind: Kind) -> None:
    """Queue one piece of an album for the other end, with those that came before it if they have not left yet."""
    to = channel.other(me.pid)
    known_by = albums.mark(tx, "sent", me.pid, part.group)
    piece = Piece(
        from_message=carried.from_message, kind=kind, file=part.file, covered=part.covered, words=carried.words
    )
    if _grown(tx, to, known_by, piece, carried):
        tx.recipients.add(to)
    else:
        album = Album(sender=me.pid, pieces=(piece,), **vars(replace(carried, words=NO_WORDS)))
        outbox.put(tx, to, album, owner=channel.participant, channel=channel.id, album=known_by, wait=GROWS_FOR)


def _grown(tx: Transaction, to: Pid, known_by: bytes, piece: Piece, carried: Passed) -> bool:
    """Add a piece to the album that waits. False when none does, it is full, or the two kinds do not go together."""
    found = albums.growing(tx, to, known_by)
    if found is None:
        return False
    row, album = found
    if len(album.pieces) == MOST_IN_ALBUM or not go_together(album.pieces[0].kind, piece.kind):
        return False
    until = min(tx.now + GROWS_FOR, row.queued_at + LEAVES_AFTER)
    grown = replace(
        album,
        pieces=(*album.pieces, piece),
        withheld=album.withheld or carried.withheld,
        doubtful=album.doubtful or carried.doubtful,
    )
    return albums.rewrite(tx, row, grown, until=until)
