"""A trace and a scenario, prepared once for all policies and for the bound."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from statistics import fmean

from custom_components.solar_compute.core.draws import prior_use_w
from custom_components.solar_compute.core.prices_ahead import hours_ahead
from custom_components.solar_compute.core.simulate import Conditions
from custom_components.solar_compute.core.times import DAY_S

from .deadlines import Due, jobs_due
from .scenario import Scenario
from .section import ScenarioError
from .tariff import prices_over
from .traces import Interval, Trace


@dataclass(frozen=True, slots=True)
class Stage:
    """A trace and a scenario, prepared once for all policies.

    `conditions` are those of every interval, None where it is unknown. What comes
    before the interval `scored_from` is there to learn from and counts for nothing.
    There the home begins anew, with all workers paused: only what a policy has
    learned stays.
    """

    scenario: Scenario
    step_s: int
    locals: tuple[datetime, ...]
    conditions: tuple[Conditions | None, ...]
    imports: tuple[float, ...]
    exports: tuple[float, ...]
    jobs: tuple[Due, ...] = ()
    scored_from: int = 0

    def that_counts(self) -> Stage:
        """Return the stage without the days to learn from."""
        first = self.scored_from
        return replace(
            self,
            locals=self.locals[first:],
            conditions=self.conditions[first:],
            imports=self.imports[first:],
            exports=self.exports[first:],
            jobs=tuple(
                Due(item.job, item.first - first, item.end - first)
                for item in self.jobs_from(first)
            ),
            scored_from=0,
        )

    def jobs_from(self, first: int) -> tuple[Due, ...]:
        """Return the jobs that come in the interval `first` or later."""
        return tuple(item for item in self.jobs if item.first >= first)

    def hours_per_kwh(self, index: int) -> tuple[float, ...] | None:
        """Return the price of import in the 24 hours from an interval on, as known then.

        The first is the hour that it lies in. A tariff is known in advance; prices
        from a column are those of a day-ahead market, out at one o'clock for the day
        after, and until then taken to be as today. None: the price never changes.
        """
        price = self.scenario.import_price
        if price.column is None and not price.windows:
            return None
        return hours_ahead(
            self.imports,
            index,
            self.locals[index],
            self.step_s,
            day_ahead=price.column is not None,
        )

    @property
    def mean_prices(self) -> tuple[float, float]:
        """Mean prices of import and export over the intervals that count."""
        first = self.scored_from
        return fmean(self.imports[first:]), fmean(self.exports[first:])

    @property
    def learn_days(self) -> float:
        """Days that count for nothing."""
        return self.scored_from * self.step_s / DAY_S

    @property
    def unknown_share(self) -> float:
        """Share of the intervals that count without a meter reading."""
        scored = self.conditions[self.scored_from :]
        return sum(item is None for item in scored) / len(scored)


def prepare(
    trace: Trace, scenario: Scenario, zone: tzinfo, learn_days: float = 0.0
) -> Stage:
    """Return the stage on which policies are replayed.

    The first `learn_days` of the trace are there to learn from only.

    Where the scenario brings a battery, the trace's own is taken out; where it
    brings none, the trace's battery stays what it was: a part of the home.

    Raises:
        ScenarioError: if the scenario needs a column that has no values, or if
            nothing is left to count after the days to learn from.
    """
    scored_from = round(learn_days * DAY_S / trace.step_s)
    if not 0 <= scored_from < len(trace.intervals):
        raise ScenarioError(
            f"learn_days: must be less than the {trace.days:g} days of the trace,"
            f" not {learn_days:g}"
        )
    column = scenario.weather.column
    if column is not None and not trace.measured(column):
        raise ScenarioError(f"outdoor: the trace has no values in column {column}")
    own_battery = scenario.spec.battery is not None and trace.measured("battery_w")
    locals_ = [interval.start.astimezone(zone) for interval in trace.intervals]
    imports = prices_over(scenario.import_price, trace, locals_)
    exports = prices_over(scenario.export_price, trace, locals_)
    return Stage(
        scenario=scenario,
        step_s=trace.step_s,
        locals=tuple(locals_),
        conditions=tuple(
            _conditions(interval, scenario, local, prices, own_battery=own_battery)
            for interval, local, prices in zip(
                trace.intervals,
                locals_,
                zip(imports, exports, strict=True),
                strict=True,
            )
        ),
        imports=tuple(imports),
        exports=tuple(exports),
        jobs=jobs_due(scenario.jobs, locals_, trace.step_s, scored_from),
        scored_from=scored_from,
    )


def _conditions(
    interval: Interval,
    scenario: Scenario,
    local: datetime,
    prices: tuple[float, float],
    *,
    own_battery: bool,
) -> Conditions | None:
    grid_w = interval.get("grid_w")
    battery_w = interval.get("battery_w") if own_battery else 0.0
    if grid_w is None or battery_w is None:
        return None
    weather, spec = scenario.weather, scenario.spec
    measured_c = None if weather.column is None else interval.get(weather.column)
    return Conditions(
        balance_w=-grid_w - battery_w,
        local=local,
        pv_w=interval.get("pv_w"),
        draw_w={tank.key: prior_use_w(tank)[local.hour] for tank in spec.tanks},
        outdoor_c=weather.outdoor_c(local, measured_c),
        import_per_kwh=prices[0],
        export_per_kwh=prices[1],
    )
