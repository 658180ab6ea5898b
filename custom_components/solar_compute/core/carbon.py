"""CO₂ that workers cause and that their heat avoids, in two books.

The *average* book counts what a kWh from the grid was made of on the whole, as a
yearly footprint does: energy from the grid only; own sun, also by way of the
battery, counts nothing. The *marginal* book asks what the grid does differently:
a kWh that is imported, and one that is not exported, is made by the plant that
follows demand; only sun that would have been held back counts nothing. Each book
is right for its question. Mixing them overstates savings by up to 55 % (Green
Mirage, arXiv 2402.03550), so no figure here ever comes from both.

Pure functions of numbers; standard library only. In g and g/kWh.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from .model import HeatPrice, Snapshot, Tranche, TrancheKind
from .spec import BackupSpec, SiteSpec


@dataclass(frozen=True, slots=True)
class Carbon:
    """A figure in both books: g per kWh, or g per hour."""

    average: float = 0.0
    marginal: float = 0.0


def grid_carbon(spec: SiteSpec, snapshot: Snapshot) -> Carbon:
    """Return what a kWh from the grid emits now: as measured, else as configured."""
    return Carbon(
        _live(snapshot.co2_average_g_per_kwh, spec.co2_average_g_per_kwh),
        _live(snapshot.co2_marginal_g_per_kwh, spec.co2_marginal_g_per_kwh),
    )


def _live(live: float | None, fixed: float) -> float:
    return fixed if live is None or not isfinite(live) else live


def emitted(slices: Iterable[Tranche], power_w: float, grid: Carbon) -> Carbon:
    """Return what drawing `power_w` emits per hour, in g.

    Of what is drawn while the meters are silent the source is not known: it counts
    as imported. A kWh that the battery gives, or does not get, counts in the marginal
    book like any other: later it would have saved an import or an export.
    """
    parts = tuple(slices)
    if not parts:
        kw = power_w / 1000
        return Carbon(kw * grid.average, kw * grid.marginal)
    imported_w = sum(
        part.width_w or 0.0 for part in parts if part.kind is TrancheKind.IMPORT
    )
    wanted_w = sum(
        part.width_w or 0.0 for part in parts if part.kind is not TrancheKind.CURTAILED
    )
    return Carbon(imported_w / 1000 * grid.average, wanted_w / 1000 * grid.marginal)


def avoided(
    backup: BackupSpec,
    price: HeatPrice,
    displaced_w: float,
    grid: Carbon,
    *,
    export_per_kwh: float,
) -> Carbon:
    """Return what the backup does not emit per hour, in g.

    `displaced_w` is what it would have taken. Fuel and district heat emit the same in
    both books. Electricity emits what the grid does, but where its price shows that
    it would have been surplus of the own sun: then the average book, which counts
    that sun as nothing, has nothing to gain, and where it would have been held back
    neither has the marginal one.
    """
    kw = displaced_w / 1000
    if not backup.is_electric:
        return Carbon(kw * backup.co2_g_per_kwh, kw * backup.co2_g_per_kwh)
    taken = price.input_per_kwh or 0.0
    electricity_per_kwh = price.displaced_per_kwh / taken if taken > 0 else 0.0
    if electricity_per_kwh > export_per_kwh + _SAME_PER_KWH:
        return Carbon(kw * grid.average, kw * grid.marginal)
    held_back = export_per_kwh > 0 >= electricity_per_kwh
    return Carbon(0.0, 0.0 if held_back else kw * grid.marginal)


_SAME_PER_KWH = 1e-6
"""Prices that differ by less are the same: they went through a division."""
