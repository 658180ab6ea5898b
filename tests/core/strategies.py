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
MONTHS = st.builds(s.MonthSpan, first=st.integers(0, 13), last=st.integers(0, 13))
READY_BY = st.lists(
    st.builds(s.ReadyBy, minute=st.integers(-1, 1441), temperature_c=ODD_FLOATS),
    max_size=2,
).map(tuple)


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
    rated_cop=ODD_FLOATS,
    source_c=ODD_FLOATS,
    flow_offset_k=ODD_FLOATS,
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
    use=st.sampled_from(s.TankUse),
    target_c=ODD_FLOATS,
    maximum_c=ODD_FLOATS,
    minimum_c=st.none() | ODD_FLOATS,
    shortage_per_kwh=ODD_FLOATS,
    ready_by=READY_BY,
    ambient_c=ODD_FLOATS,
    cold_c=ODD_FLOATS,
    loss_w_per_k=ODD_FLOATS,
    draw_wh_per_day=ODD_FLOATS,
    supply=st.sampled_from(s.HeatSupply),
    sensors=st.integers(-1, 5),
    backup=ODD_BACKUPS,
)
ODD_ROOMS = odd(
    s.RoomSpec,
    key=KEYS,
    name=KEYS,
    target_c=ODD_FLOATS,
    eco_k=ODD_FLOATS,
    maximum_c=ODD_FLOATS,
    minimum_c=st.none() | ODD_FLOATS,
    shortage_per_kwh=ODD_FLOATS,
    loss_w_per_k=ODD_FLOATS,
    capacity_wh_per_k=ODD_FLOATS,
    outdoor_c=ODD_FLOATS,
    heating_limit_c=ODD_FLOATS,
    season=MONTHS,
    supply=st.sampled_from(s.HeatSupply),
    backup=ODD_BACKUPS,
)
ODD_SPACES = odd(
    s.SpaceSpec,
    key=KEYS,
    name=KEYS,
    cooled_share=ODD_FLOATS,
    cooling_cop=ODD_FLOATS,
    season=MONTHS,
    followed=st.booleans(),
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
    space=st.none() | KEYS,
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
    cut_short_s=ODD_FLOATS,
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
    rooms=st.lists(ODD_ROOMS, max_size=2).map(tuple),
    spaces=st.lists(ODD_SPACES, max_size=2).map(tuple),
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
            lower_c=st.lists(READINGS, max_size=4).map(tuple),
            source_c=st.none() | READINGS,
            cop=st.none() | READINGS,
            heat_w=st.none() | READINGS,
            backup_in_s=st.none() | WILD_FLOATS,
        ),
        max_size=2,
    ).map(tuple),
    rooms=st.lists(
        st.builds(
            o.RoomInput,
            key=KEYS,
            temperature_c=READINGS,
            outdoor_c=st.none() | READINGS,
            target_c=st.none() | WILD_FLOATS,
            heating=st.booleans(),
            preset=st.sampled_from(s.RoomPreset),
            window_open=st.none() | st.booleans(),
            backup_on=st.none() | st.booleans(),
            cop=st.none() | READINGS,
            heat_w=st.none() | READINGS,
            backup_in_s=st.none() | WILD_FLOATS,
        ),
        max_size=2,
    ).map(tuple),
    spaces=st.lists(
        st.builds(o.SpaceInput, key=KEYS, cooling=st.none() | st.booleans()),
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
FOREIGN_DRAWS = st.builds(
    m.DrawMean,
    hours_wh=st.just((50.0,) * 24) | st.lists(WILD_FLOATS, max_size=25).map(tuple),
    days=st.just((3,) * 24) | st.lists(st.integers(-9, 99), max_size=25).map(tuple),
    hour=st.none() | st.integers(-30, 30),
    seconds=WILD_FLOATS,
    began_c=WILD_FLOATS,
    gain_wh=WILD_FLOATS,
    most_wh=WILD_FLOATS,
    heated=st.booleans(),
)
FOREIGN_ROOMS = st.builds(
    m.RoomMean,
    estimate=st.lists(WILD_FLOATS, max_size=4).map(tuple),
    covariance=st.lists(WILD_FLOATS, min_size=9, max_size=9).map(tuple)
    | st.lists(WILD_FLOATS, max_size=2).map(tuple),
    intervals=st.integers(-9, 9999),
    seconds=WILD_FLOATS,
    began_c=st.none() | WILD_FLOATS,
    heat_wh=WILD_FLOATS,
    lift_kh=WILD_FLOATS,
)
FOREIGN_MEMORIES = st.builds(
    m.Memory,
    clock_s=st.none() | CLOCKS | WILD_FLOATS,
    workers=st.dictionaries(KEYS, FOREIGN_WORKER_MEMORIES, max_size=3),
    mean_day=FOREIGN_MEAN_DAYS,
    flat=st.dictionaries(
        st.sampled_from(["soc", "tank:a", "tank:tank", "tank:a/1", "room:a", "junk"]),
        st.builds(m.FlatWatch, WILD_FLOATS, WILD_FLOATS, WILD_FLOATS),
        max_size=3,
    ),
    draws=st.dictionaries(KEYS, FOREIGN_DRAWS, max_size=2),
    rooms=st.dictionaries(KEYS, FOREIGN_ROOMS, max_size=2),
    hot_s=st.dictionaries(KEYS, WILD_FLOATS, max_size=2),
)
