"""Tanks and rooms as they are now, for tests of what their heat is worth."""

from dataclasses import replace
from typing import Any

from custom_components.solar_compute.core.heat_now import SinkNow, room_now, tank_now
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.observe import View
from custom_components.solar_compute.core.reading import Reading, RoomInput
from custom_components.solar_compute.core.spec import RoomSpec, TankSpec

from .houses import CLOCK_S, NOON


def view_of(key: str, *temperatures_c: float, **changes: Any) -> View:
    """Return a view in which a sink's sensors are known, from the top down."""
    settings: dict[str, Any] = {
        "grid_w": 0.0,
        "battery_w": 0.0,
        "stored_wh": None,
        "pv_w": None,
        "pv_silent": False,
        "temperatures_c": {key: sum(temperatures_c) / len(temperatures_c)},
        "layers_c": {key: temperatures_c},
        "sources_c": {},
        "yielding": (),
        "import_per_kwh": 0.30,
        "export_per_kwh": 0.08,
        "missing": (),
        "starting_up": False,
    }
    return View(**(settings | changes))


def steady_tank(tank: TankSpec, *temperatures_c: float, **changes: Any) -> SinkNow:
    """Return a tank from which water is drawn evenly all day."""
    use_w = (tank.draw_wh_per_day / 24,) * 24
    view = view_of(tank.key, *temperatures_c)
    return replace(
        tank_now(tank, view, observed=None, local=NOON, use_w=use_w), **changes
    )


def study(**changes: Any) -> RoomSpec:
    """Return a room of 20 m² without any other heater."""
    return RoomSpec(**({"key": "study", "name": "Study"} | changes))


def room_at(
    room: RoomSpec,
    temperature_c: float,
    *,
    outdoor_c: float | None = 5.0,
    heated: bool = False,
    **wish: Any,
) -> SinkNow:
    """Return a room in which a person has made these settings, in June."""
    outdoors = {} if outdoor_c is None else {room.key: outdoor_c}
    settings = {"temperature_c": Reading(temperature_c, CLOCK_S)} | wish
    return room_now(
        room,
        view_of(room.key, temperature_c, outdoors_c=outdoors),
        Memory(),
        observed=RoomInput(key=room.key, **settings),
        local=NOON,
        heated=heated,
    )
