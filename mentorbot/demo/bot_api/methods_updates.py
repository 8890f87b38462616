"""getUpdates and the webhook."""

from .errors import CONFLICT_WEBHOOK, ApiError, bad_request
from .params import Params
from .registry import Described, RawResult, method
from .updates import MOST_PER_POLL, UPDATE_KINDS
from .wire import Json
from .world import World

_CONNECTIONS = range(1, 101)
_DEFAULT_CONNECTIONS = 40


@method("getUpdates", optional="offset limit timeout allowed_updates")
async def get_updates(world: World, params: Params) -> RawResult:
    if world.webhook.url:
        raise ApiError(409, CONFLICT_WEBHOOK)
    _remember_allowed(world, params)
    limit = params.integer("limit") or MOST_PER_POLL
    limit = limit if 0 < limit <= MOST_PER_POLL else MOST_PER_POLL
    batch = await world.updates.poll(params.integer("offset") or 0, limit, params.integer("timeout") or 0)
    return RawResult(b"[" + b",".join(batch) + b"]")


@method(
    "setWebhook",
    required="url",
    optional="certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
)
def set_webhook(world: World, params: Params) -> Described:
    url = params.text("url")
    if not url:
        return delete_webhook(world, params)
    connections = params.integer("max_connections")
    world.webhook.set(
        url,
        secret=params.text("secret_token"),
        max_connections=connections if connections and connections in _CONNECTIONS else _DEFAULT_CONNECTIONS,
    )
    _remember_allowed(world, params)
    if params.flag("drop_pending_updates"):
        world.updates.drop_all()
    world.updates.end_poll(ApiError(409, "Conflict: terminated by setWebhook request"))
    return Described(True, "Webhook was set")


@method("deleteWebhook", optional="drop_pending_updates")
def delete_webhook(world: World, params: Params) -> Described:
    was_set = bool(world.webhook.url)
    world.webhook.remove()
    if params.flag("drop_pending_updates"):
        world.updates.drop_all()
    return Described(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


@method("getWebhookInfo")
def get_webhook_info(world: World, params: Params) -> Json:
    return world.webhook.info()


def _remember_allowed(world: World, params: Params) -> None:
    """Without the parameter the last setting stays; an empty list brings the default back."""
    if "allowed_updates" not in params.raw:
        return
    allowed = params.sequence("allowed_updates") or []
    if not all(isinstance(kind, str) for kind in allowed):
        raise bad_request("can't parse allowed_updates: expected an Array of String")
    world.updates.allowed = [kind for kind in allowed if kind in UPDATE_KINDS]
