"""Shows what is wrong with the configuration as repair issues.

May write to the issue registry; must never mend anything by itself.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .configured import Configuration, ProblemKind
from .const import DOMAIN


@callback
def async_report_problems(
    hass: HomeAssistant, entry: ConfigEntry, configuration: Configuration
) -> None:
    """Raise an issue for every problem, and withdraw those that are mended.

    With an empty configuration (`Configuration.problems` empty) all are withdrawn,
    as is wanted when the entry is removed.
    """
    current = {
        f"{problem.kind}_{problem.subentry_id}": problem
        for problem in configuration.problems
    }
    for issue_id, problem in current.items():
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id, "subentry_id": problem.subentry_id},
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=problem.kind,
            translation_placeholders=dict(problem.placeholders),
        )
    for domain, issue_id in tuple(ir.async_get(hass).issues):
        ours = domain == DOMAIN and issue_id.startswith(tuple(ProblemKind))
        if ours and issue_id not in current:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
