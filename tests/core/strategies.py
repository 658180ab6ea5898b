"""What hypothesis may think of: likely values, and wild ones."""

from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from custom_components.solar_compute.core import memory as m, model as o, spec as s

from .houses import CLOCK_S

WILD_FLOATS = (
    st.floats(allow_nan=True, allow_infinity=True)
    | st.floats(-20_000, 20_000)
    | st.sampled_from([0.0, -0.0, 1.0, -1.0, 55.0, 60.0, 100.0, 101.0])
)
ODD_FLOATS = st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-6, 1e9])
KEYS = st.sampled_from(["a", "b", "tank", ""])
CLOCKS = st.floats(-1e7, 1e7) | st.floats(CLOCK_S - 4000, CLOCK_S + 4000)
LOCALS = st.builds(
    lambda moment, hours: moment.replace(
        tzinfo=timezone(timedelta(hours=hours)), fold=0
    ),
    st.datetimes(datetime(2000, 1, 2), datetime(2090, 1, 1)),
    st.integers(-12, 14),
)
READINGS = st.builds(o.Reading, st.none() | WILD_FLOATS, CLOCKS | WILD_FLOATS)
WINDOWS = st.builds(
    s.DailyWindow, start_min=st.integers(-1, 1441), end_min=st.integers(-1, 1441)
)


def odd(cls: type[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return specs of a class whose every given field is odd."""
    return st.builds(cls, **fields)


ODD_BATTERIES = odd(
    s.BatterySpec,
    capacity_wh=ODD_FLOATS,
    charge_w=ODD_FLOATS,
    discharge_w=ODD_FLOATS,
    round_trip=ODD_FLOATS,
    reserve_soc=ODD_FLOATS,
    wear_per_kwh=ODD_FLOATS,
    horizon_s=ODD_FLOATS,
)
ODD_BACKUPS = odd(
    s.BackupSpec,
    kind=st.sampled_from(s.BackupKind),
    schedule=st.sampled_from(s.BackupSchedule),
    price_per_kwh=ODD_FLOATS,
    efficiency=ODD_FLOATS,
    source_c=ODD_FLOATS,
    comfort_per_kwh=ODD_FLOATS,
    power_w=ODD_FLOATS,
    hysteresis_k=ODD_FLOATS,
    windows=st.lists(WINDOWS, max_size=2).map(tuple),
)
ODD_TANKS = odd(
    s.TankSpec,
    key=KEYS,
    name=KEYS,
    volume_l=ODD_FLOATS,
    target_c=ODD_FLOATS,
    maximum_c=ODD_FLOATS,
    ambient_c=ODD_FLOATS,
    loss_w_per_k=ODD_FLOATS,
    draw_wh_per_day=ODD_FLOATS,
    backup=ODD_BACKUPS,
)
ODD_WORKERS = odd(
    s.WorkerSpec,
    key=KEYS,
    name=KEYS,
    levels_w=st.lists(ODD_FLOATS, max_size=3).map(tuple),
    value_per_kwh=ODD_FLOATS,
    value_per_hour=ODD_FLOATS,
    start_cost=ODD_FLOATS,
    min_run_s=ODD_FLOATS,
    min_pause_s=ODD_FLOATS,
    max_starts_per_day=st.none() | st.integers(-1, 3),
    priority=st.integers(-2, 2),
    sink=st.none() | KEYS,
    recovery=ODD_FLOATS,
    cooled_share=ODD_FLOATS,
    cooling_cop=ODD_FLOATS,
    settle_s=ODD_FLOATS,
    quiet_hours=st.lists(WINDOWS, max_size=2).map(tuple),
    quiet_level=st.integers(-2, 5),
)
ODD_POLICIES = odd(
    s.PolicySpec,
    averaging_s=ODD_FLOATS,
    start_horizon_s=ODD_FLOATS,
    stop_horizon_s=ODD_FLOATS,
    probe_backoff_s=ODD_FLOATS,
    power_hold_s=ODD_FLOATS,
    soc_hold_s=ODD_FLOATS,
    temperature_hold_s=ODD_FLOATS,
    grace_s=ODD_FLOATS,
)
ODD_SITES = odd(
    s.SiteSpec,
    import_per_kwh=ODD_FLOATS,
    export_per_kwh=ODD_FLOATS,
    battery=st.none() | ODD_BATTERIES,
    export_limit_w=st.none() | ODD_FLOATS,
    import_limit_w=st.none() | ODD_FLOATS,
    policy=ODD_POLICIES,
    tanks=st.lists(ODD_TANKS, max_size=2).map(tuple),
    workers=st.lists(ODD_WORKERS, max_size=3).map(tuple),
)
WILD_WORKER_INPUTS = st.builds(
    o.WorkerInput,
    key=KEYS,
    state=st.sampled_from(o.WorkerState),
    level=st.none() | st.integers(-2, 9),
    power_w=st.none() | READINGS,
    has_work=st.booleans(),
    mode=st.sampled_from(o.Mode),
    override=st.none()
    | st.builds(
        o.Override,
        run=st.booleans(),
        until_s=CLOCKS | WILD_FLOATS,
        level=st.none() | st.integers(-2, 9),
    ),
    value_per_kwh=st.none() | WILD_FLOATS,
)
WILD_SNAPSHOTS = st.builds(
    o.Snapshot,
    clock_s=CLOCKS,
    local=LOCALS,
    grid_w=READINGS,
    battery_w=st.none() | READINGS,
    soc=st.none() | READINGS,
    pv_w=st.none() | READINGS,
    import_per_kwh=st.none() | WILD_FLOATS,
    export_per_kwh=st.none() | WILD_FLOATS,
    yielding=st.lists(
        st.builds(o.YieldingLoad, power_w=READINGS, value_per_kwh=WILD_FLOATS),
        max_size=2,
    ).map(tuple),
    workers=st.lists(WILD_WORKER_INPUTS, max_size=3).map(tuple),
    tanks=st.lists(
        st.builds(
            o.TankInput,
            key=KEYS,
            temperature_c=READINGS,
            source_c=st.none() | READINGS,
        ),
        max_size=2,
    ).map(tuple),
    automation=st.booleans(),
    started_s=st.none() | CLOCKS,
)
FOREIGN_WORKER_MEMORIES = st.builds(
    m.WorkerMemory,
    level=st.integers(-3, 9),
    previous_level=st.integers(-3, 9),
    since_s=st.none() | CLOCKS | WILD_FLOATS,
    changed_s=st.none() | CLOCKS | WILD_FLOATS,
    judged_s=st.none() | CLOCKS | WILD_FLOATS,
    means=st.lists(WILD_FLOATS, max_size=4).map(tuple),
    starts=st.integers(-3, 9),
    starts_day=st.sampled_from(["", "2026-06-15", "junk"]),
    probing=st.booleans(),
    probe_not_before_s=CLOCKS | WILD_FLOATS,
)
FOREIGN_MEAN_DAYS = st.builds(
    m.MeanDay,
    hours=st.lists(
        st.builds(m.HourMean, WILD_FLOATS, st.integers(-1, 9)),
        min_size=0,
        max_size=25,
    ).map(tuple),
    hour=st.none() | st.integers(-30, 30),
    sum_ws=WILD_FLOATS,
    seconds=WILD_FLOATS,
    last_s=st.none() | CLOCKS,
    last_w=st.none() | WILD_FLOATS,
)
FOREIGN_MEMORIES = st.builds(
    m.Memory,
    clock_s=st.none() | CLOCKS | WILD_FLOATS,
    workers=st.dictionaries(KEYS, FOREIGN_WORKER_MEMORIES, max_size=3),
    mean_day=FOREIGN_MEAN_DAYS,
    flat=st.dictionaries(
        st.sampled_from(["soc", "tank:a", "tank:tank", "junk"]),
        st.builds(m.FlatWatch, WILD_FLOATS, WILD_FLOATS),
        max_size=3,
    ),
)
