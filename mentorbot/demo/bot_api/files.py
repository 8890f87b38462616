"""Files that people and the bot send: kept in memory under file ids of their own."""

import itertools
import secrets
from dataclasses import dataclass
from typing import Any

from .errors import bad_request
from .wire import Json

DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024

KINDS = ("photo", "document", "video", "animation", "audio", "voice", "video_note", "sticker")
_SUFFIXES = {
    "photo": "jpg",
    "video": "mp4",
    "animation": "mp4",
    "audio": "mp3",
    "voice": "oga",
    "video_note": "mp4",
    "sticker": "webp",
}
_MIME_TYPES = {
    "document": "application/octet-stream",
    "video": "video/mp4",
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "voice": "audio/ogg",
}
# What a message of that kind says besides the file itself, unless the sender says otherwise.
_PICTURED = frozenset({"video", "animation", "video_note", "sticker"})
_DEFAULTS: dict[str, Json] = {
    "document": {},
    "video": {"width": 640, "height": 360, "duration": 3},
    "animation": {"width": 320, "height": 240, "duration": 2},
    "audio": {"duration": 120},
    "voice": {"duration": 4},
    "video_note": {"length": 240, "duration": 5},
    "sticker": {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredFile:
    file_id: str
    unique_id: str
    path: str
    data: bytes
    kind: str
    file_name: str | None


class Files:
    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._media: dict[str, Any] = {}
        self._numbers = itertools.count()

    def keep(self, kind: str, data: bytes, file_name: str | None = None) -> StoredFile:
        suffix = file_name.rpartition(".")[2] if file_name and "." in file_name else _SUFFIXES.get(kind, "bin")
        stored = StoredFile(
            file_id=f"{kind[:2].upper()}AC{secrets.token_urlsafe(36)}",
            unique_id=f"AQAD{secrets.token_urlsafe(9)}",
            path=f"{kind}s/file_{next(self._numbers)}.{suffix}",
            data=data,
            kind=kind,
            file_name=file_name,
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def by_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def by_id(self, file_id: str) -> StoredFile:
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return stored

    def describe(self, file_id: str) -> Json:
        """getFile's answer."""
        stored = self.by_id(file_id)
        if len(stored.data) > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return {
            "file_id": stored.file_id,
            "file_unique_id": stored.unique_id,
            "file_size": len(stored.data),
            "file_path": stored.path,
        }

    def again(self, kind: str, file_id: str) -> Json:
        """The content of a message that sends a known file once more."""
        stored = self.by_id(file_id)
        if stored.kind != kind:
            raise bad_request(f"can't use file of type {stored.kind.title()} as {kind.title()}")
        content: Json = self._media[file_id]
        return content

    def content(
        self,
        kind: str,
        data: bytes,
        *,
        file_name: str | None = None,
        mime_type: str | None = None,
        details: Json | None = None,
    ) -> Json:
        """Keep a new file; give the fields of a message that carries it."""
        if not data:
            raise bad_request("file must be non-empty")
        if len(data) > UPLOAD_LIMIT:
            raise bad_request("file is too big")
        content = self._photo(data) if kind == "photo" else self._other(kind, data, file_name, mime_type, details)
        for stored_id in _file_ids(content):
            self._media[stored_id] = content
        return content

    def _photo(self, data: bytes) -> Json:
        sizes = []
        for width, height in ((90, 67), (800, 600)):
            stored = self.keep("photo", data)
            sizes.append({**_identity(stored), "width": width, "height": height})
        return {"photo": sizes}

    def _thumbnail(self, data: bytes) -> Json:
        """Telegram's small picture of a file; here the same bytes."""
        return {**_identity(self.keep("thumbnail", data)), "width": 320, "height": 240}

    def _other(
        self, kind: str, data: bytes, file_name: str | None, mime_type: str | None, details: Json | None
    ) -> Json:
        stored = self.keep(kind, data, file_name)
        media = {**_identity(stored), **_DEFAULTS[kind], **(details or {})}
        if kind in _MIME_TYPES:
            media["mime_type"] = mime_type or _MIME_TYPES[kind]
        if file_name and kind in ("document", "video", "animation", "audio"):
            media["file_name"] = file_name
        if kind in _PICTURED or media.get("mime_type", "").startswith("image/"):
            media.setdefault("thumbnail", self._thumbnail(data))
        content = {kind: media}
        if kind == "animation":
            # As Telegram does, for bots that do not know animations.
            known = ("file_id", "file_unique_id", "file_size", "mime_type", "file_name", "thumbnail")
            content["document"] = {key: media[key] for key in known if key in media}
        return content


def _identity(stored: StoredFile) -> Json:
    return {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}


def _file_ids(content: Json) -> list[str]:
    (first, *_) = content.values()
    sizes = first if isinstance(first, list) else [first]
    return [size["file_id"] for size in sizes]
