"""Answers that are not ok, in Telegram's own words."""

from .wire import Reply, encode

CONFLICT_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
CONFLICT_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class ApiError(Exception):
    """An answer with `ok: false`: HTTP status (also the error_code), description, and seconds to wait."""

    def __init__(self, status: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after

    def reply(self) -> Reply:
        answer: dict[str, object] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return Reply(self.status, encode(answer))


def bad_request(sentence: str) -> ApiError:
    return ApiError(400, f"Bad Request: {sentence}")


def not_found() -> ApiError:
    return ApiError(404, "Not Found")


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized")


def forbidden(sentence: str) -> ApiError:
    return ApiError(403, f"Forbidden: {sentence}")


def too_many_requests(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def not_played(what: str) -> ApiError:
    """Something Telegram has and the stand-in does not: refused aloud, so that no test passes by accident."""
    return ApiError(501, f"Not Implemented: the stand-in does not play {what}")
