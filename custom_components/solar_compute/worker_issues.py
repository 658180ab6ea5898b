"""The repair issues about one worker: raised, kept up to date, and taken back.

Only the flow of that worker uses them. What an issue says is in the translations.
"""

from enum import StrEnum

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .configured import WorkerConfig
from .const import DOMAIN


class IssueKind(StrEnum):
    """What can be wrong with a worker; also the translation key."""

    UNREACHABLE = "worker_unreachable"
    AUTH_FAILED = "worker_auth_failed"
    NOT_TRUSTED = "worker_not_trusted"
    API_MISMATCH = "worker_api_mismatch"
    NOT_OBEYING = "worker_not_obeying"
    HELD_BY_OTHER = "worker_held_by_other"
    NO_LEASE = "no_lease"
    """A warning that stays for as long as the worker has no lease."""


FIXABLE = frozenset(
    {IssueKind.AUTH_FAILED, IssueKind.NOT_TRUSTED, IssueKind.HELD_BY_OTHER}
)


class WorkerIssues:
    """What is wrong with one worker now."""

    def __init__(
        self, hass: HomeAssistant, config: WorkerConfig, entry_id: str
    ) -> None:
        """Start with nothing wrong."""
        self.config = config
        self._hass = hass
        self._entry_id = entry_id
        self._raised: dict[IssueKind, str] = {}

    @callback
    def raise_issue(self, kind: IssueKind, detail: str = "") -> None:
        """Show an issue, again if it was taken for mended and is not."""
        shown = ir.async_get(self._hass).async_get_issue(DOMAIN, self._id(kind))
        if shown is not None and self._raised.get(kind) == detail:
            return
        self._raised[kind] = detail
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._id(kind),
            data={"entry_id": self._entry_id, "worker": self.config.key},
            is_fixable=kind in FIXABLE,
            severity=ir.IssueSeverity.WARNING
            if kind is IssueKind.NO_LEASE
            else ir.IssueSeverity.ERROR,
            translation_key=kind.value,
            translation_placeholders={
                "worker": self.config.name,
                "detail": detail or "-",
            },
        )

    @callback
    def adjust(self, config: WorkerConfig) -> None:
        """Go on under another name."""
        if config.name != self.config.name:
            raised, self._raised = self._raised, {}
            self.config = config
            for kind, detail in raised.items():
                self.raise_issue(kind, detail)

    @callback
    def clear(self, *kinds: IssueKind) -> None:
        """Take issues back; all of them if none is named."""
        for kind in kinds or tuple(self._raised):
            if self._raised.pop(kind, None) is not None:
                ir.async_delete_issue(self._hass, DOMAIN, self._id(kind))

    def _id(self, kind: IssueKind) -> str:
        return f"{kind}_{self.config.key}"
