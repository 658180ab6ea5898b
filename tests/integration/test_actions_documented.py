"""Every action does what its page shows, and answers in the form that is shown there."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.const import STATE_OFF
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv, script
import pytest
import yaml

from custom_components.solar_compute.core.plan import (
    Expected,
    Grid,
    Held,
    Plan,
    PlannedJob,
    PlannedWindow,
)
from custom_components.solar_compute.core.reason import ReasonCode
from custom_components.solar_compute.core.storage import FirstLimit, StoredValue
from custom_components.solar_compute.plan_view import PlanStatus, PlanView

from .faces_common import (
    CRUNCHER,
    ENTRY,
    TANK,
    boiler,
    cruncher,
    device_of,
    home,
    report_meters,
    set_up,
    until,
)
from .guard_pages import furnish
from .guarded import DOOR, door, open_door, shown
from .recorded_past import NOON, compile_statistics, every
from .stored import keeper_of
from .test_docs import ROOT, blocks
from .translations import DOMAIN, english

PAGE = (ROOT / "docs/actions.md").read_text()
HOUR_S = 3600.0
BY_NAME = frozenset({"sources", "inputs", "heat_per_kwh", "useful_heat_kwh", "tried"})
"""Parts of answers whose keys are not always the same, or are names."""


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Have a recorder before there is a Home Assistant."""


def documented(action: str) -> tuple[Any, list[Any]]:
    """Return the example of an action as it stands on its page, and its answers."""
    text = PAGE.split(f": `{DOMAIN}.{action}`\n")[1].split("\n### ")[0]
    example, *answers = [yaml.safe_load(code) for code in blocks(text, "yaml")]
    return example, answers


async def answer_to(hass: HomeAssistant, example: dict[str, Any]) -> Any:
    """Run an example as a step of a script; return what its variable holds then."""
    variable = example["response_variable"]
    sequence = await script.async_validate_actions_config(
        hass, cv.SCRIPT_SCHEMA([example])
    )
    ran = await script.Script(hass, sequence, "example", DOMAIN).async_run(
        context=Context()
    )
    assert ran is not None
    return ran.variables[variable]


def assert_same_form(shown: Any, real: Any, path: str) -> None:
    """Compare keys, as deep as there are any; one side may be null."""
    if isinstance(shown, dict) and isinstance(real, dict):
        assert shown.keys() == real.keys(), path
        for key in shown:
            if key not in BY_NAME:
                assert_same_form(shown[key], real[key], f"{path}.{key}")
    elif isinstance(shown, list) and isinstance(real, list):
        if shown and real:
            assert_same_form(shown[0], real[0], f"{path}[0]")
    elif shown is not None and real is not None:
        numbers = int, float
        assert isinstance(real, numbers if isinstance(shown, numbers) else type(shown))


def a_plan(now_s: float, job: str) -> PlanView:
    """Return a plan that has something of everything."""
    return PlanView(
        status=PlanStatus.PLANNED,
        plan=Plan(
            made_s=now_s,
            valid_until_s=now_s + HOUR_S,
            expected=Expected(
                grid=Grid(starts_s=(now_s,), lengths_s=(48 * HOUR_S,)),
                balance_w=(800.0,),
                balance_low_w=(300.0,),
                import_per_kwh=(0.3,),
                export_per_kwh=(0.08,),
                sources={"balance": "forecast"},
            ),
            levels={CRUNCHER: (1,)},
            windows=(
                PlannedWindow(
                    worker=CRUNCHER,
                    start_s=now_s + HOUR_S,
                    end_s=now_s + 2 * HOUR_S,
                    level=1,
                    energy_wh=500.0,
                    value=0.04,
                    jobs=(job,),
                ),
            ),
            value=0.04,
            soc_wh=(4000.0,),
            stored=StoredValue(charge=0.08, discharge=0.14, first=FirstLimit.FULL),
            heat_per_kwh={TANK: 0.12},
            held={
                CRUNCHER: (
                    Held(level=0, until_s=now_s + HOUR_S, reason=ReasonCode.MODE_OFF),
                )
            },
            jobs=(PlannedJob(key=job, price_per_kwh=0.11, feasible=True),),
        ),
        sun_age_s=600.0,
    )


async def test_every_documented_example_answers_as_its_page_shows(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, recorder_mock: Recorder
) -> None:
    freezer.move_to(NOON)
    await hass.config.async_set_time_zone("UTC")
    await compile_statistics(
        hass, recorder_mock, "sensor.grid_power",
        every(5, NOON.replace(hour=8), *[300.0] * 24, *[-1000.0, -1001.0] * 12),
    )  # fmt: skip
    furnish(hass)
    entry = home(cruncher(), boiler(), door(), plan_ahead=False)
    coordinator = await set_up(hass, entry)
    await keeper_of(entry).async_seeded()

    async def get_plan(example: dict[str, Any]) -> Any:
        [job] = coordinator.jobs.book.jobs
        coordinator.plans.view = a_plan(NOON.timestamp(), job.key)
        return await answer_to(hass, example)

    async def rearm_guard(example: dict[str, Any]) -> Any:
        await open_door(hass)
        hass.states.async_set(DOOR, STATE_OFF)
        await until(hass, lambda: shown(hass).attributes["latched"])
        freezer.tick(1)
        answer = await answer_to(hass, example)
        assert list(answer.values()) == [{"rearmed": True, "tripped": False}]
        return answer

    # In an order in which each finds what it is about.
    order = {
        **dict.fromkeys(("run", "pause", "set_mode", "submit", "list_jobs")),
        "get_plan": get_plan,
        **dict.fromkeys(("cancel_job", "explain", "simulate", "forget_learning")),
        "rearm_guard": rearm_guard,
    }
    assert order.keys() == english()["services"].keys()
    for action, ask in order.items():
        # Nobody is asked twice in the same instant, and time is frozen.
        freezer.tick(60)
        report_meters(hass)
        example, answers = documented(action)
        assert answers, action
        assert example["action"] == f"{DOMAIN}.{action}"
        answer = await (ask(example) if ask else answer_to(hass, example))
        if action == "simulate":
            answer = {"of all": answer}
        for told in answer.values():
            assert_same_form(answers[0], told, action)
        if action == "get_plan":
            example["data"]["device_id"] = device_of(hass, ENTRY)
            answer = await answer_to(hass, example)
            assert_same_form(answers[1], answer[device_of(hass, ENTRY)], "home")
