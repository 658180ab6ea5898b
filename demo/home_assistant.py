"""A real Home Assistant on a configuration folder of its own: started, used, ended.

It listens on loopback only, has its onboarding done, and one user whose name and
password are given. Used by the demo and by the end-to-end tests.
"""

import asyncio
import json
from pathlib import Path
import sys
import time
from typing import Any

import aiohttp

from .client import Client
from .clockwork import Clock
from .processes import ProcessError, Program, free_port

INTEGRATION = Path(__file__).parents[1] / "custom_components" / "solar_compute"
TIME_ZONE = "Europe/Berlin"
START_S = 120.0
"""How long Home Assistant may take to come up, on a slow and busy machine."""

_CONFIGURATION = """\
homeassistant:
  name: {name}
  country: DE
  currency: EUR
  latitude: 50.1
  longitude: 8.7
  elevation: 110
  time_zone: {zone}
  unit_system: metric
  language: en
automation: !include automations.yaml
script: !include scripts.yaml
scene: !include scenes.yaml
config:
energy:
frontend:
history:
logbook:
recorder:
  commit_interval: 1
logger:
  default: warning
  logs:
    custom_components.solar_compute: {level}
"""
_EDITED = ("automations.yaml", "scripts.yaml", "scenes.yaml")
"""Where the editors of the user interface keep what is made in them."""


class HomeAssistant:
    """One installation. `client` talks to it as its owner, once it has started."""

    client: Client

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "Home",
        port: int | None = None,
        user: str = "demo",
        password: str = "demo",
        log_level: str = "warning",
        clock: Clock | None = None,
    ) -> None:
        """Write the configuration; nothing is started.

        `port` None: any that is free. `clock` None: it is as late as it is.
        """
        self.folder = folder
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.user, self.password = user, password
        self._name = name
        self._log_level = log_level
        self._token: str | None = None
        self._write()
        self.program = Program(
            "Home Assistant",
            [
                *(
                    (sys.executable, "-m", "homeassistant")
                    if clock is None
                    else clock.command("homeassistant")
                ),
                *("--config", str(folder), "--skip-pip", "--log-no-color"),
            ],
            folder / "hass.log",
            folder,
        )

    async def start(self) -> None:
        """Start it and wait until it has come up whole. Raises ProcessError."""
        deadline = time.monotonic() + START_S
        self.program.start()
        while not await self._answers():
            await self._wait(deadline)
        if self._token is None:
            self._token = await self._onboard()
            self.client = Client(self.url, self._token)
        while not await self._is_running():
            await self._wait(deadline)

    async def stop(self) -> None:
        """Let it end as it does by itself, with everything saved."""
        await self.program.stop()

    async def restart(self) -> None:
        """End it and start it again, on the same configuration."""
        await self.stop()
        await self.start()

    async def close(self) -> None:
        """End it for good."""
        if self._token is not None:
            await self.client.close()
        await self.stop()

    def _write(self) -> None:
        storage = self.folder / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        components = self.folder / "custom_components"
        components.mkdir(exist_ok=True)
        link = components / INTEGRATION.name
        if not link.is_symlink():
            link.symlink_to(INTEGRATION, target_is_directory=True)
        (self.folder / "configuration.yaml").write_text(
            _CONFIGURATION.format(
                name=self._name, zone=TIME_ZONE, level=self._log_level
            )
        )
        for kept in _EDITED:
            (self.folder / kept).touch()
        # `http:` in YAML is only taken on trial for five minutes; what the user
        # interface writes is kept.
        _store(
            storage / "http",
            (2, 2),
            {
                "stable": {
                    "server_host": ["127.0.0.1"],
                    "server_port": self.port,
                    "cors_allowed_origins": [],
                    "login_attempts_threshold": -1,
                    "ip_ban_enabled": True,
                    "ssl_profile": "modern",
                    "use_x_frame_options": True,
                    "created_at": "2026-01-01T00:00:00+00:00",
                    "error": None,
                    "error_message": None,
                },
                "pending": None,
                "yaml_migration_done": True,
            },
        )
        # All steps but the user's: the others set up integrations that reach out.
        if not (storage / "onboarding").exists():
            done = ["core_config", "analytics", "integration"]
            _store(storage / "onboarding", (4, 1), {"done": done})

    async def _wait(self, deadline: float) -> None:
        self.program.check()
        if time.monotonic() > deadline:
            raise ProcessError(
                f"Home Assistant did not come up:\n{self.program.last_lines()}"
            )
        await asyncio.sleep(0.25)

    async def _answers(self) -> bool:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.url}/manifest.json") as response,
            ):
                return response.status == 200
        except aiohttp.ClientError:
            return False

    async def _is_running(self) -> bool:
        try:
            return bool((await self.client.get("config"))["state"] == "RUNNING")
        except aiohttp.ClientError:
            return False

    async def _onboard(self) -> str:
        """Create the user, and return a token that lasts."""
        client_id = f"{self.url}/"
        async with aiohttp.ClientSession(raise_for_status=True) as session:
            async with session.post(
                f"{self.url}/api/onboarding/users",
                json={
                    "client_id": client_id,
                    "name": self.user.title(),
                    "username": self.user,
                    "password": self.password,
                    "language": "en",
                },
            ) as response:
                code = (await response.json())["auth_code"]
            async with session.post(
                f"{self.url}/auth/token",
                data={
                    "grant_type": "authorization_code",
                    "code": code,
                    "client_id": client_id,
                },
            ) as response:
                token = (await response.json())["access_token"]
        client = Client(self.url, token)
        try:
            lasting: str = await client.call(
                "auth/long_lived_access_token", client_name="demo", lifespan=30
            )
            return lasting
        finally:
            await client.close()


def _store(path: Path, version: tuple[int, int], data: dict[str, Any]) -> None:
    path.write_text(
        json.dumps(
            {
                "version": version[0],
                "minor_version": version[1],
                "key": path.name,
                "data": data,
            }
        )
    )
