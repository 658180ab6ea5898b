"""Actions about jobs: submit one, cancel it, list what there is and how it stands.

Wrong input is refused. A job that cannot be done in time is taken all the same, and the
answer says so: weather, prices and other jobs may change.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now
import probatio

from .const import DOMAIN
from .core.job import Job, JobOutlook, JobUnit
from .job_facts import job_facts, wall_time
from .job_keeper import FAILING, MOST_OPEN
from .rounding import rounded
from .targets import DEVICE_SCHEMA, Target, worker_targets

SERVICE_SUBMIT = "submit"
SERVICE_CANCEL_JOB = "cancel_job"
SERVICE_LIST_JOBS = "list_jobs"

ATTR_JOB = "job"
ATTR_MAXIMUM_PRICE = "maximum_price"
ATTR_NAME = "name"
ATTR_READY_BY = "ready_by"
ATTR_VALUE = "value"

AMOUNTS = {"hours": JobUnit.HOURS, "energy": JobUnit.KWH, "units": JobUnit.UNITS}
"""The field that each unit is asked for in."""

LONGEST = timedelta(days=7)
"""How far ahead a deadline may lie."""

MINUTES = "%Y-%m-%d %H:%M"
"""How a deadline is written in a sentence."""

MOST = 1e6

UNKNOWN = "unknown"


def ready_by(value: Any) -> datetime | time:
    """Return a deadline as it was given: a moment, or a time of the day.

    Raises:
        probatio.Invalid: for what is neither.
    """
    if isinstance(value, datetime | time):
        return value
    if isinstance(value, str) and (moment := dt_util.parse_datetime(value)):
        return moment
    try:
        return cv.time(value)
    except probatio.Invalid as err:
        raise probatio.Invalid(
            f"«{value}» is no time such as 06:00, and no date and time such as "
            "2026-12-24 06:00"
        ) from err


_AMOUNT = probatio.All(
    probatio.Coerce(float), probatio.Range(min=0, max=MOST, min_included=False)
)
_MONEY = probatio.All(probatio.Coerce(float), probatio.Range(min=0, max=MOST))

SUBMIT_SCHEMA = DEVICE_SCHEMA.extend(
    {
        probatio.Required(ATTR_NAME): probatio.All(
            cv.string, probatio.Length(min=1, max=100)
        ),
        probatio.Required(ATTR_READY_BY): ready_by,
        **{probatio.Optional(field): _AMOUNT for field in AMOUNTS},
        probatio.Optional(ATTR_VALUE): _MONEY,
        probatio.Optional(ATTR_MAXIMUM_PRICE): _MONEY,
    }
)
CANCEL_SCHEMA = DEVICE_SCHEMA.extend({probatio.Required(ATTR_JOB): cv.string})


@callback
def async_setup_job_services(hass: HomeAssistant) -> None:
    """Register the actions, which exist whether or not an entry is loaded."""

    async def submit(call: ServiceCall) -> ServiceResponse:
        targets = worker_targets(hass, call)
        _check_amount(call.data)
        ready = _deadline(call.data[ATTR_READY_BY])
        for target in targets:
            _check(target, call.data)
        answers: dict[str, Any] = {}
        for target in targets:
            job = _new_job(target, call.data, ready)
            target.coordinator.jobs.submit(job)
            answers[target.device_id] = await _standing(target, job)
        return answers

    async def cancel_job(call: ServiceCall) -> ServiceResponse:
        targets = worker_targets(hass, call)
        wanted = call.data[ATTR_JOB]
        found = [(target, _named(target, wanted)) for target in targets]
        if not any(keys for _, keys in found):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_job",
                translation_placeholders={"job": wanted},
            )
        for target, keys in found:
            target.coordinator.jobs.cancel(keys)
        gone = {target.device_id: sorted(keys) for target, keys in found}
        return {device_id: {"cancelled": [*keys]} for device_id, keys in gone.items()}

    async def list_jobs(call: ServiceCall) -> ServiceResponse:
        return {
            target.device_id: {
                "jobs": [
                    await _standing(target, job)
                    for job in target.coordinator.jobs.book.jobs
                    if job.worker == target.worker.key
                ]
            }
            for target in worker_targets(hass, call, of_site=True)
        }

    for action, respond, schema, answers in (
        (SERVICE_SUBMIT, submit, SUBMIT_SCHEMA, SupportsResponse.OPTIONAL),
        (SERVICE_CANCEL_JOB, cancel_job, CANCEL_SCHEMA, SupportsResponse.OPTIONAL),
        (SERVICE_LIST_JOBS, list_jobs, DEVICE_SCHEMA, SupportsResponse.ONLY),
    ):
        hass.services.async_register(
            DOMAIN, action, respond, schema=schema, supports_response=answers
        )


def _check_amount(data: Mapping[str, Any]) -> None:
    """Refuse a job whose size is not said, or in more than one way."""
    if sum(field in data for field in AMOUNTS) != 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="one_amount"
        )


def _deadline(given: datetime | time) -> datetime:
    """Return when a job must be ready; a time of the day is the next such.

    Raises ServiceValidationError for what is past, or too far ahead.
    """
    now = dt_util.now()
    if isinstance(given, datetime):
        moment = given if given.tzinfo else given.replace(tzinfo=now.tzinfo)
        moment = dt_util.as_utc(moment)
    else:
        moment = next(
            moment
            for days in range(2)
            for fold in range(2)
            if (moment := _at(given, now, days, fold)) > dt_util.as_utc(now)
        )
    if not timedelta() < moment - dt_util.as_utc(now) <= LONGEST:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="deadline_out_of_range",
            translation_placeholders={
                "ready_by": dt_util.as_local(moment).strftime(MINUTES),
                "days": str(LONGEST // timedelta(days=1)),
            },
        )
    return moment


def _at(given: time, now: datetime, days: int, fold: int) -> datetime:
    """Return a time of a day as UTC; `fold` 1: where there are two such, the second."""
    day = now.date() + timedelta(days=days)
    return dt_util.as_utc(
        datetime.combine(day, given.replace(fold=fold), tzinfo=now.tzinfo)
    )


def _check(target: Target, data: Mapping[str, Any]) -> None:
    """Refuse a job that a worker cannot take."""
    coordinator, worker = target.coordinator, target.worker
    if coordinator.data is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_decision_yet",
            translation_placeholders={"worker": worker.name},
        )
    view = coordinator.data.flows.get(worker.key)
    if "units" in data and (view is None or view.finished is None):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="counts_no_units",
            translation_placeholders={"worker": worker.name},
        )
    if len(coordinator.jobs.book.open_jobs(worker.key)) >= MOST_OPEN:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="too_many_jobs",
            translation_placeholders={
                "worker": worker.name,
                "maximum": str(MOST_OPEN),
            },
        )


def _new_job(target: Target, data: Mapping[str, Any], ready: datetime) -> Job:
    field = next(field for field in AMOUNTS if field in data)
    clock_s = target.coordinator.clock_s
    return Job(
        key=ulid_now(),
        worker=target.worker.key,
        name=data[ATTR_NAME],
        amount=data[field],
        unit=AMOUNTS[field],
        submitted_s=clock_s,
        ready_by_s=clock_s + (ready - dt_util.utcnow()).total_seconds(),
        value=data.get(ATTR_VALUE),
        maximum_per_kwh=data.get(ATTR_MAXIMUM_PRICE),
    )


def _named(target: Target, wanted: str) -> set[str]:
    """Return the keys of a worker's open jobs of that key or name."""
    return {
        job.key
        for job in target.coordinator.jobs.book.open_jobs(target.worker.key)
        if wanted in (job.key, job.name)
    }


async def _standing(target: Target, job: Job) -> dict[str, Any]:
    """Return how far a job is, and how an open one stands, in numbers and in words."""
    site = target.coordinator.data
    facts = job_facts(job, site.snapshot)
    if not job.is_open:
        return facts
    outlook = site.decision.job(job.key)
    if outlook is None:
        message = await _message(target, job, None)
        return {**facts, "outlook": UNKNOWN, "feasible": None, "message": message}
    energy_wh = outlook.left_wh
    return {
        **facts,
        "outlook": outlook.verdict.value,
        "feasible": outlook.verdict not in FAILING,
        "missing": rounded(outlook.short, 3),
        "hours_left": None
        if outlook.left_s is None
        else rounded(outlook.left_s / 3600, 2),
        "energy_left_kwh": None if energy_wh is None else rounded(energy_wh / 1000, 3),
        "expected_cost": rounded(outlook.cost, 3),
        "runs_up_to_price": rounded(outlook.price_per_kwh, 4),
        "by_plan": outlook.planned,
        "message": await _message(target, job, outlook),
    }


async def _message(target: Target, job: Job, outlook: JobOutlook | None) -> str:
    """Return how a job stands as a sentence, in the language of the home."""
    hass = target.coordinator.hass
    texts = await async_get_translations(
        hass, hass.config.language, "selector", {DOMAIN}
    )
    code = UNKNOWN if outlook is None else outlook.verdict.value
    prefix = f"component.{DOMAIN}.selector.job_outlook.options"
    ready = wall_time(job.ready_by_s, target.coordinator.data.snapshot)
    unit = {JobUnit.HOURS: "h", JobUnit.KWH: "kWh", JobUnit.UNITS: ""}[job.unit]

    def amount(number: float) -> str:
        return f"{number:.3g} {unit}".strip()

    cost = 0.0 if outlook is None or outlook.cost is None else outlook.cost
    placeholders = {
        "job": job.name,
        "worker": target.worker.name,
        "ready_by": ready.strftime(MINUTES),
        "left": amount(job.left),
        "missing": amount(outlook.short if outlook else 0.0),
        "cost": f"{cost:.2f} {hass.config.currency}",
    }
    return texts[f"{prefix}.{code}"].format(**placeholders)
