"""Who gets in: tokens, pairing, and what web pages could do to a service at home.

May import aiohttp, the clients and the pairing. Everything but pairing needs a token,
unless the service is open, which it can be to its own machine only.
"""

import asyncio
import hmac
import json
import logging
import re
import time

from aiohttp import hdrs, web

from .answers import ApiError, Handler, read_body
from .clients import Client, Clients, hashed
from .pairing import PairingError, parse_request, redeem
from .spec import ServerSpec, is_loopback
from .state_folder import StateError, StateFolder

PAIR = "/v1/pair"
TOKEN = "/v1/token"

_CLIENT = "client"
_BEARER = "Bearer "

_LOGGER = logging.getLogger(__name__)


class Access:
    """The door of one service."""

    def __init__(self, server: ServerSpec, fingerprint: str | None) -> None:
        """Take who may come in, and the fingerprint of the certificate in use."""
        self._server = server
        self._fingerprint = fingerprint
        self._folder = StateFolder(server.state_folder)
        self._clients = Clients(self._folder)
        self._damage = ""

    @property
    def routes(self) -> list[web.RouteDef]:
        """Return what is answered here."""
        return [
            web.post(PAIR, self._pair),
            web.post(TOKEN, self._exchange),
            web.delete(TOKEN, self._give_back),
        ]

    @property
    def identity(self) -> str | None:
        """Return what tells this service from others, None before it has that."""
        return self._folder.identity()

    @web.middleware
    async def only_the_entitled(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Let nobody through whom the user did not let in, and no web page at all."""
        if hdrs.ORIGIN in request.headers:
            raise ApiError(403, "cross_origin", "Web pages may not use this service.")
        if not self._server.needs_token:
            # A web page can make its own name point to this machine ("DNS rebinding").
            if not _is_this_machine(request.headers.get(hdrs.HOST, "")):
                raise ApiError(
                    403,
                    "unknown_host",
                    "Without a token, only a loopback address will do.",
                )
        elif request.path != PAIR and not await self._is_entitled(request):
            raise ApiError(
                401,
                "unauthorized",
                'The header "Authorization: Bearer TOKEN" must be right.',
            )
        return await handler(request)

    async def _is_entitled(self, request: web.Request) -> bool:
        header = request.headers.get(hdrs.AUTHORIZATION, "")
        if not header.startswith(_BEARER):
            return False
        token = header[len(_BEARER) :]
        if self._server.token is not None and hmac.compare_digest(
            token.encode(errors="replace"), self._server.token.encode()
        ):
            return True
        client = self._known(token)
        if client is None:
            return False
        request[_CLIENT] = client
        if client.next == hashed(token):
            await asyncio.to_thread(self._settle, client, token)
        return True

    def _known(self, token: str) -> Client | None:
        try:
            client = self._clients.find(token, time.time())
        except StateError as error:
            if self._damage != str(error):
                self._damage = str(error)
                _LOGGER.error("No paired client gets in: %s", error)
            return None
        self._damage = ""
        return client

    def _settle(self, client: Client, token: str) -> None:
        try:
            with self._folder.locked():
                self._clients.settle(client.id, token, time.time())
        except StateError as error:
            # Then both tokens go on being good.
            _LOGGER.error("%s", error)

    async def _pair(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        try:
            wanted = parse_request(json.loads(body))
        except (ValueError, RecursionError):
            wanted = None
        if wanted is None:
            raise ApiError(400, "bad_request", "That is no request to pair.")
        try:
            paired = await asyncio.to_thread(
                redeem, self._folder, wanted, self._fingerprint, time.time()
            )
        except PairingError as error:
            _LOGGER.warning("%s wanted to pair: %s", request.remote, error.message)
            raise ApiError(403, error.code, error.message) from error
        except StateError as error:
            _LOGGER.error("Nobody can pair: %s", error)
            raise _unusable(error) from error
        client = paired.client
        _LOGGER.info(
            "paired with %s (%s) at %s", client.name, client.id, request.remote
        )
        return web.json_response(
            {"token": paired.token, "client": client.id, "proof": paired.proof}
        )

    async def _exchange(self, request: web.Request) -> web.Response:
        client = _client(request)

        def exchange() -> str | None:
            with self._folder.locked():
                return self._clients.exchange(client.id)

        try:
            token = await asyncio.to_thread(exchange)
        except StateError as error:
            raise _unusable(error) from error
        if token is None:
            raise ApiError(401, "unauthorized", "The client has just been revoked.")
        _LOGGER.info("%s (%s) has a new token", client.name, client.id)
        return web.json_response({"token": token, "client": client.id})

    async def _give_back(self, request: web.Request) -> web.Response:
        client = _client(request)

        def remove() -> None:
            with self._folder.locked():
                self._clients.remove(client.id)

        try:
            await asyncio.to_thread(remove)
        except StateError as error:
            raise _unusable(error) from error
        _LOGGER.info("%s (%s) has given its token back", client.name, client.id)
        return web.json_response({"client": client.id})


def _client(request: web.Request) -> Client:
    client = request.get(_CLIENT)
    if not isinstance(client, Client):
        raise ApiError(
            409,
            "not_paired",
            "Only the token of a paired client can be exchanged or given back.",
        )
    return client


def _unusable(error: StateError) -> ApiError:
    return ApiError(500, "state_unusable", str(error))


def _is_this_machine(host: str) -> bool:
    """Return whether a Host header names this machine by a loopback address."""
    bracketed = re.fullmatch(r"\[(.*)\](:\d+)?", host)
    return is_loopback(bracketed[1] if bracketed else host.partition(":")[0].lower())
