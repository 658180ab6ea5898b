"""Reads the home: Home Assistant's states become the snapshot of an instant.

Every reading carries the time at which it was measured, on the integration's clock. An
unchanged value that is only reported again counts as measured again. A sensor that
turns unavailable keeps its last reading for a tenth of its hold time, so that a blip or
a renaming stops nothing; after that it says nothing. It must never make up a value.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf

from homeassistant.core import (
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util

from . import units
from .clock import Clock
from .configured import Configuration, EntityBackend, PowerSource
from .core.model import Reading, Snapshot, TankInput, WorkerInput, YieldingLoad

BLIP_SHARE = 0.1
"""Part of its hold time for which a sensor may be unavailable unnoticed."""

type Convert = Callable[[State | None], float | None]


@dataclass(slots=True)
class _Seen:
    """What is remembered of one entity.

    `received_s` is when its last report came in, and `reported` what that report said
    about its time: with it, a report that came while nobody listened is noticed.
    """

    received_s: float | None = None
    reported: float | None = None
    good: Reading | None = None
    silent_since_s: float | None = None


class Meters:
    """The sensors of a home, and when each of them last said something."""

    def __init__(self, hass: HomeAssistant, clock: Clock) -> None:
        """Remember nothing yet."""
        self._hass = hass
        self._clock = clock
        self._seen: dict[str, _Seen] = {}

    @callback
    def listen(
        self, entity_ids: Iterable[str], on_report: Callable[[], None]
    ) -> Callable[[], None]:
        """Call `on_report` whenever one of the sensors reports; returns the end."""
        names = sorted(set(entity_ids))

        @callback
        def on_event(
            event: Event[EventStateChangedData] | Event[EventStateReportedData],
        ) -> None:
            self._note(event.data["entity_id"])
            on_report()

        ends = (
            async_track_state_change_event(self._hass, names, on_event),
            async_track_state_report_event(self._hass, names, on_event),
        )

        def end() -> None:
            for one in ends:
                one()

        return end

    @callback
    def rename(self, old: str, new: str) -> None:
        """Go on with what is remembered of an entity under its new name."""
        if (seen := self._seen.pop(old, None)) is not None:
            self._seen[new] = seen

    def reading(self, entity_id: str, convert: Convert, hold_s: float) -> Reading:
        """Return an entity's value and when it was measured.

        The value is None once the entity has said nothing usable for too long.
        """
        seen = self._seen.setdefault(entity_id, _Seen())
        state = self._hass.states.get(entity_id)
        value = convert(state)
        now_s = self._clock.now_s()
        if value is not None and state is not None:
            seen.silent_since_s = None
            seen.good = Reading(value, self._measured_s(seen, state, now_s))
            return seen.good
        if seen.silent_since_s is None:
            seen.silent_since_s = now_s
        if seen.good is None:
            return Reading(None, seen.silent_since_s)
        if now_s - seen.silent_since_s <= hold_s * BLIP_SHARE:
            return seen.good
        return Reading(None, seen.good.measured_s)

    def power(self, source: PowerSource, hold_s: float) -> Reading:
        """Return a sum of power sensors, as old as its oldest; None if any is.

        Of a meter with a sensor for each direction one half stands at 0 for hours
        and may not report: it is as old as the newest of the other direction.
        """
        plus = [self.reading(name, units.power_w, hold_s) for name in source.plus]
        minus = [self.reading(name, units.power_w, hold_s) for name in source.minus]
        total_w: float | None = 0.0
        for sign, readings in ((1.0, plus), (-1.0, minus)):
            for reading in readings:
                if reading.value is None:
                    total_w = None
                elif total_w is not None:
                    total_w += sign * reading.value
        measured_s = _resting(plus, minus) + _resting(minus, plus)
        return Reading(total_w, min(measured_s, default=0.0))

    def price(self, entity_id: str | None) -> float | None:
        """Return the price per kWh that an entity says now, None where it says none."""
        if entity_id is None:
            return None
        return units.price_per_kwh(
            self._hass.states.get(entity_id), self._hass.config.currency
        )

    def _note(self, entity_id: str) -> None:
        state = self._hass.states.get(entity_id)
        seen = self._seen.setdefault(entity_id, _Seen())
        seen.received_s = self._clock.now_s()
        seen.reported = None if state is None else state.last_reported_timestamp

    def _measured_s(self, seen: _Seen, state: State, now_s: float) -> float:
        """Trust when we received it over the wall clock, which may jump."""
        if (
            seen.received_s is not None
            and seen.reported == state.last_reported_timestamp
        ):
            return seen.received_s
        age_s = dt_util.utcnow().timestamp() - state.last_reported_timestamp
        return now_s - max(0.0, age_s)


def _resting(half: list[Reading], other: list[Reading]) -> list[float]:
    """Return when one direction was measured, a half at rest along with the other."""
    newest_s = max((reading.measured_s for reading in other), default=-inf)
    return [
        max(reading.measured_s, newest_s) if reading.value == 0 else reading.measured_s
        for reading in half
    ]


def entities_of(configuration: Configuration) -> set[str]:
    """Return all entities whose reports are worth a decision."""
    inputs = configuration.inputs
    sources = (inputs.grid, inputs.battery, inputs.pv)
    single = (inputs.soc, inputs.import_price, inputs.export_price)
    return {
        *(name for source in sources if source for name in source.entities),
        *(name for name in single if name),
        *(name for name, _ in inputs.yielding),
        *(name for tank in configuration.tanks for name in tank.entities),
    }


def switched_entities_of(configuration: Configuration) -> set[str]:
    """Return the entities that workers are controlled by."""
    return {
        name
        for worker in configuration.workers
        if isinstance(worker.backend, EntityBackend)
        for name in (worker.backend.switch, worker.backend.number, worker.backend.power)
        if name
    }


def take_snapshot(
    configuration: Configuration,
    meters: Meters,
    *,
    clock_s: float,
    started_s: float,
    automation: bool,
    workers: tuple[WorkerInput, ...],
) -> Snapshot:
    """Return all inputs as they are now."""
    inputs, policy = configuration.inputs, configuration.spec.policy
    hold_s, slow_s = policy.power_hold_s, policy.temperature_hold_s
    return Snapshot(
        clock_s=clock_s,
        local=dt_util.now(),
        grid_w=meters.power(inputs.grid, hold_s),
        battery_w=meters.power(inputs.battery, hold_s) if inputs.battery else None,
        soc=meters.reading(inputs.soc, units.percent, policy.soc_hold_s)
        if inputs.soc
        else None,
        pv_w=meters.power(inputs.pv, hold_s) if inputs.pv else None,
        import_per_kwh=meters.price(inputs.import_price),
        export_per_kwh=meters.price(inputs.export_price),
        yielding=tuple(
            YieldingLoad(
                power_w=meters.reading(entity_id, units.power_w, hold_s),
                value_per_kwh=value,
            )
            for entity_id, value in inputs.yielding
        ),
        workers=workers,
        tanks=tuple(
            TankInput(
                key=tank.key,
                temperature_c=meters.reading(
                    tank.temperatures[0], units.temperature_c, slow_s
                ),
                source_c=meters.reading(tank.backup.source, units.temperature_c, slow_s)
                if tank.backup.source
                else None,
            )
            for tank in configuration.tanks
        ),
        automation=automation,
        started_s=started_s,
    )
