"""The totals that the books keep: of every worker and of every heat sink.

Totals only add up, from the day a worker or sink was added. What is shown for
today and for this month is a total less what it was when the period began, so
that nothing has to be kept twice. Standard library only; nothing here measures,
prices or decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum


class Period(StrEnum):
    """The time that a figure is for."""

    TOTAL = "total"
    TODAY = "today"
    """Since local midnight."""
    MONTH = "month"
    """Since the local first of the month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerAccount:
    """What one worker drew, cost and brought in a period.

    Energy in Wh by source (`unknown_wh`: drawn while the meters were silent),
    `cost` and `value` in currency (cost: the supply at its prices; value: results
    and useful heat, less cooling and start costs).

    All energy becomes heat: `useful_heat_wh` went into a sink that had use for it,
    `unwanted_heat_wh` into space that was being cooled, `lost_heat_wh` elsewhere.
    `reused_heat_wh` is the part of the useful heat that does another heater's work:
    what is still there when that heater would have run. `displaced_wh` is the fuel,
    electricity or district heat that the other heater saves by it, `saved` its price.

    CO₂ in g, in two books that must never be mixed: `average` counts the mean of the
    grid, `marginal` the plant that follows demand (`carbon`). `unsaved_work_s` is
    the computing time that was lost by stops which did not wait until it was saved.
    """

    solar_wh: float = 0.0
    battery_wh: float = 0.0
    grid_wh: float = 0.0
    unknown_wh: float = 0.0
    cost: float = 0.0
    value: float = 0.0
    useful_heat_wh: float = 0.0
    unwanted_heat_wh: float = 0.0
    lost_heat_wh: float = 0.0
    reused_heat_wh: float = 0.0
    displaced_wh: float = 0.0
    saved: float = 0.0
    co2_average_emitted_g: float = 0.0
    co2_average_avoided_g: float = 0.0
    co2_marginal_emitted_g: float = 0.0
    co2_marginal_avoided_g: float = 0.0
    run_s: float = 0.0
    starts: int = 0
    unsaved_work_s: float = 0.0

    @property
    def energy_wh(self) -> float:
        """Total energy in Wh."""
        return self.solar_wh + self.battery_wh + self.grid_wh + self.unknown_wh

    @property
    def co2_average_g(self) -> float:
        """Emitted less avoided, with the mean of the grid; negative is good."""
        return self.co2_average_emitted_g - self.co2_average_avoided_g

    @property
    def co2_marginal_g(self) -> float:
        """Emitted less avoided, with the plant that follows demand."""
        return self.co2_marginal_emitted_g - self.co2_marginal_avoided_g

    @property
    def solar_share(self) -> float | None:
        """Part of its energy that was sun of that instant; None without energy."""
        return _share(self.solar_wh, self.energy_wh)

    @property
    def reuse_factor(self) -> float | None:
        """Heat that displaced something ÷ energy; None without energy.

        In the style of the energy reuse factor of ISO/IEC 30134-6, whose boundary
        is outside of the building.
        """
        return _share(self.reused_heat_wh, self.energy_wh)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkAccount:
    """Heat that workers brought into one tank or room in a period, in Wh.

    `useful_heat_wh`, `reused_heat_wh`, `displaced_wh` and `saved` as for a worker.
    """

    heat_wh: float = 0.0
    useful_heat_wh: float = 0.0
    reused_heat_wh: float = 0.0
    displaced_wh: float = 0.0
    saved: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The totals as they were when the period named `period` began."""

    period: str = ""
    workers: Mapping[str, WorkerAccount] = field(default_factory=dict)
    sinks: Mapping[str, SinkAccount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The totals of all workers and sinks by key, and those at the last openings.

    Accounts of what was removed are kept, so that the home's totals never fall and
    a worker that returns goes on.
    """

    workers: Mapping[str, WorkerAccount] = field(default_factory=dict)
    sinks: Mapping[str, SinkAccount] = field(default_factory=dict)
    day: Opening = field(default_factory=Opening)
    month: Opening = field(default_factory=Opening)

    def worker(self, key: str, period: Period = Period.TOTAL) -> WorkerAccount:
        """Return what a worker drew, cost and brought; all 0 for an unknown one."""
        nought = WorkerAccount()
        total = self.workers.get(key, nought)
        if period is Period.TOTAL:
            return total
        return less(total, self._opening(period).workers.get(key, nought))

    def worker_on(self, key: str, day: str) -> WorkerAccount:
        """Return the same for a local day (2026-06-15), as far as it has come.

        All 0 where that day has not been begun in the books: no figures of
        yesterday pass for today's.
        """
        if self.day.period != day:
            return WorkerAccount()
        return self.worker(key, Period.TODAY)

    def sink(self, key: str, period: Period = Period.TOTAL) -> SinkAccount:
        """Return what a tank or room was given; all 0 for an unknown one."""
        nought = SinkAccount()
        total = self.sinks.get(key, nought)
        if period is Period.TOTAL:
            return total
        return less(total, self._opening(period).sinks.get(key, nought))

    def site(self, period: Period = Period.TOTAL) -> WorkerAccount:
        """Return the sum of all workers, also of those that are gone."""
        return total_of(self.worker(key, period) for key in self.workers)

    def _opening(self, period: Period) -> Opening:
        return self.day if period is Period.TODAY else self.month


def opened(ledger: Ledger, local: datetime) -> Ledger:
    """Return the ledger with a new day, and a new month, where one has begun."""
    day, month = local.strftime("%Y-%m-%d"), local.strftime("%Y-%m")
    return Ledger(
        workers=ledger.workers,
        sinks=ledger.sinks,
        day=_opened(ledger, ledger.day, day),
        month=_opened(ledger, ledger.month, month),
    )


def _opened(ledger: Ledger, opening: Opening, period: str) -> Opening:
    if opening.period == period:
        return opening
    return Opening(period=period, workers=ledger.workers, sinks=ledger.sinks)


def total_of(accounts: Iterable[WorkerAccount]) -> WorkerAccount:
    """Return the sum of accounts."""
    total = WorkerAccount()
    for entry in accounts:
        total = plus(total, entry)
    return total


def plus[AccountT: (WorkerAccount, SinkAccount)](
    first: AccountT, second: AccountT
) -> AccountT:
    """Return the sum of two accounts, field by field."""
    return type(first)(
        **{
            item.name: getattr(first, item.name) + getattr(second, item.name)
            for item in fields(first)
        }
    )


def less[AccountT: (WorkerAccount, SinkAccount)](
    first: AccountT, second: AccountT
) -> AccountT:
    """Return the difference of two accounts, field by field."""
    return type(first)(
        **{
            item.name: getattr(first, item.name) - getattr(second, item.name)
            for item in fields(first)
        }
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
