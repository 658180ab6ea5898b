"""What happens to a home in some intervals, as programs of whole days need it."""

from dataclasses import dataclass
from functools import partial
from math import exp

import numpy as np

from custom_components.solar_compute.core.power_flow import is_diverter
from custom_components.solar_compute.core.spec import BackupKind

from .engine import new_home
from .stage import Stage
from .world import Flags, Floats, World, switch_on_c


@dataclass(frozen=True, slots=True)
class Span:
    """Some intervals: `hours` of each, none where it is unknown.

    `heating` tells where the backup may heat. `coldest_c` is what the tank cannot be
    below, at the start of every interval and at the end of the last.
    """

    hours: Floats
    balance_w: Floats
    draw_w: Floats
    import_per_kwh: Floats
    export_per_kwh: Floats
    ambient_c: Floats
    cop: Floats
    heating: Flags
    coldest_c: Floats

    def cut(self, first: int, last: int) -> Span:
        """Return the intervals `first` to before `last`."""
        return Span(
            hours=self.hours[first:last],
            balance_w=self.balance_w[first:last],
            draw_w=self.draw_w[first:last],
            import_per_kwh=self.import_per_kwh[first:last],
            export_per_kwh=self.export_per_kwh[first:last],
            ambient_c=self.ambient_c[first:last],
            cop=self.cop[first:last],
            heating=self.heating[first:last],
            coldest_c=self.coldest_c[first : last + 1],
        )

    def coarse(self, count: int) -> Span:
        """Return means over `count` intervals each; the last may be shorter."""
        starts = np.arange(0, len(self.hours), count)
        hours = np.add.reduceat(self.hours, starts)
        weight = np.where(hours > 0, hours, 1.0)

        def mean(values: Floats) -> Floats:
            return np.asarray(np.add.reduceat(values * self.hours, starts) / weight)

        return Span(
            hours=hours,
            balance_w=mean(self.balance_w),
            draw_w=mean(self.draw_w),
            import_per_kwh=mean(self.import_per_kwh),
            export_per_kwh=mean(self.export_per_kwh),
            ambient_c=mean(self.ambient_c),
            cop=np.maximum.reduceat(self.cop, starts),
            heating=np.logical_or.reduceat(self.heating, starts),
            coldest_c=np.append(self.coldest_c[starts], self.coldest_c[-1]),
        )


def span_of(stage: Stage, world: World) -> Span:
    """Return all intervals of a stage that count."""
    may_heat = ~world.resting & (world.in_window | np.isfinite(world.window_s))
    return Span(
        hours=np.where(world.known, stage.step_s / 3600, 0.0),
        balance_w=world.balance_w,
        draw_w=world.draw_w,
        import_per_kwh=world.import_per_kwh,
        export_per_kwh=world.export_per_kwh,
        ambient_c=world.ambient_c,
        cop=world.cop,
        heating=may_heat,
        coldest_c=_coldest_c(stage, world),
    )


def _coldest_c(stage: Stage, world: World) -> Floats:
    """Return what the tank cannot be below, whatever the workers do.

    That is what it would be without workers, with a backup that begins to heat as
    late as its thermostat can, and only where it is sure to have the power.
    """
    body, home = world.body, new_home(stage.scenario.spec)
    bodies = {**home.tanks, **home.rooms}
    if not body.key:
        return np.zeros(len(stage.conditions) + 1)
    low_c, result = bodies[body.key].temperature_c, []
    sure = ~world.resting & world.in_window & ~np.isfinite(world.window_s)
    backup_w = 0.0 if is_diverter(body) else body.backup.power_w
    for index in range(len(stage.conditions)):
        result.append(low_c)
        if not world.known[index]:
            continue
        after_c = partial(_after_c, world, index)
        cooled_c = after_c(low_c, 0.0)
        if sure[index]:
            heat_w = backup_w
            if body.backup.kind is BackupKind.HEAT_PUMP:
                heat_w *= world.cop[index]
            late_c = min(low_c, switch_on_c(body))
            cooled_c = max(cooled_c, min(switch_on_c(body), after_c(late_c, heat_w)))
        low_c = max(cooled_c, min(low_c, body.cold_c, world.ambient_c[index]))
    return np.array([*result, low_c]) - 1e-6


def _after_c(world: World, index: int, start_c: float, heat_w: float) -> float:
    """Return a tank's temperature after an interval with that heat and its draw."""
    body, hours = world.body, world.step_s / 3600
    given_w = heat_w - world.draw_w[index]
    if body.loss_w_per_k <= 0:
        return float(start_c + given_w * hours / body.capacity_wh_per_k)
    rest_c = world.ambient_c[index] + given_w / body.loss_w_per_k
    kept = exp(-body.loss_w_per_k * hours / body.capacity_wh_per_k)
    return float(rest_c + (start_c - rest_c) * kept)
