"""A real browser in front of Home Assistant: what makes its pages ready, and quiet.

Ready is when the frontend has its states and the launch screen is gone; the network
never is idle. The page can reach Home Assistant only, and has no service worker, which
would serve old scripts and reload pages by itself.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
import shutil

from playwright.async_api import Error, Locator, Page, Route, async_playwright, expect

PATIENCE_MS = 30_000
"""How long a busy machine may take for what takes a second."""

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
_READY = """() => {
  const hass = document.querySelector("home-assistant")?.hass;
  return hass?.states && hass.config?.state === "RUNNING"
    && !document.querySelector("#ha-launch-screen");
}"""


@dataclass(slots=True)
class Browser:
    """One page, and what its console complained about."""

    page: Page
    url: str
    pictures: Path
    now: Callable[[], datetime] | None = None
    complaints: list[str] = field(default_factory=list)

    async def log_in(self, user: str, password: str) -> None:
        """Log in by the real form."""
        await self.page.goto(self.url, wait_until="domcontentloaded")
        await self.page.locator("input[name=username]").fill(user)
        await self.page.locator("input[name=password]").fill(password)
        await self.page.keyboard.press("Enter")
        await self.ready()

    async def open(self, path: str) -> None:
        """Open a page of Home Assistant.

        A dialog that has just closed goes back a page. That may break off what is
        opened, or leave it again.
        """
        wanted = f"{self.url}{path}"
        for _ in range(3):
            with suppress(Error):
                await self.page.goto(wanted, wait_until="domcontentloaded")
            await self.ready()
            if self.page.url == wanted:
                return
        raise AssertionError(f"{wanted} does not stay open, but {self.page.url}")

    async def look_at_the_clock(self) -> None:
        """Have the page know how late it is, if that is not as late as it is here."""
        if self.now is not None:
            await self.page.clock.set_fixed_time(self.now())

    async def ready(self) -> None:
        """Wait until Home Assistant's frontend has come up."""
        await self.page.wait_for_function(_READY, timeout=60_000)

    async def picture(self, name: str, part: Locator | None = None) -> Path:
        """Take a picture of the page, or of a part of it, once it has been painted."""
        await self.page.evaluate("() => document.fonts.ready.then(() => 1)")
        await self.page.wait_for_timeout(600)
        path = self.pictures / f"{name}.png"
        await (part or self.page).screenshot(path=path)
        return path


@asynccontextmanager
async def browser(
    url: str,
    pictures: Path,
    *,
    width: int = 1400,
    height: int = 1000,
    scale: float = 1,
    now: Callable[[], datetime] | None = None,
) -> AsyncIterator[Browser]:
    """Give a browser with an empty page.

    `scale` is how many points of the picture a pixel of the page gets; `now` tells the
    page what time it is. Raises AssertionError where there is no browser.
    """
    chromium = shutil.which("chromium")
    assert chromium, "needs chromium; `scripts/setup --system` installs it"
    async with async_playwright() as playwright:
        program = await playwright.chromium.launch(
            executable_path=chromium, args=_ARGUMENTS
        )
        context = await program.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            locale="en-US",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            service_workers="block",
        )
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)

        async def keep_inside(route: Route) -> None:
            if route.request.url.startswith((url, "data:", "blob:")):
                await route.continue_()
            else:
                await route.abort()

        await context.route("**/*", keep_inside)
        page = await context.new_page()
        opened = Browser(page, url, pictures, now)
        await opened.look_at_the_clock()
        page.on(
            "console",
            lambda message: (
                opened.complaints.append(f"{message.text} ({message.location})")
                if message.type == "error"
                else None
            ),
        )
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        try:
            yield opened
        except Exception:
            await opened.picture("failed")
            raise
        finally:
            await context.close()
            await program.close()
