"""The repair issues of the home itself, which no single worker has.

May write to the issue registry; must never mend anything by itself.
"""

from enum import StrEnum

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN


class SiteIssue(StrEnum):
    """Each is an issue's id, and the key of its text."""

    DECISION_FAILED = "decision_failed"
    """Deciding raised an error; everything is paused meanwhile."""
    SETTINGS_LOST = "settings_lost"
    """Stored modes or switches cannot be read; stays until a person has looked."""


@callback
def raise_issue(hass: HomeAssistant, issue: SiteIssue, detail: str = "") -> None:
    """Tell the user; `detail` goes into the text where that has a place for it."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        is_fixable=False,
        is_persistent=issue is SiteIssue.SETTINGS_LOST,
        severity=ir.IssueSeverity.ERROR,
        translation_key=issue,
        translation_placeholders={"detail": detail} if detail else None,
    )


@callback
def clear_issue(hass: HomeAssistant, issue: SiteIssue) -> None:
    """Take it back, if it was raised."""
    ir.async_delete_issue(hass, DOMAIN, issue)
