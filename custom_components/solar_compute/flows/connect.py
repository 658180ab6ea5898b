"""Meets a companion service: who answers, what it offers. Reads addresses of hosts, too.

May do I/O through the back-end's own client; must never keep a connection, nor say a
secret to anybody whose certificate nobody has confirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .. import const as c
from ..workers.agent_client import AgentClient, OtherCertificate, PairingRefused
from ..workers.agent_pairing import async_pair
from ..workers.base import (
    WorkerAuthFailed,
    WorkerError,
    WorkerMismatch,
    WorkerNotTrusted,
    WorkerRefused,
    WorkerUnreachable,
)
from .checks import Errors

_NO_CERTIFICATE = "00" * 32
"""The fingerprint of nothing: to ask for it tells what is there instead."""

_PAIRING_ERRORS = {
    "wrong_code": "wrong_code",
    "no_code": "wrong_code",
    "other_certificate": "other_certificate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A companion service, and how it is known.

    `fingerprint` is the SHA-256 of the certificate that it shows, None without TLS.
    `vouched`: an authority that Home Assistant knows vouches for it, so that another one
    will do as well.
    """

    url: str
    fingerprint: str | None = None
    vouched: bool = False
    token: str | None = None
    service_id: str | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the service of a worker, from its stored data."""
        fingerprint = data.get(c.CONF_FINGERPRINT)
        return cls(
            url=data[c.CONF_URL],
            fingerprint=fingerprint,
            vouched=fingerprint is None,
            token=data.get(c.CONF_TOKEN),
            service_id=data.get(c.CONF_SERVICE_ID),
        )

    @property
    def pinned(self) -> str | None:
        """Return the fingerprint of the only certificate that will do, if any."""
        return None if self.vouched else self.fingerprint

    def stored(self) -> dict[str, str | None]:
        """Return what each of its workers stores of it."""
        return {
            c.CONF_URL: self.url,
            c.CONF_TOKEN: self.token,
            c.CONF_FINGERPRINT: self.pinned,
            c.CONF_SERVICE_ID: self.service_id,
        }

    def client(self, hass: HomeAssistant) -> AgentClient:
        """Return who talks to it. Raises `WorkerError` for a senseless address."""
        session = async_get_clientsession(hass)
        return AgentClient(session, self.url, self.token, self.pinned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a service that lets us in offers: its workers, with their levels in W."""

    workers: Mapping[str, list[float]]
    service_id: str | None = None


def shown(fingerprint: str | None) -> str:
    """Return a fingerprint as people compare it."""
    return ":".join(re.findall("..", (fingerprint or "").upper())) or "–"


async def async_look(hass: HomeAssistant, text: str) -> tuple[Service | None, Errors]:
    """Return who answers at an address, or what is wrong; nothing is said to it.

    An address without a scheme is tried with TLS first.
    """
    text = text.strip()
    schemes = [""] if "://" in text else ["https://", "http://"]
    for scheme in schemes:
        url = scheme + text
        if not is_address(url):
            return None, {c.CONF_URL: "invalid_url"}
        try:
            return await _async_meet(hass, url.rstrip("/")), {}
        except WorkerUnreachable:
            continue
    return None, {c.CONF_URL: "cannot_connect"}


def cleaned_host(text: str) -> str | None:
    """Return a host as it is stored, None for what is no host: it has no port."""
    host = text.strip().removeprefix("[").removesuffix("]").lower()
    strange = any(mark in host for mark in "/@ []") or host.count(":") == 1
    return None if strange or not host else host


async def async_visit(hass: HomeAssistant, service: Service) -> tuple[Offer, Errors]:
    """Return what the service offers, or what is wrong."""
    nothing = Offer(workers={})
    try:
        client = service.client(hass)
        health = await client.async_health()
        workers = await client.async_workers()
    except WorkerAuthFailed:
        return nothing, {c.CONF_TOKEN: "invalid_auth"}
    except WorkerNotTrusted:
        return nothing, {c.CONF_URL: "not_trusted"}
    except WorkerMismatch:
        return nothing, {c.CONF_URL: "api_mismatch"}
    except WorkerError:
        return nothing, {c.CONF_URL: "cannot_connect"}
    offered = {
        worker["name"]: [float(level) for level in worker["levels_w"]]
        for worker in workers
        if worker["levels_w"]
    }
    service_id = health.get("id")
    offer = Offer(
        workers=offered,
        service_id=service_id if isinstance(service_id, str) else None,
    )
    return offer, {} if offered else {c.CONF_URL: "no_workers"}


async def async_pair_with(
    hass: HomeAssistant, service: Service, code: str
) -> tuple[str | None, Errors]:
    """Return a token for a code that the service shows, or what is wrong."""
    try:
        client = AgentClient(
            async_get_clientsession(hass), service.url, fingerprint=service.pinned
        )
        return await async_pair(hass, client, code, service.fingerprint or ""), {}
    except PairingRefused as err:
        return None, {c.CONF_CODE: _PAIRING_ERRORS[err.code]}
    except WorkerNotTrusted:
        return None, {c.CONF_CODE: "other_certificate"}
    except WorkerRefused, WorkerAuthFailed:
        return None, {c.CONF_CODE: "no_pairing"}
    except WorkerError:
        return None, {c.CONF_CODE: "cannot_connect"}


async def async_shows(hass: HomeAssistant, url: str, fingerprint: str) -> bool:
    """Tell whether whoever answers at an address shows this certificate."""
    try:
        await AgentClient(
            async_get_clientsession(hass), url, fingerprint=fingerprint
        ).async_health()
    except WorkerUnreachable, WorkerNotTrusted:
        return False
    except WorkerError:
        pass
    return True


async def _async_meet(hass: HomeAssistant, url: str) -> Service:
    """Return who answers. Raises `WorkerUnreachable` if nobody does."""
    session = async_get_clientsession(hass)
    if URL(url).scheme == "http":
        await _async_greet(AgentClient(session, url))
        return Service(url=url)
    try:
        await AgentClient(session, url, fingerprint=_NO_CERTIFICATE).async_health()
    except OtherCertificate as err:
        seen = err.seen
    except WorkerError as err:
        raise WorkerUnreachable(str(err)) from err
    else:
        raise WorkerUnreachable("it shows no certificate")
    try:
        await _async_greet(AgentClient(session, url))
    except WorkerNotTrusted:
        return Service(url=url, fingerprint=seen)
    return Service(url=url, fingerprint=seen, vouched=True)


async def _async_greet(client: AgentClient) -> None:
    """Return if anything answers. Raises `WorkerUnreachable`, `WorkerNotTrusted`."""
    try:
        await client.async_health()
    except WorkerUnreachable, WorkerNotTrusted:
        raise
    except WorkerError:
        # Who it is and whether it lets us in is asked once it is trusted.
        return


def is_address(url: str) -> bool:
    """Tell whether this is a web address with a host."""
    try:
        parts = URL(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.host)
