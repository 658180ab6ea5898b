"""Any workers on any circuits: what holds whatever happens."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import CircuitGuard
from custom_components.solar_compute.core.model import Mode, Override
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .guarded import circuit, guards, saying, settled
from .houses import CLOCK_S, look, paused, running, sunny_house
from .loop import Loop, one, steady


@st.composite
def wired_houses(draw: st.DrawFn) -> SiteSpec:
    """Return a house of up to four workers on circuits, some inside others."""
    keys = ("a", "b", "c", "d")[: draw(st.integers(1, 4))]
    crew = tuple(
        WorkerSpec(
            key=key,
            name=key,
            levels_w=tuple(
                sorted(
                    100.0 * hectowatts
                    for hectowatts in draw(
                        st.sets(st.integers(1, 20), min_size=1, max_size=3)
                    )
                )
            ),
            value_per_kwh=0.5,
            priority=draw(st.integers(1, 3)),
            min_run_s=draw(st.sampled_from([0.0, 3600.0])),
            min_pause_s=0.0,
            start_cost=draw(st.sampled_from([0.0, 0.005])),
            settle_s=draw(st.sampled_from([0.0, 60.0])),
        )
        for key in keys
    )
    outer = circuit("outer", limit_w=100.0 * draw(st.integers(5, 60)))
    inner = circuit(
        "inner",
        limit_w=100.0 * draw(st.integers(5, 40)),
        share=draw(st.sampled_from([0.8, 1.0])),
        workers=tuple(draw(st.sets(st.sampled_from(keys), min_size=1))),
    )
    return sunny_house(*crew, guards=guards(outer, inner))


EVENTS = st.sampled_from(
    [
        {},
        {"mode": Mode.ON},
        {"mode": Mode.OFF},
        {"override": Override(run=True, until_s=CLOCK_S + 1e6, level=2)},
    ]
)


@settings(max_examples=60)
@given(
    spec=wired_houses(),
    loads=st.lists(
        st.tuples(st.integers(1, 12), st.integers(0, 30)), min_size=1, max_size=6
    ),
    wishes=st.lists(EVENTS, min_size=4, max_size=4),
    metered=st.booleans(),
)
def test_a_circuit_is_above_its_share_for_no_longer_than_one_reading(
    spec: SiteSpec,
    loads: list[tuple[int, int]],
    wishes: list[Mapping[str, Any]],
    metered: bool,
) -> None:
    """And never because of a worker that was raised: only others' loads can."""
    loop = Loop(
        spec,
        steady(20_000),
        metered=metered,
        inputs=lambda _: {
            worker.key: wish for worker, wish in zip(spec.workers, wishes, strict=False)
        },
    )
    others_w = 0.0

    def carried_w(guard: CircuitGuard) -> float:
        keys = guard.workers or tuple(worker.key for worker in spec.workers)
        return others_w + sum(loop.drawn_w(key) for key in keys)

    def meters(at_s: float) -> Mapping[str, Any]:
        says = (
            saying(guard.key, at_s=at_s, power_w=carried_w(guard))
            for guard in spec.guards.circuits
        )
        return {"guards": tuple(says)}

    loop.site = meters
    for ticks, hectowatts in loads:
        others_w = 100.0 * hectowatts
        loop.tick()
        for _ in range(ticks):
            for guard in spec.guards.circuits:
                keys = guard.workers or tuple(worker.key for worker in spec.workers)
                workers_w = sum(loop.drawn_w(key) for key in keys)
                room_w = guard.limit_w * guard.share - others_w
                assert workers_w <= max(0.0, room_w) + 1e-6
            loop.tick()


@settings(max_examples=60)
@given(wired_houses(), st.lists(EVENTS, min_size=4, max_size=4), st.integers(0, 30))
def test_without_meters_what_is_decided_fits_every_circuit(
    spec: SiteSpec, wishes: list[Mapping[str, Any]], hectowatts: int
) -> None:
    bare = guards(
        *(
            replace(guard, metered=False, other_w=100.0 * hectowatts)
            for guard in spec.guards.circuits
        )
    )
    spec = replace(spec, guards=bare)
    loop = Loop(
        spec,
        steady(20_000),
        inputs=lambda _: {
            worker.key: wish for worker, wish in zip(spec.workers, wishes, strict=False)
        },
    )
    for decision in loop.run(600):
        for guard in bare.circuits:
            keys = guard.workers or tuple(worker.key for worker in spec.workers)
            total_w = sum(one(decision, key).power_w for key in keys)
            room_w = guard.limit_w * guard.share - guard.other_w
            assert total_w <= max(0.0, room_w) + 1e-6


@given(
    spec=wired_houses(),
    grid_w=st.integers(-9000, 3000),
    carried_w=st.integers(-500, 6000),
    wish=EVENTS,
    data=st.data(),
)
def test_no_guard_ever_raises_a_cap(
    spec: SiteSpec,
    grid_w: int,
    carried_w: int,
    wish: Mapping[str, Any],
    data: st.DataObject,
) -> None:
    """With one more guard, a lonely worker may never do more than without."""
    worker = spec.workers[0]
    level = data.draw(st.integers(0, len(worker.levels_w)))
    observed = (running if level else paused)(worker.key, level=level, **wish)
    guarded = replace(spec, workers=(worker,))
    says = tuple(saying(key, power_w=float(carried_w)) for key in ("outer", "inner"))
    snapshot = look(float(grid_w), observed, guards=says)
    memory = settled(observed)
    free = one(decide(replace(guarded, guards=guards()), snapshot, memory)[0])
    held = one(decide(guarded, snapshot, memory)[0])
    assert held.cap <= free.cap
    assert held.level <= free.level
