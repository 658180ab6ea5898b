"""What is kept in a file is what was last to be written there."""

from threading import Event
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.versioned import Form, KeptFile


async def test_what_takes_long_to_write_does_not_come_back_once_it_is_forgotten(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    begun, may_go_on = Event(), Event()

    def written(kept: str) -> dict[str, Any]:
        if kept == "a year":
            begun.set()
            may_go_on.wait(10)
        return {"kept": kept}

    form = Form[str](
        name="diary",
        nothing=str,
        read=lambda data: str(data["kept"]),
        written=written,
        anew="A new diary",
    )
    file = KeptFile(hass, "home", form)

    saving = hass.async_create_task(file.async_save("a year"))
    await hass.async_add_executor_job(begun.wait, 10)
    forgetting = hass.async_create_task(file.async_save("nothing"))
    hass.loop.call_later(0.2, may_go_on.set)
    await saving
    await forgetting

    assert hass_storage[f"{DOMAIN}.home.diary"]["data"] == {"kept": "nothing"}
