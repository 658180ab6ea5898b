"""Asks a companion service for its workers, and says what is wrong if it cannot.

May do I/O through the back-end's own client; must never keep a connection.
"""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .. import const as c
from ..workers.agent_client import AgentClient
from ..workers.base import WorkerAuthFailed, WorkerError, WorkerMismatch
from .checks import Errors


def cleaned_url(text: str) -> str:
    """Return an address as it is stored: with a scheme, without a slash at its end."""
    text = text.strip()
    return (text if "://" in text else f"http://{text}").rstrip("/")


async def async_list_workers(
    hass: HomeAssistant, url: str, token: str | None
) -> tuple[dict[str, list[float]], Errors]:
    """Return the service's workers with their levels in W, or what is wrong."""
    if not _is_address(url):
        return {}, {c.CONF_URL: "invalid_url"}
    client = AgentClient(async_get_clientsession(hass), url, token)
    try:
        await client.async_health()
        workers = await client.async_workers()
    except WorkerAuthFailed:
        return {}, {c.CONF_TOKEN: "invalid_auth"}
    except WorkerMismatch:
        return {}, {c.CONF_URL: "api_mismatch"}
    except WorkerError:
        return {}, {c.CONF_URL: "cannot_connect"}
    offered = {
        worker["name"]: [float(level) for level in worker["levels_w"]]
        for worker in workers
        if worker["levels_w"]
    }
    return offered, {} if offered else {c.CONF_URL: "no_workers"}


def _is_address(url: str) -> bool:
    try:
        parts = URL(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.host)
