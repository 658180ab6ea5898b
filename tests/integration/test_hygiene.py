"""People are reminded of a tank that was not hot for too long, and a boost is asked for."""

from collections.abc import Mapping
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.solar_compute.clock import Clock
from custom_components.solar_compute.configured_heat import BoostRequest, TankConfig
from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.hygiene import HygieneWatch
from custom_components.solar_compute.core.model import Decision, SinkState, SiteState
from custom_components.solar_compute.core.spec import TankSpec
from custom_components.solar_compute.heat_issues import HeatIssue, clear_heat_issues
from custom_components.solar_compute.hygiene import Hygiene

ENTRY = "the_home"
ISSUE = "tank_not_hot_tank"
DAY_S = 86400.0


class Home:
    """A tank with a reminder after a week, through days."""

    def __init__(
        self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, boost: str | None
    ) -> None:
        self.hass = hass
        self.freezer = freezer
        self.entry = MockConfigEntry(domain=DOMAIN, entry_id=ENTRY)
        self.entry.add_to_hass(hass)
        self.tank = TankConfig(
            key="tank",
            name="Hot water",
            spec=TankSpec(key="tank", name="Hot water", volume_l=200),
            temperatures=("sensor.water",),
            boost=BoostRequest(after_h=168, entity=boost),
        )
        self.saves = 0
        self.clock = Clock()
        self.hygiene = self._started({})

    def start(self) -> None:
        """Start again with what was stored."""
        self.hygiene = self._started(self.hygiene.watched)

    def _started(self, watched: Mapping[str, HygieneWatch]) -> Hygiene:
        return Hygiene(
            self.hass,
            self.entry,
            (self.tank,),
            watched=watched,
            clock=self.clock,
            save=self._save,
        )

    async def _save(self) -> None:
        self.saves += 1

    async def live(self, days: float, hot_ago_days: float | None = None) -> None:
        """Let days pass; at their end the tank was hot so many days ago."""
        self.freezer.tick(timedelta(days=days))
        hot_ago_s = None if hot_ago_days is None else hot_ago_days * DAY_S
        sink = SinkState(
            key="tank",
            temperature_c=50.0,
            coldest_c=45.0,
            warmest_c=55.0,
            missing_wh=0.0,
            heat_w=0.0,
            heat_measured=False,
            expects_heat=False,
            hot_ago_s=hot_ago_s,
            loss_w_per_k=1.4,
            capacity_wh_per_k=232.6,
        )
        self.hygiene.follow(
            Decision(
                clock_s=self.clock.now_s(),
                state=SiteState.WAITING,
                balance_w=None,
                surplus_w=None,
                hidden_w=0.0,
                next_per_kwh=None,
                tranches=(),
                heat=(),
                workers=(),
                sinks=(sink,),
            )
        )
        await self.hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Home:
    """Give a home without a boost entity."""
    return Home(hass, freezer, None)


async def test_a_tank_that_is_heated_through_every_week_needs_no_reminder(
    home: Home, issue_registry: ir.IssueRegistry
) -> None:
    for _ in range(4):
        await home.live(6, hot_ago_days=6)
    assert not issue_registry.issues
    assert home.hygiene.due == {"tank": False}


async def test_people_are_reminded_and_told_for_how_long(
    home: Home, issue_registry: ir.IssueRegistry
) -> None:
    await home.live(8, hot_ago_days=8.2)
    issue = issue_registry.async_get_issue(DOMAIN, ISSUE)
    assert issue is not None
    assert issue.translation_placeholders == {"tank": "Hot water", "days": "8"}
    assert home.hygiene.due == {"tank": True}

    await home.live(1, hot_ago_days=9.2)
    issue = issue_registry.async_get_issue(DOMAIN, ISSUE)
    assert issue is not None
    assert issue.translation_placeholders == {"tank": "Hot water", "days": "9"}


async def test_the_reminder_goes_when_the_tank_is_hot_again(
    home: Home, issue_registry: ir.IssueRegistry
) -> None:
    await home.live(8, hot_ago_days=8)
    await home.live(1, hot_ago_days=0)
    assert issue_registry.async_get_issue(DOMAIN, ISSUE) is None


async def test_nobody_is_reminded_before_the_tank_was_watched_for_a_week(
    home: Home, issue_registry: ir.IssueRegistry
) -> None:
    await home.live(6)
    assert not issue_registry.issues
    home.start()
    await home.live(1.1)
    assert issue_registry.async_get_issue(DOMAIN, ISSUE) is not None


async def test_a_reminder_that_a_person_ignores_stays_ignored_over_a_restart(
    home: Home, issue_registry: ir.IssueRegistry
) -> None:
    await home.live(8)
    issue_registry.async_ignore(DOMAIN, ISSUE, True)
    home.start()
    await home.live(1)
    issue = issue_registry.async_get_issue(DOMAIN, ISSUE)
    assert issue is not None
    assert issue.dismissed_version is not None


async def test_a_tank_hot_again_after_a_restart_needs_no_reminder(
    home: Home, issue_registry: ir.IssueRegistry
) -> None:
    await home.live(8)
    home.start()
    await home.live(0.1, hot_ago_days=0)
    assert not issue_registry.issues


async def test_the_reminder_goes_with_its_tank(
    home: Home, issue_registry: ir.IssueRegistry
) -> None:
    await home.live(8)
    clear_heat_issues(home.hass, HeatIssue.TANK_NOT_HOT, ENTRY, keep=())
    assert not issue_registry.issues


@pytest.mark.parametrize(
    ("boost", "domain", "action"),
    [
        ("button.boost", "button", "press"),
        ("input_button.boost", "input_button", "press"),
        ("switch.boost", "switch", "turn_on"),
        ("script.boost", "script", "turn_on"),
    ],
)
async def test_a_boost_is_asked_for_once_a_day_until_the_tank_was_hot(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    boost: str,
    domain: str,
    action: str,
) -> None:
    asked = async_mock_service(hass, domain, action)
    hass.states.async_set(boost, "off")
    home = Home(hass, freezer, boost)

    await home.live(6, hot_ago_days=6)
    assert not asked
    await home.live(1.01, hot_ago_days=7.01)
    await home.live(0.5, hot_ago_days=7.51)
    home.start()
    await home.live(0.1, hot_ago_days=7.61)
    assert [call.data for call in asked] == [{"entity_id": boost}]
    assert home.saves == 1

    await home.live(0.5, hot_ago_days=8.11)
    assert len(asked) == 2
    await home.live(2, hot_ago_days=0.5)
    assert len(asked) == 2


async def test_a_boost_that_is_on_already_or_not_there_is_not_asked_for(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    asked = async_mock_service(hass, "switch", "turn_on")
    home = Home(hass, freezer, "switch.boost")
    for state in ("on", "unavailable"):
        hass.states.async_set("switch.boost", state)
        await home.live(8)
    assert not asked
    hass.states.async_set("switch.boost", "off")
    await home.live(0.01)
    assert len(asked) == 1


async def test_a_boost_that_fails_is_told_and_asked_again_the_next_day(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = async_mock_service(
        hass, "switch", "turn_on", raise_exception=HomeAssistantError("stuck")
    )
    hass.states.async_set("switch.boost", "off")
    home = Home(hass, freezer, "switch.boost")
    await home.live(8)
    await home.live(0.5)
    assert "could not be asked for a boost: stuck" in caplog.text
    await home.live(0.6)
    assert len(asked) == 2
