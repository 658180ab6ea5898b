"""Names for all that is measured, the same wherever a reading is shown.

An input that `Decision.missing` names has that name here, too. Standard library
only; nothing here judges a reading.
"""

from collections.abc import Iterator

from .model import RoomInput, Snapshot, TankInput
from .reading import Reading


def named_readings(snapshot: Snapshot) -> Iterator[tuple[str, Reading]]:
    """Yield every reading that there is with its name.

    What belongs to a tank, room, worker or guard is named "kind:key"; of several
    sensors in a tank those below the first are numbered from 2.
    """
    for name, reading in _all(snapshot):
        if reading is not None:
            yield name, reading


def _all(snapshot: Snapshot) -> Iterator[tuple[str, Reading | None]]:
    yield "grid", snapshot.grid_w
    yield "battery", snapshot.battery_w
    yield "soc", snapshot.soc
    yield "pv", snapshot.pv_w
    for number, load in enumerate(snapshot.yielding, start=1):
        yield f"yielding:{number}", load.power_w
    for tank in snapshot.tanks:
        yield f"tank:{tank.key}", tank.temperature_c
        for number, reading in enumerate(tank.lower_c, start=2):
            yield f"tank {number}:{tank.key}", reading
        yield f"source:{tank.key}", tank.source_c
        yield from _of_sink(tank)
    for room in snapshot.rooms:
        yield f"room:{room.key}", room.temperature_c
        yield f"outdoor:{room.key}", room.outdoor_c
        yield from _of_sink(room)
    for worker in (*snapshot.workers, *snapshot.always_on):
        yield f"worker:{worker.key}", worker.power_w
    for guard in snapshot.guards:
        for name, reading in guard.readings.items():
            yield f"guard {name}:{guard.key}", reading


def _of_sink(sink: TankInput | RoomInput) -> Iterator[tuple[str, Reading | None]]:
    yield f"cop:{sink.key}", sink.cop
    yield f"heat:{sink.key}", sink.heat_w
