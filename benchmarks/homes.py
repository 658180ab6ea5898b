"""One interval of very many homes at once, for the search for the best of all ways.

The same home as the simulator's (`core/simulate.py`), in arrays: one self-consuming
battery, one tank or room with its backup, an export limit. Written apart from it,
so that each tests the other; what counts in the end is always replayed in the
simulator. Exact within an interval, as that is.
"""

from dataclasses import dataclass
from math import inf

import numpy as np

from custom_components.solar_compute.core.power_flow import is_diverter
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    SiteSpec,
    TankSpec,
)

from .world import NO_BODY, Flags, Floats, Rows, World, fuel_per_kwh, switch_on_c

TOUCH_K = 1e-9
TOUCH_S = 1e-6
"""Temperatures and times closer than this are the same, as in the simulator."""


@dataclass(frozen=True, slots=True)
class Homes:
    """The state of many homes: stored energy, and a tank with its thermostat."""

    stored_wh: Floats
    temperature_c: Floats
    backup_on: Flags

    def repeated(self, times: int) -> Homes:
        """Return all of them, so many times one after another."""
        return Homes(
            np.tile(self.stored_wh, times),
            np.tile(self.temperature_c, times),
            np.tile(self.backup_on, times),
        )

    def only(self, place: int) -> Homes:
        """Return one of them."""
        those = slice(place, place + 1)
        return Homes(
            self.stored_wh[those], self.temperature_c[those], self.backup_on[those]
        )


def pass_by(
    world: World, rows: Rows, homes: Homes, power_w: Floats
) -> tuple[Homes, Floats]:
    """Return the homes after one interval, and what each has earned in it.

    Home k lives through interval `rows[k]`, with its worker at `power_w[k]`. Starts
    are not in what is earned. Homes of unknown intervals stand still.
    """
    stored, temperature = homes.stored_wh.copy(), homes.temperature_c.copy()
    on = homes.backup_on.copy()
    earned = np.zeros(len(rows))
    elapsed = np.zeros(len(rows))
    was_inside = world.began_in_window[rows]
    open_ = np.flatnonzero(world.known[rows])
    while open_.size:
        part = Homes(stored[open_], temperature[open_], on[open_])
        row, power, gone = rows[open_], power_w[open_], elapsed[open_]
        changed = gone >= world.window_s[row] - TOUCH_S
        inside = world.in_window[row] ^ changed
        part = _switched(world, row, part, inside, was_inside[open_])
        end_s = np.where(
            changed, world.step_s, np.minimum(world.step_s, world.window_s[row])
        )
        part, money, seconds = _stretch(world, row, part, power, end_s - gone)
        stored[open_], temperature[open_] = part.stored_wh, part.temperature_c
        on[open_], was_inside[open_] = part.backup_on, inside
        earned[open_] += money
        elapsed[open_] = gone + seconds
        open_ = open_[elapsed[open_] < world.step_s - TOUCH_S]
    return Homes(stored, temperature, on), earned


def _switched(
    world: World, row: Rows, homes: Homes, inside: Flags, was_inside: Flags
) -> Homes:
    """Apply the thermostat of the backup."""
    body, temperature = world.body, homes.temperature_c
    calls = temperature <= switch_on_c(body) + TOUCH_K
    if body.backup.schedule is BackupSchedule.TIMED:
        calls |= ~was_inside
    rests = world.resting[row] | ~inside | (temperature >= body.target_c - TOUCH_K)
    return Homes(homes.stored_wh, temperature, ~rests & (homes.backup_on | calls))


def _stretch(
    world: World, row: Rows, homes: Homes, power_w: Floats, left_s: Floats
) -> tuple[Homes, Floats, Floats]:
    """Return the homes after constant powers, what was earned, and how long it took."""
    backup, diverts = world.body.backup, is_diverter(world.body)
    rated_w = np.where(homes.backup_on, backup.power_w, 0.0)
    electric_w = rated_w if backup.is_electric and not diverts else 0.0
    rest_w = world.balance_w[row] - power_w - electric_w
    battery_w, battery_s = _battery(world.spec, homes.stored_wh, rest_w)
    surplus_w = np.maximum(0.0, rest_w + battery_w)
    import_w = np.maximum(0.0, -rest_w - battery_w)
    if diverts:
        rated_w = np.minimum(rated_w, surplus_w)
        surplus_w = surplus_w - rated_w
    if world.spec.export_limit_w is not None:
        surplus_w = np.minimum(surplus_w, world.spec.export_limit_w)
    heat_w = power_w * world.worker.recovery if world.heated else np.zeros(len(row))
    backup_w = (
        rated_w * world.cop[row] if backup.kind is BackupKind.HEAT_PUMP else rated_w
    )
    flow = _Heat(heat_w + backup_w, world.draw_w[row], world.ambient_c[row])
    seconds, after_c = np.minimum(left_s, battery_s), homes.temperature_c
    if world.body is not NO_BODY:
        seconds, after_c = _warmed(world.body, after_c, flow, seconds)
    hours = seconds / 3600
    earned = (
        power_w * world.worker.value_per_kwh
        - import_w * world.import_per_kwh[row]
        + surplus_w * world.export_per_kwh[row]
        - rated_w * fuel_per_kwh(backup)
    )
    if world.spec.battery is not None:
        earned -= np.maximum(0.0, battery_w) * world.spec.battery.wear_per_kwh
    if backup.kind is BackupKind.NONE and world.body is not NO_BODY:
        cool = np.minimum(homes.temperature_c, after_c) < world.body.target_c - TOUCH_K
        earned += np.where(cool, heat_w, 0.0) * backup.comfort_per_kwh
    stored = _stored_wh(world.spec, homes.stored_wh, battery_w, battery_s, seconds)
    return Homes(stored, after_c, homes.backup_on), earned * hours / 1000, seconds


def _battery(
    spec: SiteSpec, stored_wh: Floats, rest_w: Floats
) -> tuple[Floats, Floats]:
    """Return the battery's power and how long it can go on."""
    battery = spec.battery
    if battery is None:
        return np.zeros(len(rest_w)), np.full(len(rest_w), inf)
    most = np.where(stored_wh > battery.reserve_wh, battery.discharge_w, 0.0)
    least = np.where(stored_wh < battery.capacity_wh, -battery.charge_w, 0.0)
    power_w = np.minimum(np.maximum(-rest_w, least), most)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        seconds = 3600 * np.where(
            power_w < 0,
            (battery.capacity_wh - stored_wh) / (-power_w * battery.one_way),
            (stored_wh - battery.reserve_wh) * battery.one_way / power_w,
        )
    return power_w, np.where(power_w == 0, inf, seconds)


def _stored_wh(
    spec: SiteSpec, stored_wh: Floats, power_w: Floats, event_s: Floats, seconds: Floats
) -> Floats:
    battery = spec.battery
    if battery is None:
        return stored_wh
    loss = np.where(power_w < 0, battery.one_way, 1 / battery.one_way)
    after = stored_wh - power_w * loss * seconds / 3600
    limit = np.where(power_w < 0, battery.capacity_wh, battery.reserve_wh)
    return np.where((power_w != 0) & (seconds >= event_s), limit, after)


@dataclass(frozen=True, slots=True)
class _Heat:
    """Heat into and out of a tank, in W, and what is around it."""

    into_w: Floats
    draw_w: Floats
    ambient_c: Floats


def _warmed(
    body: TankSpec, temperature_c: Floats, heat: _Heat, left_s: Floats
) -> tuple[Floats, Floats]:
    """Return for how long these flows last, and the temperature afterwards."""
    loss_w = body.loss_w_per_k * (temperature_c - heat.ambient_c)
    given_w = heat.into_w - _served_w(body, temperature_c, heat, loss_w)
    net_w = given_w - loss_w
    full = (temperature_c >= body.maximum_c - TOUCH_K) & (net_w >= 0)
    mark_c = _next_mark_c(body, temperature_c, net_w)
    with np.errstate(divide="ignore", invalid="ignore"):
        if body.loss_w_per_k <= 0:
            hours = (mark_c - temperature_c) * body.capacity_wh_per_k / given_w
        else:
            rest_c = heat.ambient_c + given_w / body.loss_w_per_k
            ratio = (temperature_c - rest_c) / (mark_c - rest_c)
            lasting_h = body.capacity_wh_per_k / body.loss_w_per_k
            hours = np.where(ratio > 0, lasting_h * np.log(ratio), inf)
    never = full | (net_w == 0) | ~np.isfinite(mark_c) | ~(hours >= 0)
    seconds = np.minimum(left_s, np.where(never, inf, hours * 3600))
    after_c = _after_c(body, temperature_c, heat, given_w, seconds)
    return seconds, np.where(full, temperature_c, after_c)


def _served_w(
    body: TankSpec, temperature_c: Floats, heat: _Heat, loss_w: Floats
) -> Floats:
    """Return how much of the draw is warm: none from water as cold as the mains'."""
    above_k = temperature_c - body.cold_c
    held_w = np.minimum(heat.draw_w, np.maximum(0.0, heat.into_w - loss_w))
    at_cold_w = np.where(above_k < -TOUCH_K, 0.0, held_w)
    return np.where(above_k > TOUCH_K, heat.draw_w, at_cold_w)


def _next_mark_c(body: TankSpec, temperature_c: Floats, net_w: Floats) -> Floats:
    """Return the next temperature at which something changes, on the way it goes."""
    up, down = np.full(len(net_w), inf), np.full(len(net_w), -inf)
    for mark_c in _marks_c(body):
        above = temperature_c < mark_c - TOUCH_K
        below = temperature_c > mark_c + TOUCH_K
        up = np.where(above, np.minimum(up, mark_c), up)
        down = np.where(below, np.maximum(down, mark_c), down)
    return np.where(net_w > 0, up, down)


def _marks_c(body: TankSpec) -> tuple[float, ...]:
    return (switch_on_c(body), body.target_c, body.maximum_c, body.cold_c)


def _after_c(
    body: TankSpec, temperature_c: Floats, heat: _Heat, given_w: Floats, seconds: Floats
) -> Floats:
    hours = seconds / 3600
    if body.loss_w_per_k <= 0:
        after = temperature_c + given_w * hours / body.capacity_wh_per_k
    else:
        rest_c = heat.ambient_c + given_w / body.loss_w_per_k
        decay = np.exp(-body.loss_w_per_k * hours / body.capacity_wh_per_k)
        after = rest_c + (temperature_c - rest_c) * decay
    for mark_c in _marks_c(body):
        after = np.where(np.abs(after - mark_c) < TOUCH_K, mark_c, after)
    return after
