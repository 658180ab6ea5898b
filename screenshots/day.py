"""The picture of the day that is sent to a phone, as the integration draws it."""

from pathlib import Path

import aiohttp

from demo.shown import ShownHome

from . import album


async def take(shown: ShownHome, folder: Path) -> None:
    """Ask for the picture of the image entity as a browser does, and keep it."""
    server = shown.home_assistant
    states = await server.client.states()
    shows = states[shown.entities["home"]["day"]]["attributes"]["entity_picture"]
    async with (
        aiohttp.ClientSession(raise_for_status=True) as session,
        session.get(f"{server.url}{shows}") as response,
    ):
        taken = folder / "day.png"
        taken.write_bytes(await response.read())
    album.keep(taken)
