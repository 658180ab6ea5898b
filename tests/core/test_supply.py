"""What a watt costs: the curve against a brute force of the physical flows."""

from dataclasses import dataclass

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.model import Tranche, TrancheKind
from custom_components.solar_compute.core.supply import (
    NO_BATTERY,
    BatteryLimits,
    Prices,
    balance_w,
    battery_limits,
    cost_per_h,
    is_forced,
    supply_curve,
    take,
)

from .houses import home_battery

POWERS = st.floats(0, 20_000)
SIGNED = st.floats(-20_000, 20_000)
PRICES = st.floats(-0.5, 1.0)


@dataclass(frozen=True, kw_only=True)
class Physics:
    """A home whose battery only follows its balance, watt by watt."""

    balance: float
    limits: BatteryLimits
    prices: Prices
    export_limit_w: float | None
    hidden_w: float
    yielding: tuple[tuple[float, float], ...]

    def curve(self) -> tuple[Tranche, ...]:
        return supply_curve(
            self.balance,
            limits=self.limits,
            prices=self.prices,
            export_limit_w=self.export_limit_w,
            hidden_w=self.hidden_w,
            yielding=self.yielding,
        )

    def income_per_h(self, workers_w: float) -> float:
        """Return what the home earns when its workers draw so much: all flows, priced.

        Sun goes to the home, then into the battery, then into loads that yield (the
        last listed gives way last), then to the grid, and the rest is curtailed.
        """
        rest = self.balance + self.hidden_w - workers_w
        rest += sum(power for power, _ in self.yielding)
        if rest < 0:
            discharge = min(-rest, self.limits.discharge_w)
            imported = -rest - discharge
            cost = discharge * self.prices.discharge + imported * self.prices.import_
            return -cost / 1000
        charge = min(rest, self.limits.charge_w)
        rest -= charge
        income = charge * self.prices.charge
        for power, value in reversed(self.yielding):
            used = min(rest, power)
            rest -= used
            income += used * value
        if self.export_limit_w is not None:
            rest = min(rest, self.export_limit_w)
        return (income + rest * self.prices.export) / 1000


HOMES = st.builds(
    Physics,
    balance=SIGNED,
    limits=st.builds(BatteryLimits, charge_w=POWERS, discharge_w=POWERS),
    prices=st.builds(
        Prices, import_=PRICES, export=PRICES, charge=PRICES, discharge=PRICES
    ),
    export_limit_w=st.none() | st.just(0.0) | POWERS,
    hidden_w=st.just(0.0) | POWERS,
    yielding=st.lists(st.tuples(POWERS, PRICES), max_size=3).map(tuple),
)


@given(HOMES, POWERS, POWERS)
def test_power_costs_exactly_what_the_home_then_earns_less(
    home: Physics, base_w: float, power_w: float
) -> None:
    cost = cost_per_h(take(home.curve(), power_w, base_w))
    lost = home.income_per_h(base_w) - home.income_per_h(base_w + power_w)
    assert cost == pytest.approx(lost, abs=1e-6)


@given(HOMES, POWERS, POWERS, POWERS)
def test_two_workers_pay_together_what_one_of_their_size_would(
    home: Physics, base_w: float, first_w: float, second_w: float
) -> None:
    curve = home.curve()
    apart = cost_per_h(take(curve, first_w, base_w)) + cost_per_h(
        take(curve, second_w, base_w + first_w)
    )
    together = cost_per_h(take(curve, first_w + second_w, base_w))
    assert apart == pytest.approx(together, abs=1e-6)


@given(HOMES, POWERS, st.floats(0, 1))
def test_cost_is_continuous_in_power(
    home: Physics, power_w: float, more_w: float
) -> None:
    curve = home.curve()
    dearest = max(abs(part.price_per_kwh) for part in curve)
    jump = cost_per_h(take(curve, power_w + more_w)) - cost_per_h(take(curve, power_w))
    assert abs(jump) <= dearest * more_w / 1000 + 1e-9


@given(HOMES)
def test_cost_is_linear_within_every_tranche(home: Physics) -> None:
    curve, start_w = home.curve(), 0.0
    for part in curve:
        width_w = 1000.0 if part.width_w is None else part.width_w
        for share in (0.25, 0.5, 1.0):
            slices = take(curve, width_w * share, start_w)
            expected = width_w * share / 1000 * part.price_per_kwh
            assert cost_per_h(slices) == pytest.approx(expected, abs=1e-6)
        start_w += width_w


@given(HOMES, POWERS, POWERS)
def test_slices_add_up_to_the_power_that_was_taken(
    home: Physics, base_w: float, power_w: float
) -> None:
    widths = [part.width_w or 0.0 for part in take(home.curve(), power_w, base_w)]
    assert all(width > 0 for width in widths)
    assert sum(widths) == pytest.approx(power_w)


@given(HOMES)
def test_only_import_is_without_end_and_it_comes_last(home: Physics) -> None:
    *finite, last = home.curve()
    assert last.kind is TrancheKind.IMPORT and last.width_w is None
    assert all(part.width_w is not None and part.width_w > 0 for part in finite)


@given(sun_w=POWERS, load_w=POWERS, managed_w=POWERS, battery_w=SIGNED)
def test_the_balance_follows_from_power_conservation(
    sun_w: float, load_w: float, managed_w: float, battery_w: float
) -> None:
    """PV + battery + grid = load + workers, and the balance needs no PV meter."""
    grid_w = load_w + managed_w - sun_w - battery_w
    measured = balance_w(managed_w, grid_w, battery_w)
    assert measured == pytest.approx(sun_w - load_w, abs=1e-6)


@given(HOMES, POWERS)
def test_the_balance_is_the_same_whatever_the_workers_draw(
    home: Physics, workers_w: float
) -> None:
    """What the meters show with workers on gives the balance without them."""
    rest = home.balance - workers_w
    charge = min(max(rest, 0.0), home.limits.charge_w)
    discharge = min(max(-rest, 0.0), home.limits.discharge_w)
    battery_w = discharge - charge
    grid_w = -(rest + battery_w)
    measured = balance_w(workers_w, grid_w, battery_w)
    assert measured == pytest.approx(home.balance, abs=1e-6)


def kinds(curve: tuple[Tranche, ...]) -> list[tuple[TrancheKind, float | None]]:
    return [(part.kind, part.width_w) for part in curve]


PRICED = Prices(import_=0.3, export=0.08, charge=0.2, discharge=0.25)


def test_a_watt_comes_from_export_then_battery_then_grid() -> None:
    curve = supply_curve(
        5000,
        limits=BatteryLimits(charge_w=3000, discharge_w=2000),
        prices=PRICED,
    )
    assert kinds(curve) == [
        (TrancheKind.EXPORT, 2000),
        (TrancheKind.BATTERY_CHARGE, 3000),
        (TrancheKind.BATTERY_DISCHARGE, 2000),
        (TrancheKind.IMPORT, None),
    ]


def test_what_the_export_limit_holds_back_is_free_and_comes_first() -> None:
    curve = supply_curve(
        5000, limits=NO_BATTERY, prices=PRICED, export_limit_w=3000, hidden_w=500
    )
    assert kinds(curve)[0] == (TrancheKind.CURTAILED, 2500)
    assert curve[0].price_per_kwh == 0


def test_a_zero_export_house_has_no_export_to_forgo() -> None:
    curve = supply_curve(
        800, limits=NO_BATTERY, prices=PRICED, export_limit_w=0, hidden_w=0
    )
    assert kinds(curve) == [(TrancheKind.CURTAILED, 800), (TrancheKind.IMPORT, None)]


def test_a_diverter_gives_way_after_export_and_at_the_value_of_its_heat() -> None:
    curve = supply_curve(
        200, limits=NO_BATTERY, prices=PRICED, yielding=[(1500, 0.12), (500, 0.1)]
    )
    assert [(part.kind, part.width_w, part.price_per_kwh) for part in curve[:3]] == [
        (TrancheKind.EXPORT, 200, 0.08),
        (TrancheKind.YIELDING, 1500, 0.12),
        (TrancheKind.YIELDING, 500, 0.1),
    ]


def test_a_negative_export_price_makes_surplus_a_gain() -> None:
    prices = Prices(import_=0.3, export=-0.05)
    curve = supply_curve(1000, limits=NO_BATTERY, prices=prices)
    assert cost_per_h(take(curve, 1000)) == pytest.approx(-0.05)


@pytest.mark.parametrize(
    ("grid_w", "battery_w", "forced"),
    [
        (2000, -1500, True),
        (-2000, 1500, True),
        (-2000, -1500, False),
        (2000, 1500, False),
        (50, -1500, False),
        (2000, -50, False),
    ],
)
def test_a_battery_that_works_against_the_grid_is_forced(
    grid_w: float, battery_w: float, forced: bool
) -> None:
    assert is_forced(grid_w, battery_w) is forced
    limits = battery_limits(home_battery(), 4000, grid_w, battery_w)
    assert (limits == NO_BATTERY) is forced


def test_battery_limits_are_the_name_plates_where_nothing_else_binds() -> None:
    limits = battery_limits(home_battery(), 4000, 0, 0)
    assert limits == BatteryLimits(charge_w=4000, discharge_w=4000)


def test_a_battery_that_exports_while_charging_takes_no_more_than_that() -> None:
    limits = battery_limits(home_battery(), 4000, grid_w=-1000, battery_w=-1200)
    assert limits == BatteryLimits(charge_w=1200, discharge_w=4000)


def test_a_battery_that_imports_while_discharging_gives_no_more_than_that() -> None:
    limits = battery_limits(home_battery(), 4000, grid_w=1000, battery_w=900)
    assert limits == BatteryLimits(charge_w=4000, discharge_w=900)


def test_a_nearly_full_battery_takes_only_what_it_can_for_a_while() -> None:
    battery = home_battery(round_trip=1.0, horizon_s=1800)
    assert battery_limits(battery, 7900, 0, 0).charge_w == pytest.approx(200)


def test_a_battery_gives_nothing_below_its_reserve() -> None:
    battery = home_battery(reserve_soc=20)
    assert battery_limits(battery, 1600, 0, 0).discharge_w == 0
    assert battery_limits(battery, 1500, 0, 0).discharge_w == 0
    assert battery_limits(battery, 1700, 0, 0).discharge_w > 0


@given(
    stored_wh=st.floats(-100, 9000),
    grid_w=SIGNED,
    battery_w=SIGNED,
)
def test_battery_limits_are_never_negative_nor_above_the_name_plate(
    stored_wh: float, grid_w: float, battery_w: float
) -> None:
    limits = battery_limits(home_battery(), stored_wh, grid_w, battery_w)
    assert 0 <= limits.charge_w <= 4000
    assert 0 <= limits.discharge_w <= 4000
