"""Reads sensors: what each of them says, and when it was measured.

Every reading carries the time at which it was measured, on the integration's clock. An
unchanged value that is only reported again counts as measured again. A sensor that
turns unavailable keeps its last reading for a tenth of its hold time, so that a blip or
a renaming stops nothing; after that it says nothing. It must never make up a value.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf
from statistics import fmean

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
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
from .configured import PowerSource
from .core.reading import Reading

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
    last: State | None = None
    gone_since_s: float | None = None


class Meters:
    """The sensors of a home, and when each of them last said something."""

    def __init__(self, hass: HomeAssistant, clock: Clock) -> None:
        """Remember nothing yet."""
        self._hass = hass
        self._clock = clock
        self._seen: dict[str, _Seen] = {}

    @property
    def temperature_unit(self) -> str:
        """The unit that thermostats state their set-points in."""
        return self._hass.config.units.temperature_unit

    def now_s(self) -> float:
        """Return the seconds on the clock that readings carry."""
        return self._clock.now_s()

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

    def state(self, entity_id: str, hold_s: float) -> State | None:
        """Return an entity's state, None once it is unavailable for too long."""
        seen = self._seen.setdefault(entity_id, _Seen())
        state, now_s = self._hass.states.get(entity_id), self._clock.now_s()
        if state is not None and state.state not in (
            STATE_UNAVAILABLE,
            STATE_UNKNOWN,
        ):
            seen.last, seen.gone_since_s = state, None
        elif seen.gone_since_s is None:
            seen.gone_since_s = now_s
        elif now_s - seen.gone_since_s > hold_s * BLIP_SHARE:
            seen.last = None
        return seen.last

    def standing(self, entity_id: str, convert: Convert, hold_s: float) -> Reading:
        """Return a value that stands until it is changed, such as on or off.

        It counts as measured now for as long as its entity is available: a door that
        nobody opens has nothing to report.
        """
        return Reading(convert(self.state(entity_id, hold_s)), self._clock.now_s())

    def mean(
        self, entity_ids: Iterable[str], convert: Convert, hold_s: float
    ) -> Reading:
        """Return the mean of sensors, as old as the oldest; None if any is."""
        readings = [self.reading(name, convert, hold_s) for name in entity_ids]
        values = [one.value for one in readings if one.value is not None]
        known = bool(readings) and len(values) == len(readings)
        return Reading(
            fmean(values) if known else None,
            min((one.measured_s for one in readings), default=0.0),
        )

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

    def co2_g_per_kwh(self, entity_id: str | None) -> float | None:
        """Return the CO₂ that an entity says a kWh carries now, None where it says none."""
        return (
            units.co2_g_per_kwh(self._hass.states.get(entity_id)) if entity_id else None
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
