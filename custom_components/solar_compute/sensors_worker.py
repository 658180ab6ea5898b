"""The sensors of a worker: what it does, what it costs and what it brings.

A table of rows; a new sensor is a new row.
"""

from datetime import datetime

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfPower, UnitOfTime

from .attributes import job_attributes, reason_attributes, state_attributes
from .attributes_learned import power_attributes
from .configured import WorkerConfig
from .core.ledger import Period
from .core.model import ReasonCode, WorkerState
from .facts import WorkerFacts
from .job_facts import wall_time
from .sensor_descriptions import SolarComputeSensorDescription, energy, money
from .words import explanation

RUNS = (
    ReasonCode.WORTH_IT,
    ReasonCode.HEAT_DEMAND,
    ReasonCode.JOB_DEADLINE,
    ReasonCode.RIDING_OUT,
    ReasonCode.MINIMUM_RUN,
    ReasonCode.PROBING,
    ReasonCode.MODE_ON,
    ReasonCode.OVERRIDE_RUN,
)
"""Reasons in whose texts it runs. In shadow mode it only would: nobody tells it to."""

WOULD = "would_"

REASONS = [
    *(code.value for code in ReasonCode),
    *(f"{WOULD}{code.value}" for code in RUNS),
]


def _power_w(worker: WorkerFacts) -> float | None:
    """Return the power that counts: as observed, else the nominal one of its level."""
    if not worker.config.switched:
        return None if worker.decision is None else worker.decision.drawn_w
    view = worker.view
    if view is None:
        return None
    if view.power is not None:
        return view.power.value
    return None if view.level is None else worker.config.spec.power_w(view.level)


def reason_of(worker: WorkerFacts) -> str | None:
    """Return why it is at its level; in shadow mode, why it would be."""
    if worker.decision is None:
        return None
    code = worker.decision.reason.code
    imagined = worker.site.data.snapshot.shadow and code in RUNS
    return f"{WOULD}{code.value}" if imagined else code.value


def _next_deadline(worker: WorkerFacts) -> datetime | None:
    deadlines_s = [job.ready_by_s for job in worker.jobs if job.is_open]
    if not deadlines_s:
        return None
    return wall_time(min(deadlines_s), worker.site.data.snapshot)


def _is_switched(config: WorkerConfig) -> bool:
    return config.switched


WORKER_SENSORS: tuple[SolarComputeSensorDescription[WorkerFacts], ...] = (
    SolarComputeSensorDescription(
        key="state",
        translation_key="worker_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in WorkerState],
        has_fn=_is_switched,
        value_fn=lambda worker: (
            None if worker.view is None else worker.view.state.value
        ),
        attributes_fn=state_attributes,
    ),
    SolarComputeSensorDescription(
        key="reason",
        translation_key="reason",
        device_class=SensorDeviceClass.ENUM,
        options=REASONS,
        value_fn=reason_of,
        attributes_fn=reason_attributes,
        explanation_fn=explanation,
    ),
    SolarComputeSensorDescription(
        key="power",
        translation_key="worker_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        digits=0,
        value_fn=_power_w,
        attributes_fn=power_attributes,
    ),
    SolarComputeSensorDescription(
        key="level",
        translation_key="level",
        state_class=SensorStateClass.MEASUREMENT,
        has_fn=_is_switched,
        value_fn=lambda worker: None if worker.view is None else worker.view.level,
    ),
    SolarComputeSensorDescription(
        key="worth",
        translation_key="worth",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement="{currency}/h",
        suggested_display_precision=3,
        digits=3,
        has_fn=_is_switched,
        value_fn=lambda worker: None if worker.judged is None else worker.judged.total,
    ),
    SolarComputeSensorDescription(
        key="jobs",
        translation_key="jobs",
        state_class=SensorStateClass.MEASUREMENT,
        has_fn=_is_switched,
        value_fn=lambda worker: sum(job.is_open for job in worker.jobs),
        attributes_fn=job_attributes,
    ),
    SolarComputeSensorDescription(
        key="next_deadline",
        translation_key="next_deadline",
        device_class=SensorDeviceClass.TIMESTAMP,
        has_fn=_is_switched,
        value_fn=_next_deadline,
    ),
    energy("energy", lambda worker, period: worker.account(period).energy_wh),
    energy("energy_solar", lambda worker, period: worker.account(period).solar_wh),
    energy("energy_battery", lambda worker, period: worker.account(period).battery_wh),
    energy("energy_grid", lambda worker, period: worker.account(period).grid_wh),
    money("cost", lambda worker, period: worker.account(period).cost),
    money(
        "value",
        lambda worker, period: worker.account(period).value,
        has_fn=_is_switched,
    ),
    energy(
        "useful_heat",
        lambda worker, period: worker.account(period).useful_heat_wh,
        has_fn=lambda config: config.spec.sink is not None,
    ),
    SolarComputeSensorDescription(
        key="unsaved_work",
        translation_key="unsaved_work",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        digits=0,
        has_fn=lambda config: config.backend.lease_s is not None,
        value_fn=lambda worker: worker.account().unsaved_work_s,
    ),
    SolarComputeSensorDescription(
        key="run_time_today",
        translation_key="run_time_today",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=2,
        digits=0,
        has_fn=_is_switched,
        value_fn=lambda worker: worker.account(Period.TODAY).run_s,
    ),
    SolarComputeSensorDescription(
        key="starts_today",
        translation_key="starts_today",
        state_class=SensorStateClass.TOTAL_INCREASING,
        has_fn=_is_switched,
        value_fn=lambda worker: worker.account(Period.TODAY).starts,
    ),
    SolarComputeSensorDescription(
        key="lease_remaining",
        translation_key="lease_remaining",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        digits=0,
        has_fn=lambda config: config.backend.lease_s is not None,
        value_fn=lambda worker: (
            None if worker.view is None else worker.view.lease_remaining_s
        ),
    ),
)
