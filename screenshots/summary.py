"""The picture of the day that is sent in the evening, as the integration draws it."""

from pathlib import Path

import aiohttp

from demo.home_assistant import HomeAssistant

from . import album


async def keep_picture(server: HomeAssistant, entity_id: str, folder: Path) -> None:
    """Ask for the picture of an image entity as a browser does, and keep it."""
    states = await server.client.states()
    shows = states[entity_id]["attributes"]["entity_picture"]
    async with (
        aiohttp.ClientSession(raise_for_status=True) as session,
        session.get(f"{server.url}{shows}") as response,
    ):
        taken = folder / "day.png"
        taken.write_bytes(await response.read())
    album.keep(taken)
