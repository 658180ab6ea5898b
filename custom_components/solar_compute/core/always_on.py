"""What is never switched: how much it draws now, and from which sources.

A storage node, a database or a backup draws whatever anybody decides. Its power is part
of the home's own load, so decisions see it through the meter and in no other way. Here
it gets its share of the supply: it comes before every worker, since it is there anyway,
and never counts on sun that no meter shows. Pure functions; standard library only; it
must never change what a worker does.
"""

from .model import Reason, ReasonCode, Snapshot, WorkerDecision
from .observe import usable
from .site import SiteNow
from .spec import SiteSpec
from .supply import take


def always_on(
    spec: SiteSpec, snapshot: Snapshot, site: SiteNow | None
) -> tuple[WorkerDecision, ...]:
    """Return what each of them draws and takes, in the spec's order.

    As measured, else its nominal power. Without a site its sources are unknown.
    """
    powers_w = drawn_w(spec, snapshot)
    total_w = sum(powers_w.values())
    tranches = () if site is None else site.tranches_before(total_w)
    found: list[WorkerDecision] = []
    base_w = 0.0
    for key, power_w in powers_w.items():
        found.append(
            WorkerDecision(
                key=key,
                level=1,
                power_w=power_w,
                reason=Reason(ReasonCode.ALWAYS_ON),
                slices=take(tranches, power_w, base_w),
                current=1,
                drawn_w=power_w,
                base_w=base_w,
                cap=1,
            )
        )
        base_w += power_w
    return tuple(found)


def drawn_w(spec: SiteSpec, snapshot: Snapshot) -> dict[str, float]:
    """Return the power of each of them in W, by key."""
    observed = {item.key: item.power_w for item in snapshot.always_on}
    hold_s = spec.policy.power_hold_s
    powers_w: dict[str, float] = {}
    for load in spec.always_on:
        measured_w = usable(
            observed.get(load.key), snapshot.clock_s, hold_s, 0.0, spec.maximum_w
        )
        powers_w[load.key] = load.power_w(1) if measured_w is None else measured_w
    return powers_w
