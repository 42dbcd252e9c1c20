"""How the bot has its updates brought to an address of its own."""

import re

from yarl import URL

from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.polling import note_allowed
from sandbox.state import Json
from sandbox.town import Town
from sandbox.webhook import CONNECTIONS, Webhook

LOCAL_ADDRESS = "127.0.0.1"
LOCAL_HOSTS = (LOCAL_ADDRESS, "localhost")
CONNECTIONS_LIMIT = 100
SECRET_LENGTH = 256
TAKEN_OVER = "terminated by setWebhook request"


def set_webhook(town: Town, params: Params) -> bool:
    """Bring updates there from now on; an empty address ends it."""
    url = params.text("url").strip()
    if not url:
        return delete_webhook(town, params)
    webhook = Webhook(
        url=checked_url(url),
        secret_token=checked_secret(params.text("secret_token")),
        max_connections=min(
            max(params.number("max_connections", CONNECTIONS), 1), CONNECTIONS_LIMIT
        ),
    )
    note_allowed(town, params)
    if params.flag("drop_pending_updates"):
        town.updates.drop_all()
    town.updates.end_poll(TAKEN_OVER)
    town.postman.set(webhook)
    return True


def checked_url(url: str) -> str:
    """An address on this machine: the real server wants https and a public one instead."""
    try:
        parsed = URL(url)
    except ValueError as error:
        raise bad_request("invalid webhook URL specified") from error
    if parsed.scheme != "http" or parsed.host not in LOCAL_HOSTS:
        wanted = " or ".join(f"http://{host}" for host in LOCAL_HOSTS)
        raise bad_request(f"bad webhook: the sandbox sends only to {wanted}")
    return url


def checked_secret(secret: str) -> str:
    if len(secret) > SECRET_LENGTH:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    return secret


def delete_webhook(town: Town, params: Params) -> bool:
    """Keep what comes for polling again; the queue can be emptied this way too."""
    if params.flag("drop_pending_updates"):
        town.updates.drop_all()
    if town.postman.webhook:
        town.postman.set(None)
    return True


def get_webhook_info(town: Town, _params: Params) -> Json:
    webhook = town.postman.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(town.updates),
    }
    if webhook:
        info["ip_address"] = LOCAL_ADDRESS
        info["max_connections"] = webhook.max_connections
        if webhook.last_error_date is not None:
            info["last_error_date"] = webhook.last_error_date
            info["last_error_message"] = webhook.last_error_message
    if town.updates.allowed:
        info["allowed_updates"] = town.updates.allowed
    return info
