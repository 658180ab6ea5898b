"""The pages of a dialog in the frontend, as a person fills them in: by their labels."""

from contextlib import suppress
from datetime import datetime
import re

from playwright.async_api import Locator, TimeoutError, expect
import pytest

from .browser import Browser
from .household import until


class Pages:
    """A dialog that is open."""

    def __init__(self, seen: Browser) -> None:
        """Fill in whatever dialog the browser shows."""
        self.dialog = seen.page.locator("dialog-data-entry-flow")
        self._pictures = seen.pictures

    async def choose(self, option: str) -> None:
        """Choose an entry of a menu."""
        await self.dialog.get_by_text(option, exact=True).first.click()

    async def title(self, text: str) -> None:
        """Wait for the page of this title."""
        await expect(self.dialog.get_by_text(text, exact=True).first).to_be_visible()

    async def shows(self, text: str) -> None:
        """Wait for a text somewhere on the page."""
        await expect(self.dialog.get_by_text(text).first).to_be_visible()

    async def fill(self, **values: str) -> None:
        """Type into fields, by their labels with "_" for a space or a hyphen."""
        for label, value in values.items():
            field = await self.field(label)
            await field.locator("input, textarea").first.fill(value)

    async def tick(self, label: str) -> None:
        """Tick a box."""
        field = await self.field(label)
        await field.locator("ha-switch, ha-checkbox").first.click()

    async def select(self, label: str, option: str) -> None:
        """Choose from a list that opens."""
        field = await self.field(label)
        await field.locator(
            "ha-picker-field, ha-select, ha-combo-box-item"
        ).first.click()
        await self.dialog.page.get_by_text(option, exact=True).last.click()

    async def pick(self, label: str, name: str) -> None:
        """Pick an entity by its name."""
        field = await self.field(label)
        await field.locator("ha-picker-field").first.click()
        choices = field.locator("ha-picker-combo-box")
        await choices.locator("input").fill(name)
        await choices.get_by_text(name, exact=True).first.click()
        # What is typed before it has closed is lost.
        await expect(choices).to_be_hidden()

    async def field(self, label: str) -> Locator:
        """Return a field by its label.

        The label is a property of the element; where it is drawn differs by its kind.
        """
        fields = self.dialog.locator("ha-selector")

        async def index() -> int | None:
            labels = await fields.evaluate_all("all => all.map(one => one.label)")
            plain = [re.sub(r"\W", "_", text) for text in labels]
            wanted = re.sub(r"\W", "_", label)
            return plain.index(wanted) + 1 if wanted in plain else None

        return fields.nth(await until(f"a field {label}", index) - 1)

    async def picture(self, name: str) -> None:
        """Take a picture of the dialog alone, once it has been painted."""
        await self.dialog.page.wait_for_timeout(600)
        frame = self.dialog.locator("dialog").first
        await frame.screenshot(path=self._pictures / f"{name}.png")

    async def submit(self) -> None:
        """Press the button that leads on."""
        button = self.dialog.get_by_role("button", name="Next").or_(
            self.dialog.get_by_role("button", name="Submit")
        )
        await button.first.click()

    async def finish(self) -> None:
        """Close the last page."""
        button = self.dialog.get_by_role("button", name="Skip and finish").or_(
            self.dialog.get_by_role("button", name="Finish", exact=True)
        )
        await button.first.click()
        await expect(self.dialog).to_be_hidden()
        # A dialog has an entry in the history, from which the frontend goes back when
        # it has closed. Who opens a page before that is taken back from there.
        await self.dialog.page.wait_for_function("() => !history.state?.dialog")


class Action:
    """The form of one of our actions on the page of tools."""

    def __init__(self, seen: Browser) -> None:
        """Fill in whatever action the browser shows."""
        self._page = seen.page
        self._form = seen.page.locator("ha-service-control")

    @classmethod
    async def open(cls, seen: Browser, name: str) -> Action:
        """Choose an action by its name."""
        await seen.open("/config/tools/action")
        picker = seen.page.locator("ha-service-picker")
        await picker.locator("ha-picker-field").first.click()
        choices = picker.locator("ha-picker-combo-box")
        await choices.locator("input").fill(name)
        await choices.get_by_text(name, exact=True).first.click()
        await expect(choices).to_be_hidden()
        return cls(seen)

    async def device(self, name: str) -> None:
        """Choose a device."""
        field = self._form.locator("ha-selector-device").first
        await field.locator("ha-picker-field").first.click()
        choices = field.locator("ha-picker-combo-box")
        await choices.locator("input").fill(name)
        await choices.get_by_text(name, exact=True).first.click()
        await expect(choices).to_be_hidden()

    async def fill(self, label: str, *values: str) -> None:
        """Type into a field, or into its parts."""
        boxes = self._row(label).locator("ha-selector input")
        for index, value in enumerate(values):
            await boxes.nth(index).fill(value)

    async def moment(self, label: str, when: datetime) -> None:
        """Choose a day of this month or the next, and type a time before noon."""
        boxes = self._row(label).locator("ha-selector input")
        await boxes.first.click()
        calendar = self._page.locator("ha-dialog-date-picker")
        if when.month != datetime.now(when.tzinfo).month:
            await calendar.locator("ha-icon-button-next").click()
        day = f"{when:%B} {when.day}"
        await calendar.get_by_role("button", name=day, exact=True).click()
        await calendar.get_by_role("button", name="OK").click()
        await boxes.nth(1).fill(f"{when.hour}")
        await boxes.nth(2).fill(f"{when:%M}")

    async def tick(self, label: str) -> None:
        """Tick the box of a field that may be left out."""
        await self._row(label).locator("ha-checkbox").first.click()

    async def perform(self) -> None:
        """Press the button."""
        await self._page.get_by_role("button", name="Perform action").click()

    async def says(self, text: str) -> None:
        """Wait for a text in the answer, or in what was refused."""
        await expect(self._page.get_by_text(text).first).to_be_visible()

    def _row(self, label: str) -> Locator:
        """Return a field by its label."""
        heading = self._page.get_by_text(label, exact=True)
        return self._form.locator("ha-settings-row").filter(has=heading).first


async def open_device(seen: Browser, device: str, shown: str) -> None:
    """Open a device's page from the list of devices, and wait for a text there.

    On a busy machine the list moves under the pointer while it grows, and what a click
    there was for is lost; entities may come later than the page. So it is tried again.
    """
    page = seen.page
    for _ in range(3):
        await seen.open("/config/devices/dashboard?domain=solar_compute")
        with suppress(TimeoutError):
            await page.get_by_text(device).first.click()
            await page.wait_for_url("**/config/devices/device/*", timeout=15_000)
            await page.get_by_text(shown).first.wait_for()
            return
    pytest.fail(f"no page of {device} shows {shown}, but {page.url} is open")


async def begin_worker(seen: Browser, kind: str, title: str | None = None) -> Pages:
    """Begin to add a worker of a kind, from the integration's own page.

    `title` is that of its first page, where the menu words it in another way.
    """
    await seen.open("/config/integrations/integration/solar_compute")
    await seen.page.get_by_role("button", name="Add worker").first.click()
    pages = Pages(seen)
    await pages.choose(kind)
    await pages.title(title or kind)
    return pages
