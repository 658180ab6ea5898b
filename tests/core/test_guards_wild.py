"""No guard's setting, reading or memory makes a decision fail or raises a worker."""

from dataclasses import replace
import json

from hypothesis import given, settings, strategies as st

from custom_components.solar_compute.core import guard_spec as g
from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import GuardMemory, Memory
from custom_components.solar_compute.core.model import (
    Decision,
    GuardInput,
    ReasonCode,
    Snapshot,
)
from custom_components.solar_compute.core.spec import SiteSpec

from . import strategies as wild
from .strategies import CLOCKS, KEYS, ODD_FLOATS, READINGS, WILD_FLOATS, WINDOWS

MEMBERS = st.lists(KEYS, max_size=2).map(tuple)
MAYBE = st.none() | ODD_FLOATS


def kind[Spec](
    cls: type[Spec], key: str, **fields: st.SearchStrategy[object]
) -> st.SearchStrategy[tuple[Spec, ...]]:
    """Return none or one guard of a kind, by a key of its own."""
    one = st.builds(cls, key=st.just(key), name=KEYS, workers=MEMBERS, **fields)
    return st.lists(one, max_size=1).map(tuple)


ODD_GUARDS = st.builds(
    g.GuardSpecs,
    conditions=kind(
        g.ConditionGuard,
        "condition",
        use=st.sampled_from(g.ConditionUse),
        must_be_on=st.booleans(),
        latching=st.booleans(),
        safety=st.booleans(),
    ),
    climates=kind(
        g.ClimateGuard,
        "climate",
        maximum_c=MAYBE,
        minimum_c=MAYBE,
        maximum_humidity=MAYBE,
        dew_margin_k=MAYBE,
        hysteresis_k=ODD_FLOATS,
        hold_s=ODD_FLOATS,
        latching=st.booleans(),
        safety=st.booleans(),
    ),
    quiet=kind(
        g.QuietGuard,
        "quiet",
        windows=st.lists(WINDOWS, max_size=2).map(tuple),
        followed=st.booleans(),
        maximum_db=MAYBE,
        level=st.integers(-2, 5),
    ),
    maxima=kind(g.MaximumGuard, "maximum", energy_wh=MAYBE, cost=MAYBE, run_s=MAYBE),
    circuits=kind(
        g.CircuitGuard,
        "circuit",
        limit_w=ODD_FLOATS,
        share=ODD_FLOATS,
        metered=st.booleans(),
        other_w=ODD_FLOATS,
    ),
    caps=kind(g.PowerCapGuard, "cap", of=st.sampled_from(g.CapOf), cap_w=MAYBE),
    batteries=kind(
        g.BatteryGuard, "battery", minimum_soc=ODD_FLOATS, discharge_w=MAYBE
    ),
)
NAMES = ("condition", "climate", "quiet", "maximum", "circuit", "cap", "battery")
WILD_INPUTS = st.lists(
    st.builds(
        GuardInput,
        key=st.sampled_from(NAMES),
        readings=st.dictionaries(
            st.sampled_from(
                ["state", "temperature_c", "humidity", "surface_c", "power_w", "cap_w"]
            ),
            READINGS,
            max_size=4,
        ),
        rearmed_s=st.none() | CLOCKS | WILD_FLOATS,
    ),
    max_size=4,
).map(tuple)
FOREIGN_GUARDS = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(
        GuardMemory,
        tripped=st.booleans(),
        latched=st.booleans(),
        since_s=st.none() | CLOCKS | WILD_FLOATS,
        bad_s=st.none() | CLOCKS | WILD_FLOATS,
        reason=st.none() | st.sampled_from(ReasonCode),
    ),
    max_size=4,
)


GUARDED_SITES = st.builds(replace, wild.ODD_SITES, guards=ODD_GUARDS)
GUARDED_SNAPSHOTS = st.builds(replace, wild.WILD_SNAPSHOTS, guards=WILD_INPUTS)
GUARDED_MEMORIES = st.builds(replace, wild.FOREIGN_MEMORIES, guards=FOREIGN_GUARDS)


@settings(max_examples=100)
@given(GUARDED_SITES, GUARDED_SNAPSHOTS, GUARDED_MEMORIES)
def test_no_guards_settings_readings_or_memory_make_it_fail(
    spec: SiteSpec, snapshot: Snapshot, memory: Memory
) -> None:
    decision, after = decide(spec, snapshot, memory)
    later = replace(snapshot, clock_s=snapshot.clock_s + 10)
    second, _ = decide(spec, later, after)
    for seen in (decision, second):
        assert [state.key for state in seen.guards] == [
            guard.key for guard in spec.guards
        ]
        for worker in seen.workers:
            assert worker.level <= worker.cap
            assert worker.level == 0 or not worker.urgent
        for state in seen.guards:
            assert state.reason is not None or not state.tripped
            assert not state.tripped or (
                state.since_s is not None and state.since_s <= seen.clock_s
            )


@settings(max_examples=30)
@given(GUARDED_SITES, GUARDED_SNAPSHOTS, GUARDED_MEMORIES)
def test_guards_survive_being_written_down(
    spec: SiteSpec, snapshot: Snapshot, memory: Memory
) -> None:
    def carried[T](cls: type[T], value: T) -> T:
        return from_json(cls, json.loads(json.dumps(to_json(value))))

    there, _ = decide(
        carried(SiteSpec, spec), carried(Snapshot, snapshot), carried(Memory, memory)
    )
    here, _ = decide(spec, snapshot, memory)
    # As text, for a value that is no number is not equal to itself.
    assert json.dumps(to_json(there)) == json.dumps(to_json(here))
    assert isinstance(carried(Decision, there), Decision)
