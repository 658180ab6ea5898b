"""Talks to Home Assistant as any other program would: REST and websocket."""

from typing import Any

import aiohttp


class CallError(Exception):
    """Home Assistant said no; the message is what it said."""


class Client:
    """A user's connection, by a token. Raises aiohttp.ClientError while it is down."""

    def __init__(self, url: str, token: str) -> None:
        """Take the address and the token; nothing is opened yet."""
        self._url = url
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, path: str) -> Any:
        """Return the answer to a GET below /api/. Raises CallError."""
        return await self._request("GET", path)

    async def post(self, path: str, data: dict[str, Any] | None = None) -> Any:
        """Return the answer to a POST below /api/. Raises CallError."""
        return await self._request("POST", path, data or {})

    async def set_state(
        self, entity_id: str, state: str | float, attributes: dict[str, Any]
    ) -> None:
        """Report the state of a sensor. A value that did not change is reported too."""
        data = {"state": str(state), "attributes": attributes}
        await self.post(f"states/{entity_id}", data)

    async def states(self) -> dict[str, dict[str, Any]]:
        """Return all states by entity id."""
        return {state["entity_id"]: state for state in await self.get("states")}

    async def act(
        self, action: str, data: dict[str, Any], *, respond: bool = False
    ) -> Any:
        """Perform an action (`domain.name`); return its response if it has one."""
        path = f"services/{action.replace('.', '/')}"
        if not respond:
            return await self.post(path, data)
        return (await self.post(f"{path}?return_response", data))["service_response"]

    async def call(self, command: str, **data: Any) -> Any:
        """Return the result of one websocket command. Raises CallError."""
        async with self._opened().ws_connect(
            f"{self._url}/api/websocket", max_msg_size=0
        ) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._token})
            welcome = await socket.receive_json()
            if welcome["type"] != "auth_ok":
                raise CallError(welcome.get("message", "The token was refused."))
            await socket.send_json({"id": 1, "type": command, **data})
            answer = await socket.receive_json()
        if not answer["success"]:
            raise CallError(f"{command}: {answer['error']['message']}")
        return answer["result"]

    async def _request(
        self, method: str, path: str, data: dict[str, Any] | None = None
    ) -> Any:
        async with self._opened().request(
            method, f"{self._url}/api/{path}", json=data
        ) as response:
            if response.status >= 400:
                text = await response.text()
                raise CallError(f"{method} {path}: {response.status} {text[:500]}")
            return await response.json()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=aiohttp.ClientTimeout(total=60),
            )
        return self._session
