"""The repair issues about a tank's backup heater and about heating it through.

May write to the issue registry; must never mend anything by itself.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN


class HeatIssue(StrEnum):
    """What can be wrong; also the translation key."""

    TANK_NOT_HOT = "tank_not_hot"
    """A tank was not heated through for longer than its reminder allows."""
    BACKUP_NOT_RESTORED = "backup_not_restored"
    """The entry was removed while a backup could not be given its set-point back."""


@callback
def raise_heat_issue(
    hass: HomeAssistant,
    issue: HeatIssue,
    key: str,
    entry_id: str,
    placeholders: Mapping[str, str],
) -> None:
    """Tell the user; again with other placeholders, it is told anew."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{issue}_{key}",
        data={"entry_id": entry_id},
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue,
        translation_placeholders=dict(placeholders),
    )


@callback
def clear_heat_issue(hass: HomeAssistant, issue: HeatIssue, key: str) -> None:
    """Take it back, if it was raised."""
    ir.async_delete_issue(hass, DOMAIN, f"{issue}_{key}")


@callback
def clear_heat_issues(
    hass: HomeAssistant,
    issue: HeatIssue,
    entry_id: str,
    *,
    keep: Collection[str],
) -> None:
    """Take back an issue of an entry, but not that of the keys to `keep`."""
    kept = {f"{issue}_{key}" for key in keep}
    for (domain, issue_id), shown in tuple(ir.async_get(hass).issues.items()):
        if (
            domain == DOMAIN
            and issue_id.startswith(issue)
            and issue_id not in kept
            and (shown.data or {}).get("entry_id") == entry_id
        ):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
