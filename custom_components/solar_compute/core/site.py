"""The home at one instant: balance, hidden sun, values, the supply curve.

Puts together what `observe`, `supply`, `storage`, `outlook` and `thermal` say.
Pure functions; standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from .ahead import NOTHING_AHEAD, Ahead
from .memory import Memory
from .model import HeatPrice, Snapshot, SpaceState, Tranche
from .observe import View
from .outlook import Outlook, hourly_balance, recent_days
from .spaces import space_states
from .spec import BatterySpec, SiteSpec
from .storage import FirstLimit, replaced_share, stored_value
from .supply import (
    DEADBAND_W,
    NO_BATTERY,
    BatteryLimits,
    Prices,
    balance_w,
    battery_limits,
    charge_wanted_w,
    is_forced,
    supply_curve,
    take,
)
from .thermal import heat_prices


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteNow:
    """What a watt costs in this home now, and what a kWh of heat is worth.

    `outlook` is what it will cost later: where there is a battery, sun is charge
    forgone.
    """

    balance: float
    limits: BatteryLimits
    prices: Prices
    export_limit_w: float | None
    hidden_w: float
    curtailing: bool
    yielding: tuple[tuple[float, float], ...]
    tranches: tuple[Tranche, ...]
    heat: Mapping[str, HeatPrice]
    spaces: tuple[SpaceState, ...] = ()
    outlook: Outlook

    @property
    def surplus_w(self) -> float:
        """What would be exported or curtailed if every worker were paused."""
        yielded = sum(power for power, _ in self.yielding)
        visible = self.balance + yielded - self.limits.charge_w
        return max(0.0, visible) + self.hidden_w

    def visible_tranches(self) -> tuple[Tranche, ...]:
        """Return the supply curve without any hidden sun."""
        return self._curve(self.balance, hidden_w=0.0)

    def tranches_before(self, power_w: float) -> tuple[Tranche, ...]:
        """Return the curve of a load that is in the balance already, and draws so much.

        It begins that much earlier, and has no hidden sun: what draws takes what is
        there.
        """
        return self._curve(self.balance + power_w, hidden_w=0.0)

    def price_after(self, power_w: float) -> float:
        """Return the price of the next kWh once workers draw `power_w`."""
        return take(self.tranches, 1.0, power_w)[0].price_per_kwh

    def reach_w(self, start_w: float, end_w: float) -> tuple[float, ...]:
        """Return how much more surplus brings a boundary to `start_w` or `end_w`.

        Between these amounts, the cost of the power from `start_w` to `end_w`
        on the curve changes linearly with surplus.
        """
        bounds = [-self.limits.discharge_w, 0.0, self.limits.charge_w]
        for power, _ in reversed(self.yielding):
            bounds.append(bounds[-1] + power)
        yielded = bounds[-1] - self.limits.charge_w
        if self.export_limit_w is not None:
            bounds.append(bounds[-1] + self.export_limit_w)
        position = self.balance + yielded + self.hidden_w
        return tuple(
            bound + drawn_w - position
            for bound in bounds
            for drawn_w in (start_w, end_w)
        )

    def tranches_with(self, extra_w: float) -> tuple[Tranche, ...]:
        """Return the supply curve if there were `extra_w` more surplus."""
        return self._curve(self.balance + extra_w, hidden_w=self.hidden_w)

    def _curve(self, balance: float, *, hidden_w: float) -> tuple[Tranche, ...]:
        return supply_curve(
            balance,
            limits=self.limits,
            prices=self.prices,
            export_limit_w=self.export_limit_w,
            hidden_w=hidden_w,
            yielding=self.yielding,
        )


def site_now(
    spec: SiteSpec,
    snapshot: Snapshot,
    view: View,
    memory: Memory,
    *,
    managed_w: float,
    probe_w: float,
    ahead: Ahead = NOTHING_AHEAD,
) -> SiteNow | None:
    """Return the home as it is now; None while its balance is unknown.

    `managed_w` is what the workers draw, `probe_w` how much hidden sun may be
    assumed where the inverter seems to hold some back. What is known `ahead` comes
    before what the mean day says.
    """
    if not view.site_known or view.grid_w is None:
        return None
    grid_w, battery_w = view.grid_w, view.battery_w
    forced = is_forced(grid_w, battery_w)
    balance = balance_w(managed_w, grid_w, 0.0 if forced else battery_w)
    limits = NO_BATTERY
    if spec.battery is not None and view.stored_wh is not None:
        limits = battery_limits(spec.battery, view.stored_wh, grid_w, battery_w)
    curtailing = is_curtailing(spec, view)
    surplus_per_kwh = view.export_per_kwh
    if curtailing or spec.export_limit_w == 0:
        surplus_per_kwh = 0.0
    hours_w = ahead.hours_w or hourly_balance(memory.mean_day, snapshot.local)
    paths_w = (
        (ahead.hours_w,)
        if ahead.hours_w
        else recent_days(memory.mean_day, snapshot.local)
    )
    prices = Prices(import_=view.import_per_kwh, export=view.export_per_kwh)
    later_per_kwh = surplus_per_kwh
    hours_per_kwh = ahead.hours_per_kwh
    if hours_per_kwh is None and snapshot.import_per_kwh is not None:
        hours_per_kwh = hourly_balance(memory.import_day, snapshot.local)
    if spec.battery is not None and view.stored_wh is not None:
        replaced = _replaced(spec, spec.battery, snapshot, view.stored_wh, paths_w)
        stored = ahead.stored or stored_value(
            spec.battery,
            replaced,
            import_per_kwh=view.import_per_kwh,
            surplus_per_kwh=surplus_per_kwh,
        )
        prices = Prices(
            import_=view.import_per_kwh,
            export=view.export_per_kwh,
            charge=stored.charge,
            discharge=stored.discharge,
        )
        later_per_kwh = stored.charge
        if stored.first is FirstLimit.FULL:
            # What the battery gives then is refilled by the sun, at any hour.
            hours_per_kwh = None
        elif hours_per_kwh:
            # What it would save is bought at some other hour, not at this one's price.
            later_per_kwh = stored_value(
                spec.battery,
                0.0 if ahead.stored else replaced,
                import_per_kwh=sum(hours_per_kwh) / len(hours_per_kwh),
                surplus_per_kwh=surplus_per_kwh,
            ).charge
    outlook = Outlook(
        # What a diverter burns now is there for any heater that needs it.
        balance_now_w=balance + sum(power for power, _ in view.yielding),
        hours_w=hours_w,
        surplus_per_kwh=surplus_per_kwh,
        deficit_per_kwh=(prices.import_ if spec.battery is None else prices.discharge),
        hours_per_kwh=hours_per_kwh,
        past_hour_s=snapshot.local.minute * 60.0 + snapshot.local.second,
    )
    hidden_w = probe_w if curtailing else 0.0
    return SiteNow(
        balance=balance,
        limits=limits,
        prices=prices,
        export_limit_w=spec.export_limit_w,
        hidden_w=hidden_w,
        curtailing=curtailing,
        yielding=view.yielding,
        tranches=supply_curve(
            balance,
            limits=limits,
            prices=prices,
            export_limit_w=spec.export_limit_w,
            hidden_w=hidden_w,
            yielding=view.yielding,
        ),
        heat=heat_prices(spec, snapshot, view, memory, outlook),
        spaces=space_states(spec, snapshot),
        outlook=replace(outlook, surplus_per_kwh=later_per_kwh),
    )


def _replaced(
    spec: SiteSpec,
    battery: BatterySpec,
    snapshot: Snapshot,
    stored_wh: float,
    paths_w: tuple[tuple[float, ...], ...],
) -> float | None:
    """Return which part of what workers keep from the battery sun will replace.

    The mean over the days that may come; None where nothing is known of them. As if
    all workers took their full power, for as long as a start needs to be repaid and
    again of the sun that the battery has no room for: the cautious guess.
    """
    if not paths_w:
        return None
    workers_w = sum(worker.levels_w[-1] for worker in spec.workers)
    taken_wh = workers_w * spec.policy.start_horizon_s / 3600
    past_hour_s = snapshot.local.minute * 60.0 + snapshot.local.second
    return fmean(
        replaced_share(
            battery,
            stored_wh,
            hours_w,
            taken_wh=taken_wh,
            workers_w=workers_w,
            past_hour_s=past_hour_s,
        )
        for hours_w in paths_w
    )


def is_curtailing(spec: SiteSpec, view: View) -> bool:
    """Tell whether the inverter probably holds back sun.

    The grid sits at the export limit and the battery takes all that it can: then
    nothing shows how much more there would be. At night, or with a battery
    that discharges, it does not.
    """
    if spec.export_limit_w is None or view.grid_w is None:
        return False
    if view.pv_silent or (view.pv_w is not None and view.pv_w < DEADBAND_W):
        return False
    tolerance_w = max(DEADBAND_W / 2, 0.03 * spec.export_limit_w)
    if view.grid_w > -spec.export_limit_w + tolerance_w:
        return False
    if spec.battery is None or view.stored_wh is None:
        return view.battery_w <= DEADBAND_W
    wanted_w = charge_wanted_w(spec.battery, view.stored_wh)
    return -view.battery_w >= wanted_w - DEADBAND_W
